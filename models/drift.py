"""Noticing that TikTok Shop's mails are worded otherwise: what they state this week against the week before.

Pure: what mails stated and whether they were understood in, what fell out. A wording that changed shows as a
field that mails of one kind and language no longer state, or as more mails that are not understood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftFigures:
    """Two times `days` are compared if each has so many `mails`; `fall` is a share, `surprise` in standard errors."""

    days: timedelta
    mails: int
    fall: float
    surprise: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What one mail stated, and when it was sent (UTC)."""

    at: datetime
    shop: str
    kind: str
    language: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Whether one mail of TikTok Shop was understood, and when it was sent (UTC)."""

    at: datetime
    understood: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many mails."""

    count: int
    mails: int

    @property
    def part(self) -> float:
        """The share, 0 for no mails."""
        return self.count / self.mails if self.mails else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A field that fewer mails state than the week before; `last_at` is when one last did."""

    shop: str
    kind: str
    language: str
    field: str
    before: Share
    now: Share
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """More mails are not understood than the week before; `first_at` is the first of this week."""

    before: Share
    now: Share
    first_at: datetime


Mail = TypeVar("Mail", Stated, Arrived)


def drift_figures_of(table: Mapping[str, Any]) -> DriftFigures:
    """The figures of a table. Raises KeyError or TypeError for one that is missing or no number."""
    return DriftFigures(
        days=timedelta(days=table["days"]), mails=table["mails"], fall=table["fall"], surprise=table["surprise"]
    )


def fallen_fields(stated: Iterable[Stated], figures: DriftFigures, now: datetime) -> list[Drift]:
    """The fields that the mails of a shop, kind and language state so much less often that it is no chance."""
    groups: dict[tuple[str, str, str], list[Stated]] = defaultdict(list)
    for one in stated:
        groups[one.shop, one.kind, one.language].append(one)
    return [drift for key in sorted(groups) for drift in _fallen(groups[key], figures, now)]


def _fallen(mails: Sequence[Stated], figures: DriftFigures, now: datetime) -> Iterator[Drift]:
    earlier, later = _weeks(mails, figures, now)
    for field in sorted(set[str]().union(*(one.fields for one in earlier))):
        before, after = _share(earlier, field), _share(later, field)
        if not _is_fall(before, after, figures):
            continue
        last_at = max(one.at for one in (*earlier, *later) if field in one.fields)
        first = later[0]
        yield Drift(
            shop=first.shop,
            kind=first.kind,
            language=first.language,
            field=field,
            before=before,
            now=after,
            last_at=last_at,
        )


def more_unclear(arrived: Iterable[Arrived], figures: DriftFigures, now: datetime) -> Unclear | None:
    """Whether so many more mails are not understood that it is no chance."""
    earlier, later = _weeks(list(arrived), figures, now)
    before, after = _understood(earlier), _understood(later)
    if not _is_fall(before, after, figures):
        return None
    return Unclear(
        before=Share(count=before.mails - before.count, mails=before.mails),
        now=Share(count=after.mails - after.count, mails=after.mails),
        first_at=min(one.at for one in later if not one.understood),
    )


def _weeks(mails: Sequence[Mail], figures: DriftFigures, now: datetime) -> tuple[list[Mail], list[Mail]]:
    """The mails of the time before the last `days`, and of those."""
    begun, between = now - 2 * figures.days, now - figures.days
    return [one for one in mails if begun < one.at <= between], [one for one in mails if between < one.at <= now]


def _share(mails: Sequence[Stated], field: str) -> Share:
    return Share(count=sum(field in one.fields for one in mails), mails=len(mails))


def _understood(mails: Sequence[Arrived]) -> Share:
    return Share(count=sum(one.understood for one in mails), mails=len(mails))


def _is_fall(before: Share, after: Share, figures: DriftFigures) -> bool:
    """Whether the share fell by much, and by more than chance explains (two proportions, pooled)."""
    fall = before.part - after.part
    if min(before.mails, after.mails) < figures.mails or fall < figures.fall:
        return False
    pooled = (before.count + after.count) / (before.mails + after.mails)
    error = sqrt(pooled * (1 - pooled) * (1 / before.mails + 1 / after.mails))
    return fall >= figures.surprise * error
