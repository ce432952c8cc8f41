"""Printed dates and times to moments, in the zone they name or the shop's.

Pure. Month names and day halves are the vocabulary's data; Thai years of the Buddhist era, zones as
GMT+7, UTC-07:00, PDT or WIB, and day-before-month outside the US as email-notifications, section 3 says.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cached_property
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from ingest.text import fold

BUDDHIST_ERA: Final = 543
_LONGEST: Final = 90
ZONES: Final[Mapping[str, float]] = MappingProxyType(
    {
        "z": 0, "utc": 0, "gmt": 0, "bst": 1, "ist": 1, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2,
        "pst": -8, "pdt": -7, "mst": -7, "mdt": -6, "cst": -6, "cdt": -5, "est": -5, "edt": -4,
        "wib": 7, "wita": 8, "wit": 9, "ict": 7, "sgt": 8, "myt": 8, "pht": 8, "hkt": 8, "jst": 9, "brt": -3,
    }
)  # fmt: skip
_YEAR_FIRST: Final = re.compile(r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?")
_NUMERIC: Final = re.compile(r"(?<!\d)(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})(?!\d)")
_MONTH_DAY_HAN: Final = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})日")
CLOCK: Final = re.compile(
    r"(?<![\d.,])(\d{1,2})\s*(?:[:.h時时點点]|giờ)\s*(\d{2})(?!\d)(?:\s*(?:[:.分]|phút)\s*(\d{2})(?!\d))?(?:[.,]\d{1,6})?"
)
HOUR_ONLY: Final = re.compile(r"(?<![\d.,:])(\d{1,2})(?=\s*(?:[ap]\.?\s?m\b|時|时|點|点|uhr\b|h\b))")
_OFFSET: Final = re.compile(r"(?:\b(?:gmt|utc)\s*|(?<=\d)\s*|\s)([+\-−])\s*(\d{1,2})(?::?(\d{2}))?(?![\d/.-])")
_WORD: Final = re.compile(r"[a-z]{1,5}")
_DIGIT: Final = re.compile(r"\d")
_ORDINAL: Final = r"(?:st|nd|rd|th|\.º|º|er)?"


@dataclass(frozen=True)
class Months:
    """The names of the months (folded), and how dates are written with them."""

    by_name: Mapping[str, int]

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """Where a date with a month's name stands: the day before the month, then behind it."""
        name = "|".join(re.escape(month) for month in sorted(self.by_name, key=len, reverse=True))
        month, day = rf"(?P<month>{name})(?!\w)\.?", rf"(?<!\d)(?P<day>\d{{1,2}}){_ORDINAL}(?!\d)"
        year = r"(?:,?[-\s]*(?:de\s+|del\s+|năm\s+|พ\.ศ\.\s*)?(?P<year>\d{4}))?"
        return (
            re.compile(rf"{day}\.?,?[-\s]*(?:de\s+|di\s+|of\s+)?{month}{year}"),
            re.compile(rf"(?<!\w){month}\s*{day}{year}"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """How one language and market write times: the months, and the words for day halves."""

    months: Months
    morning: Collection[str]
    afternoon: Collection[str]
    month_first: bool
    zone: ZoneInfo
    around: datetime  # the mail's own time, for dates without a year


def moment_in(text: str, calendar: Calendar) -> datetime | None:
    """Return the moment printed in `text`, aware, in the zone printed or the shop's; None if there is none.

    A date without a clock time is the start of that day.
    """
    if len(text) > _LONGEST:
        return None
    text = fold(text)
    if _DIGIT.search(text) is None:
        return None
    found = _date_in(text, calendar)
    if found is None:
        return None
    (year, month, day), start, end = found
    rest = f"{text[:start]} {text[end:]}"
    zone, rest = _zone_in(rest)
    hour, minute, second = _clock_in(rest, calendar)
    year = year + 2000 if year < 100 else year - BUDDHIST_ERA if year > 2400 else year  # noqa: PLR2004  calendar figures
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=calendar.zone)
    except ValueError:
        return None
    return moment.replace(tzinfo=_zone(zone, moment))


def dates_in(text: str, calendar: Calendar) -> list[tuple[int, int]]:
    """Return where the dates of folded running text stand, in order."""
    if _DIGIT.search(text) is None:
        return []
    patterns = (_YEAR_FIRST, _NUMERIC, _MONTH_DAY_HAN, *calendar.months.patterns)
    spans: list[tuple[int, int]] = []
    for pattern in patterns:
        for found in pattern.finditer(text):
            if not any(start < found.end() and found.start() < end for start, end in spans):
                spans.append(found.span())
    return sorted(spans)


def is_zone(word: str) -> bool:
    """Tell whether a folded word is a zone's short name."""
    return word in ZONES


def _date_in(text: str, calendar: Calendar) -> tuple[tuple[int, int, int], int, int] | None:
    """Find year, month and day, and where they stand."""
    if found := _YEAR_FIRST.search(text):
        return (int(found[1]), int(found[2]), int(found[3])), found.start(), found.end()
    if found := _NUMERIC.search(text):
        day, month = int(found[1]), int(found[3])
        if (calendar.month_first and found[2] == "/" and day <= 12) or month > 12:  # noqa: PLR2004  calendar figures
            day, month = month, day
        return (int(found[4]), month, day), found.start(), found.end()
    if found := _MONTH_DAY_HAN.search(text):
        month, day = int(found[1]), int(found[2])
        return (_nearest_year(month, day, calendar.around), month, day), found.start(), found.end()
    return _named_date(text, calendar)


def _named_date(text: str, calendar: Calendar) -> tuple[tuple[int, int, int], int, int] | None:
    for pattern in calendar.months.patterns:
        if found := pattern.search(text):
            month, day = calendar.months.by_name[found["month"]], int(found["day"])
            year = int(found["year"]) if found["year"] else _nearest_year(month, day, calendar.around)
            return (year, month, day), found.start(), found.end()
    return None


def _nearest_year(month: int, day: int, around: datetime) -> int:
    """Return the year that puts the day closest to the mail's own time."""

    def distance(year: int) -> timedelta:
        try:
            return abs(datetime(year, month, day, tzinfo=UTC) - around)
        except ValueError:
            return timedelta.max

    return min((around.year - 1, around.year, around.year + 1), key=distance)


def _zone_in(text: str) -> tuple[str | timedelta | None, str]:
    """Take the zone out of `text`: an offset, a known abbreviation, or None."""
    if found := _OFFSET.search(text):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes <= 14 * 60:
            sign = 1 if found[1] == "+" else -1
            return timedelta(minutes=sign * minutes), f"{text[: found.start()]} {text[found.end() :]}"
    for word in _WORD.finditer(text):
        if word[0] in ZONES and not text[word.end() : word.end() + 1].isalpha():
            return word[0], text
    return None, text


def _zone(stated: str | timedelta | None, moment: datetime) -> tzinfo | None:
    """Return the zone to use: an abbreviation that the shop's own zone goes by is the shop's zone."""
    if stated is None:
        return moment.tzinfo
    if isinstance(stated, timedelta):
        return timezone(stated)
    if stated == (moment.tzname() or "").lower():
        return moment.tzinfo
    return timezone(timedelta(hours=ZONES[stated]))


def _clock_in(text: str, calendar: Calendar) -> tuple[int, int, int]:
    found = CLOCK.search(text)
    if found is None:
        short = HOUR_ONLY.search(text)
        hour, minute, second = (int(short[1]), 0, 0) if short else (0, 0, 0)
        found = short
    else:
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found is None:
        return 0, 0, 0
    half = _half_of_day(text, calendar)
    if half == "afternoon" and hour < 12:  # noqa: PLR2004  calendar figures
        hour += 12
    elif half == "morning" and hour == 12:  # noqa: PLR2004  calendar figures
        hour = 0
    return hour, minute, second


def _half_of_day(text: str, calendar: Calendar) -> str | None:
    for half, words in (("afternoon", calendar.afternoon), ("morning", calendar.morning)):
        if any(word in text and re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text) for word in words):
            return half
    return None
