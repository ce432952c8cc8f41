"""The shop's own people: what they do about the to-dos on their dashboard, and when.

Pure: a table of duties read against the script. The demo's player carries the moves out through
Shipclock's own commands, as the people would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from flows.shop.simulator.script import OrderPlan, Script
from flows.shop.simulator.story import Story
from models.command_name import CommandName
from models.fact import FactKind
from models.todo import TodoKind


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTodo:
    """One to-do as Shipclock shows it."""

    order_no: str
    kind: str
    command: str | None = None
    due_at: datetime | None = None
    case_id: str | None = None
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What somebody does at a moment (UTC): a command with its values."""

    order_no: str
    command: CommandName
    at: datetime
    values: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A command, before it is known who does it when."""

    command: CommandName
    values: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """How people deal with one kind of to-do: what they do, how long before it is due (None: at once)."""

    action: Callable[[OpenTodo, OrderPlan], Action | None]
    before_due: Callable[[OrderPlan], timedelta] | None = None


def moves(todos: Iterable[OpenTodo], script: Script, now: datetime) -> list[Move]:
    """Give what the people do now about these to-dos; what is not their duty they leave."""
    return [replace(move, at=now) for move in _planned(todos, script, now) if move.at <= now]


def next_move_at(todos: Iterable[OpenTodo], script: Script, now: datetime) -> datetime | None:
    """When the people will next do something about these to-dos (UTC, after `now`)."""
    return min((move.at for move in _planned(todos, script, now) if move.at > now), default=None)


def _planned(todos: Iterable[OpenTodo], script: Script, now: datetime) -> list[Move]:
    planned = [_move(todo, plan, now) for todo in todos if (plan := script.by_no.get(todo.order_no))]
    return sorted((move for move in planned if move), key=lambda move: (move.at, move.order_no, move.command))


def _move(todo: OpenTodo, plan: OrderPlan, now: datetime) -> Move | None:
    duty = DUTIES.get(TodoKind(todo.kind))
    action = duty.action(todo, plan) if duty else None
    if duty is None or action is None:
        return None
    at = todo.due_at - duty.before_due(plan) if todo.due_at and duty.before_due else now
    return Move(order_no=todo.order_no, command=action.command, at=at, values=action.values, reason=action.reason)


def _hours(hours: int) -> Callable[[OrderPlan], timedelta]:
    return lambda _: timedelta(hours=hours)


def _give_up(_: OpenTodo, plan: OrderPlan) -> Action | None:
    """Cancel what the warehouse does not have; all else the shop confirms by itself."""
    if plan.story is not Story.OUT_OF_STOCK:
        return None
    return Action(command=CommandName.SELLER_CANCEL, values={"reason_code": "out_of_stock"}, reason="none left")


def _answer(todo: OpenTodo, plan: OrderPlan) -> Action | None:
    values = {"case_id": todo.case_id} if todo.case_id else {}
    if plan.story is Story.CANCEL_APPROVED:
        return Action(command=CommandName.APPROVE_CANCEL, values=values)
    if plan.story is Story.CANCEL_REJECTED:
        return Action(command=CommandName.REJECT_CANCEL, values=values, reason="parcel already packed")
    return None


def _drop_off(_: OpenTodo, __: OrderPlan) -> Action:
    return Action(command=CommandName.DROP_OFF)


def _complain(_: OpenTodo, __: OrderPlan) -> Action:
    return Action(command=CommandName.FILE_COMPLAINT)


def _ask_buyer(_: OpenTodo, __: OrderPlan) -> Action:
    values = {"kind": FactKind.BUYER_NOTIFIED.value, "case_id": "delivery"}
    return Action(command=CommandName.RECORD, values=values)


def _count_stock(todo: OpenTodo, _: OrderPlan) -> Action:
    values = {"case_id": todo.case_id or "", "reason_code": "counted"}
    return Action(command=CommandName.CLOSE_CASE, values=values, reason="counted the shelf")


def _step(step: str) -> Callable[[OpenTodo, OrderPlan], Action]:
    def action(todo: OpenTodo, _: OrderPlan) -> Action:
        return Action(command=CommandName.CLAIM_STEP, values={"case_id": todo.case_id or "", "step": step})

    return action


def _wait(todo: OpenTodo, _: OrderPlan) -> Action:
    return Action(command=CommandName.CHOOSE_CLAIM, values={"case_id": todo.case_id or "", "choice": "wait"})


def _carries_parcel(plan: OrderPlan) -> timedelta:
    """Give how long before the 48 hours are over (D06) somebody walks to the post office."""
    return timedelta(hours=48) - plan.drop_off_after


DUTIES: Final[Mapping[TodoKind, Duty]] = {
    TodoKind.CONFIRM: Duty(action=_give_up, before_due=_hours(3)),
    TodoKind.ANSWER_CANCEL: Duty(action=_answer, before_due=_hours(42)),
    TodoKind.DROP_OFF: Duty(action=_drop_off, before_due=_carries_parcel),
    TodoKind.COMPLAIN: Duty(action=_complain, before_due=_hours(9)),
    TodoKind.CANCEL_ORDER: Duty(action=_step("cancel"), before_due=_hours(18)),
    TodoKind.TELL_BUYER: Duty(action=_step("notify"), before_due=_hours(18)),
    TodoKind.REQUEST_REFUND: Duty(action=_step("request_refund"), before_due=_hours(18)),
    TodoKind.DECIDE_LATE: Duty(action=_wait, before_due=_hours(-2)),  # they sleep on it
    TodoKind.ASK_BUYER: Duty(action=_ask_buyer),
    TodoKind.CHECK_STOCK: Duty(action=_count_stock),
}
