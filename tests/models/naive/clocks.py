"""The clocks of section 7, each written down again by hand from the words of order-lifecycle.

Naive on purpose: plain questions about a list of reports, figures in place. Of the product it takes the words alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from models.fact import FactKind as K
from tests.models.naive.course import HOUR, Course
from tests.models.naive.evidence import speaks
from tests.models.naive.opening import after_business_hours, after_hours
from tests.models.naive.order import HUMAN, NEVER, RETURN
from tests.models.naive.working_days import market_of, working_day_due

BROKEN: Final = frozenset({"BREACHED", "MET_LATE"})


class Clock(NamedTuple):
    """One clock as the reports of a minute leave it; all times are facts or computed from facts.

    `stop` is when a kind named in the table stopped it; `implied` when a higher rank proved that something had;
    `void` when it lost its purpose; `asks`: this shop had never seen such evidence by `due`; `counts`: it is no
    time but a count, broken when that is reached.
    """

    rule: str
    about: str
    due: datetime
    stop: datetime | None = None
    implied: datetime | None = None
    void: datetime | None = None
    asks: bool = False
    counts: bool = False

    def state(self, now: datetime) -> str:
        """RUNNING (warned or paused, too), MET, MET_LATE, BREACHED, VOID or UNKNOWN."""
        if self.void and self.void <= self.due and not (self.stop and self.stop <= self.void):
            return "VOID"
        if self.stop:
            return "MET" if self.stop <= self.due else "MET_LATE"
        if self.implied:
            return "MET" if self.implied <= self.due else "UNKNOWN"
        if now <= self.due and not self.counts:
            return "RUNNING"
        return "UNKNOWN" if self.asks else "BREACHED"


def first(*times: datetime | None) -> datetime | None:
    """The earliest of those that are known."""
    return min((at for at in times if at), default=None)


class Rules(Course):
    """The clocks of one order at one minute, but for those of claims."""

    def clocks(self) -> list[Clock]:
        """Every clock that started."""
        rows = (self.d01, self.d02, self.d03, self.d04, self.d05, self.d06, self.d07, self.d08)
        more = (self.d10, self.d11, self.d12, self.d13, self.d15, self.d17)
        return [clock for row in (*rows, *more) for clock in row()]

    def business(self, start: datetime, hours: int) -> datetime:
        """So many of the shop's open hours later."""
        return after_business_hours(start, hours, self.seen.shop.zone, self.seen.shop.closed, self.holds)

    def d01(self) -> Iterator[Clock]:
        """Confirm: 4 business hours after we saw the payment; rank 20 stops it."""
        paid = self.seen.of(K.ORDER_PAID)
        if paid:
            due = self.seen.stated("D01") or self.business(min(told.seen for told in paid), 4)
            yield Clock("D01", "", due, self.seen.proof(20), None, self.gone)

    def ship_due(self) -> datetime | None:
        """72 h after the order was placed, or as stated, or as its market says; not before it is paid."""
        if self.placed is None:
            return self.seen.stated("D02")
        if self.seen.proof(10) is None:
            return None
        return self.seen.stated("D02") or self.market_due("ship") or self.placed + 72 * HOUR

    def market_due(self, what: str) -> datetime | None:
        """When the market's working days since the order are over; None where hours count."""
        market = market_of(self.seen.shop)
        days = market and (market.ship_days if what == "ship" else market.deliver_days)
        if market is None or self.placed is None or days is None:
            return None
        return working_day_due(self.seen.shop, market, self.placed, days)

    def hand_over_due(self, shipped: datetime) -> datetime:
        """48 h after shipped; where the market counts from the order, that, unless it was over before."""
        since_order = self.market_due("ship")
        return since_order if since_order and since_order > shipped else shipped + 48 * HOUR

    def d02(self) -> Iterator[Clock]:
        """Pack and set to shipped: `marked_shipped` or any rank from 40 stops it."""
        due = self.ship_due()
        if due:
            yield Clock("D02", "", due, self.shipped, self.seen.proof(40), self.gone)

    def d03(self) -> Iterator[Clock]:
        """Pack: from rank 20 until 12 h before D02; rank 30 stops it."""
        start, ship = self.seen.proof(20), self.ship_due()
        if start and ship:
            market = market_of(self.seen.shop)
            aim = ship - (market.pack_before if market else 12) * HOUR
            if aim > start:
                due = after_hours(start, (aim - start) / HOUR, self.holds)
            else:  # it was over before it began, unless it stands still ever since
                due = NEVER if any(hold.start <= aim and hold.end == NEVER for hold in self.holds) else aim
            yield Clock("D03", "", due, self.seen.proof(30), None, self.gone)

    def hand_over_stated(self, rule: str, shipped: datetime) -> datetime | None:
        """The stated time; none when it was over before the parcel was set to shipped."""
        stated = self.seen.stated(rule)
        return stated if stated and stated > shipped else None

    def d04(self) -> Iterator[Clock]:
        """The carrier collects: 48 h after shipped; `picked_up` or any rank from 50 stops it."""
        if self.shipped and self.mode == "pickup":
            due = self.hand_over_stated("D04", self.shipped) or self.hand_over_due(self.shipped)
            asks = not self.ever_saw(due, K.PICKED_UP)
            yield Clock("D04", "", due, self.seen.when(K.PICKED_UP), self.seen.proof(50), self.gone, asks)

    def d05(self) -> Iterator[Clock]:
        """File the complaint: 12 h after D04 was breached; void when the parcel was collected after all."""
        for d04 in self.d04():
            if d04.state(NEVER) in BROKEN and not d04.asks:
                due = self.seen.stated("D05") or after_hours(d04.due, 12, self.holds)
                came = d04.stop or d04.implied
                yield Clock("D05", "", due, self.seen.when(K.COMPLAINT_FILED), None, first(came, self.gone))

    def d06(self) -> Iterator[Clock]:
        """Bring to the post office: 48 h after shipped; `dropped_off` or any rank from 50 stops it."""
        if self.shipped and self.mode == "drop_off":
            due = self.hand_over_stated("D06", self.shipped) or self.hand_over_due(self.shipped)
            yield Clock("D06", "", due, self.seen.when(K.DROPPED_OFF), self.seen.proof(50), self.gone)

    def d07(self) -> Iterator[Clock]:
        """First scan: 24 h after a person said "dropped off"; the carrier's own word of it is a scan."""
        said = [told.at for told in self.seen.of(K.DROPPED_OFF) if told.strength == HUMAN]
        if said and self.mode == "drop_off":
            due = self.seen.stated("D07") or min(said) + 24 * HOUR
            taken = speaks([told for told in self.seen.of(K.DROPPED_OFF) if told.strength > HUMAN])
            stop = first(taken and taken.at, self.seen.when(K.IN_TRANSIT))
            asks = not self.ever_saw(due, K.IN_TRANSIT)
            yield Clock("D07", "", due, stop, self.seen.proof(60), self.gone, asks)

    def d08(self) -> Iterator[Clock]:
        """Answer the buyer's wish to cancel: 48 h, or as extended; void once cancelled before, or never paid (D09)."""
        for request in self.requests:
            void = self.cancelled if self.cancelled and self.cancelled < request.at else self.unpaid_until
            yield Clock("D08", request.name, request.due, first(request.answered_at, self.cancelled), None, void)

    def d10(self) -> Iterator[Clock]:
        """Lost: shipped by the seller, not received 14 days after; delivered, lost, cancelled stop it."""
        if self.shipped and self.shipping == "seller":
            due = self.seen.stated("D10") or self.shipped + timedelta(days=14)
            lost = first(self.seen.when(K.LOST_DECLARED), self.seen.when(K.DAMAGED_DECLARED))
            presumed = None if self.delivered else self.second_attempt  # section 5.2
            stop = first(self.delivered, lost, presumed)
            yield Clock("D10", "", due, stop, None, self.gone, not self.ever_saw(due, K.DELIVERED))

    def d11(self) -> Iterator[Clock]:
        """The promised time itself; delivered and cancelled stop it."""
        due = self.seen.stated("D11") or self.promised or self.market_due("deliver")
        if due:
            yield Clock("D11", "", due, self.delivered, None, self.gone, not self.ever_saw(due, K.DELIVERED))

    def d12(self) -> Iterator[Clock]:
        """Two failed attempts break it, unless it was delivered or cancelled before."""
        if self.second_attempt:
            yield Clock("D12", "", self.second_attempt, self.delivered, None, self.gone, counts=True)

    def presumed_lost(self) -> datetime | None:
        """When the parcel counted as lost by our own clocks: D10 or two attempts, never against a delivery."""
        if self.delivered:
            return None
        late = [clock.due for clock in (*self.d10(), *self.d12()) if clock.state(NEVER) == "BREACHED"]
        return min(late, default=None)

    def lost(self) -> datetime | None:
        """When it was lost, as declared, else as presumed."""
        return self.declared.at if self.declared and self.declared_holds else self.presumed_lost()

    def d13(self) -> Iterator[Clock]:
        """Ask the buyer: 12 business hours after the first failed attempt; moot when it arrived or was lost."""
        if self.attempts:
            due = self.seen.stated("D13") or self.business(self.attempts[0].at, 12)
            told = [told.at for told in self.seen.of(K.BUYER_NOTIFIED) if told.payload.get("case_id") == "delivery"]
            moot = first(self.gone, self.second_attempt, self.lost(), self.delivered)
            yield Clock("D13", "", due, min(told, default=None), None, moot)

    def d15(self) -> Iterator[Clock]:
        """Answer the buyer's wish to give back: 48 h, or as extended."""
        for request in self.seen.wishes(RETURN):
            yield Clock("D15", request.name, request.due, request.answered_at, None, self.cancelled)

    def d17(self) -> Iterator[Clock]:
        """Silence: 72 h after the last sign of the parcel; not waited for once it arrived, was lost or cancelled."""
        kinds = (K.PICKED_UP, K.DROPPED_OFF, K.IN_TRANSIT, K.DELIVERY_ATTEMPT_FAILED)
        last = max((told.at for told in self.seen.of(*kinds) if told.rank >= 50), default=None)
        if last:
            due = self.seen.stated("D17") or last + 72 * HOUR
            asks = not self.ever_saw(due, K.IN_TRANSIT, K.DELIVERY_ATTEMPT_FAILED, K.DELIVERED)
            yield Clock("D17", "", due, self.delivered, None, first(self.gone, self.lost()), asks)
