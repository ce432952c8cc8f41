"""The people of the dashboard at the terminal: `people` and its commands, and `share`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Json
from flows.cli.output import emit
from models.stage import Role

Name = Annotated[str, typer.Argument(metavar="NAME", help="The person's name, as they type it when they sign in.")]
OwnPin = Annotated[bool, typer.Option("--ask-pin", help="Type a PIN of 6 to 12 digits instead of getting one.")]


def show(context: typer.Context, as_json: Json = False) -> None:
    """List who may sign in at the dashboard, and as what.

    A viewer looks, a packer answers to-dos and packs, a manager may do everything. Who is not signed in sees nothing;
    `shipclock share` says whether anybody but this machine gets that far.
    """
    if context.invoked_subcommand is not None:
        return
    from flows.cli import people_page

    page = people_page.read()
    emit(page.as_json()) if as_json else page.show()


def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.PACKER,
    email: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="By which your company's sign-in knows them.")
    ] = None,
    ask_pin: OwnPin = False,
    as_json: Json = False,
) -> None:
    """Add a person. They get a PIN, which is shown once; hand it to them in private.

    Somebody who left and comes back is added anew, under the same name.
    """
    from flows.cli import people_page

    people_page.add(name, role, email, ask_pin=ask_pin).show(as_json=as_json)


def role(name: Name, role: Annotated[Role, typer.Argument(help="viewer, packer or manager.")]) -> None:
    """Change what a person may do. It counts from the next thing that they do."""
    from flows.cli import people_page

    people_page.change_role(name, role).show(as_json=False)


def pin(name: Name, ask_pin: OwnPin = False, as_json: Json = False) -> None:
    """Give a person a new PIN, shown once. They are signed out everywhere."""
    from flows.cli import people_page

    people_page.change_pin(name, ask_pin=ask_pin).show(as_json=as_json)


def unlock(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Whose door; without a name every one.")] = None,
) -> None:
    """Open the door that too many wrong PINs have shut, at once."""
    from flows.cli import people_page

    people_page.unlock(name).show(as_json=False)


def sign_out(name: Name) -> None:
    """Sign a person out on every phone and computer, for example when one was lost."""
    from flows.cli import people_page

    people_page.sign_out(name).show(as_json=False)


def remove(name: Name) -> None:
    """Let a person go: they are signed out everywhere. What they did stays in the audit, by name."""
    from flows.cli import people_page

    people_page.remove(name).show(as_json=False)


def share(
    on: Annotated[bool, typer.Option("--on", help="Let the people with a PIN in, from your own network.")] = False,
    off: Annotated[bool, typer.Option("--off", help="Serve this machine alone again.")] = False,
    as_json: Json = False,
) -> None:
    """Let phones and computers of your network open the dashboard, by name and PIN.

    Shows how it stands, the address, and a QR code of it for a phone's camera. --on and --off write it into
    shipclock.toml; it counts when `shipclock up` starts the next time. Companies sign in with their own accounts:
    README, "Several people".
    """
    from flows.cli import share_page

    page = share_page.change(on=on, off=off)
    emit(page.as_json()) if as_json else page.show()
