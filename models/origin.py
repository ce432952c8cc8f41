"""Where a clock's time comes from, and how long a figure is, in words: the same on every page and in every command.

Pure but for the catalogue of words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol

from models import formats
from models.catalogue import words
from models.deadline import RuleId
from models.policy import ARTICLE, DEFAULT, HOURS_A_DAY, YOURS, Clock, Policy, Source, Unit

LONG_IN_DAYS: Final = 4  # from four days on people count days, up to then hours: the rules say 48 h and 72 h


class Origin(StrEnum):
    """Who says by when."""

    STATED = "stated"
    PROMISED = "promised"
    RULE = "rule"
    ARTICLE = "article"
    DEFAULT = "default"
    YOURS = "yours"
    EXTENSION = "extension"
    NONE = "none"


OF_SOURCE: Final[Mapping[str, Origin]] = {ARTICLE: Origin.ARTICLE, DEFAULT: Origin.DEFAULT, YOURS: Origin.YOURS}


class Timed(Protocol):
    """A clock as the fold or the database tells it."""

    @property
    def rule(self) -> str:
        """Its id."""

    @property
    def start_at(self) -> datetime | None:
        """When it began (UTC)."""

    @property
    def due_at(self) -> datetime | None:
        """When it is over (UTC)."""

    @property
    def stated(self) -> bool:
        """Whether somebody stated that."""

    @property
    def extended_by(self) -> str | None:
        """The announcement that moved it; empty or None: none did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Where a time comes from; `figure` is the policy's for the rule, where one counts, `name` the announcement's."""

    origin: Origin
    rule: RuleId
    figure: Clock | None = None
    name: str = ""


def origin(clock: Timed, policy: Policy, promised_at: datetime | None = None) -> Told:
    """Whose time a clock's due moment is. `promised_at` is the delivery time promised to the buyer."""
    rule = RuleId(clock.rule)
    figure = _figure_behind(clock, policy.clocks.get(rule))
    if rule is RuleId.D03:  # it follows another clock, whoever stated or moved that one
        return Told(origin=origin_of(figure), rule=rule, figure=figure)
    if clock.stated:
        return Told(origin=Origin.STATED, rule=rule)
    if rule is RuleId.D11 and promised_at is not None:
        return Told(origin=Origin.PROMISED, rule=rule)
    if clock.extended_by:
        return Told(origin=Origin.EXTENSION, rule=rule, name=clock.extended_by)
    return Told(origin=origin_of(figure), rule=rule, figure=figure)


def origin_of(figure: Source | None) -> Origin:
    """Whose figure it is: what is none of ours is a platform's rule."""
    return Origin.NONE if figure is None else OF_SOURCE.get(figure.source, Origin.RULE)


def _figure_behind(clock: Timed, figure: Clock | None) -> Clock | None:
    """The figure that counted: of one that counts from the order perhaps the other, from the clock's own start."""
    if figure is None or figure.otherwise is None or clock.start_at is None or clock.due_at is None:
        return figure
    return figure.otherwise if clock.due_at - clock.start_at == figure.otherwise.hours else figure


def origin_words(told: Told) -> str:
    """Say it ("platform rule, read on 22 Nov 2026: 2 business days until 23:59")."""
    figure = told.figure
    read_on = read_on_words(figure) if figure else ""
    said = words().text(f"policies.origin.{told.origin}", name=told.name, read_on=read_on)
    if figure is None:
        return said
    return words().text("policies.origin.figure", origin=said, length=length_words(figure, told.rule))


def read_on_words(source: Source) -> str:
    """Say on which date a source was read; empty for what needs none."""
    return formats.full_date(date.fromisoformat(source.read_on)) if source.read_on else ""


def length_words(figure: Clock, rule: str = "") -> str:
    """Say how long a figure is ("72 h", "the same business day until 23:59"); of some rules with what it counts to."""
    text = words()
    unit, length = figure.unit, figure.length
    days, hours = divmod(length, HOURS_A_DAY)
    if unit is Unit.HOURS and days >= LONG_IN_DAYS and not hours:
        unit, length = Unit.CALENDAR_DAYS, days
    special = f"policies.length.{unit}_{length:g}"
    said = text.text(special if special in text else f"policies.length.{unit}", n=length)
    if figure.starts is not None:
        said = text.text(f"policies.length.starts_{figure.starts}", length=said)
    if figure.ends_at is not None:
        said = text.text("policies.length.ends_at", length=said, time=formats.clock(figure.ends_at))
    if figure.cut_off is not None and figure.cut_off != figure.ends_at:
        said = text.text("policies.length.cut_off", length=said, time=formats.clock(figure.cut_off))
    key = f"policies.length_of.{rule}"
    return text.text(key, length=said) if key in text else said
