"""What the page of numbers asks of a shop's orders over some weeks. Read-only.

Counting is done by one index alone, whatever becomes of a clock (`ix_deadline_of_shop`). Single orders are read
from a sample of at most MOST or so, drawn by chance, so that an answer costs the same for a thousand orders and for a
million.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Integer, ScalarSelect, String, column, func, select, true, values
from sqlmodel import Session

from models.carrier_figures import ENDS, Journey
from models.db.columns import UtcTime
from models.db.stored import DEADLINES, ORDERS
from models.deadline import DeadlineState, Fault, RuleId
from models.due_days import DISPATCH, LIMITS, ShopDay, Tally
from models.fact import FactKind
from models.ids import sample_end
from models.stage import RANK, Stage
from models.time_to_ship import ShipTime

T = TypeVar("T")

MOST: Final = 400  # orders of a sample: of all orders 45 to 55 % lie below its median, nineteen times of twenty
MOST_LISTED: Final = 10_000
PACKED_BY: Final = RuleId.D03  # its clock is met when the order is packed, or set to shipped without that
ON_ITS_WAY: Final = timedelta(days=28)  # a parcel that takes longer is not compared
EARLY: Final = timedelta(days=7)  # so long before it is due an order may be packed, shipped, and arrive
MET: Final = (DeadlineState.MET.value,)
MISSED: Final = (DeadlineState.BREACHED.value, DeadlineState.MET_LATE.value)
DONE: Final = (DeadlineState.MET.value, DeadlineState.MET_LATE.value)
OPEN: Final = (DeadlineState.RUNNING.value, DeadlineState.WARNED.value)

_clock = DEADLINES.table.c
_order = ORDERS.c
_with_order = DEADLINES.table.join(ORDERS, _order.id == _clock.order_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Generic[T]):
    """Rows that were drawn by chance, and which share (above 0, at most 1) of all they are."""

    rows: tuple[T, ...]
    share: float = 1.0

    @property
    def whole(self) -> bool:
        """Whether it is all there is."""
        return self.share >= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """One limit that was missed: of which order, and by whose fault. Times are UTC."""

    order_no: str
    rule: RuleId
    due_at: datetime
    met_at: datetime | None
    fault: Fault
    carrier: str | None


def tallies(session: Session, shop: str, days: Sequence[ShopDay]) -> list[Tally]:
    """Count what became of the limits that the shop had due on each of these days."""
    if not days:
        return []
    place, since, until = column("place", Integer), column("since", UtcTime), column("until", UtcTime)
    spans = [(number, day.since, day.until) for number, day in enumerate(days)]
    day = values(place, since, until, name="day").data(spans).cte("day")
    limit = values(column("rule", String), name="wanted").data([(rule.value,) for rule in LIMITS]).cte("wanted")

    def count(states: Sequence[str], *where: ColumnElement[bool]) -> ScalarSelect[int]:
        mine = (_clock.shop_id == shop, _clock.rule == limit.c.rule, _clock.state.in_(states))
        due = (_clock.due_at >= day.c.since, _clock.due_at < day.c.until)
        return select(func.count()).select_from(DEADLINES.table).where(*mine, *due, *where).scalar_subquery()

    counts = (
        count(MET),
        count(MISSED, _clock.fault == Fault.SHOP.value),
        count(MISSED, _clock.fault == Fault.CARRIER.value),
        count(OPEN),
    )
    query = select(day.c.place, limit.c.rule, *counts).select_from(day.join(limit, true()))
    found = session.execute(query.order_by(day.c.place, limit.c.rule))
    return [
        Tally(date=days[place].date, rule=RuleId(rule), met=met, by_shop=by_shop, by_carrier=by_carrier, open=still)
        for place, rule, met, by_shop, by_carrier, still in found
        if met or by_shop or by_carrier or still
    ]


def ship_times(session: Session, shop: str, since: datetime, until: datetime, *, most: int = MOST) -> Sample[ShipTime]:
    """Give how long orders took that were due to be set to shipped in that time, and were: `most` of them or so."""
    columns = (_order.order_no, _clock.start_at, _clock.due_at, _clock.met_at)
    due = _due(shop, DISPATCH, DONE, since, until)
    rows, share = _sampled(session, columns, due, most)
    told = [row for row in rows if None not in row]
    return Sample(
        rows=tuple(
            ShipTime(order_no=number, start_at=start_at, due_at=due_at, shipped_at=shipped_at)
            for number, start_at, due_at, shipped_at in told
        ),
        share=share,
    )


def journeys(session: Session, shop: str, since: datetime, until: datetime) -> Sample[Journey]:
    """Give the ways of the orders that may have been collected, scanned or delivered in that time."""
    due = _due(shop, DISPATCH, DONE, since - ON_ITS_WAY, until + EARLY)
    rows, share = _sampled(session, (_order.order_no, _order.carrier, _order.milestones), due)
    found = (_journey(number, carrier, milestones) for number, carrier, milestones in rows)
    return Sample(rows=tuple(one for one in found if one), share=share)


def _journey(order_no: str, carrier: str | None, milestones: Mapping[str, str | None]) -> Journey | None:
    shipped_at = milestones.get(FactKind.MARKED_SHIPPED)
    if shipped_at is None:
        return None
    ended = {leg: datetime.fromisoformat(at) for leg, kind in ENDS.items() if (at := milestones.get(kind))}
    return Journey(order_no=order_no, carrier=carrier, shipped_at=datetime.fromisoformat(shipped_at), ended=ended)


def packed_at(session: Session, shop: str, since: datetime, until: datetime) -> Sample[datetime]:
    """Give when orders were packed in that time."""
    due = _due(shop, PACKED_BY, DONE, since - EARLY, until + EARLY)
    rows, share = _sampled(session, (_clock.met_at,), due)
    return Sample(rows=tuple(at for (at,) in rows if at is not None and since <= at < until), share=share)


def due_unpacked(session: Session, shop: str, now: datetime, until: datetime) -> list[datetime]:
    """Give by when each order must be set to shipped that is due from now to then and not packed yet."""
    waiting = (*_due(shop, DISPATCH, OPEN, now, until), _order.rank < RANK[Stage.PACKED])
    query = select(_clock.due_at).select_from(_with_order).where(*waiting)
    return list(session.execute(query.order_by(_clock.due_at)).scalars())


def missed(session: Session, shop: str, since: datetime, until: datetime) -> list[Missed]:
    """List the limits that were missed of those due in that time, the latest due first, at most MOST_LISTED."""
    columns = (_order.order_no, _clock.rule, _clock.due_at, _clock.met_at, _clock.fault, _order.carrier)
    mine = (_clock.shop_id == shop, _clock.rule.in_([rule.value for rule in LIMITS]), _clock.state.in_(MISSED))
    query = select(*columns).select_from(_with_order).where(*mine, _clock.due_at >= since, _clock.due_at < until)
    latest = query.order_by(_clock.due_at.desc(), _order.order_no, _clock.rule).limit(MOST_LISTED)
    return [
        Missed(order_no=number, rule=RuleId(rule), due_at=due, met_at=met, fault=Fault(fault), carrier=carrier)
        for number, rule, due, met, fault, carrier in session.execute(latest)
    ]


def _due(
    shop: str, rule: RuleId, states: Sequence[str], since: datetime, until: datetime
) -> tuple[ColumnElement[bool], ...]:
    """The conditions for a shop's clocks of a rule in these states, due in that time."""
    mine = (_clock.shop_id == shop, _clock.rule == rule.value, _clock.state.in_(states))
    return (*mine, _clock.due_at >= since, _clock.due_at < until)


def _sampled(
    session: Session, columns: Sequence[Column[Any]], due: Sequence[ColumnElement[bool]], most: int = MOST
) -> tuple[list[tuple[Any, ...]], float]:
    """Rows of about `most` of these clocks at most, with their orders if asked for, and the share that was drawn."""
    of = session.execute(select(func.count()).select_from(DEADLINES.table).where(*due)).scalar_one()
    share = min(1.0, most / of) if of else 1.0
    tables = _with_order if any(one.table is ORDERS for one in columns) else DEADLINES.table
    query = select(*columns).select_from(tables).where(*due, _clock.order_id < sample_end(share))
    return [tuple(row) for row in session.execute(query.order_by(_clock.order_id))], share
