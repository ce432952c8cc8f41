"""The platform's post room: which mail follows what happened, and how it goes astray on its way.

Writes letters into the simulator's store; `marketplace` puts them into the mailbox when they are due.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypedDict, Unpack

from flows.shop.simulator.letter import Letter, Sender
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.store import Event, Play
from flows.shop.simulator.story import Story
from models.notification import NotificationKind as Kind


class EventKind(StrEnum):
    """What happens by itself in the simulated world."""

    PLACED = "placed"
    PAID = "paid"
    UNPAID_OVER = "unpaid_over"
    CANCEL_ASKED = "cancel_asked"
    CANCEL_OVER = "cancel_over"
    SHIP_SOON = "ship_soon"
    SHIP_OVER = "ship_over"
    SCANNED = "scanned"
    REFUNDED = "refunded"
    LETTER = "letter"
    NOISE = "noise"


WRITTEN_AFTER: Final = timedelta(minutes=1)
ON_ITS_WAY: Final = timedelta(minutes=2)
ASTRAY: Final = timedelta(hours=26)  # longer than from one scan to the next
DOUBLED_AFTER: Final = timedelta(minutes=15)
REPEATED_AFTER: Final = timedelta(minutes=50)
WRITTEN_AGAIN_AFTER: Final = timedelta(minutes=150)
FORGED_AFTER: Final = timedelta(minutes=40)
IMITATED_AFTER: Final = timedelta(minutes=95)
DOUBLED: Final = frozenset({Kind.NEW_ORDER, Kind.SHIPPED, Kind.DELIVERED})


class Details(TypedDict, total=False):
    """What a mail tells besides the kind of news: a reason code, who cancelled, which attempt."""

    cause: str
    by: str
    attempt: int


def post(play: Play, plan: OrderPlan, kind: Kind, at: datetime, **details: Unpack[Details]) -> None:
    """Send the shop a mail about something that happened to an order at `at` (UTC)."""
    sent_at = at + WRITTEN_AFTER
    letter = Letter(
        kind=kind,
        order_no=plan.order_no,
        event_at=at,
        sent_at=sent_at,
        received_at=sent_at + ON_ITS_WAY,
        **details,
    )
    for copy in _fate(letter, plan):
        _put(play, copy)
    if plan.story is Story.MAIL_TWICE and kind in DOUBLED:
        _put(play, letter, again_after=DOUBLED_AFTER)


def post_forgeries(play: Play, plan: OrderPlan) -> None:
    """Send mails that pretend the buyer had cancelled."""
    for sender, after in ((Sender.FORGER, FORGED_AFTER), (Sender.LOOKALIKE, IMITATED_AFTER)):
        at = plan.placed_at + after
        letter = Letter(
            kind=Kind.ORDER_CANCELLED,
            order_no=plan.order_no,
            event_at=at,
            sent_at=at,
            received_at=at + ON_ITS_WAY,
            cause="not_needed",
            by="buyer",
            sender=sender,
        )
        _put(play, letter)


def _fate(letter: Letter, plan: OrderPlan) -> list[Letter]:
    """Give what becomes of a letter in its order's story; in most, nothing special."""
    if plan.story is Story.MAIL_LATE and letter.kind is Kind.PICKED_UP:
        return [replace(letter, received_at=letter.received_at + ASTRAY)]
    if plan.story is Story.MAIL_CUT and letter.kind is Kind.NEW_ORDER:
        return [replace(letter, cut=True), letter.repeated(WRITTEN_AGAIN_AFTER)]
    if plan.story is Story.MAIL_TWICE and letter.kind is Kind.NEW_ORDER:
        return [letter, letter.repeated(REPEATED_AFTER)]
    return [letter]


def _put(play: Play, letter: Letter, again_after: timedelta = timedelta(0)) -> None:
    at = letter.received_at + again_after
    play.schedule(Event(at=at, order_no=letter.order_no, kind=EventKind.LETTER, detail=letter.to_json()))
