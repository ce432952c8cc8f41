"""Orders that were close to their time and are out of danger: one message for many, the digest for the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from flows.danger_over import tell_dangers_over
from flows.look import look
from flows.outbox import NOTHING
from flows.watch import check_due
from models.db.alert_tables import DangerRow
from models.db.alerts import Alert
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.wake import PATIENCE
from models.fact import Fact
from tests.databases import ON_SQLITE
from tests.flows.alarm_place import SHOP, Place, alarm_place, missed
from tests.models.makers import a_fact, placed

HOUR = timedelta(hours=1)
EARLY, WARNED_AT, SHIPPED_AT, LATE = 10, 60, 61, 73  # hours after the orders were placed
DAY_BEFORE, PAST_MIDNIGHT, EIGHT = 40, 66, 73.1  # by the shop's clock; they were shipped in the evening between
PACKED = (*placed(0), a_fact("stock_confirmed", 1, by="human"), a_fact("packed", 2, by="human"))
SIX = [f"57646141303{number:07d}" for number in range(6)]
OVER = f"{SHOP}: set to shipped: orders that were close to their time and are out of danger: "


@pytest.fixture
def place(tmp_path: Path, database: str) -> Iterator[Place]:
    with alarm_place(tmp_path, database) as opened:
        yield opened


def news(place: Place, numbers: Sequence[str], *facts: Fact) -> None:
    with open_session(place.office.engine) as session:
        told = [(number, fact) for number in numbers for fact in facts]
        record_facts(session, place.office.shop(SHOP), told, place.office.now())
        session.commit()


def close_to_their_time(place: Place, numbers: Sequence[str] = SIX) -> None:
    """Let these orders be packed and not yet set to shipped, and people be told that it is time."""
    place.awake_until(WARNED_AT)
    news(place, numbers, *PACKED)
    place.send()
    place.awake_until(SHIPPED_AT)


def shipped(place: Place, numbers: Sequence[str], at: float = SHIPPED_AT) -> None:
    news(place, numbers, a_fact("marked_shipped", at))


def all_clears(place: Place) -> list[str]:
    place.send()
    return [body for body in place.told if "out of danger" in body]


def in_danger(place: Place) -> int:
    with open_session(place.office.engine, read_only=True) as session:
        return len(session.exec(select(DangerRow)).all())


def test_many_orders_that_were_told_together_get_one_all_clear_when_the_last_is_out_of_danger(place: Place):
    close_to_their_time(place)
    assert [body.partition(". ")[0] for body in place.told] == [f"{SHOP}: 6 orders: set to shipped"]
    shipped(place, SIX[:5])
    assert tell_dangers_over(place.office) == 0
    news(place, SIX[5:], a_fact("cancelled", SHIPPED_AT, actor="seller"))
    assert [tell_dangers_over(place.office) for _ in range(2)] == [1, 0]
    assert all_clears(place) == [f"{OVER}6."]
    assert place.send() == NOTHING


@ON_SQLITE
def test_many_orders_that_were_named_after_a_sleep_get_one_too(place: Place):
    place.awake_until(EARLY)
    news(place, SIX, *PACKED)
    look(place.office)
    place.at(WARNED_AT)
    look(place.office)
    check_due(place.office)
    place.at(WARNED_AT + PATIENCE / HOUR)
    place.send()
    assert ["Nobody looked" in body for body in place.told] == [True]
    place.awake_until(SHIPPED_AT)
    shipped(place, SIX)
    assert tell_dangers_over(place.office) == 1
    assert all_clears(place) == [f"{OVER}6."]


def test_the_look_of_each_minute_tells_it(place: Place):
    close_to_their_time(place)
    shipped(place, SIX)
    look(place.office)
    look(place.office)
    assert all_clears(place) == [f"{OVER}6."]


@ON_SQLITE
def test_orders_that_missed_their_time_get_no_all_clear(place: Place):
    close_to_their_time(place)
    place.awake_until(LATE)
    check_due(place.office)
    assert tell_dangers_over(place.office) == 0
    assert in_danger(place) == 0
    shipped(place, SIX, LATE)
    assert tell_dangers_over(place.office) == 0
    assert all_clears(place) == []


@ON_SQLITE
def test_an_all_clear_says_how_many_came_too_late(place: Place):
    close_to_their_time(place)
    shipped(place, SIX[:4])
    place.awake_until(LATE)
    assert tell_dangers_over(place.office) == 0  # two are close: nobody has looked whether they missed it
    check_due(place.office)
    tell_dangers_over(place.office)
    assert all_clears(place) == [f"{OVER}4. Too late: 2, each an alert of its own."]


@ON_SQLITE
def test_orders_that_were_told_one_by_one_get_no_all_clear(place: Place):
    close_to_their_time(place, SIX[:5])
    assert len(place.told) == 5
    shipped(place, SIX[:5])
    assert (in_danger(place), tell_dangers_over(place.office), all_clears(place)) == (0, 0, [])


@ON_SQLITE
def test_a_message_of_many_in_which_few_are_close_and_others_late_gets_no_all_clear(place: Place):
    place.awake_until(WARNED_AT)
    place.shout([missed(1), missed(2)])
    close_to_their_time(place, SIX[:5])
    assert [body.partition(". ")[0] for body in place.told] == [f"{SHOP}: 7 orders: set to shipped"]
    shipped(place, SIX[:5])
    assert (in_danger(place), tell_dangers_over(place.office), all_clears(place)) == (0, 0, [])


@ON_SQLITE
def test_what_nobody_was_told_of_gets_no_all_clear(place: Place):
    place.first.in_service = place.second.in_service = False
    close_to_their_time(place)
    shipped(place, SIX)
    place.first.in_service = True
    assert (in_danger(place), tell_dangers_over(place.office), all_clears(place)) == (0, 0, [])


@ON_SQLITE
def test_where_no_channel_hears_warnings_there_is_no_all_clear(tmp_path: Path, database: str):
    with alarm_place(tmp_path, database, 'digest = false\nlevels = { 1 = ["breach"], 2 = ["breach"] }') as opened:
        close_to_their_time(opened)
        shipped(opened, SIX)
        assert (in_danger(opened), tell_dangers_over(opened.office), opened.told) == (0, 0, [])


@ON_SQLITE
def test_it_goes_where_the_danger_was_told(tmp_path: Path, database: str):
    with alarm_place(tmp_path, database, 'digest = false\nlevels = { 1 = ["notice"], 2 = ["warning"] }') as opened:
        close_to_their_time(opened)
        shipped(opened, SIX)
        tell_dangers_over(opened.office)
        opened.send()
        assert opened.first.bodies == []
        assert opened.second.bodies[1:] == [f"{OVER}6."]


@ON_SQLITE
def test_of_300_orders_in_a_day_whose_danger_is_told_in_waves_there_is_one_all_clear(place: Place):
    numbers = [f"57646141303{number:07d}" for number in range(300)]
    waves = [numbers[start : start + 60] for start in range(0, 300, 60)]
    for step, wave in enumerate(waves):
        place.awake_until(WARNED_AT + step / 10)
        news(place, wave, *PACKED)
        place.send()
        shipped(place, wave[1:], WARNED_AT + step / 10)
        assert tell_dangers_over(place.office) == 0
    place.awake_until(SHIPPED_AT)
    shipped(place, [wave[0] for wave in waves])
    assert tell_dangers_over(place.office) == 1
    assert all_clears(place) == [f"{OVER}300."]


@ON_SQLITE
def test_all_clears_of_a_shop_and_rule_that_waited_are_one_message_of_their_sum(place: Place):
    over = Alert(subject=f"shop:{SHOP}", rule="D02", level=20, text_key="safe", shop_id=SHOP)
    counts = {"1": {"safe": "6", "missed": "0"}, "2": {"safe": "7", "missed": "0"}}
    place.shout([replace(over, about=about, values=values) for about, values in counts.items()])
    assert all_clears(place) == [f"{OVER}13."]


@pytest.mark.parametrize("many", [3, 6])
def test_the_digest_counts_what_was_met_yesterday_after_people_were_warned(tmp_path: Path, database: str, many: int):
    with alarm_place(tmp_path, database, "digest = true") as opened:
        opened.awake_until(DAY_BEFORE)
        early = (*placed(-20), a_fact("stock_confirmed", -19, by="human"), a_fact("packed", -18, by="human"))
        news(opened, ["576461413050000001"], *early)
        opened.send()
        shipped(opened, ["576461413050000001"], DAY_BEFORE)
        close_to_their_time(opened, SIX[:many])
        shipped(opened, SIX[: many - 1])
        untold = [f"57646141304{number:07d}" for number in range(2)]
        opened.first.in_service = opened.second.in_service = False
        close_to_their_time(opened, untold)
        shipped(opened, untold)
        opened.first.in_service = opened.second.in_service = True
        opened.awake_until(PAST_MIDNIGHT)
        shipped(opened, SIX[many - 1 : many], PAST_MIDNIGHT)
        opened.awake_until(EIGHT)
        look(opened.office)
        opened.send()
        (day,) = [body for body in opened.told if "No time limit was missed yesterday." in body and "warning" in body]
        assert f"Time limits met yesterday after a warning: {many - 1}" in day.splitlines()
