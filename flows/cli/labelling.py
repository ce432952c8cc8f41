"""The label of an order: `label`. Its address is said once and kept nowhere."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import ShopName
from flows.cli.output import EXIT_FAULT, EXIT_REFUSED, fail, note, say


def label(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number, or SHOP:NUMBER.")],
    shop: ShopName = None,
    in_browser: Annotated[
        bool, typer.Option("--open", help="Open it in the browser of this machine, instead of printing its address.")
    ] = False,
) -> None:
    """Fetch the label of an order, with its packing slip, from TikTok Shop. Needs the shop's keys.

    Once an order is set to shipped, and until the carrier has it. The address works for a day, and whoever has it sees
    the buyer's: Shipclock keeps it nowhere, and nor should you.
    """
    from flows.cli.opening import opened, the_order
    from flows.cli.outcome import refusal
    from flows.labels import labels
    from flows.shop.protocol import ShopError
    from models.catalogue import words
    from models.command import Refused
    from models.db.session import open_session

    office = opened()
    with open_session(office.engine, read_only=True) as session:
        row = the_order(session, office, number, shop)
    try:
        found = labels(office, row.shop_id, row.order_no)
    except ShopError as fault:
        fail(words().text("cli.shop_fault", order_no=row.order_no, code=fault.code), EXIT_FAULT)
    if isinstance(found, Refused):
        fail(refusal(found, row.order_no, office.now()), EXIT_REFUSED)
    note(words().text("cli.label", order_no=row.order_no))
    for one in found:
        _open(one.address) if in_browser else say(one.address)


def _open(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        from models.catalogue import words

        note(words().text("cli.label_no_browser"))
        say(address)
