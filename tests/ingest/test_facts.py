"""Which facts a notification proves: order-lifecycle, "From mail kinds to facts"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ingest.facts import facts_from
from models.fact import Authority, FactKind
from models.notification import Item, Notification, NotificationKind
from models.order import fold
from models.stage import Stage
from tests.models.makers import terms

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
        (told(NotificationKind.CANCEL_APPROVED), [FactKind.CANCEL_APPROVED]),
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
        (told(NotificationKind.SHIP_REMINDER), [FactKind.DUE_STATED]),
        (told(NotificationKind.LATE_DISPATCH), [FactKind.DUE_STATED]),
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
    assert [(no, fact.payload.get("due_at"), fact.source_key) for no, fact in pairs] == [
        (nos[0], "2026-03-14T02:05:00+00:00", f"mail:{'a' * 24}:{nos[0]}:due_stated"),
        (nos[1], "2026-03-14T03:05:00+00:00", f"mail:{'a' * 24}:{nos[1]}:due_stated"),
        (nos[2], None, f"mail:{'a' * 24}:{nos[2]}:due_stated"),
    ]


def test_the_same_mail_gives_the_same_keys_and_platforms_word():
    one, two = facts(told(NotificationKind.NEW_ORDER)), facts(told(NotificationKind.NEW_ORDER))
    assert one == two
    assert {fact.authority for _, fact in one} == {Authority.PLATFORM}


def an_order_of(*mails: tuple[Notification, datetime], now=NOW):
    """The order that these mails make, told in this order and each at its own time."""
    seen = [
        fact
        for number, (notification, at) in enumerate(mails)
        for _, fact in facts_from(notification, sent_at=at, observed_at=at, source_ref=f"{number:024}")
    ]
    return fold(seen, terms(), now)


def asked_and_answered(*answers: tuple[NotificationKind, int]):
    mails = [(NotificationKind.NEW_ORDER, 0), (NotificationKind.CANCEL_REQUESTED, 5), *answers]
    moments = [(kind, NOW + timedelta(hours=hours)) for kind, hours in mails]
    return an_order_of(
        *((told(kind, placed_at=at, event_at=at), at) for kind, at in moments), now=NOW + timedelta(hours=20)
    )


APPROVED, REJECTED = NotificationKind.CANCEL_APPROVED, NotificationKind.CANCEL_REJECTED


@pytest.mark.row("X10")
@pytest.mark.parametrize(
    ("answers", "stage", "conflicts"),
    [
        ([(APPROVED, 10)], Stage.CANCELLED, set()),
        ([(APPROVED, 10), (REJECTED, 12)], Stage.NEW, {"X10"}),
        ([(REJECTED, 10), (APPROVED, 12)], Stage.CANCELLED, {"X10"}),
    ],
)
def test_of_two_mails_that_answer_one_request_the_later_counts_x10(answers, stage, conflicts):
    order = asked_and_answered(*answers)
    assert (order.stage, {conflict.id for conflict in order.conflicts}) == (stage, conflicts)


@pytest.mark.row("T31")
def test_an_approved_request_is_a_cancellation_by_the_buyer_t31():
    order = asked_and_answered((APPROVED, 10))
    assert (order.cancel_actor, order.cancel_reason) == ("buyer", None)


@pytest.mark.row("T03")
def test_a_reminder_of_an_unknown_order_makes_it_known_and_starts_nothing_t03():
    order = an_order_of((told(NotificationKind.SHIP_REMINDER), NOW))
    assert (order.incomplete, order.stage, order.steps) == (True, Stage.UNPAID, ())
    assert [todo.kind for todo in order.todos] == ["find_order_mail"]
    assert order.deadlines == (), "no countdown is guessed"


def test_a_reminder_without_a_deadline_leaves_the_stated_one_as_it_is():
    stated = told(NotificationKind.NEW_ORDER, placed_at=NOW, ship_by=NOW + timedelta(hours=30))
    order = an_order_of((stated, NOW), (told(NotificationKind.SHIP_REMINDER), NOW + timedelta(hours=1)))
    assert {clock.due_at for clock in order.deadlines if clock.rule == "D02"} == {NOW + timedelta(hours=30)}
