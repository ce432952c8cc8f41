"""What a shop never gets news of is asked once a day for many orders at once ("Ask, don't accuse").

Pure. A question arises when its clock is over; those that arose on the shop's days before today are one line,
so that nobody is asked twice a day. A *yes* says that it happened by then: no answer makes a breach of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from models.agenda import BY_QUESTION
from models.deadline import RuleId
from models.fact import FactKind
from models.order import Order
from models.todo import TodoKind

GATHERED: Final = "gathered"  # the kind under which lists and filters show such a line
PRIORITY: Final = max(row.priority for row in BY_QUESTION.values())


class About(StrEnum):
    """What is asked of an order; the latter implies the former."""

    COLLECTED = "collected"
    DELIVERED = "delivered"


ABOUT: Final[Mapping[str, About]] = MappingProxyType(
    {TodoKind.ASK_COLLECTED.value: About.COLLECTED, TodoKind.ASK_DELIVERED.value: About.DELIVERED}
)
"""The kinds of to-dos that are gathered."""

SAID_BY_YES: Final[Mapping[RuleId, FactKind]] = MappingProxyType(
    {
        RuleId.D04: FactKind.PICKED_UP,
        RuleId.D07: FactKind.IN_TRANSIT,
        RuleId.D10: FactKind.DELIVERED,
        RuleId.D11: FactKind.DELIVERED,
        RuleId.D17: FactKind.DELIVERED,
    }
)
UNDER_WAY: Final = (
    FactKind.MARKED_SHIPPED,
    FactKind.PICKED_UP,
    FactKind.DROPPED_OFF,
    FactKind.IN_TRANSIT,
    FactKind.DELIVERY_ATTEMPT_FAILED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Nobody knows whether this was done with one order.

    `due_at` is when it should have been, `since` when we came to ask (UTC): a while later when nobody looked,
    or when an answer to another question led to this one.
    """

    shop_id: str
    order_no: str
    about: About
    due_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """One shop's questions of what was due by its day `until`: order numbers by what is asked, the first due first."""

    shop_id: str
    until: date
    orders: Mapping[About, tuple[str, ...]]


ZoneOf: TypeAlias = Callable[[str], ZoneInfo]


def gathered(
    questions: Iterable[Question], zone_of: ZoneOf, now: datetime, until: date | None = None
) -> list[Gathered]:
    """One line for each shop that has questions from before its today, in the order of the shops' names.

    Days that nobody answered join the line; with `until` only what was due by that day. What comes up today is
    asked from the shop's midnight on.
    """
    shops: dict[str, list[Question]] = {}
    for question in questions:
        zone = zone_of(question.shop_id)
        due = _day(question.due_at, zone)
        if _day(question.since, zone) < _day(now, zone) and due <= (until or due):
            shops.setdefault(question.shop_id, []).append(question)
    return [_line(shop, asked, zone_of(shop)) for shop, asked in sorted(shops.items())]


def _line(shop: str, questions: list[Question], zone: ZoneInfo) -> Gathered:
    """Of an order that is asked for both only the delivery is asked: it answers the rest."""
    asked: dict[str, About] = {}
    for one in sorted(questions, key=lambda one: (one.due_at, one.order_no, one.about)):
        if asked.get(one.order_no) is not About.DELIVERED:
            asked[one.order_no] = one.about
    groups = {about: tuple(number for number, what in asked.items() if what is about) for about in About}
    return Gathered(
        shop_id=shop,
        until=max(_day(one.due_at, zone) for one in questions),
        orders={about: numbers for about, numbers in groups.items() if numbers},
    )


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def said_by_yes(order: Order, about: About) -> tuple[FactKind, datetime] | None:
    """What a *yes* tells of the order, and by when it had happened (UTC); None when the order does not ask.

    That is the first due moment of the clocks that ask, but not before the last that is known of the parcel.
    """
    asking = [
        clock
        for clock in order.deadlines
        if clock.asks and clock.rule in BY_QUESTION and ABOUT[BY_QUESTION[clock.rule].kind] is about
    ]
    if not asking:
        return None
    first = min(asking, key=lambda clock: clock.due_at)
    known = [milestone.at for kind, milestone in order.milestones.items() if kind in UNDER_WAY and milestone.at]
    return SAID_BY_YES[first.rule], max([first.due_at, *known])
