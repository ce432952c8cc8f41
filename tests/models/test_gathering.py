"""Ask, don't accuse: the questions of finished days are one line a shop, and a *yes* makes no breach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from models.deadline import DeadlineState, RuleId
from models.fact import Authority, Fact, FactKind
from models.gathering import About, Question, gathered, said_by_yes
from models.order import fold
from models.stage import HandoverMode
from tests.models.makers import Given, a_fact, an_order, placed, t, terms

NEVER: Final[Mapping[str, Given]] = {"seen": {}}  # no news of any kind ever reached this shop
UTC = ZoneInfo("UTC")
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
COLLECTED, DELIVERED = About.COLLECTED, About.DELIVERED
SHIPPED = (*placed(0), a_fact("marked_shipped", 10))


def asked(number: str, hours: float, about: About = COLLECTED, shop: str = "A", since: float | None = None) -> Question:
    asked_at = t(hours if since is None else since)
    return Question(shop_id=shop, order_no=number, about=about, due_at=t(hours), since=asked_at)


def lines(now: float, *questions: Question, zone: ZoneInfo = UTC, until: date | None = None):
    return [
        (line.shop_id, line.until.day, dict(line.orders)) for line in gathered(questions, lambda _: zone, t(now), until)
    ]


def test_the_orders_of_a_day_are_one_line_with_both_questions():
    told = lines(30, asked("2", 5), asked("1", 9, DELIVERED), asked("3", 1))
    assert told == [("A", 1, {COLLECTED: ("3", "2"), DELIVERED: ("1",)})]


def test_what_comes_up_today_is_asked_tomorrow_so_that_nobody_is_asked_twice_a_day():
    assert lines(23.9, asked("1", 5)) == []
    assert lines(24, asked("1", 5), asked("2", 24)) == [("A", 1, {COLLECTED: ("1",)})]


def test_what_an_answer_of_today_leads_to_is_asked_tomorrow():
    late = asked("1", 5, DELIVERED, since=30)
    assert lines(47, late) == []
    assert lines(48, late) == [("A", 1, {DELIVERED: ("1",)})]


def test_days_that_nobody_answered_join_one_line():
    assert lines(100, asked("1", 5), asked("2", 40), asked("3", 80)) == [("A", 4, {COLLECTED: ("1", "2", "3")})]


def test_the_days_are_those_of_the_shop():
    assert lines(23, asked("1", 16.5), zone=HANOI) == [("A", 1, {COLLECTED: ("1",)})]
    assert lines(23, asked("1", 17.5), zone=HANOI) == []


def test_each_shop_has_a_line_of_its_own():
    assert [line[0] for line in lines(30, asked("1", 5, shop="B"), asked("1", 5))] == ["A", "B"]


def test_an_order_is_asked_one_thing_the_delivery_if_it_may_have_come_so_far():
    assert lines(60, asked("1", 5), asked("1", 40, DELIVERED)) == [("A", 2, {DELIVERED: ("1",)})]


def test_an_answer_may_be_for_the_days_up_to_one_alone():
    questions = (asked("1", 5), asked("2", 30))
    assert lines(100, *questions, until=date(2026, 3, 1)) == [("A", 1, {COLLECTED: ("1",)})]
    assert lines(100, *questions, until=date(2027, 1, 1))[0][1] == 2


def after_yes(about: About, now: float, *facts: Fact, **shop: Given):
    """The order at the same moment after a person said yes."""
    agreed = terms(**NEVER, **shop)
    said = said_by_yes(fold(facts, agreed, t(now)), about)
    assert said is not None
    kind, at = said
    told = Fact(kind=kind, occurred_at=at, observed_at=t(now), authority=Authority.HUMAN, source_key="yes")
    return said, fold((*facts, told), agreed, t(now))


DROPPED = (*SHIPPED, a_fact("dropped_off", 20, by="human"))
MOVING = (*SHIPPED, a_fact("picked_up", 30, by="human"))
PROMISED = (*placed(0, promised_at=t(40)), a_fact("marked_shipped", 10))


@pytest.mark.parametrize(
    ("about", "now", "facts", "shop", "said"),
    [
        (COLLECTED, 59, SHIPPED, {}, ("picked_up", 58)),
        (COLLECTED, 45, DROPPED, {"handover": HandoverMode.DROP_OFF}, ("in_transit", 44)),
        (DELIVERED, 103, MOVING, {}, ("delivered", 102)),
        (DELIVERED, 347, SHIPPED, {}, ("delivered", 346)),
        (DELIVERED, 347, PROMISED, {}, ("delivered", 40)),
    ],
    ids=["D04", "D07", "D17", "D10", "D11 before D04"],
)
def test_a_yes_says_what_its_clocks_wait_for_and_breaks_none(about, now, facts, shop, said):
    told, order = after_yes(about, now, *facts, **shop)
    kind, at = said
    assert told == (FactKind(kind), t(at))
    assert not [clock.rule for clock in order.deadlines if clock.breached_at]
    assert order.cases == ()
    assert not [todo.kind for todo in order.todos if todo.kind.startswith(("ask_", "state_"))]
    assert not order.review


def test_a_parcel_that_was_still_seen_later_did_not_arrive_before_that():
    late = (*placed(0, promised_at=t(40)), a_fact("marked_shipped", 50))
    said, order = after_yes(DELIVERED, 60, *late)
    assert said == (FactKind.DELIVERED, t(50))
    assert order.deadline(RuleId.D11).state is DeadlineState.MET_LATE


@pytest.mark.parametrize("about", About)
def test_nothing_is_said_of_an_order_that_does_not_ask(about):
    assert said_by_yes(an_order(59, *SHIPPED), about) is None
    assert said_by_yes(an_order(30, *SHIPPED, **NEVER), about) is None


def test_news_of_a_clock_that_only_asked_open_no_case_whether_in_time_or_late():
    for arrived in (345, 350):
        delivered = a_fact("delivered", arrived, seen=360, by="human")
        order = an_order(361, *placed(0, promised_at=t(348)), a_fact("marked_shipped", 10), delivered, **NEVER)
        assert order.cases == ()


def test_each_shop_is_asked_by_its_own_day():
    """At 18:00 UTC it is the next day in Hanoi alone."""
    zones = {"A": UTC, "B": HANOI}
    questions = [asked("1", 5), asked("2", 5, shop="B"), asked("3", 17.5, shop="B")]
    found = gathered(questions, zones.__getitem__, t(18))
    assert [(line.shop_id, line.until, dict(line.orders)) for line in found] == [
        ("B", date(2026, 3, 1), {COLLECTED: ("2",)})
    ]
    later = gathered(questions, zones.__getitem__, t(48))
    assert [(line.shop_id, line.until) for line in later] == [("A", date(2026, 3, 1)), ("B", date(2026, 3, 2))]
    until_first = gathered(questions, zones.__getitem__, t(48), date(2026, 3, 1))
    assert [dict(line.orders) for line in until_first] == [{COLLECTED: ("1",)}, {COLLECTED: ("2",)}]


def test_an_order_whose_delivery_is_asked_is_not_asked_for_the_collection_whichever_came_up_first():
    assert lines(60, asked("1", 5, DELIVERED), asked("1", 20)) == [("A", 1, {DELIVERED: ("1",)})]


def test_what_people_did_meanwhile_does_not_put_off_when_it_was_collected():
    complained = (*SHIPPED, a_fact("complaint_filed", 60, by="human"))
    said, _ = after_yes(COLLECTED, 61, *complained)
    assert said == (FactKind.PICKED_UP, t(58))
