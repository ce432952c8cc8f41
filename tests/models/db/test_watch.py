"""The watcher: at any pace, killed anywhere, two at once or beside a poisoned order, the same rows come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from threading import Barrier, Thread
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select, text

from models.db import watch
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.stored import ORDERS
from models.db.tables import AlertRow, AuditRow, DeadlineRow, OrderRow
from models.db.watch import POISONED_WAIT, Checked, due_orders, refresh_due
from models.fact import Fact
from models.ids import order_id
from models.settings import ShopSettings
from tests.databases import ON_SQLITE
from tests.models.db.storage import NO, dump, rows, tell
from tests.models.lives import facts
from tests.models.makers import T0, a_fact, placed, t

HOUR, WEEK = 3600, 7 * 24 * 3600  # seconds
END: Final = T0 + timedelta(days=40)
_shops = count()


def another(shop: ShopSettings) -> ShopSettings:
    return shop.model_copy(update={"name": f"Shop {next(_shops)}"})


def watched(engine: Engine, shop: ShopSettings, now: datetime) -> Checked:
    return refresh_due(engine, {shop.name: shop}, now)


def watch_until(engine: Engine, shop: ShopSettings, every: int, until: datetime) -> None:
    """Tick each `every` seconds; a tick on which nothing is due is not played."""
    begin = T0 - timedelta(days=3)
    nearest = select(func.min(ORDERS.c.next_check_at)).where(ORDERS.c.shop_id == shop.name)
    while True:
        with open_session(engine, read_only=True) as session:
            due = session.execute(nearest).scalar()
        if due is None:
            return
        tick = begin + -((begin - due) // timedelta(seconds=every)) * timedelta(seconds=every)
        if tick > until:
            return
        watched(engine, shop, tick)


def live(engine: Engine, shop: ShopSettings, heap: Sequence[Fact], every: int) -> list[Any]:
    """Tell each fact when it was seen and watch in between; give all that is cached, but when we saw it."""
    for fact in sorted(heap, key=lambda one: (one.observed_at, one.source_key)):
        watch_until(engine, shop, every, fact.observed_at)
        with open_session(engine) as session:
            record_facts(session, shop, [(NO, fact)], fact.observed_at)
            session.commit()
    watch_until(engine, shop, every, END)
    watched(engine, shop, END)
    return cached(engine, shop)


def cached(engine: Engine, shop: ShopSettings) -> list[Any]:
    """All that is cached of the shop's orders, but who they are and when they were looked at."""
    left_out = ("id", "shop_id", "created_at", "updated_at")
    found = []
    for order, (clocks, cases, todos, steps) in dump(engine, *left_out, shop=shop.name):
        seen = {key: (*values[:-3], values[-1]) for key, values in clocks.items()}  # shop_id, detected_at
        found.append((order, seen, cases, {key: values[:-1] for key, values in todos.items()}, set(steps)))
    return sorted(found, key=lambda one: str(one[0]["order_no"]))


@pytest.mark.timeout(1200)  # in the long form
@settings(
    max_examples=settings().max_examples // 3,  # each lives in a database, step by step
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    heap=st.lists(facts(), max_size=6, unique_by=lambda fact: fact.source_key),
    pace=st.sampled_from([1, 60, HOUR, 24 * HOUR, WEEK]) | st.integers(1, WEEK),
)
def test_the_watcher_ends_in_the_same_rows_at_any_pace_and_alerts_once(
    memory: Engine, shop: ShopSettings, heap: list[Fact], pace: int
) -> None:
    quick, slow = another(shop), another(shop)
    assert live(memory, quick, heap, pace) == live(memory, slow, heap, 10 * WEEK)
    alerts = [alert for alert in rows(memory, AlertRow) if alert.shop_id == quick.name]
    raised = Counter(
        (alert.order_no, alert.rule, alert.about, alert.level, alert.values.get("due_at")) for alert in alerts
    )
    assert set(raised.values()) <= {1}


class Killed(BaseException):
    """The process ends here."""


