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
from models.stage import ShippingMode
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
    """How people deal with one kind of to-do: what they do, and when (UTC; None: at once)."""

    action: Callable[[OpenTodo, OrderPlan], Action | None]
    when: Callable[[OpenTodo, OrderPlan], datetime | None] = lambda _, __: None


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
    at = duty.when(todo, plan) or now
    return Move(order_no=todo.order_no, command=action.command, at=at, values=action.values, reason=action.reason)


def _hours_before(hours: int) -> Callable[[OpenTodo, OrderPlan], datetime | None]:
    return lambda todo, _: todo.due_at - timedelta(hours=hours) if todo.due_at else None


def _confirm(_: OpenTodo, plan: OrderPlan) -> Action:
    """Cancel what the warehouse does not have."""
    if plan.story is Story.OUT_OF_STOCK:
        return Action(command=CommandName.SELLER_CANCEL, values={"reason_code": "out_of_stock"}, reason="none left")
    return Action(command=CommandName.CONFIRM)


def _looked_for_stock(todo: OpenTodo, plan: OrderPlan) -> datetime | None:
    """What is there is seen at once; what is not is looked for until three hours before the end."""
    return _hours_before(3)(todo, plan) if plan.story is Story.OUT_OF_STOCK else None


def _pack(_: OpenTodo, __: OrderPlan) -> Action:
    return Action(command=CommandName.MARK_PACKED)


def _ship(_: OpenTodo, plan: OrderPlan) -> Action | None:
    """Hand the parcel to the shop's own carrier; what the platform transports Shipclock ships by itself."""
    if plan.shipping is ShippingMode.PLATFORM:
        return None
    return Action(command=CommandName.MARK_SHIPPED, values={"tracking_no": plan.tracking_no})


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


def _tell_buyer(todo: OpenTodo, _: OrderPlan) -> Action:
    """Write in Seller Center: an app may not write to buyers without TikTok Shop's leave."""
    values = {"kind": FactKind.BUYER_NOTIFIED.value, "case_id": todo.case_id or ""}
    return Action(command=CommandName.RECORD, values=values)


def _cancel(todo: OpenTodo, _: OrderPlan) -> Action:
    """Cancel by the keys; what is lost, damaged or late is cancelled in Seller Center."""
    case, _colon, reason = (todo.case_id or "").partition(":")
    if case != "claim":
        return Action(command=CommandName.CLAIM_STEP, values={"case_id": todo.case_id or "", "step": "cancel"})
    values = {"kind": FactKind.CANCELLED.value, "reason_code": reason, "actor": "seller"}
    return Action(command=CommandName.RECORD, values=values)


def _ask_for_refund(todo: OpenTodo, _: OrderPlan) -> Action:
    values = {"case_id": todo.case_id or "", "step": "request_refund"}
    return Action(command=CommandName.CLAIM_STEP, values=values)


def _wait(todo: OpenTodo, _: OrderPlan) -> Action:
    return Action(command=CommandName.CHOOSE_CLAIM, values={"case_id": todo.case_id or "", "choice": "wait"})


def _carries_parcel(todo: OpenTodo, plan: OrderPlan) -> datetime | None:
    """Somebody walks to the post office before the 48 hours are over (D06)."""
    return todo.due_at - (timedelta(hours=48) - plan.drop_off_after) if todo.due_at else None


DUTIES: Final[Mapping[TodoKind, Duty]] = {
    TodoKind.CONFIRM: Duty(action=_confirm, when=_looked_for_stock),
    TodoKind.PACK: Duty(action=_pack, when=lambda _, plan: plan.packers_ready_at),
    TodoKind.HAND_OVER: Duty(action=_ship),
    TodoKind.ANSWER_CANCEL: Duty(action=_answer, when=_hours_before(42)),
    TodoKind.DROP_OFF: Duty(action=_drop_off, when=_carries_parcel),
    TodoKind.COMPLAIN: Duty(action=_complain, when=_hours_before(9)),
    TodoKind.CANCEL_ORDER: Duty(action=_cancel, when=_hours_before(18)),
    TodoKind.TELL_BUYER: Duty(action=_tell_buyer, when=_hours_before(18)),
    TodoKind.REQUEST_REFUND: Duty(action=_ask_for_refund, when=_hours_before(18)),
    TodoKind.DECIDE_LATE: Duty(action=_wait, when=_hours_before(-2)),  # they sleep on it
    TodoKind.ASK_BUYER: Duty(action=_ask_buyer),
    TodoKind.CHECK_STOCK: Duty(action=_count_stock),
}
