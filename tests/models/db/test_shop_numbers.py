"""What is counted of a shop's orders: its own settled clocks by day, samples drawn by chance, never a whole table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from models.carrier_figures import Leg
from models.db import shop_numbers
from models.db.orders import record_facts
from models.db.session import open_session
from models.deadline import Fault, RuleId
from models.due_days import ShopDay, Tally, days_before
from models.fact import Fact
from models.settings import ShopSettings
from tests.databases import ON_SQLITE
from tests.models.db.storage import tell
from tests.models.makers import a_fact, placed, t

IN_TIME, LATE, NEVER, STILL, PACKED = (f"5770941566626500{number:02}" for number in range(1, 6))
NOW = 80.0  # hours; what was ordered at 0 was due at 72
HOUR = timedelta(hours=1)


@pytest.fixture
def told(engine: Engine, shop: ShopSettings) -> Engine:
    """Orders that were set to shipped in time, too late, not yet though late, not yet, and one that is packed."""
    way = {"carrier": "GHN", "tracking_no": "GHN1"}
    moved = (a_fact("picked_up", 30, **way), a_fact("in_transit", 40, **way), a_fact("delivered", 70, **way))
    lives: dict[str, tuple[Fact, ...]] = {
        IN_TIME: (*placed(0), a_fact("packed", 20), a_fact("marked_shipped", 21, **way), *moved),
        LATE: (*placed(0), a_fact("stock_confirmed", 3), a_fact("marked_shipped", 73)),
        NEVER: placed(0),
        STILL: placed(30),
        PACKED: (*placed(31), a_fact("packed", 79)),
    }
    for order_no, facts in lives.items():
        tell(engine, shop, NOW, *facts, order_no=order_no)
        tell(engine, shop.model_copy(update={"name": "Shop B"}), NOW, *facts, order_no=order_no)
    return engine


@pytest.fixture
def session(told: Engine):
    with open_session(told, read_only=True) as opened:
        yield opened


def four_days(shop: ShopSettings) -> tuple[ShopDay, ...]:
    return days_before(t(4 * 24), shop.zone, 4)


def test_clocks_are_counted_by_the_day_they_were_due_and_those_of_another_shop_are_not(
    session: Session, shop: ShopSettings
):
    days = four_days(shop)
    found = {(one.date, one.rule): one for one in shop_numbers.tallies(session, shop.name, days)}
    fourth = days[-1].date
    assert found[fourth, RuleId.D02] == Tally(date=fourth, rule=RuleId.D02, met=1, by_shop=2)
    assert [rule for _, rule in found if rule is RuleId.D02] == [RuleId.D02]
    assert shop_numbers.tallies(session, "Shop C", days) == []


def test_a_clock_that_runs_counts_as_open(session: Session, shop: ShopSettings):
    days = days_before(t(6 * 24), shop.zone, 2)
    (fifth,) = [one for one in shop_numbers.tallies(session, shop.name, days) if one.rule is RuleId.D02]
    assert fifth == Tally(date=days[0].date, rule=RuleId.D02, open=2)


def test_what_the_carrier_answers_for_is_counted_apart(told: Engine, shop: ShopSettings):
    tell(told, shop, NOW, *placed(0), a_fact("marked_shipped", 1), order_no="waits for the carrier")
    with open_session(told, read_only=True) as session:
        (third,) = [
            one for one in shop_numbers.tallies(session, shop.name, four_days(shop)[:3]) if one.rule is RuleId.D04
        ]
    assert (third.met, third.by_shop, third.by_carrier) == (1, 0, 1)


def test_without_days_nothing_is_counted(session: Session, shop: ShopSettings):
    assert shop_numbers.tallies(session, shop.name, ()) == []


def test_the_time_to_ship_is_that_of_orders_due_then_that_were_shipped(session: Session, shop: ShopSettings):
    found = shop_numbers.ship_times(session, shop.name, t(72), t(72.5))
    assert {(one.order_no, one.taken, one.limit, one.late) for one in found.rows} == {
        (IN_TIME, 21 * HOUR, 72 * HOUR, False),
        (LATE, 73 * HOUR, 72 * HOUR, True),
    }
    assert found.whole
    assert shop_numbers.ship_times(session, shop.name, t(73), t(99)).rows == ()


def test_a_sample_is_drawn_by_chance_and_says_how_large_it_is(engine: Engine, shop: ShopSettings):
    with open_session(engine) as session:
        lives = ((str(number), fact) for number in range(80) for fact in (*placed(0), a_fact("marked_shipped", 9)))
        record_facts(session, shop, lives, t(NOW))
        found = shop_numbers.ship_times(session, shop.name, t(0), t(99), most=20)
        again = shop_numbers.ship_times(session, shop.name, t(0), t(99), most=20)
    assert found.share == 0.25
    assert not found.whole
    assert 10 <= len(found.rows) <= 30
    assert found == again


def test_the_way_of_a_parcel_is_told_with_its_carrier(session: Session, shop: ShopSettings):
    ways = {one.order_no: one for one in shop_numbers.journeys(session, shop.name, t(60), t(72)).rows}
    assert ways[IN_TIME].carrier == "GHN"
    assert {leg: ways[IN_TIME].span(leg) for leg in Leg} == {
        Leg.COLLECTED: 9 * HOUR,
        Leg.SCANNED: 19 * HOUR,
        Leg.DELIVERED: 49 * HOUR,
    }
    assert (ways[LATE].carrier, ways[LATE].ended) == (None, {})
    assert set(ways) == {IN_TIME, LATE}


def test_an_order_counts_as_packed_when_it_was_packed_or_shipped_without_that(session: Session, shop: ShopSettings):
    assert sorted(shop_numbers.packed_at(session, shop.name, t(0), t(80)).rows) == [t(20), t(73), t(79)]
    assert shop_numbers.packed_at(session, shop.name, t(20), t(73)).rows == (t(20),)


def test_to_be_packed_is_what_is_due_from_now_on_and_not_packed_yet(session: Session, shop: ShopSettings):
    assert shop_numbers.due_unpacked(session, shop.name, t(NOW), t(120)) == [t(102)]
    assert shop_numbers.due_unpacked(session, shop.name, t(NOW), t(102)) == []


def test_missed_limits_are_listed_with_who_answers_for_them(session: Session, shop: ShopSettings):
    listed = [one for one in shop_numbers.missed(session, shop.name, t(70), t(73)) if one.rule is RuleId.D02]
    assert [(one.order_no, one.due_at, one.met_at, one.fault) for one in listed] == [
        (LATE, t(72), t(73), Fault.SHOP),
        (NEVER, t(72), None, Fault.SHOP),
    ]
    assert shop_numbers.missed(session, shop.name, t(73), t(99)) == []


@ON_SQLITE
def test_no_question_goes_through_all_clocks_or_all_orders(told: Engine, shop: ShopSettings):
    """However many there are: the index answers for the clocks, an order is looked up by its id."""
    asked: list[tuple[str, Any]] = []
    event.listen(told, "before_cursor_execute", lambda _c, _u, sql, given, *_: asked.append((sql, given)))
    with open_session(told, read_only=True) as session:
        shop_numbers.tallies(session, shop.name, four_days(shop))
        shop_numbers.ship_times(session, shop.name, t(0), t(99))
        shop_numbers.journeys(session, shop.name, t(0), t(99))
        shop_numbers.packed_at(session, shop.name, t(0), t(99))
        shop_numbers.due_unpacked(session, shop.name, t(0), t(99))
        shop_numbers.missed(session, shop.name, t(0), t(99))
        questions = [(sql, given) for sql, given in asked if "deadline" in sql]
        steps = [
            str(row[3])
            for sql, given in questions
            for row in session.connection().exec_driver_sql(f"explain query plan {sql}", given)
        ]
    assert len(questions) == 9
    of_clocks = [step for step in steps if "deadline" in step]
    assert of_clocks
    assert [step for step in of_clocks if "ix_deadline_of_shop" not in step] == []
    assert [step for step in steps if "SCAN deadline" in step or "SCAN orders" in step] == []
