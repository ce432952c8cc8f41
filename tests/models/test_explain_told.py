"""What `explain` tells of an order in full, and what it says to whoever wrote a file that it cannot read."""

from __future__ import annotations

import time
from datetime import UTC, timedelta

import pytest

from models.explain import FactsError, explained, facts_from_json, told
from models.fact import Authority, FactKind
from models.stage import HandoverMode
from tests.models.makers import Given, a_fact, an_order, placed, t
from tests.models.transition import ASKED, DROPPED, FAILED_ONCE, FAILED_TWICE, NEW, PROMISED, SHIPPED, UNPAID

PLACED = {"kind": "order_placed", "occurred_at": "2026-03-01T00:00:00Z", "authority": "platform"}
KINDS = ", ".join(FactKind)
ENTRY_KEYS = "authority, estimated, kind, observed_at, occurred_at, payload, source_key"


def file(**changes: Given) -> Given:
    return {"facts": [PLACED, {**PLACED, **changes}]}


def without(*keys: str) -> Given:
    return {"facts": [{key: value for key, value in PLACED.items() if key not in keys}]}


WRONG: dict[str, tuple[Given, str]] = {
    "no list": ({"facts": "x"}, 'facts: a list is needed. Example: "facts": [{"kind": "order_placed", ...}]'),
    "no facts": ({}, 'facts: a list is needed. Example: "facts": [{"kind": "order_placed", ...}]'),
    "no object": ({"facts": [PLACED, 1]}, "facts[1]: an object is needed"),
    "one key missing": (without("authority"), "facts[0]: authority is missing"),
    "two keys missing": (without("kind", "authority"), "facts[0]: kind, authority is missing"),
    "unknown kind": (file(kind="eaten"), f"facts[1].kind: 'eaten' is not one of {KINDS}"),
    "unknown authority": (
        file(authority="boss"),
        "facts[1].authority: 'boss' is not one of platform, carrier, human, timer",
    ),
    "no time": (file(occurred_at="noon"), "facts[1].occurred_at: 'noon' is no time. Example: 2026-03-01T00:00:00Z"),
    "no time seen": (
        file(observed_at="noon"),
        "facts[1].observed_at: 'noon' is no time. Example: 2026-03-01T00:00:00Z",
    ),
    "too early": (
        file(occurred_at="1999-12-31T23:59:59Z"),
        "facts[1].occurred_at: 1999-12-31T23:59:59Z cannot be; years from 2000 to 2199 can",
    ),
    "seen too late": (
        file(observed_at="2200-01-01T00:00:00Z"),
        "facts[1].observed_at: 2200-01-01T00:00:00Z cannot be; years from 2000 to 2199 can",
    ),
    "stray keys": (file(moon=1, buyer="x"), f"facts[1]: unknown buyer, moon; there are {ENTRY_KEYS}"),
    "payload": (file(payload=["x"]), "facts[1].payload: an object is needed"),
    "a buyer's data": (
        file(payload={"phone": "1"}, source_key="k"),
        "facts[1]: fact k: payload keys not allowed: ['phone']",
    ),
    "shop": ({"facts": [], "shop": 5}, "shop: an object is needed"),
    "shop's key": ({"facts": [], "shop": {"moon": 1}}, "shop: unknown moon; there are handover, shipping, timezone"),
    "shop's handover": (
        {"facts": [], "shop": {"handover": "fly"}},
        "shop.handover: 'fly' is not one of pickup, drop_off",
    ),
    "shop's shipping": (
        {"facts": [], "shop": {"shipping": "fly"}},
        "shop.shipping: 'fly' is not one of platform, seller",
    ),
}


