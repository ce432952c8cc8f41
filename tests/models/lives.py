"""Strategies for the lives of orders: heaps of facts of all kinds, shops of all sorts, around awkward nights.

Facts come on whatever day they like, contradict each other, name keys that mean nothing to their kind and share
source keys: nothing here is likely, all of it can happen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from models.fact import Authority, Fact, FactKind, Json
from models.policy_files import load_policy, policy_names
from models.stage import HandoverMode, ShippingMode
from models.terms import Terms
from tests.models.makers import T0, terms

NIGHTS: Final = (  # lives begin a week before: the clocks change in the middle of them
    datetime(2026, 3, 8, 10, tzinfo=UTC),  # Los Angeles loses an hour
    datetime(2026, 11, 1, 9, tzinfo=UTC),  # and gets it back
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # so does London
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 2, 17, tzinfo=UTC),  # Tet
)
BEGINNINGS: Final = (T0, *(night - timedelta(days=7) for night in NIGHTS))
ZONES: Final = tuple(
    ZoneInfo(name) for name in ("UTC", "America/Los_Angeles", "Europe/London", "Asia/Ho_Chi_Minh", "Asia/Kathmandu")
)
USUAL: Final = (FactKind.ORDER_PLACED, FactKind.ORDER_PAID, FactKind.MARKED_SHIPPED, FactKind.IN_TRANSIT)
CASES: Final = (
    "claim:lost",
    "claim:late",
    "seller_cancel",
    "cancel_request:1",
    "return:1",
    "conflict:X03",
    "delivery",
)
NUMBERS: Final = st.sampled_from(["1", "2"])


def moments(begin: datetime) -> st.SearchStrategy[datetime]:
    """Moments from a day before the order to two and a half weeks after; most on the minute, some beside it."""
    minutes = st.integers(-30 * 60, 420 * 60).map(lambda count: begin + timedelta(minutes=count))
    beside = st.sampled_from([timedelta(0)] * 6 + [timedelta.resolution, -timedelta.resolution])
    return st.builds(lambda moment, by: moment + by, minutes, beside)


def payloads(begin: datetime) -> st.SearchStrategy[dict[str, Json]]:
    """Payloads that hold any of the keys that mean something to the fold."""
    texts = moments(begin).map(lambda moment: moment.isoformat())
    optional: dict[str, st.SearchStrategy[Json]] = {
        "tracking_no": st.sampled_from(["A", "B"]),
        "request_no": NUMBERS,
        "return_no": NUMBERS,
        "attempt_no": st.sampled_from(["1", "2", "", "two"]),
        "due_at": texts,
        "promised_at": texts,
        "rule": st.sampled_from(["D02", "D04", "D08", "D11", "D15"]),
        "reason_code": st.sampled_from(["lost", "late", "out_of_stock", "unpaid"]),
        "handover_mode": st.sampled_from([*HandoverMode, "balloon"]),
        "shipping_mode": st.sampled_from([*ShippingMode]),
        "case_id": st.sampled_from(CASES),
        "hold": st.sampled_from(["manual", "stock_check", "conflict"]),
        "choice": st.sampled_from(["wait", "claim"]),
        "fact_id": st.integers(0, 8).map(str),
        "amount": NUMBERS,
        "return_type": st.sampled_from(["refund", "return"]),
    }
    return st.fixed_dictionaries({}, optional=optional)


@st.composite
def facts(draw: st.DrawFn, begin: datetime = T0, kinds: Sequence[FactKind] = tuple(FactKind)) -> Fact:
    """A fact of any kind, told by anyone, heard at once, late, or before it happened."""
    happened = draw(moments(begin))
    delay = draw(st.sampled_from([0, 0, 0, 5, -5, -60, 600, 6000]))
    return Fact(
        kind=draw(st.sampled_from(kinds)),
        occurred_at=happened,
        observed_at=happened + timedelta(minutes=delay),
        authority=draw(st.sampled_from(list(Authority))),
        source_key=draw(st.integers(0, 8).map(str)),
        payload=draw(payloads(begin)),
        estimated=draw(st.booleans()),
    )


def shops(begin: datetime = T0) -> st.SearchStrategy[Terms]:
    """Shops of every zone, way of shipping and policy; some that never get certain news."""
    return st.builds(
        terms,
        timezone=st.sampled_from(ZONES),
        handover=st.sampled_from(HandoverMode),
        shipping=st.sampled_from(ShippingMode),
        policy=st.sampled_from(policy_names()).map(load_policy),
        seen=st.none() | st.dictionaries(st.sampled_from([FactKind.PICKED_UP, FactKind.DELIVERED]), moments(begin)),
    )


@dataclass(frozen=True, slots=True)
class Life:
    """An order's facts, the shop's terms and the present moment."""

    facts: tuple[Fact, ...]
    shop: Terms
    now: datetime

    @property
    def known(self) -> list[Fact]:
        """What had been heard by now."""
        return [fact for fact in self.facts if fact.observed_at <= self.now]


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """A life that begins at an ordinary time, or a week before an awkward night."""
    begin = draw(st.sampled_from(BEGINNINGS))
    heap = draw(st.lists(facts(begin) | facts(begin, USUAL), max_size=10))
    now = begin + timedelta(minutes=draw(st.integers(-24 * 60, 480 * 60)))
    return Life(tuple(heap), draw(shops(begin)), now)
