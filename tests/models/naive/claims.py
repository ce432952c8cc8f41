"""The clocks of claims (D14), and the stage: what is left of the naive rules.

Written from order-lifecycle, sections 5 to 7 (T20 to T27), by hand a second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from models.fact import FactKind as K
from models.stage import Stage
from tests.models.naive.clocks import BROKEN, Clock, Rules, first
from tests.models.naive.evidence import Told
from tests.models.naive.opening import after_hours
from tests.models.naive.order import NEVER


class Claim(NamedTuple):
    """A lost, damaged or late parcel. `begun` is when its steps fall due, `frozen` says that a person must decide."""

    name: str
    opened: datetime
    begun: datetime | None
    closed: datetime | None
    frozen: bool = False


class Whole(Rules):
    """Everything that is compared: all clocks, the stage."""

    def all_clocks(self) -> list[Clock]:
        """Every clock that started, those of claims with them."""
        return [*self.clocks(), *self.d14()]

    def d14(self) -> Iterator[Clock]:
        """Each step of a claim: 24 h after the claim began or the step before it was done."""
        for claim in self.claims():
            start = claim.begun
            for step in ("cancel", "notify", "request_refund"):
                if start is None:
                    break
                done = self.done(claim.name, step)
                if done is None and claim.frozen:
                    break
                due = self.seen.stated("D14") or after_hours(start, 24, self.holds)
                yield Clock("D14", f"{claim.name}/{step}", due, done, None, claim.closed)
                start = max(start, done) if done else None

    def done(self, claim: str, step: str) -> datetime | None:
        """When a step of the claim was done; the platform's own cancelling is the first step, too."""
        if step == "cancel":
            return self.cancelled
        kind = K.BUYER_NOTIFIED if step == "notify" else K.REFUND_REQUESTED
        return min((told.at for told in self.of_claim(kind, claim)), default=None)

    def claims(self) -> list[Claim]:
        """The claims there are; a late one makes way for a loss."""
        lost, late = self.lost_claim(), self.late_claim()
        if lost and late:
            if late.opened >= lost.opened:
                return [lost]
            late = late._replace(closed=first(late.closed, lost.opened))
        return [claim for claim in (lost, late) if claim]

    def lost_claim(self) -> Claim | None:
        """Opened by a declared loss, or by D10 or D12; closed when it was delivered after all (T26)."""
        times = [clock.due for clock in (*self.d10(), *self.d12()) if self.accused(clock)]
        if self.declared:
            times.append(self.declared.at)
        if not times:
            return None
        name = "claim:damaged" if self.declared and self.declared.kind is K.DAMAGED_DECLARED else "claim:lost"
        opened, closed = min(times), self.closed_by_hand(name, min(times))
        disputed = False
        asked = self.done(name, "request_refund")
        if self.delivered and (self.declared or (asked and asked < self.delivered)):
            disputed = True  # X06: frozen until a person decides
        elif self.delivered:
            closed = first(closed, max(self.delivered, opened))
        chosen = self.chosen(name)
        begun = max(opened, chosen) if chosen else opened
        return Claim(name, opened, begun, closed, frozen=disputed and not chosen)

    def accused(self, clock: Clock) -> bool:
        """Whether it is broken, or was seen broken until the news came that it was not."""
        kinds = (K.DELIVERED,) if clock.rule == "D12" else (K.DELIVERED, K.LOST_DECLARED, K.DAMAGED_DECLARED)
        ends = [told.seen for told in self.seen.of(*kinds)]
        withdrawn = clock.state(NEVER) == "MET" and min(ends, default=clock.due) > clock.due
        return not clock.asks and (withdrawn or clock.state(NEVER) in BROKEN)

    def late_claim(self) -> Claim | None:
        """Opened by D11; its steps begin when a person chooses to claim (T23); a delivery closes it (T25)."""
        for d11 in self.d11():
            if d11.state(NEVER) in BROKEN and not d11.asks:
                chosen, closed = self.chosen("claim:late"), self.closed_by_hand("claim:late", d11.due)
                if self.delivered and (self.cancelled is None or self.delivered < self.cancelled):
                    closed = first(closed, max(self.delivered, d11.due))
                by_us = (
                    self.cancelled if self.seen.text("reason_code", K.CANCELLED, K.CANCEL_APPROVED) == "late" else None
                )
                told = chosen or by_us
                begun = max(d11.due, told) if told else None
                return Claim("claim:late", d11.due, begun, closed)
        return None

    def chosen(self, claim: str) -> datetime | None:
        """When a person chose to claim, if that was chosen last."""
        said = [told for told in self.seen.of(K.CLAIM_CHOSEN) if told.payload.get("case_id") == claim]
        last = max(said, key=lambda told: (told.at, told.key), default=None)
        return last.at if last and last.payload.get("choice") == "claim" else None

    def closed_by_hand(self, claim: str, opened: datetime) -> datetime | None:
        """When a person closed the case, or its refund came."""
        closings = [told.at for told in self.of_claim(K.CASE_CLOSED, claim) if told.at >= opened]
        return min([*closings, *(told.at for told in self.of_claim(K.REFUND_DONE, claim))], default=None)

    def of_claim(self, kind: K, claim: str) -> list[Told]:
        """The reports of this kind that name the claim."""
        return [told for told in self.seen.of(kind) if told.payload.get("case_id") == claim]

    def stage(self, now: datetime) -> tuple[Stage, bool]:
        """The stage but for COMPLETED, and whether it is presumed (section 5)."""
        if self.cancelled:
            return Stage.CANCELLED, False
        if self.declared and self.declared_holds:
            return (Stage.LOST if self.declared.kind is K.LOST_DECLARED else Stage.DAMAGED), False
        presumed = self.presumed_lost_at(now)
        if presumed:
            return Stage.LOST, True
        if self.presumed_cancelled and now > self.presumed_cancelled:
            return Stage.CANCELLED, True
        ranks = {told.rank for told in self.seen.told} - {70}
        return {
            -1: Stage.UNPAID,
            0: Stage.UNPAID,
            10: Stage.NEW,
            20: Stage.CONFIRMED,
            30: Stage.PACKED,
            40: Stage.AWAITING_HANDOVER,
            50: Stage.PICKED_UP,
            60: Stage.IN_TRANSIT,
            80: Stage.DELIVERED,
        }[max(ranks, default=-1)], False

    def presumed_lost_at(self, now: datetime) -> bool:
        """Whether our own clocks take it for lost now."""
        if self.delivered:
            return False
        return any(clock.state(now) == "BREACHED" for clock in (*self.d10(), *self.d12()))
