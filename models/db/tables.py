"""The tables of orders and of what people do with them; those of mail are in `mail_tables`.

The database is the truth; a run may die and start again from these rows.
Facts are append-only; what is cached from them (orders, deadlines, cases, to-dos, steps) can be rebuilt.
No column may hold a buyer's name, phone, address or words. Times are aware UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.db.columns import Table, json_column, moment

# What few rows are among very many, and what is asked by them alone: an index of those costs the others nothing.
MISSED: Final = text("state IN ('BREACHED', 'MET_LATE') AND fault <> 'nobody'")
TROUBLE: Final = text(
    "status <> 'done'"
    " AND (status = 'dead' OR first_failed_at IS NOT NULL OR outcome IN ('refused', 'business_failure'))"
)
ENDING: Final = 3  # digits of an order's number that are enough to look for it by its end


class OrderRow(Table, table=True):
    """One order of one shop. All but the key, `tracked_since` and `version` is cached from its facts."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("shop_id", "order_no"),
        Index("ix_orders_open_next_due", "next_due_at", "id"),
        # The last columns are there for filters: what they leave out is passed without a look at the order.
        Index("ix_orders_placed", "placed_at", "id", "shop_id", "stage"),
        Index("ix_orders_stage_placed", "stage", "placed_at", "id", "shop_id"),
        Index("ix_orders_ending", text(f"substr(order_no, length(order_no) - {ENDING - 1})"), "order_no"),
    )

    id: str = Field(primary_key=True)  # ids.order_id(shop_id, order_no)
    shop_id: str
    order_no: str = Field(index=True)
    stage: str
    rank: int
    authority: str
    presumed: bool = False
    terminal: bool = False
    placed_at: datetime | None = moment()
    promised_at: datetime | None = moment()
    late_since: datetime | None = moment()
    handover_mode: str
    shipping_mode: str
    failed_attempts: int = 0
    cancel_reason: str | None = None
    cancel_actor: str | None = None
    carrier: str | None = None
    tracking_no: str | None = None
    holds: list[str] = json_column(list)
    flags: list[str] = json_column(list)
    conflicts: list[str] = json_column(list)
    items: list[dict[str, Any]] = json_column(list)
    milestones: dict[str, str | None] = json_column(dict)
    next_due_at: datetime | None = moment()  # the nearest open clock a person can still meet
    next_due_rule: str | None = None
    next_check_at: datetime | None = moment(index=True)  # when time alone changes this order
    policy: str = "article"
    version: int = 0
    created_at: datetime = moment(nullable=False)
    updated_at: datetime = moment(nullable=False)


class PolicyRow(Table, table=True):
    """A policy as it was used, under a key made of its contents; never changed."""

    __tablename__ = "policy"

    key: str = Field(primary_key=True)
    name: str
    version: str
    figures: dict[str, Any] = json_column(dict)
    first_used_at: datetime = moment(nullable=False)


class FactRow(Table, table=True):
    """One fact; append-only. `(order_id, source_key)` is its identity."""

    __tablename__ = "fact"

    order_id: str = Field(primary_key=True, foreign_key="orders.id")
    source_key: str = Field(primary_key=True)
    kind: str
    occurred_at: datetime = moment(nullable=False)
    observed_at: datetime = moment(nullable=False)
    authority: str
    estimated: bool = False
    source: str
    payload: dict[str, Any] = json_column(dict)


class EvidenceRow(Table, table=True):
    """Which kinds of news a shop has ever received; "ask, don't accuse" rests on it."""

    __tablename__ = "evidence"

    shop_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    first_seen_at: datetime = moment(nullable=False)


class DeadlineRow(Table, table=True):
    """One clock of one order, cached; `detected_at` is when we first saw it breached."""

    __tablename__ = "deadline"
    __table_args__ = (
        Index("ix_deadline_of_shop", "shop_id", "rule", "state", "due_at", "fault", "order_id"),
        Index(
            "ix_deadline_missed",
            "due_at",
            "order_id",
            "rule",
            "state",
            "fault",
            sqlite_where=MISSED,
            postgresql_where=MISSED,
        ),
    )

    order_id: str = Field(primary_key=True, foreign_key="orders.id")
    rule: str = Field(primary_key=True)
    about: str = Field(primary_key=True, default="")
    state: str
    start_at: datetime | None = moment()
    due_at: datetime | None = moment(index=True)
    warn_level: int = 0
    stated: bool = False
    breached_at: datetime | None = moment()
    met_at: datetime | None = moment()
    detected_at: datetime | None = moment()
    withdrawn: bool = False
    fault: str = ""
    policy: str = "article"
    extended_by: str = ""  # the announcement that moved the due moment
    shop_id: str = ""  # its order's: a shop's clocks are counted by the index alone


