"""How a date, a time of day, a number, a share and money are written in a language: here and nowhere else.

Pure but for Babel, whose data (CLDR) decides, so that a new language needs no more than its code. `language` is the one
that is spoken now, if none is given. Order numbers, ids, ports, CSV and what machines read are not written here.
"""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from functools import cache
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, get_day_names
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

from models.language import ENGLISH, speaking

Number: TypeAlias = int | float | Decimal

# The English of most of the world: the day before the month, 24 hours, and US$, for $ is the money of many.
BRITISH: Final = "en_GB"
# No-break and thin spaces become plain ones: who searches, pastes, or pipes what a terminal shows types plain ones.
SPACES: Final = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f", " "))
UNGROUPED: Final = 1000  # whole numbers below are written alike everywhere
DAY, DAY_OF_YEAR, DATE = "MMMEd", "yMMMEd", "yMMMd"
CLOCK, CLOCK_TO_THE_SECOND = "Hm", "Hms"
OFFSET: Final = slice(19, None)  # of a moment in ISO's form


def number(value: Number, language: str = "") -> str:
    """A count or measure ("1,234", "2.5"), with three decimals at most."""
    if isinstance(value, int) and 0 <= value < UNGROUPED:
        return str(value)
    return _plain(format_decimal(value, locale=_locale(language)))


def percent(share: Number, language: str = "") -> str:
    """A share of one in whole percent ("33%")."""
    return _plain(format_percent(share, locale=_locale(language)))


def money(amount: Decimal, currency: str, language: str = "") -> str:
    """An amount with as many decimals as its currency has ("₫450,000"); one that has more keeps them."""
    usual = -get_currency_precision(currency)
    exponent = amount.normalize().as_tuple().exponent
    exact = isinstance(exponent, int) and exponent < usual
    written = format_currency(
        amount, currency, locale=_locale(language), currency_digits=not exact, decimal_quantization=not exact
    )
    return _plain(written)


def day(on: date, language: str = "", *, with_year: bool = False) -> str:
    """A day by its weekday ("Wed 18 Mar")."""
    return _written(DAY_OF_YEAR if with_year else DAY, on, language)


def full_date(on: date, language: str = "") -> str:
    """A date with its year ("18 Mar 2026")."""
    return _written(DATE, on, language)


def clock(at: time | datetime, language: str = "", *, seconds: bool = False) -> str:
    """A time of day as its own clock shows it ("14:05")."""
    moment = at if isinstance(at, datetime) else datetime.combine(date.min, at)
    return _written(CLOCK_TO_THE_SECOND if seconds else CLOCK, moment.replace(tzinfo=None), language)


def moment(at: datetime, zone: ZoneInfo, now: datetime | None = None, language: str = "") -> str:
    """A moment in a zone by its weekday ("Wed 18 Mar 14:05"); with its year where that is not the one of `now`."""
    local = at.astimezone(zone)
    another_year = now is not None and now.astimezone(zone).year != local.year
    return _together(day(local.date(), language, with_year=another_year), clock(local, language), language)


def full_moment(at: datetime, zone: tzinfo, language: str = "") -> str:
    """A moment in a zone that is named ("18 Mar 2026 14:05 +07")."""
    local = at.astimezone(zone)
    return f"{_together(full_date(local.date(), language), clock(local, language), language)} {local.tzname()}"


def letter_moment(at: datetime, zone: ZoneInfo, language: str) -> str:
    """A moment for readers elsewhere ("1 Mar 2026 21:00 (UTC+07:00)"); with its second where there is one."""
    local = at.astimezone(zone)
    told = _together(full_date(local.date(), language), clock(local, language, seconds=bool(local.second)), language)
    return f"{told} (UTC{local.isoformat(timespec='seconds')[OFFSET]})"


def weekday(number_of_day: int, language: str = "") -> str:
    """A weekday's short name; Monday is 0."""
    names = get_day_names("abbreviated", "stand-alone", locale=_locale(language))
    return _plain(names[number_of_day])


def order_of_date(language: str = "") -> str:
    """In which order a date of digits is written: "dmy", "mdy" or "ymd"."""
    pattern = _locale(language).date_formats["short"].pattern.lower()
    return "".join(sorted("dmy", key=pattern.index))


def separators(language: str = "") -> tuple[str, str]:
    """The signs before decimals and between groups of digits."""
    symbols = _locale(language).number_symbols["latn"]
    return symbols["decimal"], _plain(symbols["group"])


def _together(day_written: str, clock_written: str, language: str) -> str:
    """A day and a time of day; some languages say the time first."""
    pattern = str(_locale(language).datetime_formats["medium"])
    first_is_day = pattern.index("{1}") < pattern.index("{0}")
    return " ".join((day_written, clock_written) if first_is_day else (clock_written, day_written))


def _written(skeleton: str, value: date, language: str) -> str:
    return _plain(format_skeleton(skeleton, value, locale=_locale(language)))


def _plain(text: str) -> str:
    return text.translate(SPACES)


def _locale(language: str) -> Locale:
    return _of(language or speaking())


@cache
def _of(language: str) -> Locale:
    """The locale of a language; one that Babel does not know is written as English."""
    if language == ENGLISH:
        return Locale.parse(BRITISH)
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(BRITISH)
