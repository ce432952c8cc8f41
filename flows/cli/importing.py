"""The second way in: `import` enters Seller Center's order export, `reconcile` compares it with what we say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json
from flows.cli.output import EXIT_FAULT, EXIT_REFUSED

ExportFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="The file from Seller Center, CSV or XLSX, as it comes.")
]
OfShop = Annotated[
    str | None, typer.Option("--shop", metavar="NAME", help="Whose export it is, if you have several shops.")
]


def import_orders(
    file: ExportFile,
    shop: OfShop = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    this_shop: Annotated[
        bool, typer.Option("--this-shop", help="It is this shop's, though another shop here has most of its orders.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="List each order that moves, however many there are.")] = False,
    as_json: Json = False,
) -> None:
    """Enter the orders of an export from Seller Center (Orders > Manage orders > Export).

    What it tells counts as TikTok Shop's word. Importing the same or an overlapping file again changes nothing.
    Columns about buyers are not read. A line that cannot be understood is left out with its order and told; then
    it ends with 4. So it does, with nothing taken, if most of the orders are known here as another shop's.
    """
    from flows.cli import import_page

    asked = import_page.Asked(shop=shop, dry_run=dry_run, this_shop=this_shop, every=every, quiet=as_json)
    result = import_page.run(file, asked)
    if as_json:
        result.emit()
    else:
        result.show()
    if not result.whole:
        raise typer.Exit(EXIT_REFUSED)


def reconcile(file: ExportFile, shop: OfShop = None, as_json: Json = False) -> None:
    """Compare an export from Seller Center with what Shipclock says, order by order. Nothing is changed.

    An order of ours counts as missing there only if the file could hold it: placed in the days it spans, in a state
    it has orders of. Ends with 1 if anything differs, with 4 if a line could not be understood.
    """
    from flows.cli import reconcile_page

    result = reconcile_page.run(file, shop)
    if as_json:
        result.emit()
    else:
        result.show()
    if not result.found.agrees:
        raise typer.Exit(EXIT_FAULT)
    if result.refused:
        raise typer.Exit(EXIT_REFUSED)
