"""What buyers want that an export shows without its time: the commands that enter it, once a person has looked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from shlex import quote
from typing import Final

from flows.cli.exported import SHOWN
from flows.cli.output import note
from ingest.export_columns import OpenRequest
from ingest.export_order import ExportOrder
from models.case import CaseKind
from models.catalogue import words
from models.fact import FactKind

RECORDED_AS: Final[Mapping[OpenRequest, tuple[CaseKind, FactKind]]] = {
    OpenRequest.CANCEL: (CaseKind.CANCEL_REQUEST, FactKind.CANCEL_REQUESTED),
    OpenRequest.RETURN: (CaseKind.RETURN, FactKind.RETURN_REQUESTED),
}
KINDS: Final = tuple(case for case, _ in RECORDED_AS.values())


def commands(orders: Iterable[ExportOrder], known: set[tuple[str, str]], shop: str | None) -> dict[str, str]:
    """Give the command by order number; none where such a case is open here: `known` are numbers with their kind.

    `shop` is written where the number alone does not say which order is meant.
    """
    asking = ((order.order_no, *RECORDED_AS[order.request]) for order in orders if order.request is not None)
    of_shop = f" --shop {quote(shop)}" if shop else ""
    return {
        number: words().text("export.import.request", order_no=number, kind=fact.value, shop=of_shop)
        for number, case, fact in asking
        if (number, case.value) not in known
    }


def tell(told: Mapping[str, str]) -> None:
    """Say on stderr what to enter; nothing if nobody asks for anything."""
    if told:
        note(words().text("export.import.requests", count=len(told)))
    for command in list(told.values())[:SHOWN]:
        note(f"  {command}")
    if len(told) > SHOWN:
        note(words().text("export.lines.more", count=len(told) - SHOWN))
