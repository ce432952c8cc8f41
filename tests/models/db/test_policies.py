"""Changed settings rewrite nothing: an order keeps its figures until a person asks for others."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import select

from models.db.policy_change import APPLIED, apply_policy
from models.db.rebuild import look_through
from models.db.session import open_session
from models.db.tables import AuditRow, DeadlineRow, OrderRow, PolicyRow
from models.db.watch import refresh_due
from models.settings import ShopSettings
from tests.models.db.storage import NO, rows, tell
from tests.models.makers import a_fact, placed, t


def slower(shop: ShopSettings) -> ShopSettings:
    """The same shop with other figures: 90 h to ship, 10 h to be collected."""
    figures = {"D02": {"length": 90, "unit": "hours"}, "D04": {"length": 10, "unit": "hours"}}
    return ShopSettings(**{**shop.model_dump(exclude_defaults=True), "policy": shop.policy, "figures": figures})


def due(engine: Engine, rule: str, order_no: str = NO) -> object:
    with open_session(engine, read_only=True) as session:
        query = select(DeadlineRow.due_at).join(OrderRow, OrderRow.id == DeadlineRow.order_id)  # type: ignore[arg-type]  # SQLModel types columns as values
        return session.exec(query.where(OrderRow.order_no == order_no, DeadlineRow.rule == rule)).one()


def applied(engine: Engine, shop: ShopSettings, now: float, by: str | None = "Hoa") -> list[bool]:
    return [one.moved is not None for one in apply_policy(engine, shop, t(now), by=by)]


def test_news_and_time_after_a_change_of_settings_leave_an_orders_figures_alone(engine: Engine, shop: ShopSettings):
    tell(engine, shop, 0, *placed(0))
    tell(engine, slower(shop), 1, a_fact("stock_confirmed", 1))
    refresh_due(engine, {shop.name: slower(shop)}, t(50))
    assert due(engine, "D02") == t(72)
    tell(engine, slower(shop), 51, *placed(51), order_no="new")
    assert due(engine, "D02", "new") == t(51 + 90)
    assert len(rows(engine, PolicyRow)) == 2


def test_a_rebuild_after_a_change_of_settings_finds_no_difference(engine: Engine, shop: ShopSettings):
    tell(engine, shop, 80, *placed(0), a_fact("marked_shipped", 75, seen=80))
    looked = list(look_through(engine, {shop.name: slower(shop)}, t(90)))
    assert [one.differences for one in looked] == [()]


def test_asked_for_what_still_runs_is_moved_and_stands_in_the_history(engine: Engine, shop: ShopSettings):
    tell(engine, shop, 80, *placed(0), a_fact("marked_shipped", 75, seen=80))
    assert applied(engine, slower(shop), 81) == [True]
    assert (due(engine, "D02"), due(engine, "D04")) == (t(72), t(85))
    (line,) = (line for line in rows(engine, AuditRow) if line.action == APPLIED)
    assert (line.actor, line.before["due"], line.after["due"]) == (
        "Hoa",
        {"D04": "2026-03-06T03:00:00Z"},
        {"D04": "2026-03-04T13:00:00Z"},
    )
    looked = list(look_through(engine, {shop.name: slower(shop)}, t(81)))
    assert [one.differences for one in looked] == [()]


def test_asking_twice_changes_nothing_more_and_a_look_beforehand_changes_nothing(engine: Engine, shop: ShopSettings):
    tell(engine, shop, 0, *placed(0))
    assert applied(engine, slower(shop), 1, by=None) == [True]
    assert due(engine, "D02") == t(72)
    assert (applied(engine, slower(shop), 1), applied(engine, slower(shop), 1)) == ([True], [])
    tell(engine, slower(shop), 95, a_fact("marked_shipped", 95))
    assert (applied(engine, shop, 96), applied(engine, shop, 97)) == ([True], [])


def test_an_order_that_is_over_is_left_alone(engine: Engine, shop: ShopSettings):
    tell(engine, shop, 5, *placed(0), a_fact("cancelled", 5))
    assert applied(engine, slower(shop), 6) == []
