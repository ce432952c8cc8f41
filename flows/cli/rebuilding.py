"""`rebuild`: does all that is shown follow from the news, and if not, put it right."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Json, ShopName
from flows.cli.output import EXIT_FAULT


def rebuild(
    check: Annotated[bool, typer.Option("--check", help="Only say what differs.")] = False,
    order: Annotated[
        str | None, typer.Option("--order", metavar="NUMBER", help="Only this order; SHOP:NUMBER is fine, too.")
    ] = None,
    shop: ShopName = None,
    as_json: Json = False,
) -> None:
    """Compute every order anew from its news, compare it with what is shown, and put right what differs.

    What time alone changes is no difference: the watcher does that. What is put right stands in the order's history
    and alarms nobody about the past. It may run beside everything else, and be stopped and started again.
    With --check it ends with 1 if anything differs; without, if something is left that a person must look at.
    """
    from flows.cli import rebuild_page

    result = rebuild_page.run(order, shop, mend=not check, quiet=as_json)
    if as_json:
        result.emit()
    else:
        result.show()
    if result.left:
        raise typer.Exit(EXIT_FAULT)
