"""The simulator's own count of what went wrong on our side: effects done twice, mails lost.

Reads the simulator's store and what the caller says it knows; never Shipclock's database.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flows.shop.simulator.store import Store
from models.fact import FactKind
from models.notification import NotificationKind as Kind

TELLS: Final[Mapping[Kind, FactKind]] = {
    Kind.NEW_ORDER: FactKind.ORDER_PLACED,
    Kind.ORDER_PAID: FactKind.ORDER_PAID,
    Kind.SHIP_REMINDER: FactKind.DUE_STATED,
    Kind.LATE_DISPATCH: FactKind.DUE_STATED,
    Kind.CANCEL_REQUESTED: FactKind.CANCEL_REQUESTED,
    Kind.CANCEL_APPROVED: FactKind.CANCEL_APPROVED,
    Kind.CANCEL_REJECTED: FactKind.CANCEL_REJECTED,
    Kind.ORDER_CANCELLED: FactKind.CANCELLED,
    Kind.SHIPPED: FactKind.MARKED_SHIPPED,
    Kind.PICKED_UP: FactKind.PICKED_UP,
    Kind.IN_TRANSIT: FactKind.IN_TRANSIT,
    Kind.DELIVERY_FAILED: FactKind.DELIVERY_ATTEMPT_FAILED,
    Kind.DELIVERED: FactKind.DELIVERED,
    Kind.PARCEL_LOST: FactKind.LOST_DECLARED,
    Kind.PARCEL_DAMAGED: FactKind.DAMAGED_DECLARED,
    Kind.REFUND_COMPLETED: FactKind.REFUND_DONE,
}  # order-lifecycle, section 4: from mail kinds to facts


KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "ships": ("ship_package", "batch_ship", "mark_shipped", "create_package"),
    "cancels": ("cancel_order",),
    "answers": ("approve_cancellation", "reject_cancellation", "approve_return", "reject_return"),
    "messages": ("send_message",),
}
DONE_BEFORE: Final = (21011040, 21011020, 21023046, 25001011, 25001003)  # the codes of guards that stop a repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenMail:
    """A mail that was put into the mailbox; `order_no` is empty for noise."""

    order_no: str
    kind: str
    sha256: str
    genuine: bool
    readable: bool


def double_effects(store: Store) -> int:
    """Count what was done, or was to be done, again to an order although it had been done."""
    told = tally(store)
    again = [int(told[name][how]) for name in KINDS for how in ("twice", "repeated")]
    return sum(again) + int(told["messages_twice"])


def written_mails(store: Store) -> list[WrittenMail]:
    """List all mails put into the mailbox so far, oldest first."""
    with store.look() as play:
        rows = play.sql("select order_no, kind, sha256, genuine, readable from mail order by id")
        return [
            WrittenMail(order_no=order_no, kind=kind, sha256=sha256, genuine=bool(genuine), readable=bool(readable))
            for order_no, kind, sha256, genuine, readable in rows
        ]


def lost_mails(store: Store, *, finished: Collection[str], facts: Collection[tuple[str, FactKind]]) -> int:
    """Count the mails in the mailbox that our side cannot account for; ask after the last poll.

    `finished`: SHA-256 (hex) of the raw mails with an outcome, whichever; `facts`: what is known of which
    order. Every mail needs an outcome; of a genuine, readable one what it tells must be known too.
    """
    return sum(not _arrived(mail, finished, facts) for mail in written_mails(store))


def _arrived(mail: WrittenMail, finished: Collection[str], facts: Collection[tuple[str, FactKind]]) -> bool:
    if mail.sha256 not in finished:
        return False
    told = TELLS.get(Kind(mail.kind)) if mail.order_no else None
    return told is None or not (mail.genuine and mail.readable) or (mail.order_no, told) in facts


def tally(store: Store) -> dict[str, Any]:
    """Count what was done to the platform over HTTP, and what was done twice.

    `twice`: applied again although it was applied; `repeated`: asked for again although it was done, which the
    platform's guards turned away. Messages have no guard: the same one twice to one buyer is `messages_twice`.
    """
    with store.look() as play:
        told: dict[str, Any] = {"now": play.now().isoformat()}
        told["orders"] = dict(play.sql("select status, count(*) from orders group by status order by status"))
        for name, endpoints in KINDS.items():
            marks = ", ".join("?" * len(endpoints))
            applied, twice = play.sql(
                f"select total(n), total(n - 1) from (select count(*) n from deed where applied = 1"  # noqa: S608  # our own marks
                f" and endpoint in ({marks}) group by subject)",
                *endpoints,
            ).fetchone()
            repeated = play.sql(
                f"select count(*) from deed where endpoint in ({marks}) and code in (select value from json_each(?))",  # noqa: S608  # our own marks
                *endpoints,
                json.dumps(DONE_BEFORE),
            ).fetchone()[0]
            told[name] = {"applied": int(applied), "twice": int(twice), "repeated": repeated}
        told["messages_twice"] = play.sql(
            "select total(n - 1) from (select count(*) n from sent_message group by conversation_id, content)"
        ).fetchone()[0]
    return told
