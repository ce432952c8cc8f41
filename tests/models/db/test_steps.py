"""A step is taken by one run at a time, comes back after a crash, and its failures stay visible."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from models.db.orders import record_facts
from models.db.reading import problems
from models.db.schema import migrate
from models.db.session import open_session
from models.db.steps import LEASE, Claim, Ending, StepStatus, after_outage, claim, due_steps, finish, requeue
from models.db.tables import AlertRow, AttemptRow, StepRow
from models.settings import ShopSettings
from models.stage import Step
from tests.models.makers import a_fact, placed, t

NO = "576461413038785752"
FAILED = Ending(status=StepStatus.DEAD, result="failed", code="internal_error")


def take(session: Session, hours: float, by: str) -> list[Claim]:
    return [
        taken
        for row, order in due_steps(session, t(hours), 10)
        if (taken := claim(session, row, order, by=by, now=t(hours)))
    ]


def an_order_to_check(session: Session, shop: ShopSettings) -> None:
    record_facts(session, shop, [(NO, fact) for fact in placed(0)], t(0))


def test_a_step_is_taken_by_one_run_only(engine: Engine, shop: ShopSettings) -> None:
    with open_session(engine) as session:
        an_order_to_check(session, shop)
        seen_by_both = due_steps(session, t(1), 10)
        stale = [(StepRow(**row.model_dump()), order) for row, order in seen_by_both]
        first = [claim(session, row, order, by="one", now=t(1)) for row, order in seen_by_both]
        second = [claim(session, row, order, by="two", now=t(1)) for row, order in stale]
    assert [taken.step for taken in first if taken] == [Step.CONFIRM]
    assert second == [None]


def test_a_killed_run_loses_its_step_when_the_lease_lapses(engine: Engine, shop: ShopSettings) -> None:
    with open_session(engine) as session:
        an_order_to_check(session, shop)
        assert take(session, 1, "killed")
        lapsed = 1 + LEASE / timedelta(hours=1)
        assert take(session, lapsed - 0.01, "other") == []
        (again,) = take(session, lapsed, "other")
    assert again.by == "other"


def test_who_lost_the_lease_does_not_end_the_step_of_the_other(engine: Engine, shop: ShopSettings) -> None:
    with open_session(engine) as session:
        an_order_to_check(session, shop)
        (slow,) = take(session, 1, "slow")
        (quick,) = take(session, 2, "quick")
        assert not finish(session, slow, FAILED, run=None, by="x", now=t(2))
        assert finish(session, quick, Ending(status=StepStatus.WAITING, result="waiting"), run=None, by="x", now=t(2))
        assert session.exec(select(StepRow.status)).one() == "waiting"
        assert session.exec(select(AttemptRow.result)).all() == ["failed", "waiting"]


@pytest.mark.row("T41")
def test_a_dead_step_is_a_problem_until_it_is_run_again_or_no_longer_needed(engine: Engine, shop: ShopSettings) -> None:
    with open_session(engine) as session:
        an_order_to_check(session, shop)
        (claimed,) = take(session, 1, "run")
        finish(session, claimed, FAILED, run="run-1", by="schedule", now=t(1))
        assert [(p.step, p.status, p.error_code) for p in problems(session)] == [("confirm", "dead", "internal_error")]
        assert requeue(session, claimed.order_id, Step.CONFIRM, t(2))
        assert [c.step for c in take(session, 2, "again")] == [Step.CONFIRM]
        record_facts(session, shop, [(NO, a_fact("stock_confirmed", 2))], t(2))
        assert problems(session) == []


def test_waiting_steps_wake_when_news_comes(engine: Engine, shop: ShopSettings) -> None:
    with open_session(engine) as session:
        an_order_to_check(session, shop)
        (confirming,) = take(session, 1, "run")
        finish(session, confirming, Ending(status=StepStatus.WAITING, result="waiting"), run=None, by="x", now=t(1))
        assert take(session, 5, "run") == []
        record_facts(session, shop, [(NO, a_fact("due_stated", 6, rule="D02", due_at=t(60).isoformat()))], t(6))
        assert [taken.step for taken in take(session, 6, "run")] == [Step.CONFIRM]


@pytest.mark.parametrize(("code", "wakes"), [(None, False), ("awaiting_shipment", True)])
def test_tracking_wakes_on_news_only_where_it_complained(
    engine: Engine, shop: ShopSettings, code: str | None, *, wakes: bool
) -> None:
    with open_session(engine) as session:
        record_facts(session, shop, [(NO, fact) for fact in (*placed(0), a_fact("marked_shipped", 1))], t(1))
        (tracking,) = take(session, 1, "run")
        ending = Ending(status=StepStatus.WAITING, result="waiting", code=code)
        finish(session, tracking, ending, run=None, by="x", now=t(1))
        record_facts(session, shop, [(NO, a_fact("picked_up", 6))], t(6))
        assert bool(take(session, 6, "run")) is wakes


def test_an_outage_is_waited_out_for_a_day_with_growing_waits() -> None:
    assert after_outage(None, t(0)) == t(0) + timedelta(minutes=1)
    assert after_outage(t(0), t(0.5)) == t(1)
    assert after_outage(t(0), t(5)) == t(6)
    assert after_outage(t(0), t(24)) is None


def test_a_step_that_is_given_up_is_shouted_once_for_each_row_of_failures(engine: Engine, shop: ShopSettings) -> None:
    with open_session(engine) as session:
        an_order_to_check(session, shop)
        for hours in (1, 2):
            (taken,) = take(session, hours, "run")
            finish(session, taken, FAILED, run=None, by="shipclock", now=t(hours))
            requeue(session, taken.order_id, Step.CONFIRM, t(hours))
        alerts = [alert for alert in session.exec(select(AlertRow)) if alert.text_key == "step_failed"]
    assert [(alert.order_no, alert.values) for alert in alerts] == [(NO, {"step": "confirm"})] * 2


LATER_COLUMNS = ("held_by", "told_at", "channel", "repeats", "repeat_at", "over_at", "acknowledged_at")
LATER_INDEXES = ("step_trouble", "deadline_missed", "orders_ending", "orders_placed", "message_kind")
BEFORE_CLASSES = (
    "DROP INDEX ix_message_unfitting",
    "DROP INDEX ix_deadline_of_shop",
    "ALTER TABLE deadline DROP COLUMN shop_id",
    "DROP TABLE person",
    "DROP TABLE sign_in",
    "DROP TABLE sign_in_try",
    "DROP TABLE packing_list",
    "DROP INDEX ix_alert_open",
    "DROP INDEX ix_alert_repeat_at",
    *(f"ALTER TABLE alert DROP COLUMN {name}" for name in LATER_COLUMNS),
    *(f"DROP TABLE alert_{name}" for name in ("silence", "channel", "group", "danger")),
    *(f"DROP INDEX ix_{name}" for name in LATER_INDEXES),
    "CREATE INDEX ix_orders_placed_at ON orders (placed_at)",
    "ALTER TABLE step DROP COLUMN error_class",
    "ALTER TABLE step_attempt DROP COLUMN error_class",
    "UPDATE alembic_version SET version_num = '0006'",
)


@pytest.mark.parametrize(
    ("ending", "error_class"),
    [
        (Ending(status=StepStatus.QUEUED, result="transient", code="unavailable"), "shop_unavailable"),
        (Ending(status=StepStatus.QUEUED, result="transient", code="timeout"), "timeout"),
        (FAILED, "shop_unavailable"),
        (Ending(status=StepStatus.DEAD, result="failed", code="KeyError"), "bug"),
        (Ending(status=StepStatus.WAITING, result="refused", outcome="refused", code="out_of_stock"), "refused"),
        (Ending(status=StepStatus.WAITING, result="refused", outcome="refused", code="consent_needed"), "access"),
        (Ending(status=StepStatus.WAITING, result="waiting", outcome="waiting", code="not_ready"), None),
    ],
)
def test_what_failed_before_there_were_classes_gets_one_when_the_database_is_brought_up_to_date(
    engine: Engine, shop: ShopSettings, ending: Ending, error_class: str | None
) -> None:
    with open_session(engine) as session:
        an_order_to_check(session, shop)
        (taken,) = take(session, 1, "run")
        finish(session, taken, ending, run=None, by="schedule", now=t(1))
        session.commit()
    with engine.begin() as connection:
        for statement in BEFORE_CLASSES:
            connection.execute(text(statement))
    migrate(engine)
    with open_session(engine, read_only=True) as session:
        assert session.exec(select(StepRow.error_class)).all() == [error_class]
        assert session.exec(select(AttemptRow.error_class)).all() == [error_class]
