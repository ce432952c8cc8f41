"""What must happen to an order by when: the words of a clock and the table of all clocks.

Pure values; `models.clock` runs them. Times are aware and in UTC. The rows of RULES are those of
order-lifecycle, section 7; lengths and warnings are figures of a policy (`models/policies/*.toml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.fact import FactKind


class RuleId(StrEnum):
    """The clocks, by the document's ids. D20 to D22 belong to a shop, not to an order."""

    D01 = "D01"
    D02 = "D02"
    D03 = "D03"
    D04 = "D04"
    D05 = "D05"
    D06 = "D06"
    D07 = "D07"
    D08 = "D08"
    D09 = "D09"
    D10 = "D10"
    D11 = "D11"
    D12 = "D12"
    D13 = "D13"
    D14 = "D14"
    D14B = "D14b"
    D15 = "D15"
    D17 = "D17"
    D18 = "D18"
    D20 = "D20"
    D21 = "D21"
    D22 = "D22"


class DeadlineState(StrEnum):
    """Where a clock stands; UNKNOWN is neither met nor breached."""

    RUNNING = "RUNNING"
    WARNED = "WARNED"
    BREACHED = "BREACHED"
    MET_LATE = "MET_LATE"
    MET = "MET"
    VOID = "VOID"
    PAUSED = "PAUSED"
    UNKNOWN = "UNKNOWN"


class ClockType(StrEnum):
    """Whose clock: the platform's (never pauses), our own aim (pauses on hold), the system's health."""

    RULE = "rule"
    TARGET = "target"
    WATCH = "watch"


class Fault(StrEnum):
    """Who answers for a breach."""

    SHOP = "shop"
    CARRIER = "carrier"
    NOBODY = "nobody"
    SYSTEM = "system"


OPEN_STATES: Final = frozenset(
    {DeadlineState.RUNNING, DeadlineState.WARNED, DeadlineState.PAUSED, DeadlineState.BREACHED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table: what stops the clock, and whose fault its breach is.

    `stops` are the kinds named there; `stop_rank` is the rank whose proof stops it too ("implied").
    `asks` are the kinds of evidence that this shop must have received once, before the clock may accuse.
    """

    clock: ClockType
    stops: frozenset[FactKind] = frozenset()
    stop_rank: int | None = None
    fault: Fault
    asks: frozenset[FactKind] = frozenset()


def _kinds(*kinds: FactKind) -> frozenset[FactKind]:
    return frozenset(kinds)


_K = FactKind
_RULE, _TARGET, _WATCH = ClockType.RULE, ClockType.TARGET, ClockType.WATCH

RULES: Final[Mapping[RuleId, Rule]] = MappingProxyType(
    {
        RuleId.D01: Rule(clock=_TARGET, stop_rank=20, fault=Fault.SHOP),
        RuleId.D02: Rule(clock=_RULE, stops=_kinds(_K.MARKED_SHIPPED), stop_rank=40, fault=Fault.SHOP),
        RuleId.D03: Rule(clock=_TARGET, stop_rank=30, fault=Fault.SHOP),
        RuleId.D04: Rule(
            clock=_RULE,
            stops=_kinds(_K.PICKED_UP),
            stop_rank=50,
            fault=Fault.CARRIER,
            asks=_kinds(_K.PICKED_UP),
        ),
        RuleId.D05: Rule(clock=_TARGET, stops=_kinds(_K.COMPLAINT_FILED), fault=Fault.SHOP),
        RuleId.D06: Rule(clock=_RULE, stops=_kinds(_K.DROPPED_OFF), stop_rank=50, fault=Fault.SHOP),
        RuleId.D07: Rule(
            clock=_WATCH,
            stops=_kinds(_K.IN_TRANSIT),
            stop_rank=60,
            fault=Fault.CARRIER,
            asks=_kinds(_K.IN_TRANSIT),
        ),
        RuleId.D08: Rule(
            clock=_RULE,
            stops=_kinds(_K.CANCEL_APPROVED, _K.CANCEL_REJECTED, _K.CANCEL_WITHDRAWN, _K.CANCELLED),
            fault=Fault.SHOP,
        ),
        RuleId.D09: Rule(clock=_RULE, stops=_kinds(_K.ORDER_PAID), stop_rank=10, fault=Fault.NOBODY),
        RuleId.D10: Rule(
            clock=_RULE,
            stops=_kinds(_K.DELIVERED, _K.LOST_DECLARED, _K.DAMAGED_DECLARED),
            fault=Fault.CARRIER,
            asks=_kinds(_K.DELIVERED),
        ),
        RuleId.D11: Rule(clock=_RULE, stops=_kinds(_K.DELIVERED), fault=Fault.CARRIER, asks=_kinds(_K.DELIVERED)),
        RuleId.D12: Rule(clock=_RULE, fault=Fault.CARRIER),
        RuleId.D13: Rule(clock=_TARGET, stops=_kinds(_K.BUYER_NOTIFIED), fault=Fault.SHOP),
        RuleId.D14: Rule(clock=_TARGET, fault=Fault.SHOP),
        RuleId.D14B: Rule(clock=_RULE, stops=_kinds(_K.REFUND_REQUESTED), fault=Fault.SHOP),
        RuleId.D15: Rule(
            clock=_RULE,
            stops=_kinds(_K.RETURN_ACCEPTED, _K.RETURN_REJECTED),
            fault=Fault.SHOP,
        ),
        RuleId.D17: Rule(
            clock=_WATCH,
            stops=_kinds(_K.PICKED_UP, _K.IN_TRANSIT, _K.DELIVERY_ATTEMPT_FAILED, _K.DELIVERED),
            fault=Fault.CARRIER,
            asks=_kinds(_K.IN_TRANSIT, _K.DELIVERY_ATTEMPT_FAILED, _K.DELIVERED),
        ),
        RuleId.D18: Rule(clock=_TARGET, stops=_kinds(_K.RETURN_REQUESTED), fault=Fault.NOBODY),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One clock of one order; (`rule`, `about`) is its key among the order's clocks.

    `about` tells apart clocks of one rule: a request's number, a claim's step. `warn_level` counts the
    warnings whose moment passed by the time the clock stopped, `warned_at_start` those that had passed before it
    began: its time is short by rule, which is no news. `withdrawn` says that the clock is MET and yet at
    `due_at` no stop was known: a breach had been seen. `accuses`: whether silence meant anything at `due_at`;
    `asks`: it did not, and the clock is UNKNOWN. `extended_by` names the announcement that moved `due_at`.
    `next_check_at` is the next moment at which time alone changes it.
    """

    rule: RuleId
    about: str = ""
    state: DeadlineState
    start_at: datetime
    due_at: datetime
    warn_level: int = 0
    warned_at_start: int = 0
    stated: bool = False
    extended_by: str | None = None
    breached_at: datetime | None = None
    met_at: datetime | None = None
    withdrawn: bool = False
    accuses: bool = True
    asks: bool = False
    next_check_at: datetime | None = None
    fault: Fault
    clock: ClockType

    @property
    def open(self) -> bool:
        """Whether news or time may still change what must be done."""
        return self.state in OPEN_STATES

    @property
    def seen_breached(self) -> bool:
        """Whether a breach was seen at some time, even if late news took it back."""
        return self.accuses and (self.breached_at is not None or self.withdrawn)