def killed_at(engine: Engine, statement: int, work: Callable[[], object]) -> bool:
    """Do the work, but end at that statement that writes; False when there are not that many."""
    writes = count(1)

    def end(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and next(writes) == statement:
            raise Killed

    event.listen(engine, "before_cursor_execute", end)
    try:
        work()
    except Killed:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", end)
    return False


NEWS: Final = (*placed(0), a_fact("stock_confirmed", 2), a_fact("marked_shipped", 10), a_fact("cancel_requested", 12))


def play(engine: Engine, shop: ShopSettings, at: int = 0) -> tuple[list[Any], object, bool]:
    """Orders told, watched and told more, killed once at the write of that number and then started again."""
    began = [False]

    def once(work: Callable[[], object]) -> None:
        killed = not began[0] and at > 0 and killed_at(engine, at, work)
        began[0] = began[0] or killed
        work()

    def told(now: float, *news: Fact) -> None:
        with open_session(engine) as session:
            record_facts(session, shop, [(number, fact) for number in "123" for fact in news], t(now))
            session.commit()

    once(lambda: told(12, *NEWS))
    once(lambda: watched(engine, shop, t(61)))
    once(lambda: told(70, a_fact("picked_up", 20, seen=70, key="late news")))
    names = {alert.dedup_key.partition("|")[2] for alert in rows(engine, AlertRow) if alert.shop_id == shop.name}
    keys = {order_id(shop.name, number) for number in "123"}
    lines = Counter((line.action, str(line.after)) for line in rows(engine, AuditRow) if line.order_id in keys)
    return cached(engine, shop), (names, lines), began[0]


def test_killed_before_any_write_and_started_again_gives_the_same_rows(
    memory: Engine, shop: ShopSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "CHUNK", 2)
    whole = play(memory, another(shop))
    assert len(whole[0]) == 3
    deaths = 0
    while True:
        *again, killed = play(memory, another(shop), deaths + 1)
        assert again == list(whole[:2])
        if not killed:
            break
        deaths += 1
    assert deaths > 12


def test_two_watchers_at_once_share_the_work_and_double_nothing(
    engine: Engine, shop: ShopSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "CHUNK", 3)
    numbers = [str(number) for number in range(40)]
    with open_session(engine) as session:
        record_facts(session, shop, [(number, fact) for number in numbers for fact in placed(0)], t(0))
        session.commit()
    begin, checked = Barrier(2), list[Checked]()

    def watcher() -> None:
        begin.wait()
        checked.append(watched(engine, shop, t(73)))

    threads = [Thread(target=watcher) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.orders for one in checked) == len(numbers)
    lines = Counter(line.order_id for line in rows(engine, AuditRow) if line.after["rule"] == "D02")
    assert set(lines.values()) == {1}
    assert len(lines) == len(numbers)
    assert {row.version for row in rows(engine, OrderRow)} == {2}


@pytest.mark.parametrize(
    ("database", "broken"),
    [
        ("sqlite", "kind = 'eaten'"),
        ("sqlite", "payload = 'not JSON'"),
        ("sqlite", "observed_at = 'yesterday'"),
        ("postgresql", "kind = 'eaten'"),  # it takes no JSON and no time that is none
    ],
    indirect=["database"],
)
def test_a_poisoned_order_falls_out_alone_and_is_tried_again_in_an_hour(
    engine: Engine, shop: ShopSettings, broken: str
) -> None:
    bad = order_id(shop.name, "2")
    for number in "123":
        tell(engine, shop, 0, *placed(0), order_no=number)
    with engine.begin() as connection:
        connection.execute(text(f"update fact set {broken} where order_id = :bad"), {"bad": bad})  # noqa: S608  # from the list above
    checked = watched(engine, shop, t(73))
    assert (checked.orders, set(checked.failed)) == (2, {bad})
    assert {row.order_no for row in rows(engine, OrderRow) if row.version == 2} == {"1", "3"}
    assert watched(engine, shop, t(73)) == Checked()
    assert set(watched(engine, shop, t(73) + POISONED_WAIT).failed) == {bad}


def test_orders_of_a_shop_that_left_the_settings_stand_still(engine: Engine, shop: ShopSettings) -> None:
    tell(engine, shop, 0, *placed(0))
    gone = shop.model_copy(update={"name": "Gone"})
    tell(engine, gone, 0, *placed(0))
    assert watched(engine, shop, t(73)).orders == 1
    assert watched(engine, gone, t(73)).orders == 1


@ON_SQLITE
def test_due_orders_are_found_by_the_index_on_their_next_check(engine: Engine, shop: ShopSettings) -> None:
    """Else each tick goes through all orders of a shop."""
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, sql, values, *_: asked.append((sql, values)))
    with open_session(engine, read_only=True) as session:
        due_orders(session, t(0), shops=[shop.name])
        sql, values = asked[-1]
        plan = session.connection().exec_driver_sql(f"explain query plan {sql}", values).all()
    assert "ix_orders_next_check_at" in str(plan[0])


def test_news_seen_before_is_heard_once_our_clock_is_there_again(engine: Engine, shop: ShopSettings) -> None:
    """Our clock was set back: what was stored before counts from the moment on at which it was seen."""
    tell(engine, shop, 5, *placed(0), a_fact("marked_shipped", 4, seen=5))
    tell(engine, shop, 3, a_fact("stock_confirmed", 2, seen=2))
    assert [row.stage for row in rows(engine, OrderRow)] == ["CONFIRMED"]
    watched(engine, shop, t(5))
    assert [row.stage for row in rows(engine, OrderRow)] == ["AWAITING_HANDOVER"]


def test_news_that_turn_out_to_have_come_before_accuse_from_then_on(engine: Engine, shop: ShopSettings) -> None:
    tell(engine, shop, 10, *placed(0), a_fact("marked_shipped", 10))
    watched(engine, shop, t(59))
    tell(engine, shop, 60, a_fact("picked_up", 50, seen=50), order_no="other")
    states = {row.rule: row.state for row in rows(engine, DeadlineRow)}
    assert states["D04"] == "BREACHED"


def test_a_clock_that_is_short_by_rule_warns_of_that_to_nobody(engine: Engine, shop: ShopSettings) -> None:
    """Else a shop in Vietnam, with less than a day for each order, hears of every order it gets."""
    shop = shop.model_copy(update={"policy": "vn-2025", "timezone": "Asia/Ho_Chi_Minh"})
    tell(engine, shop, 26, *placed(26))  # Monday 09:00 there, over at 23:59
    assert [row.warn_level for row in rows(engine, DeadlineRow) if row.rule == "D02"] == [2]
    assert rows(engine, AlertRow) == []
    watched(engine, shop, t(35))
    assert [(alert.rule, alert.level) for alert in rows(engine, AlertRow) if alert.rule == "D02"] == [("D02", 3)]
