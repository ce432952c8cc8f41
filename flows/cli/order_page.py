"""One order in full: stage, clocks, what to do, cases, what happened, and what failed on our side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flows.cli.happened import cancelled_words, event_rows, item_rows, version_rows
from flows.cli.listing import clock_name, order_json, todo_words
from flows.cli.opening import local, zone_of
from flows.cli.output import pairs, say, table
from flows.figures import policy_of
from flows.office import Office
from models.catalogue import words
from models.conflict import Conflict
from models.db.facts import facts_of
from models.db.orders import folded
from models.db.reading import OrderFile
from models.db.session import open_session
from models.db.tables import CaseRow, DeadlineRow, FactRow, StepRow, TodoRow
from models.fact import Fact
from models.fact_key import short_key
from models.fault_words import fault_words
from models.order import Order
from models.origin import origin, origin_words
from models.policy import Policy

DIFFERING: Final = "X03"  # announced twice with different items


def as_json(office: Office, file: OrderFile, now: datetime) -> dict[str, Any]:
    """Give the order for machines."""
    policy, order = policy_of(office, file.order), _folded(office, file, now)
    return {
        **order_json(file.order),
        "items": file.order.items,
        "cancel_actor": file.order.cancel_actor,
        "cancel_reason": file.order.cancel_reason,
        "auto_cancel_at": order.auto_cancel_at if order else None,
        "deadlines": [_deadline_json(file, row, policy) for row in file.deadlines],
        "cases": [
            *(_case_json(row) for row in file.cases),
            *(_conflict_json(conflict) for conflict in (order.conflicts if order else ())),
        ],
        "todos": [_todo_json(row) for row in file.todos],
        "facts": [_fact_json(row) for row in file.facts],
        "steps": [_step_json(row) for row in file.steps],
    }


def show(office: Office, file: OrderFile, now: datetime) -> None:
    """Print the order for people; times are the shop's."""
    zone, text = zone_of(office, file.order.shop_id), words()
    policy, order = policy_of(office, file.order), _folded(office, file, now)
    _head(file, zone)
    if order and (at := order.auto_cancel_at):
        key = "auto_cancel" if now <= at else "auto_cancel_over"
        say(text.text(f"policies.order.{key}", when=local(at, zone)))
    _rows("items", item_rows(file.order.items))
    _section("todos")
    for todo in file.todos:
        say("\n".join(todo_words(todo, file.order.order_no, text.time_left(todo.due_at, now))))
    if not file.todos:
        say(text.text("cli.nothing_here"))
    _rows("clocks", [_clock(file, row, policy, zone, now) for row in file.deadlines])
    _rows("cases", [_case(row, zone) for row in file.cases])
    if order:
        _conflicts(office, file, order.conflicts, zone)
    _rows("problems", [_problem(row, zone) for row in file.steps if row.error_code])
    _rows("timeline", [line for _, *line in event_rows(_facts(office, file), zone)])


def _conflicts(office: Office, file: OrderFile, conflicts: Sequence[Conflict], zone: ZoneInfo) -> None:
    """Print what disagrees, and of two announcements of the order what each of them says."""
    text = words()
    _rows("conflicts", [[text.text(f"conflicts.{one.id}"), _state(open_=not one.settled)] for one in conflicts])
    if any(one.id == DIFFERING for one in conflicts):
        _rows("versions", version_rows(_facts(office, file), zone))


def show_facts(office: Office, file: OrderFile) -> None:
    """Print what happened, each entry with the key under which it can be taken back."""
    zone = zone_of(office, file.order.shop_id)
    table([""] * 5, event_rows(_facts(office, file), zone))


def _head(file: OrderFile, zone: ZoneInfo) -> None:
    row, text = file.order, words()
    say(f"{row.order_no}  {text.stage(row.stage, presumed=row.presumed)}")
    pairs(
        {
            text.text("cli.columns.shop"): row.shop_id,
            text.text("cli.columns.placed"): local(row.placed_at, zone),
            text.text("cli.columns.promised"): local(row.promised_at, zone),
            text.text("cli.columns.cancelled"): cancelled_words(row.cancel_reason, row.cancel_actor),
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


def _folded(office: Office, file: OrderFile, now: datetime) -> Order | None:
    """Give the order as its facts make it now; None for one whose shop is no longer in the settings."""
    shop = office.settings.shop_named(file.order.shop_id)
    if shop is None:
        return None
    with open_session(office.engine, read_only=True) as session:
        return folded(session, shop, file.order, now)


def _facts(office: Office, file: OrderFile) -> Sequence[Fact]:
    with open_session(office.engine, read_only=True) as session:
        return facts_of(session, file.order.id)


def _clock(file: OrderFile, row: DeadlineRow, policy: Policy, zone: ZoneInfo, now: datetime) -> list[str]:
    text = words()
    running = row.state in {"RUNNING", "WARNED", "BREACHED"}
    return [
        clock_name(row.rule, row.start_at, row.due_at),
        text.time_left(row.due_at, now) if running else text.text(f"rules.states.{row.state}"),
        local(row.due_at, zone),
        origin_words(origin(row, policy, file.order.promised_at)),
    ]


def _case(row: CaseRow, zone: ZoneInfo) -> list[str]:
    return [
        words().text(f"facts.cases.{row.kind}"),
        _state(open_=row.open),
        (row.reason or "").replace("_", " "),
        local(row.opened_at, zone),
    ]


def _state(*, open_: bool) -> str:
    return words().text("cli.case_open" if open_ else "cli.case_closed")


def _problem(row: StepRow, zone: ZoneInfo) -> list[str]:
    why = fault_words(words(), row.error_code)
    return [row.step.replace("_", " "), row.status, row.error_class or "", why, local(row.updated_at, zone)]


def _deadline_json(file: OrderFile, row: DeadlineRow, policy: Policy) -> dict[str, Any]:
    names = (
        "rule",
        "about",
        "state",
        "start_at",
        "due_at",
        "warn_level",
        "stated",
        "extended_by",
        "breached_at",
        "met_at",
        "fault",
    )
    told = origin(row, policy, file.order.promised_at)
    return {**{name: getattr(row, name) for name in names}, "origin": told.origin.value}


def _case_json(row: CaseRow) -> dict[str, Any]:
    names = ("case_id", "kind", "open", "reason", "next_step", "outcome", "opened_at", "closed_at")
    return {name: getattr(row, name) for name in names}


def _conflict_json(conflict: Conflict) -> dict[str, Any]:
    """Give a conflict as the case that it is to `close_case`."""
    return {
        "case_id": conflict.case_id,
        "kind": "conflict",
        "open": not conflict.settled,
        "reason": conflict.id,
        "next_step": None,
        "outcome": None,
        "opened_at": conflict.since,
        "closed_at": None,
    }


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
    return {"key": short_key(row.source_key), **{name: getattr(row, name) for name in names}}


def _todo_json(row: TodoRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("kind", "about", "due_at", "command", "case_id")}


def _step_json(row: StepRow) -> dict[str, Any]:
    return {
        name: getattr(row, name)
        for name in ("step", "status", "outcome", "error_code", "error_class", "attempts", "updated_at")
    }
