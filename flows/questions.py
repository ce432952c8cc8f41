"""What is asked once a day for many orders: finding it, and saying *yes* for all of them or all but some.

A *yes* is a person's word about each order, one command each: a refusal stops no other, and answering twice
changes nothing. What is not so stays asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from flows.commands import perform
from flows.office import Office
from models.command import Command, Refused
from models.command_name import CommandName
from models.db.orders import folded
from models.db.session import open_session
from models.db.tables import OrderRow
from models.db.todo_reading import questions
from models.gathering import About, Gathered, gathered, said_by_yes
from models.ids import order_id
from models.order import Order
from models.stage import Role

ELSEWHERE: Final = ZoneInfo("UTC")  # of a shop that left the settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of a *yes* for one order: noted, refused, or no longer asked (neither)."""

    order_no: str
    noted: bool = False
    refused: Refused | None = None


def find_questions(office: Office, *, shop: str | None = None, until: date | None = None) -> list[Gathered]:
    """Give one line for each shop that has something to ask from its days before today, up to `until`."""
    with open_session(office.engine, read_only=True) as session:
        asked = questions(session, shop=shop)
    zones = {one.name: one.zone for one in office.settings.shop}
    return gathered(asked, lambda name: zones.get(name, ELSEWHERE), office.now(), until)


def answer_yes(
    office: Office, shop: str, about: About, numbers: Iterable[str], *, actor: str, role: Role
) -> list[Answered]:
    """Say of each of these orders that it was so by the time it should have been. Raises UnknownShopError."""
    return [_answer(office, shop, about, number, actor=actor, role=role) for number in numbers]


def _answer(office: Office, shop: str, about: About, order_no: str, *, actor: str, role: Role) -> Answered:
    order = _order(office, shop, order_no)
    said = said_by_yes(order, about) if order else None
    if said is None:
        return Answered(order_no=order_no)
    kind, at = said
    values = {"kind": kind.value, "at": at.isoformat(), "estimated": "yes"}
    command = Command(name=CommandName.RECORD, actor=actor, role=role, at=office.now(), values=values)
    answer = perform(office, shop, order_no, command)
    if isinstance(answer, Refused):
        return Answered(order_no=order_no, refused=None if answer.already else answer)
    return Answered(order_no=order_no, noted=True)


def _order(office: Office, shop: str, order_no: str) -> Order | None:
    with open_session(office.engine, read_only=True) as session:
        row = session.get(OrderRow, order_id(shop, order_no))
        return folded(session, office.shop(shop), row, office.now()) if row else None
