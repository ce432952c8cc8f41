"""The JSON object that tells an order, and facts from one."""

from __future__ import annotations

import json

import pytest

from models.explain import FactsError, explained, facts_from_json
from models.order import fold
from tests.models.makers import Given, a_fact, an_order, placed, t, terms

FILE = {
    "shop": {"handover": "drop_off"},
    "facts": [
        {"kind": "order_placed", "occurred_at": "2026-03-01T00:00:00Z", "authority": "platform"},
        {"kind": "order_paid", "occurred_at": "2026-03-01T07:00:00+07:00", "authority": "platform"},
        {
            "kind": "marked_shipped",
            "occurred_at": "2026-03-01T10:00:00Z",
            "observed_at": "2026-03-09T10:00:00Z",
            "authority": "human",
            "source_key": "k",
            "payload": {"tracking_no": "A"},
        },
    ],
}


def with_entry(**changes: Given) -> Given:
    first: Given = FILE["facts"][0]  # type: ignore[index]
    return {"facts": [{**first, **changes}]}


def test_an_order_is_told_as_one_object() -> None:
    told = explained(an_order(59, *placed(), a_fact("marked_shipped", 10)))
    assert json.loads(json.dumps(told)) == told
    assert {key: told[key] for key in told if key != "deadlines"} == {
        "stage": "AWAITING_HANDOVER",
        "presumed": False,
        "flags": [],
        "holds": [],
        "failed_attempts": 0,
        "cases": [{"kind": "carrier_complaint", "state": "open"}],
        "conflicts": [],
    }
    assert [clock["id"] for clock in told["deadlines"]] == ["D01", "D02", "D03", "D04", "D05", "D10"]
    assert told["deadlines"][3] == {
        "id": "D04",
        "state": "BREACHED",
        "start_at": "2026-03-01T10:00:00Z",
        "due_at": "2026-03-03T10:00:00Z",
        "warn_level": 2,
        "breached_at": "2026-03-03T10:00:00Z",
        "stated": False,
    }


def test_flags_are_named_when_they_are_true() -> None:
    assert explained(an_order(31, a_fact("in_transit", 30)))["flags"] == ["incomplete"]


def test_facts_are_read_with_their_defaults() -> None:
    facts, shop = facts_from_json(FILE)
    assert shop == {"handover": "drop_off", "shipping": "seller", "timezone": "UTC"}
    assert [fact.observed_at for fact in facts] == [t(0), t(0), t(8 * 24 + 10)]
    assert len({fact.source_key for fact in facts}) == 3
    assert fold(facts, terms(), t(20)).stage == "NEW"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "facts: a list is needed"),
        ({"facts": [1]}, r"facts\[0\]: an object is needed"),
        ({"facts": [{}]}, r"facts\[0\]: kind, occurred_at, authority is missing"),
        (with_entry(kind="eaten"), r"facts\[0\].kind: 'eaten' is not one of order_placed, order_paid"),
        (with_entry(authority="boss"), r"facts\[0\].authority: 'boss' is not one of platform, carrier"),
        (with_entry(occurred_at="noon"), r"facts\[0\].occurred_at: 'noon' is no time"),
        (with_entry(occurred_at=None), r"facts\[0\].occurred_at: None is no time"),
        (with_entry(occurred_at="0001-01-01T00:00:00+14:00"), r"facts\[0\].occurred_at: .* is no time"),
        (with_entry(occurred_at="0001-01-01T00:00:00Z"), r"facts\[0\].occurred_at: .* cannot be; years from 2000"),
        (with_entry(observed_at="9999-12-31T00:00:00Z"), r"facts\[0\].observed_at: .* cannot be"),
        (with_entry(buyer="x"), r"facts\[0\]: unknown buyer; there are authority"),
        (with_entry(payload={"phone": "1"}), "payload keys not allowed"),
        (with_entry(payload=["phone"]), r"facts\[0\].payload: an object is needed"),
        ({"facts": [], "shop": {"moon": 1}}, "shop: unknown moon; there are handover"),
        ({"facts": [], "shop": {"handover": "fly"}}, "shop.handover: 'fly' is not one of pickup, drop_off"),
        ({"facts": [], "shop": {"shipping": None}}, "shop.shipping: None is not one of platform, seller"),
    ],
)
def test_a_wrong_entry_is_named(data, said) -> None:
    with pytest.raises(FactsError, match=said):
        facts_from_json(data)


def test_a_time_that_cannot_be_true_is_replaced_by_when_it_was_seen() -> None:
    entry = with_entry(occurred_at="1999-01-01T00:00:00Z", observed_at="2026-03-01T00:00:00Z")
    facts, _ = facts_from_json(entry)
    assert explained(fold(facts, terms(), t(1)))["flags"] == ["clock_estimated"]
