"""An alert storm, and a channel that is down: few messages, nothing lost, each told once, by real mail servers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from flows.outbox import NOTHING, send_due
from flows.watch import check_due
from models.db.alert_telling import LEASE, take
from models.db.orders import record_facts
from models.db.session import open_session
from tests.databases import ON_SQLITE
from tests.flows.alarm_place import OTHER, SHOP, START, Place, alarm_place, missed
from tests.models.makers import a_fact, placed

MINUTE = 1 / 60


@pytest.fixture
def place(tmp_path: Path, database: str) -> Iterator[Place]:
    with alarm_place(tmp_path, database) as opened:
        yield opened


def numbers_in(bodies: list[str]) -> Iterator[str]:
    return (word for body in bodies for word in body.split() if word.startswith("57646141303"))


@ON_SQLITE
def test_500_orders_that_miss_their_time_in_one_tick_are_one_message_of_their_rule(place: Place):
    packed = (*placed(0), *(a_fact(kind, 1, by="human") for kind in ("stock_confirmed", "packed")))
    numbers = [f"57646141303{number:07d}" for number in range(500)]
    with open_session(place.office.engine) as session:
        facts = [(number, fact) for number in numbers for fact in packed]
        record_facts(session, place.office.shop(SHOP), facts, place.office.now())
        session.commit()
    place.awake_until(72 + MINUTE)
    assert check_due(place.office).orders == 500
    place.send()
    assert [body.partition(". ")[0] for body in place.told] == [f"{SHOP}: 500 orders: set to shipped"]
    assert {row.sent_at is not None for row in place.rows() if row.text_key == "breached"} == {True}


def test_a_storm_over_shops_and_rules_is_one_message_for_each_of_them(place: Place):
    shops_and_rules = [(shop, rule) for shop in (SHOP, OTHER) for rule in ("D02", "D08")]
    place.shout([missed(number, shop, rule) for number in range(500) for shop, rule in shops_and_rules])
    sent = place.send()
    assert (sent.alerts, sent.messages, sent.failed) == (2000, 4, 0)
    assert Counter(body.partition(":")[0] for body in place.told) == {SHOP: 2, OTHER: 2}
    assert all(": 500 orders" in body for body in place.told)
    assert place.send() == NOTHING


def test_what_follows_a_storm_within_minutes_is_gathered_into_the_next_message(place: Place):
    place.shout([missed(number) for number in range(10)])
    place.send()
    for step in range(1, 5):
        place.awake_until(START + step * MINUTE)
        place.shout([missed(10 * step + number) for number in range(4)])
        assert place.send() == NOTHING
    assert place.send(START + 5 * MINUTE).messages == 1
    assert [body.split(" orders")[0] for body in place.told] == [f"{SHOP}: 10", f"{SHOP}: 16"]


def test_while_the_first_channel_is_down_for_an_hour_the_second_tells_all_and_each_once(place: Place):
    place.first.in_service = False
    shouted = 0
    for minute in range(75):
        if minute == 60:
            place.first.in_service = True
        place.awake_until(START + minute * MINUTE)
        if minute % 5 == 0:
            place.shout([missed(100 * minute + number, rule="D08", hours=START + 24) for number in range(2)])
            shouted += 2
        place.send()
        assert bool(place.second.mails) is (minute >= 2)  # in the round of the third failure, and not before
    first_time = Counter(numbers_in([body for body in place.told if not body.startswith("Still")]))
    assert len(first_time) == shouted
    assert set(first_time.values()) == {1}
    assert place.second.mails
    assert place.first.mails  # it is used again
    assert all(row.sent_at and row.next_attempt_at is None for row in place.rows())


@ON_SQLITE
def test_a_channel_that_is_given_up_is_asked_ever_more_seldom(place: Place):
    place.first.in_service = False
    for minute in range(32):
        place.awake_until(START + minute * MINUTE)
        place.shout([missed(minute)])
        place.send()
    assert len(place.second.mails) > 25
    assert place.first.connections < 8


@ON_SQLITE
def test_what_no_channel_takes_waits_and_is_told_once_when_one_is_back(place: Place):
    place.first.in_service = place.second.in_service = False
    place.shout([missed(1)])
    for minute in range(30):
        place.send(START + minute * MINUTE)
    assert place.told == []
    place.second.in_service = True
    for minute in range(30, 95):
        place.send(START + minute * MINUTE)
    assert len([body for body in place.told if not body.startswith("Still")]) == 1


def test_two_runs_at_once_tell_each_alert_once(place: Place):
    place.shout([missed(number, shop) for shop in (SHOP, OTHER) for number in range(5)])
    with ThreadPoolExecutor(2) as together:
        sent = list(together.map(send_due, [place.office] * 2))
    assert sum(one.alerts for one in sent) == 10
    assert len(place.told) == len(set(place.told)) == 10


def test_what_a_run_took_before_it_died_is_told_by_the_next_one_a_little_later(place: Place):
    place.shout([missed(1)])
    with open_session(place.office.engine) as session:
        assert len(take(session, place.rows(), place.office.now())) == 1
        session.commit()
    assert place.send() == NOTHING
    assert place.send(START + LEASE / timedelta(hours=1)).alerts == 1
    assert len(place.told) == 1


def test_a_row_that_another_run_has_taken_is_left_to_it(place: Place):
    place.shout([missed(1)])
    seen = place.rows()
    with open_session(place.office.engine) as session:
        assert len(take(session, seen, place.office.now())) == 1
        session.commit()
    with open_session(place.office.engine) as session:
        assert take(session, seen, place.office.now()) == []
