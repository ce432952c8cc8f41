"""What a command still needs from a person: a reason, the packing rules, a time, a choice.

A table of fields by command. What is asked for is drawn here; the command checks the values again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import actions, present
from dashboard.words import capital, catalogue, plain, said, say
from models import formats
from models.case_guard import PARCEL_RECALLED, SELLER_REASONS
from models.claim import CHOICES
from models.command import CANCEL_LIMIT_RANK
from models.command_name import CommandName
from models.fact import Authority, Fact, FactKind
from models.hold import BY_HAND
from models.order import Order
from models.packing_rules import RULES, UNREAD, Packing
from models.stage import RANK, HandoverMode, Stage

# Reasons are chosen, never typed: what people type may hold a buyer's name.
REASONS: Final[Mapping[CommandName, tuple[str, ...]]] = MappingProxyType(
    {
        CommandName.SELLER_CANCEL: SELLER_REASONS,
        CommandName.REJECT_CANCEL: ("already_packed", "already_shipped", "agreed_with_buyer", "other"),
        CommandName.REJECT_RETURN: ("used", "incomplete", "too_late", "not_our_fault", "other"),
        CommandName.SWITCH_HANDOVER: ("carrier_late", "carrier_asked", "other"),
        CommandName.HOLD: ("stock_doubtful", "waiting_for_buyer", "other"),
        CommandName.RETRACT: ("mistake", "wrong_order", "other"),
        CommandName.CLOSE_CASE: ("settled", "refused", "not_needed", "other"),
    }
)
SEEN: Final = (
    FactKind.PICKED_UP, FactKind.IN_TRANSIT, FactKind.DELIVERED, FactKind.DELIVERY_ATTEMPT_FAILED,
    FactKind.LOST_DECLARED, FactKind.DAMAGED_DECLARED, FactKind.ORDER_PAID, FactKind.MARKED_SHIPPED,
    FactKind.CANCELLED, FactKind.CANCEL_REQUESTED, FactKind.BUYER_NOTIFIED, FactKind.RETURN_RECEIVED,
    FactKind.REFUND_DONE, FactKind.COMPLAINT_ANSWERED,
)  # fmt: skip
LONGEST: Final = 200
DAYS: Final = {"dmy": "DD/MM/YYYY", "mdy": "MM/DD/YYYY", "ymd": "YYYY/MM/DD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The order that a form is about, as it is now, and what packing and cancelling it is judged by."""

    order: Order
    facts: Sequence[Fact]
    zone: ZoneInfo
    now: datetime
    packing: Packing = UNREAD
    cancel_limit_rank: int = CANCEL_LIMIT_RANK


@dataclass(slots=True)
class Filled:
    """What a form gave; `missing` says in words what is still needed."""

    command: CommandName
    values: dict[str, str] = field(default_factory=dict)
    missing: str = ""


Field = Callable[[Subject, Filled], None]


def _checklist(subject: Subject, filled: Filled) -> None:
    """Show the rules once a shift; ask for each line where a flagged SKU is in the parcel."""
    if careful := subject.packing.flagged(subject.order.items):
        _ticks(careful, filled)
    elif not subject.packing.read_until(subject.now):
        _rules(filled)


def _ticks(careful: Sequence[str], filled: Filled) -> None:
    st.markdown(say("forms.careful", skus=plain(", ".join(careful))))
    ticks = [rule for rule in RULES if st.checkbox(_rule_words(rule), key=f"tick-{rule}")]
    filled.values["checklist"] = ",".join(ticks)
    if len(ticks) < len(RULES):
        filled.missing = say("forms.tick_all")


def _rules(filled: Filled) -> None:
    """One button says that they are kept in this shift; then the dialog asks no more."""
    rules_to_keep("form-keep-rules", _keep_rules)
    filled.missing = say("forms.rules_first")


