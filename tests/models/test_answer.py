"""What a command is judged by: its values, its times, and who told what of the order before."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from models.answer import Ask, Refused, is_word_of, key_of, said_by, who_did
from models.fact import FactKind
from tests.models.makers import Given, a_command, a_fact, after, an_order, answer_to, placed, t, terms

NEW = placed()


def an_ask(facts: Given = NEW, hours: float = 20, shop: Given = None, **given: Given) -> Ask:
    return Ask(
        order=an_order(hours, *facts),
        facts=facts,
        command=a_command("record", hours, **given),
        terms=terms(**shop or {}),
    )


def test_a_value_is_taken_without_blanks_around_it_and_is_empty_where_none_is_given():
    ask = an_ask(tracking_no="  A1 ")
    assert (ask.value("tracking_no"), ask.value("carrier")) == ("A1", "")


@pytest.mark.parametrize(
    ("given", "has"),
    [({}, False), ({"reason": "  "}, False), ({"reason": "r"}, True), ({"reason_code": "r"}, True)],
)
def test_a_reason_is_given_as_text_or_as_a_code(given, has):
    assert an_ask(**given).has_reason is has


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-03-01T09:00:00Z", t(9)),
        ("2026-03-01T09:00:00+07:00", t(2)),
        ("2026-03-01T09:00", t(2)),
        ("2026-03-01", t(-7)),
        ("noon", None),
        ("", t(20)),
    ],
)
def test_it_happened_when_is_stated_in_the_shops_time_unless_a_zone_is_given_and_else_now(typed, moment):
    ask = an_ask(at=typed, shop={"timezone": ZoneInfo("Asia/Ho_Chi_Minh")})
    assert ask.happened_at == moment
    assert moment is None or ask.happened_at.utcoffset() == timedelta(0)


def test_the_latest_report_of_these_kinds_and_values_that_nobody_took_back_counts():
    gone = a_fact("in_transit", 9, key="gone", tracking_no="A1")
    facts = (
        *NEW,
        a_fact("in_transit", 8, key="late", tracking_no="A1"),
        a_fact("in_transit", 5, key="early", tracking_no="A1"),
        a_fact("in_transit", 8, key="later", tracking_no="B2"),
        a_fact("picked_up", 4, key="first"),
        gone,
        a_fact("retraction", 10, by="human", fact_id="gone"),
    )
    ask = an_ask(facts)
    kinds = (FactKind.IN_TRANSIT, FactKind.PICKED_UP)
    assert [fact.source_key for fact in ask.told(*kinds)] == ["first", "early", "late", "later"]
    assert [fact.source_key for fact in ask.told(*kinds, tracking_no="A1")] == ["early", "late"]
    last = ask.last(*kinds)
    assert last is not None
    assert last.source_key == "later"
    assert ask.last(FactKind.DELIVERED) is None


@pytest.mark.parametrize(
    ("fact", "name"),
    [
        (after(NEW, "confirm", 1)[-1], "lan"),
        (after(NEW, "hold", 1, hold="fraud_check", reason="r")[-1], "lan"),
        (a_fact("stock_confirmed", 1, by="human"), "human"),
        (a_fact("stock_confirmed", 1, by="human", actor="mai"), "mai"),
        (a_fact("stock_confirmed", 1, by="carrier", actor="mai"), "carrier"),
        (a_fact("cancelled", 1, actor="buyer"), "platform"),
        (a_fact("cancelled", 1, by="human", key=f"cancelled:{t(1).isoformat()}:lan:claim:lost", actor="seller"), "lan"),
        (a_fact("cancelled", 1, by="human", key=f"cancelled:{t(2).isoformat()}:lan", actor="seller"), "seller"),
    ],
    ids=["a command", "about a hold", "nobody known", "an actor", "carrier", "platform", "whose wish", "another time"],
)
def test_who_told_it_is_the_source_of_news_or_the_name_given(fact, name):
    assert who_did(fact) == {"by": name, "at": t(1).isoformat()}


def test_nothing_was_told_by_nobody():
    assert who_did(None) == {}


def test_who_told_it_by_a_command_is_known_and_of_other_news_nobody():
    assert said_by(after(NEW, "confirm", 1)[-1]) == "lan"
    assert said_by(a_fact("stock_confirmed", 1, by="human")) == ""
    like_a_command = key_of(FactKind.STOCK_CONFIRMED, t(1), "lan")
    assert said_by(a_fact("stock_confirmed", 1, key=like_a_command)) == ""


def test_a_word_is_of_the_person_whose_whole_name_is_in_its_key():
    confirmed = after(NEW, "confirm", 1)[-1]
    assert [is_word_of(confirmed, name) for name in ("lan", "la", "lana", "minh")] == [True, False, False, False]
    about = after(NEW, "hold", 1, hold="fraud_check", reason="r")[-1]
    assert is_word_of(about, "lan")
    assert not is_word_of(a_fact("stock_confirmed", 1, key=confirmed.source_key), "lan")


def test_who_was_faster_by_another_way_than_a_command_is_told_as_a_source():
    again = answer_to((*NEW, a_fact("stock_confirmed", 1, by="human", actor="mai")), "confirm", 2)
    assert isinstance(again, Refused)
    assert again.values == {"by": "mai", "at": t(1).isoformat()}
