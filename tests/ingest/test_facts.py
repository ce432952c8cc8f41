"""Which facts a notification proves: order-lifecycle, "From mail kinds to facts"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ingest.facts import facts_from
from models.fact import Authority, FactKind
from models.notification import Item, Notification, NotificationKind

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
SENT = NOW - timedelta(minutes=5)
STATED = datetime(2026, 3, 14, 9, 5, tzinfo=timezone(timedelta(hours=7)))
NO = "577094156662640001"


def told(kind, **stated):  # noqa: ANN003  any field of a Notification
    return Notification(kind=kind, language="en", order_nos=stated.pop("order_nos", (NO,)), shop="Lotus", **stated)


def facts(notification, *, sent_at=SENT):
    return facts_from(notification, sent_at=sent_at, observed_at=NOW, source_ref="a" * 24)


@pytest.mark.parametrize(
    ("notification", "expected"),
    [
        (told(NotificationKind.NEW_ORDER), [FactKind.ORDER_PLACED, FactKind.ORDER_PAID]),
        (told(NotificationKind.NEW_ORDER, paid=False), [FactKind.ORDER_PLACED]),
        (told(NotificationKind.ORDER_PAID), [FactKind.ORDER_PAID]),
        (told(NotificationKind.SHIPPED), [FactKind.MARKED_SHIPPED]),
        (told(NotificationKind.PICKED_UP), [FactKind.PICKED_UP]),
        (told(NotificationKind.IN_TRANSIT), [FactKind.IN_TRANSIT]),
        (told(NotificationKind.DELIVERED), [FactKind.DELIVERED]),
        (told(NotificationKind.DELIVERY_FAILED), [FactKind.DELIVERY_ATTEMPT_FAILED]),
        (told(NotificationKind.CANCEL_REQUESTED), [FactKind.CANCEL_REQUESTED]),
        (told(NotificationKind.CANCEL_APPROVED), [FactKind.CANCEL_APPROVED, FactKind.CANCELLED]),
        (told(NotificationKind.CANCEL_REJECTED), [FactKind.CANCEL_REJECTED]),
        (told(NotificationKind.CANCEL_WITHDRAWN), [FactKind.CANCEL_WITHDRAWN]),
        (told(NotificationKind.ORDER_CANCELLED), [FactKind.CANCELLED]),
        (told(NotificationKind.RETURN_REQUESTED), [FactKind.RETURN_REQUESTED]),
        (told(NotificationKind.REFUND_REQUESTED), [FactKind.RETURN_REQUESTED]),
        (told(NotificationKind.REFUND_COMPLETED), [FactKind.REFUND_DONE]),
        (told(NotificationKind.PARCEL_LOST), [FactKind.LOST_DECLARED]),
        (told(NotificationKind.PARCEL_DAMAGED), [FactKind.DAMAGED_DECLARED]),
        (told(NotificationKind.SHIP_REMINDER, ship_by=STATED), [FactKind.DUE_STATED]),
        (told(NotificationKind.LATE_DISPATCH, ship_by=STATED), [FactKind.DUE_STATED]),
        (told(NotificationKind.SHIP_REMINDER), []),
    ],
)
def test_a_kind_of_mail_proves_its_facts(notification, expected):
    assert [fact.kind for _, fact in facts(notification)] == expected


def test_every_kind_of_notification_is_mapped():
    for kind in NotificationKind:
        facts(told(kind, ship_by=STATED))


@pytest.mark.parametrize(
    ("cause", "actor", "reason"),
    [
        ("buyer", "buyer", None), ("seller", "seller", None), ("platform", "system", None),
        ("unpaid", "system", "unpaid"), (None, "unknown", None),
    ],
)  # fmt: skip
def test_who_cancelled_follows_from_the_cause(cause, actor, reason):
    ((_, fact),) = facts(told(NotificationKind.ORDER_CANCELLED, cancel_cause=cause))
    assert (fact.payload["actor"], fact.payload.get("reason_code")) == (actor, reason)


def test_a_wish_for_money_alone_is_a_return_of_type_refund():
    ((_, fact),) = facts(told(NotificationKind.REFUND_REQUESTED, amounts={"refund": Decimal("4.50")}, currency="EUR"))
    assert fact.payload == {"order_no": NO, "amount": "4.50", "currency": "EUR", "return_type": "refund"}


def test_an_order_carries_its_items_total_and_deadline():
    item = Item(name="Soap", sku="S-1", quantity=2, unit_price=Decimal("14.95"))
    notification = told(
        NotificationKind.NEW_ORDER, items=(item,), amounts={"total": Decimal("29.90")}, currency="USD",
        placed_at=STATED, ship_by=STATED + timedelta(days=3), payment_method="cod",
    )  # fmt: skip
    placed = facts(notification)[0][1]
    assert placed.payload["items"] == [{"sku": "S-1", "title": "Soap", "quantity": 2, "unit_price": "14.95"}]
    assert (placed.payload["amount"], placed.payload["due_at"]) == ("29.90", "2026-03-17T02:05:00+00:00")
    assert (placed.occurred_at, placed.estimated) == (STATED.astimezone(UTC), False)


@pytest.mark.parametrize(
    ("sent_at", "occurred_at"),
    [
        (SENT, SENT),
        (None, NOW),
        (NOW + timedelta(minutes=11), NOW),
        (NOW + timedelta(minutes=10), NOW + timedelta(minutes=10)),
    ],
)
def test_without_a_stated_time_the_date_counts_unless_it_is_absurd(sent_at, occurred_at):
    ((_, fact),) = facts(told(NotificationKind.DELIVERED), sent_at=sent_at)
    assert (fact.occurred_at, fact.estimated) == (occurred_at, True)


def test_a_digest_gives_each_order_its_own_deadline_and_key():
    nos = (NO, "577094156662640002", "577094156662640003")
    each = {nos[0]: STATED, nos[1]: STATED + timedelta(hours=1)}
    pairs = facts(told(NotificationKind.SHIP_REMINDER, order_nos=nos, ship_by_each=each))
    assert [(no, fact.payload["due_at"], fact.source_key) for no, fact in pairs] == [
        (nos[0], "2026-03-14T02:05:00+00:00", f"mail:{'a' * 24}:{nos[0]}:due_stated"),
        (nos[1], "2026-03-14T03:05:00+00:00", f"mail:{'a' * 24}:{nos[1]}:due_stated"),
    ]


def test_the_same_mail_gives_the_same_keys_and_platforms_word():
    one, two = facts(told(NotificationKind.NEW_ORDER)), facts(told(NotificationKind.NEW_ORDER))
    assert one == two
    assert {fact.authority for _, fact in one} == {Authority.PLATFORM}
