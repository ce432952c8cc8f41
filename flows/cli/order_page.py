"""One order in full: stage, clocks, what to do, cases, what happened, and what failed on our side."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flows.cli.listing import clock_name, order_json, todo_words
from flows.cli.opening import local, zone_of
from flows.cli.output import pairs, say, table
from flows.office import Office
from models.catalogue import words
from models.db.reading import OrderFile
from models.db.tables import CaseRow, DeadlineRow, FactRow, StepRow


def as_json(file: OrderFile) -> dict[str, Any]:
    """Give the order for machines."""
    return {
        **order_json(file.order),
        "deadlines": [_deadline_json(row) for row in file.deadlines],
        "cases": [_case_json(row) for row in file.cases],
        "todos": [{"kind": row.kind, "about": row.about, "due_at": row.due_at} for row in file.todos],
        "facts": [_fact_json(row) for row in file.facts],
        "steps": [_step_json(row) for row in file.steps],
    }


def show(office: Office, file: OrderFile, now: datetime) -> None:
    """Print the order for people; times are the shop's."""
    zone, text = zone_of(office, file.order.shop_id), words()
    _head(file, zone)
    _section("todos")
    for todo in file.todos:
        say("\n".join(todo_words(todo.kind, file.order.order_no, text.time_left(todo.due_at, now))))
    if not file.todos:
        say(text.text("cli.nothing_here"))
    _rows("clocks", [_clock(row, zone, now) for row in file.deadlines])
    _rows("cases", [_case(row, zone) for row in file.cases])
    _rows("conflicts", [[text.text(f"conflicts.{conflict}")] for conflict in file.order.conflicts])
    _rows("problems", [_problem(row, zone) for row in file.steps if row.error_code])
    _rows("timeline", [_event(row, zone) for row in file.facts])


def _head(file: OrderFile, zone: ZoneInfo) -> None:
    row, text = file.order, words()
    say(f"{row.order_no}  {text.stage(row.stage, presumed=row.presumed)}")
    pairs(
        {
            text.text("cli.columns.shop"): row.shop_id,
            text.text("cli.columns.placed"): local(row.placed_at, zone),
            text.text("cli.columns.promised"): local(row.promised_at, zone),
            text.text("cli.columns.carrier"): " ".join(filter(None, (row.carrier, row.tracking_no))),
            text.text("cli.columns.held"): ", ".join(text.text(f"facts.holds.{hold}") for hold in row.holds),
            text.text("cli.columns.flags"): ", ".join(text.text(f"cli.flags.{flag}") for flag in row.flags),
        }
    )


def _section(name: str) -> None:
    say()
    say(words().text(f"cli.headings.{name}"))


def _rows(name: str, rows: list[list[str]]) -> None:
    """Print a section; an empty one is left out."""
    if rows:
        _section(name)
        table([""] * len(rows[0]), rows)


def _clock(row: DeadlineRow, zone: ZoneInfo, now: datetime) -> list[str]:
    text = words()
    running = row.state in {"RUNNING", "WARNED", "BREACHED"}
    return [
        clock_name(row.rule, row.start_at, row.due_at),
        text.time_left(row.due_at, now) if running else text.text(f"rules.states.{row.state}"),
        local(row.due_at, zone),
        text.text("cli.stated") if row.stated else "",
    ]


def _case(row: CaseRow, zone: ZoneInfo) -> list[str]:
    text = words()
    state = text.text("cli.case_open" if row.open else "cli.case_closed")
    return [
        text.text(f"facts.cases.{row.kind}"),
        state,
        (row.reason or "").replace("_", " "),
        local(row.opened_at, zone),
    ]


def _problem(row: StepRow, zone: ZoneInfo) -> list[str]:
    return [row.step.replace("_", " "), row.status, row.error_code or "", local(row.updated_at, zone)]


def _event(row: FactRow, zone: ZoneInfo) -> list[str]:
    text = words()
    return [
        local(row.occurred_at, zone),
        text.text(f"facts.{row.kind}"),
        text.text(f"facts.authority.{row.authority}"),
    ]


def _deadline_json(row: DeadlineRow) -> dict[str, Any]:
    names = (
        "rule",
        "about",
        "state",
        "start_at",
        "due_at",
        "warn_level",
        "stated",
        "breached_at",
        "met_at",
        "fault",
    )
    return {name: getattr(row, name) for name in names}


def _case_json(row: CaseRow) -> dict[str, Any]:
    names = ("case_id", "kind", "open", "reason", "next_step", "outcome", "opened_at", "closed_at")
    return {name: getattr(row, name) for name in names}


def _fact_json(row: FactRow) -> dict[str, Any]:
    names = (
        "kind",
        "occurred_at",
        "observed_at",
        "authority",
        "source",
        "source_key",
        "estimated",
        "payload",
    )
    return {name: getattr(row, name) for name in names}


def _step_json(row: StepRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("step", "status", "outcome", "error_code", "attempts", "updated_at")}