def rules_to_keep(key: str, keep: Callable[[], None]) -> None:
    """Draw what a packer says with every parcel, and the button that says so."""
    st.markdown(say("forms.rules"))
    st.markdown("\n".join(f"- {_rule_words(rule)}" for rule in RULES))
    st.button(say("forms.keep_rules"), key=key, type="primary", on_click=keep)


def _keep_rules() -> None:
    """Note it; what went wrong is told as after any action, and the dialog asks on."""
    told = actions.keep_packing_rules()
    if not told.done:
        st.session_state["told"] = told


def _rule_words(rule: str) -> str:
    return capital(catalogue().text(f"packing.lines.{rule}"))


def _stock(subject: Subject, filled: Filled) -> None:
    """Ask in the same dialog where nobody looked yet (T11)."""
    if subject.order.stage is not Stage.NEW:
        return
    in_stock = st.radio(
        say("forms.stock"), ("ok", "no"), format_func=lambda found: say(f"stock.{found}"), key="form-stock"
    )
    filled.values["stock"] = in_stock


def _reason(_: Subject, filled: Filled) -> None:
    filled.values["reason_code"] = st.radio(
        say("forms.reason"), REASONS[filled.command], format_func=present.reason_words, key="form-reason"
    )


def _recalled(subject: Subject, filled: Filled) -> None:
    """A parcel that is away must be stopped before its cancellation is approved (T31)."""
    if subject.order.rank < RANK[Stage.AWAITING_HANDOVER] or subject.order.stage is Stage.CANCELLED:
        return
    if st.checkbox(say("forms.recalled"), key="form-recalled"):
        filled.values["override"] = PARCEL_RECALLED


def _handover(subject: Subject, filled: Filled) -> None:
    modes = list(HandoverMode)
    mode = st.radio(
        say("forms.handover"),
        modes,
        index=modes.index(subject.order.handover_mode),
        format_func=lambda mode: say(f"handover.{mode}"),
        key="form-handover",
        horizontal=True,
    )
    filled.values["handover_mode"] = mode.value


def _tracking(_: Subject, filled: Filled) -> None:
    if number := st.text_input(say("forms.tracking"), key="form-tracking", max_chars=LONGEST).strip():
        filled.values["tracking_no"] = number


def _due(subject: Subject, filled: Filled) -> None:
    filled.values["due_at"] = _moment(subject, say("forms.due"), "form-due").isoformat()


def _seen(_: Subject, filled: Filled) -> None:
    filled.values["kind"] = st.selectbox(
        say("forms.seen"),
        SEEN,
        format_func=lambda kind: capital(catalogue().text(f"facts.{kind}")),
        key="form-seen",
    )


def _at(subject: Subject, filled: Filled) -> None:
    filled.values["at"] = min(_moment(subject, say("forms.at"), "form-at"), subject.now).isoformat()


def _moment(subject: Subject, label: str, key: str) -> datetime:
    """Ask for a moment in the shop's zone; give it in UTC."""
    local = subject.now.astimezone(subject.zone).replace(second=0, microsecond=0)
    day_column, time_column = st.columns(2)
    day = day_column.date_input(
        say("forms.day", what=label, zone=subject.zone.key),
        local.date(),
        key=f"{key}-day",
        format=DAYS[formats.order_of_date()],
    )
    at = time_column.time_input(say("forms.time"), local.time(), key=f"{key}-time", step=300)
    return datetime.combine(day, at, subject.zone).astimezone(UTC)


def _hold(_: Subject, filled: Filled) -> None:
    filled.values["hold"] = st.selectbox(
        say("forms.hold"), sorted(BY_HAND), format_func=lambda hold: catalogue().text(f"facts.holds.{hold}"),
        key="form-hold",
    )  # fmt: skip


def _held(subject: Subject, filled: Filled) -> None:
    holds = sorted(subject.order.holds)
    if not holds:
        filled.missing = say("forms.no_hold")
        return
    filled.values["hold"] = st.selectbox(
        say("forms.held"),
        holds,
        format_func=lambda hold: catalogue().text(f"facts.holds.{hold}"),
        key="form-held",
    )


