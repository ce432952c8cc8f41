"""The packing rules: read once a shift by each person, asked again when they change, ticked for flagged goods."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.answer import Accepted, Refused
from models.command import decide
from models.fact import Fact, FactKind, Json
from models.order import fold
from models.packing_rules import RULES, SHIFT, VERSION, Packing, RulesRead, missing
from tests.models.makers import Given, a_command, a_fact, placed, t, terms

pytestmark = pytest.mark.row("T10")

TO_PACK = (*placed(items=[{"sku": "GLASS-01", "quantity": 1}, {"sku": "TOWEL"}]), a_fact("stock_confirmed", 1))
READ = RulesRead(version=VERSION, read_at=t(10))


def packing(hours: float, *facts: Fact, checklist: str = "", **rules: Given) -> Accepted | Refused:
    """What comes of packing so many hours after T0."""
    command = a_command("mark_packed", hours, checklist=checklist)
    known = facts or TO_PACK
    return decide(fold(known, terms(), t(hours)), known, replace(command, packing=Packing(**rules)), terms())


def kept(answer: Accepted | Refused) -> dict[str, Json]:
    assert isinstance(answer, Accepted), answer
    checklist = answer.facts[-1].payload["checklist"]
    assert isinstance(checklist, dict)
    return checklist


def code(answer: Accepted | Refused) -> str:
    return answer.code if isinstance(answer, Refused) else "accepted"


@pytest.mark.parametrize(
    ("after_reading", "told"),
    [
        (timedelta(0), "accepted"),
        (SHIFT - timedelta.resolution, "accepted"),
        (SHIFT, "checklist_incomplete"),
        (-timedelta.resolution, "checklist_incomplete"),
    ],
)
def test_reading_the_rules_counts_for_one_shift(after_reading, told):
    hours = 10 + after_reading / timedelta(hours=1)
    read_at = t(hours) - after_reading
    assert code(packing(hours, read=RulesRead(version=VERSION, read_at=read_at))) == told


def test_a_shop_may_have_shifts_of_another_length():
    assert code(packing(17, read=READ, shift=timedelta(hours=7))) == "checklist_incomplete"
    assert code(packing(16, read=READ, shift=timedelta(hours=7))) == "accepted"


@pytest.mark.parametrize("version", [VERSION - 1, VERSION + 1])
def test_another_version_than_the_one_read_asks_again(version):
    assert code(packing(11, read=RulesRead(version=version, read_at=t(10)))) == "checklist_incomplete"


def test_the_fact_keeps_that_every_rule_was_acknowledged_and_when():
    told = kept(packing(11, read=READ))
    assert told == {"version": VERSION, "ticks": list(RULES), "acknowledged_at": t(10).isoformat()}


def test_the_fact_of_an_order_that_was_ticked_tells_of_no_reading():
    assert kept(packing(11, checklist=",".join(RULES), read=READ)) == {"version": VERSION, "ticks": list(RULES)}


def test_whoever_ticks_ticks_every_line_though_the_rules_were_read():
    answer = packing(11, checklist=",".join(RULES[1:]), read=READ)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.values) == ("checklist_incomplete", {"missing": RULES[0]})


@pytest.mark.parametrize(
    ("patterns", "flagged"),
    [
        (("GLASS-01",), "GLASS-01"),
        (("glass-*", "TOW?L"), "GLASS-01, TOWEL"),
        ((" GLASS-* ",), "GLASS-01"),
        (("GLASS",), ""),
        (("*LAMP*",), ""),
        ((), ""),
    ],
)
def test_an_order_with_a_flagged_sku_is_ticked_by_itself_and_the_sku_is_named(patterns, flagged):
    answer = packing(11, read=READ, careful_skus=patterns)
    named = answer.values["skus"] if isinstance(answer, Refused) else ""
    assert named == flagged
    assert code(answer) == ("careful_sku" if flagged else "accepted")
    assert code(packing(11, checklist="all", careful_skus=patterns)) == "accepted"


def test_a_careful_sku_leaves_only_what_is_not_ticked():
    answer = packing(11, checklist="sound", careful_skus=("GLASS-*",))
    assert isinstance(answer, Refused)
    assert answer.values["missing"].split(", ") == [rule for rule in RULES if rule != "sound"]


def test_goods_without_a_sku_are_not_flagged():
    unnamed = (*placed(items=[{"title": "glass lamp"}]), a_fact("stock_confirmed", 1))
    assert code(packing(11, *unnamed, read=READ, careful_skus=("*",))) == "accepted"


@pytest.mark.row("T11")
def test_t11_a_reading_packs_a_new_order_and_confirms_its_stock():
    answer = packing(11, *placed(), read=READ)
    assert isinstance(answer, Accepted)
    assert [fact.kind for fact in answer.facts] == [FactKind.STOCK_CONFIRMED, FactKind.PACKED]


def test_all_ticks_all_and_nothing_ticks_nothing():
    assert missing("all") == missing(" all ,sound") == ()
    assert missing("") == RULES
