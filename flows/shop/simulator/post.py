"""The platform's post room: which mail and which webhook follows what happened, and how it goes astray on its way.

Writes letters and webhooks into the simulator's store; `marketplace` sends them when they are due.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final, TypedDict, Unpack

from flows.shop.simulator.letter import Letter, Sender
from flows.shop.simulator.script import OrderPlan, chance
from flows.shop.simulator.store import Event, Play, seconds
from flows.shop.simulator.story import Story
from models.fact import Json
from models.notification import NotificationKind as Kind


class EventKind(StrEnum):
    """What happens by itself in the simulated world."""

    PLACED = "placed"
    PAID = "paid"
    UNPAID_OVER = "unpaid_over"
    CANCEL_ASKED = "cancel_asked"
    CANCEL_OVER = "cancel_over"
    HOLD_OVER = "hold_over"
    SHIP_DUE = "ship_due"
    COLLECT_DUE = "collect_due"
    DELIVER_DUE = "deliver_due"
    COMPLETED = "completed"
    EXCEPTION = "exception"
    GIVEN_UP = "given_up"
    MONEY_BACK = "money_back"
    RETURN_ASKED = "return_asked"
    RETURN_MOVES = "return_moves"
    SHIP_SOON = "ship_soon"
    SHIP_OVER = "ship_over"
    SCANNED = "scanned"
    REFUNDED = "refunded"
    LETTER = "letter"
    NOISE = "noise"
    WEBHOOK = "webhook"


class News(IntEnum):
    """What a webhook is about: the platform's own numbers."""

    ORDER = 1
    PACKAGE = 4
    CANCELLATION = 11
    RETURN = 12


WRITTEN_AFTER: Final = timedelta(minutes=1)
ON_ITS_WAY: Final = timedelta(minutes=2)
ASTRAY: Final = timedelta(hours=26)  # longer than from one scan to the next
DOUBLED_AFTER: Final = timedelta(minutes=15)
REPEATED_AFTER: Final = timedelta(minutes=50)
WRITTEN_AGAIN_AFTER: Final = timedelta(minutes=150)
FORGED_AFTER: Final = timedelta(minutes=40)
IMITATED_AFTER: Final = timedelta(minutes=95)
TOLD_LATE: Final = timedelta(minutes=12)  # of webhooks: longer than from one change to the next may be
TOLD_AGAIN: Final = timedelta(minutes=2)
LATE_SHARE: Final = 0.1
TWICE_SHARE: Final = 0.1
DOUBLED: Final = frozenset({Kind.NEW_ORDER, Kind.SHIPPED, Kind.DELIVERED})


class Details(TypedDict, total=False):
    """What a mail tells besides the kind of news: a reason code, who cancelled, which attempt."""

    cause: str
    by: str
    attempt: int


def post(play: Play, plan: OrderPlan, kind: Kind, at: datetime, **details: Unpack[Details]) -> None:
    """Send the shop a mail about something that happened to an order at `at` (UTC)."""
    if not play.channels.mails:
        return
    sent_at = at + WRITTEN_AFTER
    letter = Letter(
        kind=kind,
        order_no=plan.order_no,
        event_at=at,
        sent_at=sent_at,
        received_at=sent_at + ON_ITS_WAY,
        tracking_no=_tracking_no(play, plan),
        **details,
    )
    for copy in _fate(letter, plan):
        _put(play, copy)
    if plan.story is Story.MAIL_TWICE and kind in DOUBLED:
        _put(play, letter, again_after=DOUBLED_AFTER)


def tell(play: Play, plan: OrderPlan, news: News, at: datetime, data: dict[str, Json]) -> None:
    """Send the shop's webhooks news of an order: a few seconds later, some of it twice or after what came later."""
    if not play.channels.webhooks:
        return
    rng = chance(0, news, plan.order_no, json.dumps(data))
    body: dict[str, Json] = {
        "type": int(news),
        "tts_notification_id": f"73{rng.randint(10**16, 10**17 - 1)}",
        "shop_id": plan.cast.platform_id,
        "timestamp": seconds(at) + 1,
        "data": {"order_id": plan.order_no, **data},
    }
    after = timedelta(seconds=rng.randint(1, 9)) + (TOLD_LATE if rng.random() < LATE_SHARE else timedelta(0))
    for extra in (timedelta(0), TOLD_AGAIN)[: 2 if rng.random() < TWICE_SHARE else 1]:
        detail: dict[str, Json] = {"body": body, "tries": 0}
        play.schedule(Event(at=at + after + extra, order_no=plan.order_no, kind=EventKind.WEBHOOK, detail=detail))


def _tracking_no(play: Play, plan: OrderPlan) -> str:
    """Give the number that the seller told the platform, where it is another than the script's."""
    row = play.sql("select max(tracking_no) from package where order_no = ?", plan.order_no).fetchone()
    return str(row[0]) if row[0] and row[0] != plan.tracking_no else ""


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
