"""The product asked as in life, beside the naive rules, minute by minute: whether they see other breaches.

An order is folded when news arrives and when `next_check_at` has come, and its answer is used until then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from models.deadline import DeadlineState
from models.fact import Fact
from models.order import Order, fold
from models.policy_files import load_policy
from models.stage import HandoverMode, ShippingMode, Stage
from models.terms import Terms
from tests.models.naive.claims import Whole
from tests.models.naive.clocks import BROKEN
from tests.models.naive.evidence import read
from tests.models.naive.news import Story, a_story
from tests.models.naive.order import NEVER, Seen, Shop

Fold: TypeAlias = Callable[[Iterable[Fact], Terms, datetime], Order]
Key: TypeAlias = tuple[str, str]

MINUTE: Final = timedelta(minutes=1)
NEAR: Final = 180  # minutes looked at one by one on both sides of each news and due moment
AFTERWARDS: Final = timedelta(days=1)
STATES: Final = frozenset({DeadlineState.BREACHED, DeadlineState.MET_LATE})
STAGE: Final = "stage"


@dataclass
class Tally:
    """What was compared and what differed. `states` counts clocks by rule and the last state they were seen in."""

    orders: int = 0
    minutes: int = 0
    false: int = 0
    missed: int = 0
    other: int = 0  # stage, presumption, failed attempts
    breaches: Counter[str] = field(default_factory=Counter)
    states: Counter[Key] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count what another has counted, too."""
        self.orders += other.orders
        self.minutes += other.minutes
        self.false += other.false
        self.missed += other.missed
        self.other += other.other
        self.breaches += other.breaches
        self.states += other.states
        self.faults += other.faults


class Product:
    """An order as a shop's watcher has it: computed on news and when it is due, else remembered."""

    def __init__(self, shop: Shop, answer: Fold) -> None:
        self.terms = Terms(
            timezone=shop.zone,
            handover=HandoverMode(shop.mode),
            shipping=ShippingMode(shop.shipping),
            policy=load_policy(shop.market),
            closed_days=shop.closed,
            seen=shop.seen,
        )
        self.answer = answer
        self.known: list[Fact] = []

    def hear(self, news: list[Fact], now: datetime) -> None:
        """Compute the order with these facts, too."""
        self.known += news
        self._compute(now)

    def wait_until(self, now: datetime) -> None:
        """Compute the order at the first minute of each check that came by now."""
        while self.order.next_check_at and whole_minute(self.order.next_check_at) <= now:
            self._compute(whole_minute(self.order.next_check_at))

    def _compute(self, now: datetime) -> None:
        self.order = self.answer(self.known, self.terms, now)
        self.broken = broken(self.order)


def broken(order: Order) -> set[Key]:
    """Which clocks the product says are breached."""
    return {(clock.rule.value, clock.about) for clock in order.deadlines if clock.state in STATES}


def whole_minute(moment: datetime) -> datetime:
    """The minute itself, or the next where it has begun."""
    begun = moment.replace(second=0, microsecond=0)
    return begun if begun == moment else begun + MINUTE


def check(seeds: Iterable[int], answer: Fold = fold, *, each_minute: bool = False) -> Tally:
    """Compare all orders of these seeds."""
    tally = Tally()
    for seed in seeds:
        _Comparison(a_story(seed), answer, each_minute=each_minute).run(tally)
    return tally


class _Comparison:
    def __init__(self, story: Story, answer: Fold, *, each_minute: bool) -> None:
        self.story = story
        self.answer = answer
        self.each_minute = each_minute
        self.told: set[tuple[str, Key]] = set()

    def run(self, tally: Tally) -> None:
        """Compare one order through its life."""
        tally.orders += 1
        product, clocks, whole = Product(self.story.shop, self.answer), [], None
        ever: set[Key] = set()
        for now, news in self.moments():
            if news:
                product.hear(news, now)
                whole = Whole(Seen(read(product.known), self.story.shop))
                clocks = whole.all_clocks()
            assert whole is not None
            product.wait_until(now)
            naive = {(clock.rule, clock.about) for clock in clocks if clock.state(now) in BROKEN}
            tally.minutes += 1
            ever |= naive
            if naive != product.broken:
                self.report(tally, naive, product.broken, now)
            if news or self.each_minute:
                self.compare_stage(tally, whole, product.order, now)
            if self.each_minute:
                at_once = broken(self.answer(product.known, product.terms, now))
                if naive != at_once:
                    self.report(tally, naive, at_once, now)
        tally.breaches.update(rule for rule, _ in ever)
        tally.states.update((clock.rule, clock.state(now)) for clock in clocks)

    def moments(self) -> Iterator[tuple[datetime, list[Fact]]]:
        """Each minute to look at, and the news that arrived since the one before."""
        facts = list(self.story.facts)
        for now in self.minutes():
            news = []
            while facts and facts[0].observed_at <= now:
                news.append(facts.pop(0))
            yield now, news

    def minutes(self) -> list[datetime]:
        """All minutes near news and due moments, and each hour between; or each minute."""
        start = self.story.facts[0].observed_at
        marked = {fact.observed_at for fact in self.story.facts} | self.due_moments()
        marks = sorted(int((moment - start) / MINUTE) for moment in marked if moment >= start)
        end = marks[-1] + int(AFTERWARDS / MINUTE)
        chosen = set(range(0, end, 1 if self.each_minute else 60))
        for mark in marks:
            chosen.update(range(max(mark - NEAR, 0), mark + NEAR + 1))
        return [start + minute * MINUTE for minute in sorted(chosen)]

    def due_moments(self) -> set[datetime]:
        """Every due moment that the order had at any time."""
        found: set[datetime] = set()
        for number in range(1, len(self.story.facts) + 1):
            clocks = Whole(Seen(read(self.story.facts[:number]), self.story.shop)).all_clocks()
            found.update(clock.due for clock in clocks if clock.due != NEVER)
        return found

    def report(self, tally: Tally, naive: set[Key], product: set[Key], now: datetime) -> None:
        """Note what differs; each rule of the order once in words."""
        for word, keys in (("missed", naive - product), ("false", product - naive)):
            for key in sorted(keys):
                if word == "missed":
                    tally.missed += 1
                else:
                    tally.false += 1
                self.tell(tally, word, key, now)

    def compare_stage(self, tally: Tally, whole: Whole, order: Order, now: datetime) -> None:
        """Note where stage, presumption or failed attempts differ; COMPLETED is DELIVERED to the naive rules."""
        stage, presumed = whole.stage(now)
        done = order.stage is Stage.COMPLETED
        theirs = (Stage.DELIVERED, False) if done else (order.stage, order.presumed)
        if (stage, presumed, whole.failed_attempts) != (*theirs, order.failed_attempts):
            tally.other += 1
            self.tell(tally, STAGE, (f"{stage}, not {order.stage}", ""), now)

    def tell(self, tally: Tally, word: str, key: Key, now: datetime) -> None:
        """One line from which the difference can be seen again."""
        if (word, key) in self.told:
            return
        self.told.add((word, key))
        facts = "; ".join(_words(fact) for fact in self.story.facts if fact.observed_at <= now)
        where = f"at {_time(now)}, seed {self.story.seed}, {self.story.shop}"
        tally.faults.append(f"{word} {' '.join(key)} {where}: {facts}")


def _words(fact: Fact) -> str:
    seen = "" if fact.observed_at == fact.occurred_at else f" seen {_time(fact.observed_at)}"
    return f"{fact.kind} {_time(fact.occurred_at)}{seen} {fact.authority} {dict(fact.payload) or ''}".strip()


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
