"""An order typed in by a person becomes facts of their authority, the same from the same words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.fact import Authority, FactKind
from models.order import fold
from models.order_entry import Entry, EntryFault, facts_of_entry, fault_of
from models.stage import HandoverMode, ShippingMode, Stage
from tests.models.makers import Given, a_fact, t, terms

NO = "576461413038785752"


def an_entry(**changes: Given):
    return replace(Entry(order_no=NO, placed_at=t(0), items={"TRAY": 2}), **changes)


@pytest.mark.parametrize(("paid", "stage"), [(True, Stage.NEW), (False, Stage.UNPAID)])
def test_an_entry_is_a_new_order_paid_or_not(paid, stage):
    facts = facts_of_entry(an_entry(paid=paid), "lan", t(1))
    assert {fact.authority for fact in facts} == {Authority.HUMAN}
    assert fold(facts, terms(), t(2)).stage is stage


def test_stated_times_and_modes_are_the_orders_own():
    entry = an_entry(promised_at=t(100), ship_by=t(30), handover_mode=HandoverMode.DROP_OFF)
    order = fold(facts_of_entry(entry, "lan", t(1)), terms(), t(2))
    assert order.promised_at == t(100)
    assert order.handover_mode is HandoverMode.DROP_OFF
    assert [(clock.due_at, clock.stated) for clock in order.deadlines if clock.rule == "D02"] == [(t(30), True)]


def test_the_same_entry_has_the_same_keys_whenever_and_by_whomever():
    first, second = facts_of_entry(an_entry(), "lan", t(1)), facts_of_entry(an_entry(), "minh", t(2))
    assert [fact.source_key for fact in first] == [fact.source_key for fact in second]
    turned = [facts_of_entry(an_entry(items=items), "lan", t(1)) for items in ({"A": 1, "B": 2}, {"B": 2, "A": 1})]
    assert turned[0][0].source_key == turned[1][0].source_key
    other = facts_of_entry(an_entry(items={"TRAY": 3}), "lan", t(1))
    assert other[0].source_key != first[0].source_key


def test_what_the_platform_tells_later_wins_and_agrees():
    facts = facts_of_entry(an_entry(), "lan", t(1))
    told = a_fact("order_placed", 0.5, seen=3, items=[{"sku": "TRAY", "title": "Bamboo tray", "quantity": 2}])
    order = fold([*facts, told], terms(), t(4))
    assert order.milestones[FactKind.ORDER_PLACED].at == t(0.5)
    assert order.conflicts == ()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"placed_at": t(1.1)}, None),
        ({"placed_at": t(1) + timedelta(minutes=10)}, None),
        ({"placed_at": t(1) + timedelta(minutes=10, microseconds=1)}, EntryFault.AHEAD),
        ({"promised_at": t(0), "ship_by": t(0)}, None),
        ({"placed_at": t(2)}, EntryFault.AHEAD),
        ({"promised_at": t(-1)}, EntryFault.PROMISED_TOO_EARLY),
        ({"ship_by": t(-1)}, EntryFault.SHIP_BY_TOO_EARLY),
    ],
)
def test_an_entry_that_cannot_be_true_says_why(changes, fault):
    assert fault_of(an_entry(**changes), t(1)) is fault


def test_all_that_was_typed_stands_in_the_facts_with_who_typed_it():
    entry = an_entry(
        promised_at=t(100),
        ship_by=t(30),
        handover_mode=HandoverMode.DROP_OFF,
        shipping_mode=ShippingMode.PLATFORM,
        items={"TRAY": 2, "BOWL": 1},
    )
    placed, paid = facts_of_entry(entry, "lan", t(1))
    assert (placed.kind, placed.occurred_at, placed.observed_at, placed.source) == (
        "order_placed",
        t(0),
        t(1),
        "person",
    )
    assert placed.payload == {
        "order_no": NO,
        "paid": True,
        "promised_at": t(100).isoformat(),
        "due_at": t(30).isoformat(),
        "handover_mode": "drop_off",
        "shipping_mode": "platform",
        "items": [
            {"sku": "TRAY", "title": "TRAY", "quantity": 2},
            {"sku": "BOWL", "title": "BOWL", "quantity": 1},
        ],
        "actor": "lan",
    }
    assert (paid.kind, paid.occurred_at, paid.source) == ("order_paid", t(0), "person")
    assert paid.payload == {"order_no": NO, "paid": True, "actor": "lan"}


def test_what_was_not_typed_stands_nowhere():
    (placed,) = facts_of_entry(an_entry(items={}, paid=False), "lan", t(1))
    assert placed.payload == {"order_no": NO, "paid": False, "actor": "lan"}