@pytest.mark.parametrize("row", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_place_and_with_what_would_be_right(row):
    data, said = row
    with pytest.raises(FactsError) as error:
        facts_from_json(data)
    assert str(error.value) == said


def test_a_fact_is_read_with_all_that_it_tells():
    (fact,) = facts_from_json(
        {
            "facts": [
                {
                    "kind": "in_transit",
                    "occurred_at": "2026-03-01T12:00:00+07:00",
                    "observed_at": "2026-03-01T09:00:00",
                    "authority": "carrier",
                    "source_key": "scan:1",
                    "payload": {"tracking_no": "A1"},
                    "estimated": True,
                }
            ]
        }
    )[0]
    assert (fact.kind, fact.authority, fact.source_key) == (FactKind.IN_TRANSIT, Authority.CARRIER, "scan:1")
    assert (fact.occurred_at, fact.observed_at, fact.estimated) == (t(5), t(9), True)
    assert fact.occurred_at.tzinfo is UTC
    assert (fact.payload, fact.source) == ({"tracking_no": "A1"}, "file")


def test_what_a_fact_leaves_out_is_filled_in():
    facts, shop = facts_from_json({"facts": [PLACED, {**PLACED, "payload": None, "observed_at": None}]})
    assert shop == {"handover": "pickup", "shipping": "seller", "timezone": "UTC"}
    assert [(fact.observed_at, fact.estimated, dict(fact.payload)) for fact in facts] == [(t(0), False, {})] * 2
    assert [fact.source_key for fact in facts] == ["facts[0]:order_placed", "facts[1]:order_placed"]


def test_a_time_without_a_zone_is_utc_wherever_the_machine_stands(monkeypatch):
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Ho_Chi_Minh")
        time.tzset()
        (fact,) = facts_from_json({"facts": [{**PLACED, "occurred_at": "2026-03-01T09:00:00"}]})[0]
    time.tzset()
    assert fact.occurred_at == t(9)


@pytest.mark.parametrize("year", [2000, 2199])
def test_the_first_and_the_last_year_can_be(year):
    (fact,) = facts_from_json({"facts": [{**PLACED, "occurred_at": f"{year}-06-01T00:00:00Z"}]})[0]
    assert fact.observed_at.year == year


def test_a_moment_is_told_in_utc_with_z_and_none_as_none():
    assert told(t(5).astimezone(UTC) + timedelta(seconds=1.5)) == "2026-03-01T05:00:01.500000Z"
    assert told(None) is None


# facts, at which hour, in which shop; what is told beside the clocks
ORDERS: dict[str, tuple[Given, float, Given, Given]] = {
    "presumed": (UNPAID, 60, {}, {"stage": "CANCELLED", "presumed": True}),
    "late": (PROMISED, 121, {}, {"flags": ["late"], "cases": [{"kind": "claim", "state": "open"}]}),
    "dropped off": (DROPPED, 21, {"handover": HandoverMode.DROP_OFF}, {"flags": ["dropped_off"]}),
    "asked": (ASKED, 6, {}, {"holds": ["cancel_requested"], "cases": [{"kind": "cancel_request", "state": "open"}]}),
    "answered": (
        (*ASKED, a_fact("cancel_rejected", 6)),
        7,
        {},
        {"holds": [], "cases": [{"kind": "cancel_request", "state": "closed"}]},
    ),
    "held twice": (
        (
            *NEW,
            a_fact("hold_placed", 3, by="human", hold="manual"),
            a_fact("hold_placed", 4, by="human", hold="fraud_check"),
        ),
        5,
        {},
        {"holds": ["fraud_check", "manual"]},
    ),
    "failed once": (FAILED_ONCE, 61, {}, {"failed_attempts": 1}),
    "failed twice": (FAILED_TWICE, 91, {}, {"failed_attempts": 2, "stage": "LOST", "presumed": True}),
    "cancelled on its way": ((*SHIPPED, a_fact("cancelled", 20)), 21, {}, {"conflicts": ["X04"], "stage": "CANCELLED"}),
    "never ordered": ((a_fact("in_transit", 30),), 31, {}, {"flags": ["incomplete"]}),
    "to look at": ((*NEW, a_fact("delivered", 200)), 201, {}, {"flags": ["review"], "conflicts": ["X01"]}),
}


@pytest.mark.parametrize("row", ORDERS.values(), ids=ORDERS)
def test_an_order_is_told_with(row):
    facts, now, shop, expected = row
    order = explained(an_order(now, *facts, **shop))
    assert {key: order[key] for key in expected} == expected


def test_a_clock_is_told_with_its_times_and_whether_somebody_stated_it():
    order = explained(an_order(50, *placed(), a_fact("due_stated", 1, rule="D02", due_at=t(60))))
    assert next(clock for clock in order["deadlines"] if clock["id"] == "D02") == {
        "id": "D02",
        "state": "WARNED",
        "start_at": "2026-03-01T00:00:00Z",
        "due_at": "2026-03-03T12:00:00Z",
        "warn_level": 2,
        "breached_at": None,
        "stated": True,
    }
