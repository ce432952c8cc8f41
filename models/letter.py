"""Which letters an order gives cause for, to TikTok Shop or to its carrier, and the facts each of them rests on.

Pure: an order in, letters out. A letter says what facts hold and nothing else; a moment that is only implied, or only
known as the last at which it can have been, is none of them. Its words are in `models/letters/LANGUAGE.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.case import CaseKind
from models.deadline import Deadline, DeadlineState, Fault, RuleId
from models.fact import FactKind
from models.order import Order
from models.outgoing import carrier_name, goods, number
from models.stage import HandoverMode, Stage

LOST: Final = "claim:lost"
DISPUTED: Final = "X06"  # said to be delivered and lost
BUYER: Final = "buyer"  # whose wish a cancellation was
UNDER_WAY: Final = frozenset({Stage.PICKED_UP, Stage.IN_TRANSIT})
MISSED: Final = frozenset({DeadlineState.BREACHED, DeadlineState.MET_LATE})


class LetterKind(StrEnum):
    """What is written for, in the order in which a page shows it."""

    APPEAL_NOT_COLLECTED = "appeal_not_collected"
    APPEAL_NOT_SCANNED = "appeal_not_scanned"
    APPEAL_BUYER_CANCELLED = "appeal_buyer_cancelled"
    COMPLAINT_NOT_COLLECTED = "complaint_not_collected"
    CLAIM_LOST = "claim_lost"
    QUESTION_NOT_RECEIVED = "question_not_received"
    QUESTION_SILENT = "question_silent"


class Addressee(StrEnum):
    """Who gets the letter."""

    PLATFORM = "platform"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter that the order gives cause for.

    `moments` (UTC) and `names` are what it can say, by the placeholders of its words, in the order in which it does.
    What is not known is in neither of them.
    """

    kind: LetterKind
    to: Addressee
    moments: Mapping[str, datetime]
    names: Mapping[str, str]


def letters(order: Order, now: datetime) -> tuple[Letter, ...]:
    """The letters that the order gives cause for at `now`; mostly none."""
    return tuple(_letter(kind, order, now) for kind in LetterKind if KINDS[kind].applies(order))


def _letter(kind: LetterKind, order: Order, now: datetime) -> Letter:
    row, known = KINDS[kind], _moments(order, now)
    moments = {key: moment for key in row.says if (moment := known.get(key))}
    return Letter(kind=kind, to=row.to, moments=moments, names=_names(order, row))


def _names(order: Order, row: _Kind) -> Mapping[str, str]:
    found = {
        "carrier": ", ".join(dict.fromkeys(filter(None, (carrier_name(parcel.carrier) for parcel in order.parcels)))),
        "tracking_no": ", ".join(filter(None, (number(parcel.tracking_no) for parcel in order.parcels))),
        "goods": "; ".join(filter(None, map(goods, order.items))) if row.names_goods else "",
    }
    return {key: value for key, value in found.items() if value}


def _moments(order: Order, now: datetime) -> Mapping[str, datetime | None]:
    attempts, silent = order.deadline(RuleId.D12), order.deadline(RuleId.D17)
    return {
        "placed_at": None if order.clock_estimated else order.placed_at,
        "ship_by": _due(order, RuleId.D02),
        "shipped_at": _at(order, FactKind.MARKED_SHIPPED),
        "collect_by": _due(order, RuleId.D04),
        "collected_at": _at(order, FactKind.PICKED_UP),
        "drop_off_by": _due(order, RuleId.D06),
        "dropped_off_at": _at(order, FactKind.DROPPED_OFF),
        "scanned_at": _at(order, FactKind.IN_TRANSIT),
        "last_news_at": silent.start_at if silent else None,
        "first_attempt_at": attempts.start_at if attempts else None,
        "second_attempt_at": attempts.due_at if attempts else None,
        "deliver_by": _due(order, RuleId.D10) if _missed(order, RuleId.D10) else None,
        "delivered_at": _at(order, FactKind.DELIVERED),
        "lost_at": _at(order, FactKind.LOST_DECLARED),
        "complained_at": _at(order, FactKind.COMPLAINT_FILED),
        "asked_to_cancel_at": _at(order, FactKind.CANCEL_REQUESTED),
        "cancelled_at": _at(order, FactKind.CANCELLED),
        "as_of": now,
    }


def _at(order: Order, kind: FactKind) -> datetime | None:
    told = order.milestones.get(kind)
    return told.at if told and not told.at_latest else None


def _due(order: Order, rule: RuleId) -> datetime | None:
    clock = order.deadline(rule)
    return clock.due_at if clock else None


def _missed(order: Order, rule: RuleId) -> Deadline | None:
    clock = order.deadline(rule)
    return clock if clock and clock.state in MISSED else None