def _choice(_: Subject, filled: Filled) -> None:
    filled.values["choice"] = st.radio(
        say("forms.choice"), CHOICES, format_func=lambda choice: say(f"answers.{choice}"), key="form-choice"
    )


def _entry(subject: Subject, filled: Filled) -> None:
    entries = {fact.source_key: fact for fact in subject.facts if fact.authority is Authority.HUMAN}
    if not entries:
        entries = {fact.source_key: fact for fact in subject.facts}
    filled.values["fact_id"] = st.selectbox(
        say("forms.entry"),
        list(entries),
        format_func=lambda key: _entry_words(entries[key], subject),
        key="form-entry",
    )


def _entry_words(fact: Fact, subject: Subject) -> str:
    what = capital(catalogue().text(f"facts.{fact.kind}"))
    return say("forms.entry_line", what=what, when=present.when(fact.occurred_at, subject.zone, subject.now))


def _case(subject: Subject, filled: Filled) -> None:
    cases = {case.case_id: catalogue().text(f"facts.cases.{case.kind}") for case in subject.order.open_cases}
    conflicts = {one.case_id: said(f"pages.conflicts.{one.id}", say("conflicts.other"))
                 for one in subject.order.conflicts if not one.settled}  # fmt: skip
    choices = {**cases, **conflicts}
    if not choices:
        filled.missing = say("forms.no_case")
        return
    filled.values["case_id"] = st.selectbox(
        say("forms.case"), list(choices), format_func=lambda key: capital(choices[key]), key="form-case"
    )


def _step(subject: Subject, filled: Filled) -> None:
    case = next((case for case in subject.order.open_cases if case.next_step), None)
    if case is None or case.next_step is None:
        filled.missing = say("forms.no_case")
        return
    filled.values.update(case_id=case.case_id, step=str(case.next_step))
    st.markdown(say("forms.next_step", step=catalogue().text(f"refusals.steps.{case.next_step}")))


# What each command still needs, by the name of the value it fills.
FIELDS: Final[Mapping[CommandName, Mapping[str, Field]]] = MappingProxyType(
    {
        CommandName.MARK_PACKED: {"stock": _stock, "checklist": _checklist},
        CommandName.MARK_SHIPPED: {"handover_mode": _handover, "tracking_no": _tracking},
        CommandName.SWITCH_HANDOVER: {"handover_mode": _handover, "reason_code": _reason},
        CommandName.SELLER_CANCEL: {"reason_code": _reason},
        CommandName.APPROVE_CANCEL: {"override": _recalled},
        CommandName.REJECT_CANCEL: {"reason_code": _reason},
        CommandName.EXTEND_ANSWER: {"due_at": _due},
        CommandName.CLAIM_STEP: {"step": _step},
        CommandName.CHOOSE_CLAIM: {"choice": _choice},
        CommandName.REJECT_RETURN: {"reason_code": _reason},
        CommandName.RECORD: {"kind": _seen, "at": _at},
        CommandName.HOLD: {"hold": _hold, "reason_code": _reason},
        CommandName.RELEASE: {"hold": _held},
        CommandName.RETRACT: {"fact_id": _entry, "reason_code": _reason},
        CommandName.CLOSE_CASE: {"case_id": _case, "reason_code": _reason},
    }
)


ASKED_WHEN_REFUSED: Final = frozenset({"checklist_incomplete", "careful_sku"})
"""Refusals that a form mends: one click packs, unless the rules are to be read or ticked first."""


def asks(command: CommandName, values: Mapping[str, str]) -> bool:
    """Tell whether a command needs something from a person before it can be tried."""
    return command is not CommandName.MARK_PACKED and bool(set(FIELDS.get(command, {})) - set(values))


def fill(command: CommandName, given: Mapping[str, str], subject: Subject) -> Filled:
    """Draw the fields that are not given yet; give all values."""
    filled = Filled(command=command)
    for name, draw in FIELDS.get(command, {}).items():
        if name not in given:
            draw(subject, filled)
    filled.values.update(given)
    return filled
