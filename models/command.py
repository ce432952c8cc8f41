"""Carrying out what we or the seller want: guards first, then the facts (order-lifecycle, section 6).

Pure: `decide` answers with facts to store or with a refusal, never with an exception. COMMANDS is the
document's table; T01 to T05 and the T-rows of mails and clocks are facts and folds, not commands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from models import case_guard, deed, guard
from models.answer import Accepted, Ask, Command, Refused
from models.case import CaseKind, CaseStep
from models.command_name import CommandName
from models.deed import Deed
from models.fact import Fact, FactKind
from models.guard import Guard, allowed_role
from models.hold import BY_HAND, Hold
from models.order import Order
from models.stage import ROLE_RANK, HandoverMode, Role, ShippingMode, Stage
from models.terms import Terms

__all__ = ["Accepted", "Command", "CommandName", "Refused", "decide", "offered"]


@dataclass(frozen=True, slots=True)
class CommandRow:
    """Who may, what may stand against it (asked in this order), and what it leaves."""

    role: Role
    guards: tuple[Guard, ...]
    deed: Deed


_PACKER, _MANAGER = Role.PACKER, Role.MANAGER
_live, _paid, _when = guard.live, guard.paid, guard.time_sane
_done, _hold, _cancelling = guard.not_done_yet, guard.no_hold, guard.not_cancelling
_reason = guard.reason_given

COMMANDS: Final[Mapping[CommandName, CommandRow]] = {
    CommandName.CONFIRM: CommandRow(
        _PACKER, (_when, _live, _paid, _done, _cancelling, guard.stock_ok, _hold), deed.confirmed
    ),
    CommandName.MARK_PACKED: CommandRow(
        _PACKER,
        (_when, _live, _paid, _done, _cancelling, guard.stock_ok, _hold, guard.checklist_ticked),
        deed.packed,
    ),
    CommandName.MARK_SHIPPED: CommandRow(
        _PACKER,
        (_when, _live, _paid, _done, _cancelling, _hold, guard.packed_first, guard.handover_known),
        deed.shipped,
    ),
    CommandName.DROP_OFF: CommandRow(
        _PACKER, (_when, _live, guard.is_drop_off, _done, guard.waits_for_carrier), deed.dropped_off
    ),
    CommandName.SWITCH_HANDOVER: CommandRow(
        _PACKER, (_when, _live, guard.waits_for_carrier, guard.other_handover, _reason), deed.switched
    ),
    CommandName.SELLER_CANCEL: CommandRow(
        _PACKER,
        (_when, _live, case_guard.before_shipped, case_guard.not_cancelled_by_us, _reason),
        deed.cancelling,
    ),
    CommandName.APPROVE_CANCEL: CommandRow(
        _PACKER, (_when, case_guard.request_open, case_guard.parcel_at_hand), deed.approved
    ),
    CommandName.REJECT_CANCEL: CommandRow(_PACKER, (_when, case_guard.request_open, _reason), deed.rejected),
    CommandName.EXTEND_ANSWER: CommandRow(_PACKER, (_when, case_guard.extension_possible), deed.extended),
    CommandName.FILE_COMPLAINT: CommandRow(_PACKER, (_when, case_guard.complaint_open), deed.complained),
    CommandName.CLAIM_STEP: CommandRow(_PACKER, (_when, case_guard.step_next), deed.step_ticked),
    CommandName.CHOOSE_CLAIM: CommandRow(_PACKER, (_when, case_guard.choice_known), deed.claim_chosen),
    CommandName.ACCEPT_RETURN: CommandRow(_PACKER, (_when, case_guard.return_unanswered), deed.return_accepted),
    CommandName.REJECT_RETURN: CommandRow(
        _PACKER, (_when, case_guard.return_unanswered, _reason), deed.return_rejected
    ),
    CommandName.RECORD: CommandRow(_PACKER, (_when, guard.recordable), deed.recorded),
    CommandName.HOLD: CommandRow(_PACKER, (_when, guard.holdable, _reason), deed.held),
    CommandName.RELEASE: CommandRow(_PACKER, (_when, guard.releasable), deed.released),
    CommandName.RETRACT: CommandRow(_MANAGER, (guard.retractable,), deed.retracted),
    CommandName.CLOSE_CASE: CommandRow(_PACKER, (_when, case_guard.closable, _reason), deed.closed),
}


def decide(order: Order, facts: Sequence[Fact], command: Command, terms: Terms) -> Accepted | Refused:
    """What comes of the command: facts to store, or the first guard that stands against it.

    `order` is the fold of `facts` at the command's time.
    """
    ask = Ask(order=order, facts=facts, command=command, terms=terms)
    row = COMMANDS[command.name]
    for stands_against in (allowed_role(row.role), *row.guards):
        if refused := stands_against(ask):
            return refused
    return Accepted(facts=row.deed(ask))


BY_STAGE: Final[Mapping[Stage, tuple[CommandName, ...]]] = {
    Stage.UNPAID: (CommandName.SELLER_CANCEL,),
    Stage.NEW: (CommandName.CONFIRM, CommandName.MARK_PACKED, CommandName.SELLER_CANCEL),
    Stage.CONFIRMED: (CommandName.MARK_PACKED, CommandName.SELLER_CANCEL),
    Stage.PACKED: (CommandName.MARK_SHIPPED, CommandName.SELLER_CANCEL),
    Stage.AWAITING_HANDOVER: (CommandName.DROP_OFF, CommandName.SWITCH_HANDOVER),
}

BY_CASE: Final[Mapping[CaseKind, tuple[CommandName, ...]]] = {
    CaseKind.CANCEL_REQUEST: (
        CommandName.APPROVE_CANCEL,
        CommandName.REJECT_CANCEL,
        CommandName.EXTEND_ANSWER,
    ),
    CaseKind.SELLER_CANCEL: (CommandName.CLAIM_STEP,),
    CaseKind.CARRIER_COMPLAINT: (CommandName.FILE_COMPLAINT,),
    CaseKind.CLAIM: (CommandName.CLAIM_STEP,),
    CaseKind.RETURN: (CommandName.ACCEPT_RETURN, CommandName.REJECT_RETURN, CommandName.EXTEND_ANSWER),
}
ALWAYS: Final = (CommandName.RECORD, CommandName.RETRACT)
WORK: Final = frozenset({CommandName.CONFIRM, CommandName.MARK_PACKED, CommandName.MARK_SHIPPED})


def offered(order: Order, role: Role) -> tuple[CommandName, ...]:
    """The commands this order allows this role, for a page's buttons; most likely first."""
    found = [*_from_cases(order), *_from_stage(order)]
    found += [CommandName.RELEASE] if order.holds & (BY_HAND | {Hold.CONFLICT}) else []
    found += [CommandName.HOLD] if not order.terminal and Hold.MANUAL not in order.holds else []
    settled = all(conflict.settled for conflict in order.conflicts) and not order.open_cases
    found += [*ALWAYS] if settled else [CommandName.CLOSE_CASE, *ALWAYS]
    return tuple(dict.fromkeys(name for name in found if ROLE_RANK[role] >= ROLE_RANK[COMMANDS[name].role]))


