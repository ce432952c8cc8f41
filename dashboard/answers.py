"""What a person may answer to a to-do: the buttons beside it, each one command with its values.

A table: the words of a to-do (`models/words`) name these buttons. The command checks for itself whether it is
possible now; what is missing (a reason, the checklist) is asked in a dialog that names the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from models.command_name import CommandName
from models.db.tables import TodoRow
from models.db.todo_reading import TodoLine
from models.todo import TodoKind
from models.todo_command import STOPS

_C = CommandName
_T = TodoKind


@dataclass(frozen=True, slots=True)
class Answer:
    """One button: its words (`pages.answers.LABEL`), its command and the values that are clear already."""

    label: str
    command: CommandName
    values: Mapping[str, str] = field(default_factory=dict)


def _record(label: str, kind: str) -> Answer:
    """Record that it happened; the dialog asks when."""
    return Answer(label, _C.RECORD, MappingProxyType({"kind": kind}))


def _just_now(label: str, kind: str) -> Answer:
    """Record that it happened now: the person did it, so nothing is asked."""
    return Answer(label, _C.RECORD, MappingProxyType({"kind": kind, "at": ""}))


def _step(step: str) -> Answer:
    return Answer("done", _C.CLAIM_STEP, MappingProxyType({"step": step}))


def _choose(choice: str) -> Answer:
    return Answer(choice, _C.CHOOSE_CLAIM, MappingProxyType({"choice": choice}))


_CLOSE: Final = Answer("close_case", _C.CLOSE_CASE)
_COUNTED: Final = Answer("done", _C.CLOSE_CASE, MappingProxyType({"reason_code": "counted"}))
_TAKE_BACK: Final = Answer("take_back", _C.RETRACT)
_SEEN: Final = Answer("record", _C.RECORD)
_APPROVE, _REJECT = Answer("approve", _C.APPROVE_CANCEL), Answer("reject", _C.REJECT_CANCEL)
_ACCEPT, _DECLINE = Answer("accepted", _C.ACCEPT_RETURN), Answer("rejected", _C.REJECT_RETURN)

ANSWERS: Final[Mapping[TodoKind, tuple[Answer, ...]]] = MappingProxyType(
    {
        _T.CONFIRM: (Answer("confirm", _C.CONFIRM), Answer("cancel_order", _C.SELLER_CANCEL)),
        _T.PACK: (Answer("packed", _C.MARK_PACKED),),
        _T.HAND_OVER: (Answer("shipped", _C.MARK_SHIPPED),),
        _T.DROP_OFF: (Answer("dropped_off", _C.DROP_OFF),),
        _T.ANSWER_CANCEL: (_APPROVE, _REJECT),
        _T.VERIFY_CANCEL: (_record("was_cancelled", "cancelled"), _REJECT, _CLOSE),
        _T.TELL_BUYER: (_step("notify"),),
        _T.CANCEL_ORDER: (_step("cancel"),),
        _T.REQUEST_REFUND: (_step("request_refund"),),
        _T.AWAIT_REFUND: (_just_now("refund_done", "refund_done"), _CLOSE),
        _T.DECIDE_LATE: (_choose("wait"), _choose("chase"), _choose("claim")),
        _T.COMPLAIN: (Answer("complained", _C.FILE_COMPLAINT),),
        _T.FOLLOW_UP_COMPLAINT: (_record("collected", "picked_up"), _SEEN),
        _T.ASK_COLLECTED: (_record("yes", "picked_up"), Answer("complained", _C.FILE_COMPLAINT)),
        _T.ASK_DELIVERED: (_record("yes", "delivered"), _SEEN),
        _T.ASK_POST_OFFICE: (_record("on_its_way", "in_transit"), _record("lost", "lost_declared")),
        _T.ASK_BUYER: (_just_now("buyer_told", "buyer_notified"),),
        _T.CHECK_TRACKING: (_SEEN,),
        _T.ANSWER_RETURN: (_ACCEPT, _DECLINE),
        _T.VERIFY_RETURN: (_ACCEPT, _DECLINE, _CLOSE),
        _T.RECEIVE_RETURN: (_just_now("return_received", "return_received"),),
        _T.REFUND_RETURN: (_just_now("refund_done", "refund_done"), _CLOSE),  # accepted already
        _T.CHECK_STOCK: (_COUNTED,),
        _T.FIND_ORDER_MAIL: (_SEEN,),
        _T.STATE_TIME: (Answer("state_time", _C.RECORD),),
        _T.COMPARE_ORDER: (_TAKE_BACK, _CLOSE),
        _T.RECALL_PARCEL: (_CLOSE,),
        _T.DECIDE_DELIVERY: (_TAKE_BACK, _CLOSE),
        _T.SETTLE_REFUND: (_CLOSE, _TAKE_BACK),
        _T.CHECK_MONEY: (_CLOSE,),
        _T.DECIDE_ANSWER: (_TAKE_BACK, _CLOSE),
        _T.CHECK_CONTRADICTION: (_TAKE_BACK, _CLOSE),
        _T.RELEASE_HOLD: (Answer("release", _C.RELEASE),),
    }
)


BY_KEYS: Final[Mapping[TodoKind, tuple[Answer, ...]]] = MappingProxyType(
    {
        _T.TELL_BUYER: (Answer("send_message", _C.CLAIM_STEP, {"step": "notify"}), _just_now("done", "buyer_notified")),
    }
)
"""Where Shipclock can do it by the shop's keys, and cannot see that a person did: having done it is said by itself."""


def answers_to(todo: TodoLine | TodoRow, *, keys: bool = False) -> tuple[Answer, ...]:
    """Give the buttons of a to-do, the usual one first, with the values that the to-do itself knows.

    `keys`: Shipclock acts for the shop by itself.
    """
    known = {"case_id": todo.case_id} if todo.case_id else {}
    if todo.kind == _T.RELEASE_HOLD and todo.about:
        known["hold"] = todo.about
    if todo.kind == _T.STATE_TIME and todo.rule in STOPS:
        known["kind"] = STOPS[str(todo.rule)]
    found = (BY_KEYS if keys and todo.kind in BY_KEYS else ANSWERS).get(TodoKind(todo.kind), ())
    if todo.kind == _T.ANSWER_CANCEL and todo.command == _C.REJECT_CANCEL:
        found = found[::-1]  # T33: the parcel is away
    if todo.kind == _T.ASK_COLLECTED and todo.rule in STOPS:
        found = (_record("yes", STOPS[str(todo.rule)]), *found[1:])  # of what was dropped off: the first scan
    return tuple(Answer(one.label, one.command, {**known, **one.values}) for one in found)
