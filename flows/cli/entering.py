"""An order entered by hand: `enter`, for one whose mail never came or could not be read."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Json
from flows.cli.output import EXIT_REFUSED, emit, note, say
from models.stage import HandoverMode, ShippingMode


def enter(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number in Seller Center.")],
    placed_at: Annotated[
        str, typer.Option(metavar="TIME", help="When it was ordered, by the shop's clock: 2026-11-22T14:05.")
    ],
    shop: Annotated[
        str | None, typer.Option("--shop", metavar="NAME", help="Whose order it is, if you have several shops.")
    ] = None,
    unpaid: Annotated[bool, typer.Option("--unpaid", help="It is not paid yet (cash on delivery is paid).")] = False,
    items: Annotated[
        list[str] | None, typer.Option("--item", metavar="SKU=QUANTITY", help="What was ordered; may be repeated.")
    ] = None,
    promised_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it is promised to be delivered.")
    ] = None,
    ship_by: Annotated[
        str | None, typer.Option(metavar="TIME", help="By when Seller Center says that it must be shipped.")
    ] = None,
    handover: Annotated[HandoverMode | None, typer.Option(help="How it leaves, if not as usual.")] = None,
    shipping: Annotated[ShippingMode | None, typer.Option(help="Who books the carrier, if not as usual.")] = None,
    as_json: Json = False,
) -> None:
    """Enter an order that Shipclock does not know, as Seller Center shows it.

    It counts as your word: what TikTok Shop tells later wins. No names, phones or addresses here. An order that is
    known already is refused (ends with 4): what happened to it is said with `shipclock do NUMBER record`.
    """
    from flows.cli import entry

    typed = entry.Typed(
        number=number,
        shop=shop,
        placed_at=placed_at,
        paid=not unpaid,
        items=tuple(items or ()),
        promised_at=promised_at,
        ship_by=ship_by,
        handover=handover,
        shipping=shipping,
    )
    answer = entry.run(typed)
    if as_json:
        emit(answer.as_json())
    else:
        (say if answer.done else note)(answer.words)
        if answer.advice:
            note(answer.advice)
    if not answer.done:
        raise typer.Exit(EXIT_REFUSED)
