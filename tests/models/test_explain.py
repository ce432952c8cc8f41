"""The JSON object that tells an order, and facts from one."""

from __future__ import annotations

import json

import pytest

from models.explain import FactsError, explained, facts_from_json
from models.order import fold
from tests.models.makers import a_fact, an_order, placed, t, terms

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
        ({"facts": [{}]}, r"facts\[0\]: occurred_at is missing"),
        ({"facts": [{**FILE["facts"][0], "kind": "eaten"}]}, r"facts\[0\].*eaten"),  # type: ignore[index]
        ({"facts": [{**FILE["facts"][0], "occurred_at": "noon"}]}, r"facts\[0\].*noon"),  # type: ignore[index]
        ({"facts": [{**FILE["facts"][0], "buyer": "x"}]}, r"facts\[0\]: unknown buyer"),  # type: ignore[index]
        ({"facts": [{**FILE["facts"][0], "payload": {"phone": "1"}}]}, "payload keys not allowed"),  # type: ignore[index]
        ({"facts": [], "shop": {"moon": 1}}, "shop: unknown moon"),
    ],
)
def test_a_wrong_entry_is_named(data, said) -> None:
    with pytest.raises(FactsError, match=said):
        facts_from_json(data)
