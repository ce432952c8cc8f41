"""The files that prove an order's course: complete, readable, the same each time, and without a buyer."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from models.csv_text import ENCODING
from models.evidence_files import Proof, evidence_files
from models.fact import API, IMPORT, PAYLOAD_KEYS, Fact, FactKind
from models.language import settle
from models.order import fold
from tests.models.lives import Life, lives
from tests.models.makers import Given, a_fact, placed, t, terms

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
PARCEL = {"tracking_no": "JT0012", "carrier": "J&T Express"}
COLLECTED_LATE = (*placed(), a_fact("marked_shipped", 10, **PARCEL), a_fact("picked_up", 70, seen=73))


def a_proof(now: float, *facts: Fact, **shop: Given) -> Proof:
    agreed = terms(timezone=HANOI, **shop)
    return Proof(
        shop="Tre Viet Store",
        order_no="576461413038785752",
        zone=HANOI,
        policy=agreed.policy,
        order=fold(facts, agreed, t(now)),
        facts=facts,
        now=t(now),
    )


def files(now: float, *facts: Fact) -> dict[str, bytes]:
    return evidence_files(a_proof(now, *facts))


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode(ENCODING), newline=""), strict=True))


def timeline(now: float, *facts: Fact) -> list[dict[str, str]]:
    return rows(files(now, *facts)["timeline.csv"])


def clock(name: str, now: float, *facts: Fact) -> dict[str, str]:
    (row,) = (row for row in rows(files(now, *facts)["deadlines.csv"]) if row["What must happen"] == name)
    return row


def test_each_fact_is_told_with_when_it_happened_when_it_was_learnt_and_from_where():
    assert timeline(80, *COLLECTED_LATE)[-1] == {
        "Happened (Asia/Ho_Chi_Minh)": "2026-03-04T05:00:00+07:00",
        "Happened (UTC)": "2026-03-03T22:00:00Z",
        "Learnt (Asia/Ho_Chi_Minh)": "2026-03-04T08:00:00+07:00",
        "Learnt (UTC)": "2026-03-04T01:00:00Z",
        "How exact": "as told",
        "What happened": "collected by the carrier",
        "Details": "",
        "Whose word": "TikTok Shop",
        "Learnt by": "mail",
        "Counts": "yes",
    }


def test_what_happened_at_once_stands_as_an_order_goes_its_way():
    assert [row["What happened"] for row in timeline(1, *reversed(placed()))] == ["ordered", "paid"]


def test_facts_stand_in_the_order_in_which_they_happened():
    heap = (*COLLECTED_LATE, a_fact("packed", 5, seen=79, by="human"))
    happened = [row["Happened (UTC)"] for row in timeline(80, *heap)]
    assert happened == sorted(happened)
    assert len(happened) == len(heap)


def test_what_is_heard_only_later_is_not_known_yet():
    assert len(timeline(72, *COLLECTED_LATE)) == len(COLLECTED_LATE) - 1


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("mail", "mail"),
        ("person", "a person's entry"),
        ("shop", "Shipclock's own action"),
        (API, "the interface of TikTok Shop"),
        (IMPORT, "an export of Seller Center"),
        ("a stranger", "another source"),
    ],
)
def test_a_source_is_told_in_words(source, said):
    told = replace(a_fact("packed", 1), source=source)
    assert timeline(2, told)[0]["Learnt by"] == said


@pytest.mark.parametrize(
    ("source", "estimated", "said"),
    [("mail", False, "as told"), ("mail", True, "time estimated"), (API, True, "at this time at the latest")],
)
def test_how_exact_a_time_is_stands_beside_it(source, estimated, said):
    told = replace(a_fact("packed", 1, estimated=estimated), source=source)
    assert timeline(2, told)[0]["How exact"] == said


def test_an_entry_that_was_taken_back_is_told_as_such():
    slip = a_fact("packed", 5, by="human", key="slip")
    back = a_fact("retraction", 6, by="human", fact_id="slip")
    assert [row["Counts"] for row in timeline(7, slip, back)] == ["taken back", "yes"]
    assert "packed (taken back)" in files(7, slip, back)["summary.txt"].decode()


def test_values_that_prove_something_are_told_in_words():
    due = a_fact("due_stated", 1, rule="D02", due_at=t(50))
    gone = a_fact("cancelled", 2, actor="buyer", reason_code="no_longer_needed", request_no="4711")
    shipped = a_fact("marked_shipped", 3, **PARCEL)
    tried = a_fact("delivery_attempt_failed", 4, attempt_no="1")
    held = a_fact("hold_placed", 5, hold="fraud_check")
    told = timeline(9, due, gone, shipped, tried, held)
    assert [row["Details"] for row in told] == [
        "for: set to shipped; limit 2026-03-03 09:00 (UTC+07:00)",
        "request 4711; reason: the buyer no longer needs it; by the buyer",
        "carrier J&T Express; tracking number JT0012",
        "attempt 1",
        "",
    ]
    assert told[-1]["What happened"] == "put on hold (possible fraud is being checked)"


def test_a_clock_is_told_with_limit_course_origin_and_whose_fault_it_is():
    assert clock("collected by the carrier", 80, *COLLECTED_LATE) == {
        "What must happen": "collected by the carrier",
        "Whose time limit": "the platform's",
        "Started (Asia/Ho_Chi_Minh)": "2026-03-01T17:00:00+07:00",
        "Started (UTC)": "2026-03-01T10:00:00Z",
        "Limit (Asia/Ho_Chi_Minh)": "2026-03-03T17:00:00+07:00",
        "Limit (UTC)": "2026-03-03T10:00:00Z",
        "Ended (Asia/Ho_Chi_Minh)": "2026-03-04T05:00:00+07:00",
        "Ended (UTC)": "2026-03-03T22:00:00Z",
        "How it stands": "done too late",
        "At fault for the delay": "the carrier",
        "Whose figure": "article: 48 h",
    }


def test_nobody_is_at_fault_for_a_clock_that_was_met_and_the_shop_is_for_its_own():
    assert clock("set to shipped", 80, *COLLECTED_LATE)["At fault for the delay"] == ""
    late = clock("set to shipped", 80, *placed())
    assert (late["How it stands"], late["At fault for the delay"], late["Ended (UTC)"]) == ("over", "the shop", "")


def test_the_summary_tells_the_order_and_both_kinds_of_clocks_apart():
    told = files(80, *COLLECTED_LATE)["summary.txt"].decode().splitlines()
    assert told[:2] == ["Record of order 576461413038785752", "=" * 34]
    assert "Shop: Tre Viet Store" in told
    assert "Tracking number: JT0012" in told
    first, second = told.index("Time limits of the platform"), told.index("Aims of the shop, and what it watches")
    assert first < told.index("collected by the carrier: done too late") < second
    assert "    At fault for the delay: the carrier" in told
    assert told[-3] == "Times are those of Asia/Ho_Chi_Minh."
    assert 'Figures: "article" is' in told[-2]
    assert "manifest.json holds a checksum of each file." in told[-1]


def test_a_conclusion_from_time_is_told_as_one():
    assert "concluded from the time limit" in files(60, *placed()[:1])["summary.txt"].decode()
    assert "concluded" not in files(60, *placed())["summary.txt"].decode()


def test_the_files_speak_the_language_of_the_pages():
    settle("vi", {})
    told = files(80, *COLLECTED_LATE)
    assert "Diễn biến của đơn" in told["summary.txt"].decode()
    assert told["timeline.csv"].decode(ENCODING).startswith('"Xảy ra lúc (Asia/Ho_Chi_Minh)"')


def test_the_same_facts_in_any_order_give_the_same_files():
    heap = list(COLLECTED_LATE)
    Random(7).shuffle(heap)
    assert files(80, *heap) == files(80, *COLLECTED_LATE)


@given(lives())
def test_there_are_files_for_any_life_of_an_order(life: Life):
    order = fold(life.facts, life.shop, life.now)
    proof = Proof(
        shop="S", order_no="1", zone=life.shop.timezone, policy=life.shop.policy, order=order, facts=life.facts,
        now=life.now,
    )  # fmt: skip
    made = evidence_files(proof)
    assert len(rows(made["deadlines.csv"])) == len(order.deadlines)


PERSON = "Nguyen Thi Planted"
OPEN = {"carrier", "items"}  # a carrier's and a product's name; no program can tell them from a person's


@pytest.mark.parametrize("planted", [PERSON, "Lan 0912 345 678", "planted@mail.example"])
@pytest.mark.parametrize("kind", list(FactKind))
def test_a_buyers_data_in_any_value_of_any_fact_gets_into_no_file(kind, planted):
    values = dict.fromkeys(PAYLOAD_KEYS - OPEN, planted) | ({} if planted == PERSON else {"carrier": planted})
    hostile = replace(a_fact(kind, 1, by="human", key=f"{kind}:{planted}", **values), source=planted)
    made = files(90, *placed(), hostile)
    assert len(timeline(90, *placed(), hostile)) == 3
    assert not [name for name, content in made.items() if planted.encode() in content]


def test_a_carrier_that_is_called_like_a_formula_is_text():
    told = files(20, a_fact("marked_shipped", 10, carrier='=HYPERLINK("x")', tracking_no="-1"))
    assert "carrier =HYPERLINK" in told["timeline.csv"].decode(ENCODING)
    assert not [cell for row in rows(told["timeline.csv"]) for cell in row.values() if cell.startswith(("=", "-"))]
