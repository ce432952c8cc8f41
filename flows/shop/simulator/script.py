"""The script of a play: every order with its story, drawn from a seed.

Pure: the same seed and start give the same script. It says what will happen and when people are
slow; the moments that hang on what our side does are set by `marketplace` when it does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from random import Random
from typing import Final

from flows.shop.simulator.carrier import Hop, draw_route
from flows.shop.simulator.cast import Buyer, Cast, Good, casts
from flows.shop.simulator.market import ARTICLE
from flows.shop.simulator.story import CANCEL_STORIES, OUTLINES, PEACEFUL, SHARES, Story
from models.stage import HandoverMode, ShippingMode

LAYOUTS: Final = ("table", "cards", "plain", "both")
CANCEL_WISHES: Final = ("change_address", "by_mistake", "not_needed")
SHIPPED_BY_US: Final = frozenset({Story.LABEL_FIRST, Story.SHOP_DOWN, Story.STEP_BROKEN})  # no person is asked
PLATFORM_SHIPPED: Final = 0.2  # of the drop-off shop's ordinary orders
PAYS_LATER: Final = 0.15  # of the ordinary orders
CROWD_PLATFORM_SHIPPED: Final = 0.5  # of a crowd's orders: both ways to ship are needed often
RETURNED: Final = 0.04  # of a crowd's ordinary orders
RETURN_WISHES: Final = ("REFUND", "RETURN_AND_REFUND")
CASH_ON_DELIVERY: Final = 0.3  # of the drop-off shop's orders
SHIP_WITHIN: Final = timedelta(hours=72)  # where the market says nothing
LATE_PROMISE: Final = timedelta(days=4)
USUAL_PROMISE: Final = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Line:
    """One order line."""

    good: Good
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlan:
    """One order and what the script has in store for it. Times are aware UTC, amounts in `cast.currency`.

    `packers_ready_at`: before it the shop's packers have no hand free. `cancel_at` is None where nobody asks,
    `return_wish` empty where nobody wants the money back.
    """

    order_no: str
    story: Story
    cast: Cast
    placed_at: datetime
    paid_at: datetime | None
    cash_on_delivery: bool
    lines: tuple[Line, ...]
    shipping_fee: Decimal
    discount: Decimal
    buyer: Buyer
    handover: HandoverMode
    shipping: ShippingMode
    promised_at: datetime
    packers_ready_at: datetime
    drop_off_after: timedelta
    cancel_at: datetime | None
    cancel_wish: str
    tracking_no: str
    route: tuple[Hop, ...]
    layout: str
    return_wish: str = ""

    @property
    def shop(self) -> str:
        """The name of the shop that sold it."""
        return self.cast.name

    @property
    def ship_by(self) -> datetime:
        """When the platform wants it set to shipped."""
        return self.due("rts_sla") or self.placed_at + SHIP_WITHIN

    def due(self, what: str) -> datetime | None:
        """When a term of the market is over (UTC); None where it sets none."""
        return self.cast.timers.due(what, self.placed_at, self.cast.zone)

    @property
    def answer_within(self) -> timedelta:
        """How long the shop has for the buyer's request."""
        return self.cast.timers.answer

    @property
    def paid(self) -> bool:
        """Whether it was paid when it was placed."""
        return self.paid_at == self.placed_at

    @property
    def subtotal(self) -> Decimal:
        """What the goods cost together."""
        return sum((line.good.price * line.quantity for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What the buyer pays."""
        return self.subtotal + self.shipping_fee - self.discount


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How many orders come within how many days, in place of the stories' own numbers; 0 days: all at once."""

    orders: int
    days: int


@dataclass(frozen=True)
class Script:
    """A whole play: seed, first moment (UTC), the orders in the order of being placed, and the market."""

    seed: int
    start: datetime
    plans: tuple[OrderPlan, ...]
    market: str = ARTICLE
    crowd: Crowd | None = None

    @cached_property
    def by_no(self) -> Mapping[str, OrderPlan]:
        """The plans by order number."""
        return {plan.order_no: plan for plan in self.plans}

    def stories(self, story: Story) -> tuple[OrderPlan, ...]:
        """The orders that live through a story."""
        return tuple(plan for plan in self.plans if plan.story is story)


def chance(seed: int, *about: object) -> Random:
    """Give the dice for one thing: the same whenever and wherever they are asked for."""
    return Random("/".join(map(str, (seed, *about))))


@lru_cache(maxsize=8)
def write_script(seed: int, start: datetime, market: str = ARTICLE, crowd: Crowd | None = None) -> Script:
    """Draw the script of a play. Raises ValueError for a naive start, KeyError for an unknown market."""
    if start.tzinfo is None:
        raise ValueError("the start of a play needs a time zone")
    first = start.astimezone(UTC)
    drafts = _crowd(seed, first, market, crowd) if crowd else _stories(seed, first, market)
    return Script(seed, first, tuple(sorted(drafts, key=lambda plan: (plan.placed_at, plan.order_no))), market, crowd)


def _stories(seed: int, start: datetime, market: str) -> Iterator[OrderPlan]:
    shops = casts(market)
    for story, outline in OUTLINES.items():
        keys = [key for key in outline.shops if key in shops] or list(shops)
        for number in range(chance(seed, "count", story).randint(outline.least, outline.most)):
            rng = chance(seed, story, number)
            cast = shops[rng.choice(keys)]
            yield _draft(rng, story, cast, _placed_at(rng, start, story, cast))


def _crowd(seed: int, start: datetime, market: str, crowd: Crowd) -> Iterator[OrderPlan]:
    """Draw many orders, each with dice of its own, so that the first of them are the same in a larger crowd."""
    shops = list(casts(market).values())
    stories, shares = list(SHARES), list(SHARES.values())
    span = crowd.days * 24 * 60
    for number in range(crowd.orders):
        rng = chance(seed, "crowd", number)
        cast = rng.choice(shops)
        (story,) = rng.choices(stories, shares)
        placed_at = start + timedelta(minutes=rng.randint(0, max(span, 1)))
        plan = _draft(rng, story, cast, placed_at)
        platform = rng.random() < CROWD_PLATFORM_SHIPPED
        wish = rng.choice(RETURN_WISHES) if story in PEACEFUL and rng.random() < RETURNED else ""
        mode = ShippingMode.PLATFORM if platform else ShippingMode.SELLER
        yield replace(plan, shipping=mode, return_wish=wish)


def _draft(rng: Random, story: Story, cast: Cast, placed_at: datetime) -> OrderPlan:
    goods = rng.sample(cast.goods, rng.choice((1, 1, 2, 3)))
    drop_off_after = timedelta(minutes=rng.randint(180, 1080))
    cash = cast.handover is HandoverMode.DROP_OFF and story is not Story.UNPAID and rng.random() < CASH_ON_DELIVERY
    cancel_at = placed_at + timedelta(minutes=rng.randint(70, 240)) if story in CANCEL_STORIES else None
    promise = LATE_PROMISE if story is Story.LATE else USUAL_PROMISE
    return OrderPlan(
        order_no=f"57{rng.randint(10**15, 10**16 - 1)}",
        story=story,
        cast=cast,
        placed_at=placed_at,
        paid_at=_paid_at(rng, story, placed_at, cash=cash),
        cash_on_delivery=cash,
        lines=tuple(Line(good, rng.choice((1, 1, 1, 2, 3))) for good in goods),
        shipping_fee=rng.choice(cast.shipping_fees),
        discount=rng.choice(cast.discounts),
        buyer=rng.choice(cast.buyers),
        handover=cast.handover,
        shipping=_shipping(rng, story, cast),
        promised_at=placed_at + promise,
        packers_ready_at=placed_at + _packers_delay(rng, story),
        drop_off_after=drop_off_after,
        cancel_at=cancel_at,
        cancel_wish=rng.choice(CANCEL_WISHES),
        tracking_no=f"{cast.tracking_prefix}{rng.randint(10**9, 10**10 - 1)}",
        route=draw_route(story, cast.handover, drop_off_after, rng),
        layout=rng.choice(LAYOUTS),
    )


def _placed_at(rng: Random, start: datetime, story: Story, cast: Cast) -> datetime:
    """Give a moment of a waking hour of a day on which the story may still start."""
    outline = OUTLINES[story]
    day = start.astimezone(cast.zone) + timedelta(days=rng.randint(outline.first_day, outline.last_day))
    local = day.replace(hour=rng.randint(7, 21), minute=rng.randint(0, 59), second=0, microsecond=0)
    placed = local.astimezone(UTC)
    return placed if placed > start else placed + timedelta(days=1)


def _paid_at(rng: Random, story: Story, placed_at: datetime, *, cash: bool) -> datetime | None:
    if story is Story.UNPAID:
        return None
    if story in PEACEFUL and not cash and rng.random() < PAYS_LATER:
        return placed_at + timedelta(minutes=rng.randint(12, 600))
    return placed_at


def _shipping(rng: Random, story: Story, cast: Cast) -> ShippingMode:
    platform = story in SHIPPED_BY_US or (story is Story.DROP_OFF and rng.random() < PLATFORM_SHIPPED)
    return ShippingMode.PLATFORM if platform else cast.shipping


def _packers_delay(rng: Random, story: Story) -> timedelta:
    """Give the hours until the packers are ready: time for a request to come first, or far too many."""
    if story in CANCEL_STORIES:
        return timedelta(hours=rng.randint(9, 14))
    if story is Story.SHIPPED_LATE:
        return timedelta(hours=rng.randint(74, 80))
    return timedelta(0)