class CaseRow(Table, table=True):
    """Something about an order that needs several steps or a decision, cached."""

    __tablename__ = "case_file"

    order_id: str = Field(primary_key=True, foreign_key="orders.id")
    case_id: str = Field(primary_key=True)
    kind: str
    open: bool = Field(index=True)
    reason: str | None = None
    steps_done: list[str] = json_column(list)
    next_step: str | None = None
    waiting: bool = False
    outcome: str | None = None
    opened_at: datetime | None = moment()
    closed_at: datetime | None = moment()


class TodoRow(Table, table=True):
    """What a person must do, cached: one verb, one order, one time. Gone when the facts say it is done."""

    __tablename__ = "work_item"

    order_id: str = Field(primary_key=True, foreign_key="orders.id")
    kind: str = Field(primary_key=True)
    about: str = Field(primary_key=True, default="")
    rule: str | None = None
    case_id: str | None = None
    command: str | None = None
    due_at: datetime | None = moment(index=True)
    priority: int = 5
    since: datetime = moment(nullable=False)


class StepRow(Table, table=True):
    """One step of one order: whether our code ran (`status`) and what came of it (`outcome`)."""

    __tablename__ = "step"
    __table_args__ = (
        Index("ix_step_trouble", "error_class", "order_id", "step", sqlite_where=TROUBLE, postgresql_where=TROUBLE),
    )

    order_id: str = Field(primary_key=True, foreign_key="orders.id")
    step: str = Field(primary_key=True)
    status: str  # queued, running, waiting, done, dead
    outcome: str | None = None  # ok, waiting, refused, business_failure
    attempts: int = 0
    next_attempt_at: datetime | None = moment(index=True)
    first_failed_at: datetime | None = moment()
    lease_by: str | None = None
    lease_until: datetime | None = moment()
    error_code: str | None = None  # our own code, never a message of others
    error_class: str | None = None  # models.error_class: of the last attempt, None when it did not fail
    flow_run_id: str | None = None
    updated_at: datetime = moment(nullable=False)


class AttemptRow(Table, table=True):
    """History of a step's attempts: when, by what run, how it ended."""

    __tablename__ = "step_attempt"

    id: int | None = Field(default=None, primary_key=True)
    order_id: str = Field(foreign_key="orders.id", index=True)
    step: str
    started_at: datetime = moment(nullable=False)
    result: str  # ok, waiting, refused, business_failure, transient, failed
    error_code: str | None = None
    error_class: str | None = None
    flow_run_id: str | None = None
    by: str = "schedule"


class AlertRow(Table, table=True):
    """Outbox: one row per (subject, rule, level), written with the change that causes it."""

    __tablename__ = "alert"
    __table_args__ = (Index("ix_alert_open", "rule", "over_at"),)

    dedup_key: str = Field(primary_key=True)
    shop_id: str | None = None
    order_no: str | None = None
    rule: str
    about: str = ""
    level: int
    critical: bool = False
    text_key: str
    values: dict[str, str] = json_column(dict)
    created_at: datetime = moment(nullable=False)
    next_attempt_at: datetime | None = moment(index=True)  # None: nothing left to send
    held_by: str | None = None  # models.alert_plan.Why: what keeps it back until next_attempt_at
    sent_at: datetime | None = moment()  # told first
    told_at: datetime | None = moment()  # told last
    channel: int | None = None  # which one told it; of an all-clear, whom it must reach
    attempts: int = 0
    repeats: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    repeat_at: datetime | None = moment(index=True)  # when it is told once more; None: never again
    over_at: datetime | None = moment()  # of a trouble whose end is told: since when it is over
    suppressed: bool = False
    acknowledged_at: datetime | None = moment()
    acknowledged_by: str | None = None


class AuditRow(Table, table=True):
    """Who did what, when and why; append-only."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = moment(nullable=False)
    actor: str
    action: str
    order_id: str | None = Field(default=None, index=True)
    before: dict[str, Any] = json_column(dict)
    after: dict[str, Any] = json_column(dict)
    reason: str | None = None


class RulesReadRow(Table, table=True):
    """Who read the packing rules last, and when: it counts for a shift."""

    __tablename__ = "packing_rules_read"

    shop_id: str = Field(primary_key=True)
    actor: str = Field(primary_key=True)
    version: int
    read_at: datetime = moment(nullable=False)


class ClockRow(Table, table=True):
    """The virtual present of a demo's own database; no row: the wall clock counts."""

    __tablename__ = "virtual_clock"

    id: int = Field(default=1, primary_key=True)
    now: datetime = moment(nullable=False)


class MetaRow(Table, table=True):
    """Small facts about this database: shop start dates, last summary, wake-up times."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str
