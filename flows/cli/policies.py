"""`policy`: the figures that count, where they come from, and whether those of one's own are right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json
from flows.cli.output import EXIT_FAULT, emit, fail, say


def show(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A policy; without, all are listed.")] = None,
    shop: Annotated[
        str | None, typer.Option("--shop", metavar="SHOP", help="What counts for this shop, its own figures among it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show every figure of a policy: how long, when it warns, and whose figure it is.

    The market chooses a shop's policy unless shipclock.toml says `policy = "..."`. A figure of your own goes into
    a table below the shop, by the key that is shown here: [shop.figures.D02] with length = 48 and unit = "hours".
    """
    from flows.cli import policy_page
    from models.catalogue import words

    if name is not None and shop is not None:
        fail(words().text("policies.show.which"))
    if name is None and shop is None:
        listed = policy_page.listing()
        emit({"policies": listed}) if as_json else policy_page.print_listing(listed)
        return
    view = policy_page.of_shop(shop) if shop is not None else policy_page.of_policy(name or "")
    emit(policy_page.as_json(view)) if as_json else policy_page.show(view)


def apply(
    shop: Annotated[str, typer.Option("--shop", metavar="SHOP", help="Whose open orders.")],
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who does it; without it the user of this machine.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would move; nothing is done.")] = False,
    as_json: Json = False,
) -> None:
    """Move a shop's open orders to the figures that its settings give now.

    An order keeps the figures that its shop had when it came, whatever the settings say later. This moves the clocks
    that still run, and writes it into the order's history; what was met or missed stays as it was.
    """
    from flows.cli import policy_apply
    from flows.cli.outcome import actor

    policy_apply.run(shop, None if dry_run else by or actor(), as_json=as_json)


def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Check this policy, or list of extensions, instead.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check the policies that come along, your own figures and your extensions, and the public holidays they need.

    Ends with 1 if anything is wrong.
    """
    from flows.cli.policy_check import findings

    found = list(findings(file))
    if as_json:
        emit({"ok": all(one.ok for one in found), "checks": [one.as_json() for one in found]})
    else:
        for one in found:
            say(one.line)
    if not all(one.ok for one in found):
        raise typer.Exit(EXIT_FAULT)
