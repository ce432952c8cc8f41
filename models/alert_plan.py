"""What of the outbox is told now, together with what, and what is kept back for which reason and until when.

Pure: alerts, silences, quiet hours, what is blind and `now` in, a plan out. `flows.outbox` carries it out. Each alert
is in one place of a plan: told, kept or ended. Times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final, TypeAlias, TypeVar

from models.alert_figures import AlertFigures
from models.deadline import RULES, ClockType, RuleId
from models.quiet_hours import QuietHours

CLOCKS: Final = frozenset({"warned", "breached"})  # what they say of one order can be said of many
DIGEST: Final = "digest"
# What cannot be known while nobody reads a shop's mail: these say that news did not come.
WITHOUT_NEWS: Final = frozenset({"silent", "mail_missing", "no_mail"})
NEED_NEWS: Final = frozenset(rule for rule, row in RULES.items() if row.asks)

Key = TypeVar("Key", str, tuple[str, str, str, str])
Group: TypeAlias = tuple[str, str]  # shop ("" for none) and rule


class Why(StrEnum):
    """Why an alert is kept back."""

    SILENCED = "silenced"  # by a person
    BLIND = "blind"  # hidden: its shop's news are not read
    QUIET = "quiet"  # until the shop's quiet hours end
    GROUPED = "grouped"  # many of its shop and rule were told a moment ago


class How(StrEnum):
    """How alerts become a message."""

    SINGLE = "single"  # one; or what says the same each time
    MANY = "many"  # more than can be read one by one
    STILL = "still"  # told before, and nobody has acknowledged it
    AFTER_QUIET = "after_quiet"  # all that a shop's quiet hours kept back


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An alert that is to be told, or told once more. `shop` is empty for what concerns no single shop.

    `told_at` is when it was told first. `over`: what it shouts about has ended since. `channel`: who must hear it.
    """

    key: str
    subject: str
    rule: str
    text_key: str
    created_at: datetime
    shop: str = ""
    order_no: str | None = None
    critical: bool = False
    due_at: datetime | None = None
    told_at: datetime | None = None
    acknowledged: bool = False
    over: bool = False
    channel: int | None = None

    @property
    def group(self) -> Group:
        """What its shop and rule are."""
        return self.shop, self.rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What a person does not want to hear until then; an empty shop or rule stands for every one."""

    shop: str = ""
    rule: str = ""
    until: datetime

    def covers(self, alert: Waiting, now: datetime) -> bool:
        """Whether it keeps this alert back at `now`."""
        return now < self.until and self.shop in {"", alert.shop} and self.rule in {"", alert.rule}


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the plan depends on beside the alerts; quiet hours by shop, "" for what concerns none.

    `blind`: shops whose news are not read. `grouped_at`: when a message of many went out last.
    """

    figures: AlertFigures
    silences: Sequence[Silence] = ()
    quiet: Mapping[str, QuietHours] = field(default_factory=dict)
    blind: frozenset[str] = frozenset()
    grouped_at: Mapping[Group, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Why an alert is not told now, and when that is looked at again (UTC)."""

    why: Why
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The alerts of one message, the one that is due first at the head."""

    how: How
    alerts: tuple[Waiting, ...]

    @property
    def channel(self) -> int | None:
        """Whom it must reach before others: where the trouble was told whose end it tells."""
        return self.alerts[0].channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What becomes of each alert. `ended` need nobody any more: acknowledged, or over by itself."""

    batches: tuple[Batch, ...]
    kept: Mapping[str, Kept]
    ended: tuple[str, ...]


def plan(alerts: Iterable[Waiting], around: Around, now: datetime) -> Plan:
    """Decide on each alert, and gather what is told into messages."""
    ended, kept, told = [], dict[str, Kept](), []
    for alert in alerts:
        if alert.acknowledged or alert.over:
            ended.append(alert.key)
        elif reason := _kept(alert, around, now):
            kept[alert.key] = reason
        else:
            told.append(alert)
    return Plan(batches=tuple(_batches(told, around, now)), kept=kept, ended=tuple(ended))


def next_repeat(repeats: int, figures: AlertFigures) -> timedelta:
    """How long to wait before a critical alert is told once more that was repeated so often: ever longer."""
    pause = figures.first_repeat
    for _ in range(repeats):
        pause = min(pause * figures.repeat_times, figures.longest_repeat)
    return pause


def group_alerts(alerts: Iterable[Waiting], many: int) -> Iterator[Batch]:
    """Gather alerts that are told for the first time: one each, or one for all of a shop and rule when they are many.

    What is about no order (a mail that waits) says the same each time, and goes out as one message.
    """
    for _, alike in _by(alerts, _topic):
        if len(alike) > many:
            yield Batch(how=How.MANY, alerts=alike)
        elif alike[0].order_no is None:
            yield Batch(how=How.SINGLE, alerts=alike)
        else:
            yield from (Batch(how=How.SINGLE, alerts=(one,)) for one in alike)


def _kept(alert: Waiting, around: Around, now: datetime) -> Kept | None:
    """The reason that weighs most: a person's wish, then what nobody can know, then the hour, then the crowd."""
    silences = [silence.until for silence in around.silences if silence.covers(alert, now)]
    if silences:
        return Kept(why=Why.SILENCED, until=max(silences))
    if alert.shop in around.blind and needs_news(alert):
        return Kept(why=Why.BLIND, until=now + around.figures.hidden_look)
    hours = around.quiet.get(alert.shop)
    period = hours.period_at(now) if hours else None
    if period and not _cannot_wait(alert, period[1]):
        return Kept(why=Why.QUIET, until=period[1])
    grouped_at = around.grouped_at.get(alert.group)
    if alert.told_at is None and grouped_at and now < grouped_at + around.figures.group_pause:
        return Kept(why=Why.GROUPED, until=grouped_at + around.figures.group_pause)
    return None


def needs_news(alert: Waiting) -> bool:
    """Whether the alert says that news did not come, which nobody knows of a shop that is not read."""
    return alert.text_key in WITHOUT_NEWS or (alert.text_key in CLOCKS and alert.rule in NEED_NEWS)


def _cannot_wait(alert: Waiting, quiet_until: datetime) -> bool:
    """Whether it is told in quiet hours: what is critical, and the platform's clock that ends within them.

    What was told before waits: it woke somebody once.
    """
    if alert.told_at is not None:
        return False
    ends_before = alert.due_at is not None and alert.due_at <= quiet_until
    return alert.critical or (alert.text_key in CLOCKS and ends_before and _is_platforms(alert.rule))


def _is_platforms(rule: str) -> bool:
    return rule in RULES and RULES[RuleId(rule)].clock is ClockType.RULE


def _batches(told: Sequence[Waiting], around: Around, now: datetime) -> Iterator[Batch]:
    again = [alert for alert in told if alert.told_at is not None]
    yield from (Batch(how=How.STILL, alerts=alike) for _, alike in _by(again, _topic))
    over_night = [alert for alert in told if alert.told_at is None and _was_quiet(alert, around, now)]
    for _, of_shop in _by(over_night, lambda alert: alert.shop):
        how = How.AFTER_QUIET if len(of_shop) > 1 else How.SINGLE
        yield Batch(how=how, alerts=of_shop)
    gathered = {alert.key for alert in (*again, *over_night)}
    yield from group_alerts((alert for alert in told if alert.key not in gathered), around.figures.many)


def _was_quiet(alert: Waiting, around: Around, now: datetime) -> bool:
    """Whether it came in the last quiet hours, was kept until their end, and is for whoever hears the others.

    That a trouble is over goes to those who heard of the trouble.
    """
    hours = around.quiet.get(alert.shop)
    if hours is None or alert.text_key == DIGEST or alert.channel is not None or hours.period_at(now):
        return False
    start, end = hours.last_period(now)
    return start <= alert.created_at < end


def _topic(alert: Waiting) -> tuple[str, str, str, str]:
    """What can be said in one message: a shop's clock, warned of or missed; else what one thing is told of."""
    if alert.text_key in CLOCKS and alert.order_no is not None:
        return alert.shop, alert.rule, "", ""
    return alert.shop, alert.rule, alert.text_key, "" if alert.order_no else alert.subject


def _by(alerts: Iterable[Waiting], what: Callable[[Waiting], Key]) -> Iterator[tuple[Key, tuple[Waiting, ...]]]:
    """The alerts that have `what` in common, those that are due first at the head."""
    ordered = sorted(alerts, key=lambda alert: (what(alert), *_pressing(alert)))
    yield from ((key, tuple(alike)) for key, alike in groupby(ordered, key=what))


def _pressing(alert: Waiting) -> tuple[bool, datetime, datetime, str]:
    return alert.due_at is None, alert.due_at or alert.created_at, alert.created_at, alert.key
