"""Carrying out what we or the seller want: guards first, then the facts (order-lifecycle, section 6).

Pure: `decide` answers with facts to store or with a refusal, never with an exception. COMMANDS is the
document's table; T01 to T05 and the T-rows of mails and clocks are facts and folds, not commands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from models import case_guard, deed, guard
from models.answer import Accepted, Ask, Command, Refused
from models.case import Case, CaseKind, CaseStep
from models.command_name import CommandName
from models.deadline import DeadlineState
from models.deed import Deed
from models.fact import Fact, FactKind
from models.guard import Guard, allowed_role, is_done, said_just_now
from models.hold import BY_HAND, Hold
from models.order import Order
from models.stage import RANK, ROLE_RANK, HandoverMode, Role, ShippingMode, Stage
from models.terms import Terms
from models.value_guard import names_no_buyer, values_known

__all__ = ["Accepted", "Command", "CommandName", "Refused", "decide", "offered"]


@dataclass(frozen=True, slots=True)
class CommandRow:
    """Who may, what may stand against it (asked in this order), and what it leaves."""

    role: Role
    guards: tuple[Guard, ...]
    deed: Deed


_PACKER, _MANAGER = Role.PACKER, Role.MANAGER
_live, _paid, _when = guard.live, guard.paid, guard.time_sane
_done, _hold, _ours = guard.not_done_yet, guard.no_hold, guard.not_cancelling
_reason = guard.reason_given

COMMANDS: Final[Mapping[CommandName, CommandRow]] = {
    CommandName.CONFIRM: CommandRow(
        _PACKER, (_when, _live, _paid, _done, _ours, guard.stock_ok, _hold), deed.confirmed
    ),
    CommandName.MARK_PACKED: CommandRow(
        _PACKER,
        (_when, _live, _paid, _done, _ours, guard.stock_ok, _hold, guard.packing_rules_kept),
        deed.packed,
    ),
    CommandName.MARK_SHIPPED: CommandRow(
        _PACKER,
        (_when, _live, _paid, _done, _ours, _hold, guard.packed_first, guard.handover_known),
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
        (
            _when,
            _live,
            case_guard.before_shipped,
            case_guard.not_cancelled_by_us,
            case_guard.cancel_reason_given,
        ),
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
    for stands_against in (allowed_role(row.role), values_known, names_no_buyer, *row.guards):
        if refused := stands_against(ask):
            return replace(refused, instead=_possible(ask, refused.instead))
    return Accepted(facts=row.deed(ask))


def _possible(ask: Ask, instead: tuple[CommandName, ...]) -> tuple[CommandName, ...]:
    """Those of the commands that would not be refused in their turn for where the order stands."""
    if not instead:
        return ()
    possible = {*offered(ask.order, ask.command.role, ask.terms.policy.cancel_limit_rank)}
    possible |= {CommandName.RETRACT} if said_just_now(ask) else set()
    return tuple(name for name in instead if name in possible)


BY_STAGE: Final[Mapping[Stage, tuple[CommandName, ...]]] = {
    Stage.NEW: (CommandName.CONFIRM, CommandName.MARK_PACKED),
    Stage.CONFIRMED: (CommandName.MARK_PACKED,),
    Stage.PACKED: (CommandName.MARK_SHIPPED,),
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
CANCEL_LIMIT_RANK: Final = RANK[Stage.AWAITING_HANDOVER]  # seller rule [A], T07
WORK: Final = frozenset({CommandName.CONFIRM, CommandName.MARK_PACKED, CommandName.MARK_SHIPPED})


def offered(order: Order, role: Role, cancel_limit_rank: int = CANCEL_LIMIT_RANK) -> tuple[CommandName, ...]:
    """The commands this order allows this role, for a page's buttons; most likely first.

    With its values given, none of them is refused for where the order stands. The policy says below which rank
    the seller may cancel.
    """
    found = [*_from_cases(order), *_from_stage(order)]
    found += [CommandName.SELLER_CANCEL] if order.rank < cancel_limit_rank and not _cancelling(order) else []
    found += [CommandName.RELEASE] if _releasable(order) else []
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
            found += [name for name in BY_CASE[case.kind] if _in_time(order, case, name)]
    return [*found, CommandName.FILE_COMPLAINT] if case_guard.may_complain(order) else found


def _in_time(order: Order, case: Case, name: CommandName) -> bool:
    """T34b: an answer is extended before its time is over."""
    if name is not CommandName.EXTEND_ANSWER:
        return True
    clock = order.deadline(case_guard.answer_rule(case), case.case_id.partition(":")[2])
    return clock is not None and clock.state in {DeadlineState.RUNNING, DeadlineState.WARNED}


def _releasable(order: Order) -> frozenset[Hold]:
    """The holds that a person may end; the one of our own cancelling goes with its case."""
    return order.holds & (BY_HAND | {Hold.CONFLICT}) - ({Hold.MANUAL} if _cancelling(order) else frozenset())


def _cancelling(order: Order) -> bool:
    return any(case.kind is CaseKind.SELLER_CANCEL for case in order.open_cases)


def _from_stage(order: Order) -> list[CommandName]:
    found = list(BY_STAGE.get(order.stage, ()))
    if order.shipping_mode is ShippingMode.PLATFORM and order.stage in {Stage.NEW, Stage.CONFIRMED}:
        found.append(CommandName.MARK_SHIPPED)
    if order.stage is Stage.AWAITING_HANDOVER:
        packed = FactKind.PACKED in order.milestones
        found = [*(() if packed else (CommandName.MARK_PACKED,)), *found]
        if order.handover_mode is not HandoverMode.DROP_OFF or order.dropped_off:
            found.remove(CommandName.DROP_OFF)
    hidden = WORK if order.holds else frozenset()
    return [name for name in found if name not in hidden and not is_done(order, name)]
