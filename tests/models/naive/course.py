"""What became of an order by the reports of one minute: cancelled, lost, on hold, leaving this way or that.

Written from order-lifecycle, sections 3 to 6 and 8, by hand a second time; of the product it takes the words alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from models.fact import FactKind as K
from tests.models.naive.evidence import Told, speaks
from tests.models.naive.order import CANCEL, HUMAN, NEVER, PLATFORM, Seen
from tests.models.naive.working_days import market_of

HOUR: Final = timedelta(hours=1)


class Span(NamedTuple):
    """From when to when; NEVER has not come."""

    start: datetime
    end: datetime


class Loss(NamedTuple):
    """A declared loss; `kind` says whether lost or damaged."""

    kind: K
    at: datetime
    strength: int


class Course:
    """Everything but clocks that the rules ask for."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.placed = seen.when(K.ORDER_PLACED)
        self.shipped = seen.when(K.MARKED_SHIPPED)
        self.delivered = seen.when(K.DELIVERED)
        self.requests = seen.wishes(CANCEL)
        self.cancelled = self._cancelled()
        self.presumed_cancelled = None if self.cancelled else self._presumed_cancelled()
        self.gone = self.cancelled or self.presumed_cancelled
        self.attempts = sorted(seen.of(K.DELIVERY_ATTEMPT_FAILED), key=lambda told: told.at)
        self.second_attempt = self._second_attempt()
        self.declared = self._declared()
        self.holds = joined(self._holds())

    def _cancelled(self) -> datetime | None:
        """Told as such, or by an approval that no other answer outweighs; a person's word not against a delivery."""
        approved = []
        for told in self.seen.of(K.CANCEL_APPROVED):
            verdicts = {
                request.verdict.kind for request in self.requests if request.verdict and told in request.answers
            }
            if not verdicts or K.CANCEL_APPROVED in verdicts:
                approved.append(told)
        best = speaks([*self.seen.of(K.CANCELLED), *approved])
        delivered = speaks(self.seen.of(K.DELIVERED))
        if best and delivered and best.strength == HUMAN and delivered.strength == PLATFORM:  # section 5.5
            return None
        return best.at if best else None

    def _presumed_cancelled(self) -> datetime | None:
        """When nobody had answered a request in time, or paid: not once it counts as shipped (section 5.1)."""
        market = market_of(self.seen.shop)
        if self.seen.proof(market.shipped_from if market else 40) is not None:
            return None
        moments = [request.due for request in self.requests if not request.answers]
        if self.unpaid_until:
            moments.append(self.unpaid_until)
        return min(moments, default=None)

    @property
    def unpaid_until(self) -> datetime | None:
        """Until when an order may stay unpaid (D09): 48 h after it was placed; None once it is paid."""
        if self.placed is None or self.seen.proof(10) is not None:
            return None
        return self.seen.stated("D09") or self.placed + 48 * HOUR

    def _second_attempt(self) -> datetime | None:
        """When the second distinct failed attempt was: by its number, or by another date of the shop (section 4)."""
        dates, highest = set(), 0
        for told in self.attempts:
            dates.add(told.at.astimezone(self.seen.shop.zone).date())
            highest = max(highest, int(told.payload.get("attempt_no") or 1))
            if len(dates) >= 2 or highest >= 2:
                return told.at
        return None

    @property
    def failed_attempts(self) -> int:
        """0, 1 or 2."""
        return 2 if self.second_attempt else min(len(self.attempts), 1)

    def _declared(self) -> Loss | None:
        """The loss or damage that somebody declared, the later of both."""
        found = []
        for kind in (K.LOST_DECLARED, K.DAMAGED_DECLARED):
            best = speaks(self.seen.of(kind))
            if best:
                found.append(Loss(kind, best.at, best.strength))
        return max(found, key=lambda loss: (loss.at, loss.strength), default=None)

    @property
    def declared_holds(self) -> bool:
        """Whether the declared loss counts: against a delivery the later, then the stronger, else the delivery."""
        delivered = speaks(self.seen.of(K.DELIVERED))
        if self.declared is None or delivered is None:
            return self.declared is not None
        return (self.declared.at, self.declared.strength) > (delivered.at, delivered.strength)

    def _holds(self) -> Iterator[Span]:
        """All times on hold: by the platform, by us, while a request is open, while we cancel."""
        market = market_of(self.seen.shop)
        if market and self.placed and not self.seen.of(K.PLATFORM_HOLD_STARTED):
            ends = [told.at for told in self.seen.of(K.PLATFORM_HOLD_ENDED)]
            yield Span(self.placed, max(self.placed, min([self.placed + market.held_hours * HOUR, *ends])))
        for started, ended in ((K.PLATFORM_HOLD_STARTED, K.PLATFORM_HOLD_ENDED), (K.HOLD_PLACED, K.HOLD_RELEASED)):
            for told in self.seen.of(started):
                yield Span(told.at, min((end.at for end in self.seen.of(ended) if end.at >= told.at), default=NEVER))
        for request in self.requests:
            ends = [at for at in (request.verdict and request.verdict.at, self.cancelled) if at]
            yield Span(request.at, max(min(ends, default=NEVER), request.at))
        for told in self.seen.of(K.SELLER_CANCEL_STARTED):
            yield Span(told.at, max(self.cancelled or NEVER, told.at))

    @property
    def mode(self) -> str:
        """How the parcel leaves the shop: as told last, else as the shop does; a scan of one sort overrules (X02)."""
        picked, dropped = self.seen.of(K.PICKED_UP), self.seen.of(K.DROPPED_OFF)
        if picked and not dropped:
            return "pickup"
        if dropped and not picked:
            return "drop_off"
        said = self.seen.of(K.ORDER_PLACED, K.MARKED_SHIPPED, K.HANDOVER_SWITCHED)
        said = [told for told in said if told.payload.get("handover_mode")]
        last = max(said, key=_said, default=None)
        return str(last.payload["handover_mode"]) if last else self.seen.shop.mode

    @property
    def shipping(self) -> str:
        """Who ships: as the strongest report says, else as the shop does."""
        said = self.seen.of(K.ORDER_PLACED, K.MARKED_SHIPPED)
        best = speaks([told for told in said if told.payload.get("shipping_mode")])
        return str(best.payload["shipping_mode"]) if best else self.seen.shop.shipping

    @property
    def promised(self) -> datetime | None:
        """By when the parcel was promised to arrive."""
        said = [told for told in self.seen.of(K.ORDER_PLACED) if told.payload.get("promised_at")]
        last = max(said, key=lambda told: (told.strength, told.at), default=None)
        return datetime.fromisoformat(last.payload["promised_at"]) if last else None

    def ever_saw(self, due: datetime, *kinds: K) -> bool:
        """Whether some such evidence had reached this shop by `due`; else a clock asks and does not accuse."""
        first = self.seen.shop.seen
        return first is None or any(kind in first and first[kind] <= due for kind in kinds)


def joined(spans: Iterator[Span]) -> tuple[Span, ...]:
    """The same times without overlaps."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        elif span.end > span.start:
            found.append(span)
    return tuple(found)


def _said(told: Told) -> tuple[datetime, int, str]:
    return told.at, told.strength, told.key
