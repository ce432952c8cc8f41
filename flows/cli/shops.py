"""The shops: by what their mail is known, which mails they get, and taking back what was taught."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Json
from flows.cli.output import emit


def show(context: typer.Context, as_json: Json = False) -> None:
    """Show by which names and addresses each shop's mail is known, and which kinds of mail each shop gets.

    A shop that never gets a kind of mail (some get no "picked up") is asked once a day whether it happened, and is
    never accused of it. The first such mail ends the asking.
    """
    if context.invoked_subcommand is not None:
        return
    from flows.cli import shops_page

    page = shops_page.read()
    emit(page.as_json()) if as_json else page.show()


def forget(
    sign: Annotated[str, typer.Argument(metavar="SIGN", help="A name or address that was taught.")],
    mailbox: Annotated[str | None, typer.Option(metavar="NAME", help="Only what was taught for this mailbox.")] = None,
    as_json: Json = False,
) -> None:
    """Take back what was taught with `quarantine belongs` or on the Mail page.

    Mails that come from now on wait again. Orders that came by it stay where they are; they are listed, with
    what to do if one is in the wrong shop.
    """
    from flows.cli import shops_page

    shops_page.forget(sign, mailbox).show(as_json=as_json)