def _is(order: Order, rule: RuleId, state: DeadlineState) -> bool:
    clock = order.deadline(rule)
    return clock is not None and clock.state is state


def _by_carrier(order: Order, rule: RuleId) -> bool:
    missed = _missed(order, rule)
    return missed is not None and missed.fault is Fault.CARRIER


def _collected_late(order: Order) -> bool:
    """The shop was in time (D02), the carrier was not (D04)."""
    return _is(order, RuleId.D02, DeadlineState.MET) and _by_carrier(order, RuleId.D04)


def _scanned_late(order: Order) -> bool:
    """The shop was in time (D02, D06), the carrier's first scan was not (D07)."""
    in_time = all(_is(order, rule, DeadlineState.MET) for rule in (RuleId.D02, RuleId.D06))
    return in_time and _by_carrier(order, RuleId.D07)


def _cancelled_by_buyer(order: Order) -> bool:
    """The buyer took the purpose from the clock of dispatch, or of handing over, before it was over."""
    if order.stage is not Stage.CANCELLED or order.presumed or order.cancel_actor != BUYER:
        return False
    if _is(order, RuleId.D02, DeadlineState.VOID):
        return True
    handing_over = RuleId.D04 if order.handover_mode is HandoverMode.PICKUP else RuleId.D06
    return _is(order, RuleId.D02, DeadlineState.MET) and _is(order, handing_over, DeadlineState.VOID)


def _not_collected(order: Order) -> bool:
    """The carrier's time is over, it has not come, and that is still what matters (T16)."""
    waits = any(case.open for case in order.cases if case.kind is CaseKind.CARRIER_COMPLAINT)
    return waits and _is(order, RuleId.D04, DeadlineState.BREACHED)


def _lost(order: Order) -> bool:
    """A claim for a loss is open, and no delivery speaks against it (T20 to T22)."""
    claim = order.case(LOST)
    return claim is not None and claim.open and not claim.waiting


def _not_received(order: Order) -> bool:
    """Delivered, as one tells, and lost, as another does; nobody has decided yet (X06)."""
    disputed = any(conflict.id == DISPUTED and not conflict.settled for conflict in order.conflicts)
    told = {FactKind.DELIVERED, FactKind.LOST_DECLARED} <= order.milestones.keys()
    return disputed and told


def _silent(order: Order) -> bool:
    """The carrier has the parcel, and nothing has been heard of it for too long (D17)."""
    return order.stage in UNDER_WAY and _is(order, RuleId.D17, DeadlineState.BREACHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    to: Addressee
    applies: Callable[[Order], bool]
    says: tuple[str, ...]
    names_goods: bool = False


KINDS: Final[Mapping[LetterKind, _Kind]] = MappingProxyType(
    {
        LetterKind.APPEAL_NOT_COLLECTED: _Kind(
            to=Addressee.PLATFORM,
            applies=_collected_late,
            says=("placed_at", "ship_by", "shipped_at", "collect_by", "complained_at", "collected_at", "as_of"),
        ),
        LetterKind.APPEAL_NOT_SCANNED: _Kind(
            to=Addressee.PLATFORM,
            applies=_scanned_late,
            says=("placed_at", "ship_by", "shipped_at", "drop_off_by", "dropped_off_at", "scanned_at", "as_of"),
        ),
        LetterKind.APPEAL_BUYER_CANCELLED: _Kind(
            to=Addressee.PLATFORM,
            applies=_cancelled_by_buyer,
            says=("placed_at", "ship_by", "shipped_at", "asked_to_cancel_at", "cancelled_at"),
        ),
        LetterKind.COMPLAINT_NOT_COLLECTED: _Kind(
            to=Addressee.CARRIER,
            applies=_not_collected,
            says=("shipped_at", "collect_by", "complained_at", "as_of"),
        ),
        LetterKind.CLAIM_LOST: _Kind(
            to=Addressee.CARRIER,
            applies=_lost,
            says=(
                "shipped_at", "collected_at", "dropped_off_at", "scanned_at", "first_attempt_at", "second_attempt_at",
                "deliver_by", "lost_at", "as_of",
            ),
            names_goods=True,
        ),
        LetterKind.QUESTION_NOT_RECEIVED: _Kind(
            to=Addressee.PLATFORM,
            applies=_not_received,
            says=("shipped_at", "delivered_at", "lost_at"),
        ),
        LetterKind.QUESTION_SILENT: _Kind(
            to=Addressee.PLATFORM,
            applies=_silent,
            says=("shipped_at", "collected_at", "last_news_at", "as_of"),
        ),
    }
)  # fmt: skip
"""When each kind of letter has cause, to whom it goes and which moments it tells."""