ANSWERED_BY: Final = frozenset({CaseKind.RETURN, CaseKind.CARRIER_COMPLAINT})
"""Cases whose own commands are for the first step alone; what follows is recorded."""


def _from_cases(order: Order) -> list[CommandName]:
    found: list[CommandName] = []
    for case in order.open_cases:
        if case.waiting:
            found.append(CommandName.CHOOSE_CLAIM)
        elif case.kind not in ANSWERED_BY or case.next_step in {CaseStep.ANSWER, CaseStep.COMPLAIN}:
            found += BY_CASE[case.kind]
    return found


def _from_stage(order: Order) -> list[CommandName]:
    cancelling = any(case.kind is CaseKind.SELLER_CANCEL for case in order.open_cases)
    found = list(BY_STAGE.get(order.stage, ()))
    if order.shipping_mode is ShippingMode.PLATFORM and order.stage in {Stage.NEW, Stage.CONFIRMED}:
        found.insert(-1, CommandName.MARK_SHIPPED)
    if order.stage is Stage.AWAITING_HANDOVER:
        packed = FactKind.PACKED in order.milestones
        found = [*(() if packed else (CommandName.MARK_PACKED,)), *found]
        if order.handover_mode is not HandoverMode.DROP_OFF or order.dropped_off:
            found.remove(CommandName.DROP_OFF)
    hidden = WORK if order.holds else frozenset()
    return [name for name in found if name not in hidden and not (cancelling and name is CommandName.SELLER_CANCEL)]
