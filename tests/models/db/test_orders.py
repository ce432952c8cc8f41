"""Facts in; orders, clocks, to-dos, steps and alerts brought up to date in one transaction, each once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.db.orders import find_rows
from models.db.session import open_session
from models.db.tables import AlertRow, AuditRow, DeadlineRow, EvidenceRow, FactRow, OrderRow, StepRow, TodoRow
from models.db.watch import due_orders, refresh_due
from models.ids import order_id
from models.settings import ShopSettings
from tests.models.db.storage import NO, rows, tell
from tests.models.makers import a_fact, placed, t


def the_order(session: Session) -> OrderRow:
    return session.exec(select(OrderRow)).one()


@pytest.mark.row("T02")
def test_the_same_facts_again_change_nothing(engine: Engine, shop: ShopSettings) -> None:
    facts = placed(0)
    tell(engine, shop, 1, *facts)
    tell(engine, shop, 1, *facts)
    assert len(rows(engine, FactRow)) == 2
    assert [row.stage for row in rows(engine, OrderRow)] == ["NEW"]
    assert len(rows(engine, StepRow)) == 1


@pytest.mark.row("X13")
def test_one_number_in_two_shops_is_two_orders(engine: Engine, shop: ShopSettings) -> None:
    tell(engine, shop, 1, *placed(0))
    tell(engine, shop.model_copy(update={"name": "Shop B"}), 1, *placed(0))
    with open_session(engine, read_only=True) as session:
        assert [row.shop_id for row in find_rows(session, NO)] == ["Shop A", "Shop B"]
        assert [row.shop_id for row in find_rows(session, NO, "Shop B")] == ["Shop B"]


def test_each_warning_level_is_shouted_once_and_a_higher_one_silences_the_lower(
    engine: Engine, shop: ShopSettings
) -> None:
    tell(engine, shop, 1, *placed(0), a_fact("stock_confirmed", 1), a_fact("packed", 1))
    for hours in (40, 41, 60, 60, 71.5):
        assert_checked(engine, shop, hours)
    alerts = [(a.level, a.suppressed) for a in rows(engine, AlertRow) if a.rule == "D02"]
    assert sorted(alerts) == [(1, True), (2, True), (4, False)]


def test_an_answer_that_was_put_off_warns_and_shouts_anew_and_what_was_told_before_stays(
    engine: Engine, shop: ShopSettings
) -> None:
    tell(engine, shop, 1, *placed(0), a_fact("cancel_requested", 1))
    assert_checked(engine, shop, 44)
    tell(engine, shop, 45, a_fact("answer_extended", 45, by="human", due_at=t(97)))
    for hours in (46, 80, 92, 96.5, 97.5, 98):
        assert_checked(engine, shop, hours)
    told = [(a.level, a.values["due_at"]) for a in rows(engine, AlertRow) if a.rule == "D08"]
    first, second = t(49).isoformat(), t(97).isoformat()
    assert sorted(told) == [(1, second), (2, first), (2, second), (3, second), (10, second)]
    assert [a.suppressed for a in rows(engine, AlertRow) if a.values.get("due_at") == first] == [True]


def assert_checked(engine: Engine, shop: ShopSettings, hours: float) -> None:
    refresh_due(engine, {shop.name: shop}, t(hours))


def test_a_breach_is_shouted_as_critical_and_recorded_with_the_time_it_was_seen(
    engine: Engine, shop: ShopSettings
) -> None:
    tell(engine, shop, 1, *placed(0))
    assert_checked(engine, shop, 73)
    breach = next(d for d in rows(engine, DeadlineRow) if d.rule == "D02")
    assert (breach.state, breach.breached_at, breach.detected_at) == ("BREACHED", t(72), t(73))
    assert [a.critical for a in rows(engine, AlertRow) if a.rule == "D02"] == [True]


@pytest.mark.row("V04")
def test_late_news_withdraws_a_breach_and_the_audit_keeps_both(engine: Engine, shop: ShopSettings) -> None:
    tell(engine, shop, 1, *placed(0))
    assert_checked(engine, shop, 80)
    tell(engine, shop, 90, a_fact("marked_shipped", 70, seen=90))
    deadline = next(d for d in rows(engine, DeadlineRow) if d.rule == "D02")
    assert (deadline.state, deadline.withdrawn) == ("MET", True)
    actions = [line.action for line in rows(engine, AuditRow) if line.after["rule"] == "D02"]
    assert actions == ["breach recorded", "breach withdrawn"]


def test_nothing_more_is_sent_about_a_cancelled_order(engine: Engine, shop: ShopSettings) -> None:
    tell(engine, shop, 1, *placed(0))
    assert_checked(engine, shop, 40)
    tell(engine, shop, 41, a_fact("cancelled", 41, actor="buyer"))
    waiting = [a.rule for a in rows(engine, AlertRow) if a.next_attempt_at is not None]
    assert waiting == []
    assert rows(engine, TodoRow) == []


def test_only_orders_that_time_changes_are_due_and_a_second_watcher_finds_nothing_to_do(
    engine: Engine, shop: ShopSettings
) -> None:
    tell(engine, shop, 0, *placed(0))
    with open_session(engine, read_only=True) as session:
        assert due_orders(session, t(0)) == []
        due = due_orders(session, t(37))
    assert due == [(order_id(shop.name, NO), shop.name)]
    assert [refresh_due(engine, {shop.name: shop}, t(37)).orders for _ in range(2)] == [1, 0]


def test_the_version_counts_every_change(engine: Engine, shop: ShopSettings) -> None:
    tell(engine, shop, 1, *placed(0))
    tell(engine, shop, 2, a_fact("stock_confirmed", 2))
    with open_session(engine, read_only=True) as session:
        assert the_order(session).version == 2


KINDS = (
    "order_paid",
    "stock_confirmed",
    "packed",
    "marked_shipped",
    "picked_up",
    "in_transit",
    "delivered",
    "cancelled",
)


@settings(
    max_examples=settings().max_examples // 4,  # each writes twice as many facts as it has kinds
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(kinds=st.permutations(KINDS), cut=st.integers(1, len(KINDS)), data=st.data())
def test_stored_orders_do_not_depend_on_the_order_in_which_facts_arrive(
    engine: Engine, shop: ShopSettings, kinds: list[str], cut: int, data: st.DataObject
) -> None:
    facts = [a_fact(kind, KINDS.index(kind) * 5 + 1, key=kind) for kind in kinds[:cut]]
    shuffled = data.draw(st.permutations(facts))
    number = data.draw(st.integers(10**17, 10**18 - 1).map(str))
    tell(engine, shop, 100, *facts, order_no=number)
    for fact in shuffled:
        tell(engine, shop.model_copy(update={"name": "Shop B"}), 100, fact, order_no=number)
    with open_session(engine, read_only=True) as session:
        first, second = find_rows(session, number)
        left_out = {"id", "shop_id", "version"}
        assert first.model_dump(exclude=left_out) == second.model_dump(exclude=left_out)


def test_a_missed_answer_is_shouted_although_the_order_counts_as_cancelled_from_then_on(
    engine: Engine, shop: ShopSettings
) -> None:
    tell(engine, shop, 6, *placed(), a_fact("cancel_requested", 5))
    assert refresh_due(engine, {shop.name: shop}, t(54)).orders == 1
    loud = [alert for alert in rows(engine, AlertRow) if alert.rule == "D08" and not alert.suppressed]
    assert [(alert.text_key, alert.critical) for alert in loud] == [("breached", True)]


def test_a_clock_that_would_only_ask_does_not_warn(engine: Engine, shop: ShopSettings) -> None:
    tell(engine, shop, 11, *placed(), a_fact("marked_shipped", 10))
    refresh_due(engine, {shop.name: shop}, t(57))
    assert [alert.rule for alert in rows(engine, AlertRow) if alert.rule in {"D04", "D10"}] == []


def test_an_export_does_not_turn_accusation_on(engine: Engine, shop: ShopSettings) -> None:
    """It is brought in by hand, once: the next parcel's silence means as little as before."""
    tell(engine, shop, 30, *placed(), replace(a_fact("picked_up", 20), source="import"))
    assert rows(engine, EvidenceRow) == []
    tell(engine, shop, 31, a_fact("in_transit", 31))
    assert [row.kind for row in rows(engine, EvidenceRow)] == ["in_transit"]
