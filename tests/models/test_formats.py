"""Dates, times, numbers, shares and money are written as the reader's language writes them, in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models import formats
from models.catalogue import words
from models.language import languages, settle

ROOT = Path(__file__).parents[2]
SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
AT = datetime(2026, 3, 17, 18, 5, 9, tzinfo=UTC)
DAY = date(2026, 9, 3)

# Rooms that write for machines, or for developers alone.
MACHINES = (
    "flows/backup/restoring.py",  # the name of a file
    "flows/shop/webhook.py",  # a key
    "flows/wording_watch.py",  # a key
    "models/evidence_files.py",  # evidence is UTC in ISO's form
    "dashboard/views/breaches.py",  # a key
    "flows/bench/",
    "flows/shop/simulator/",  # writes as TikTok Shop does
)


@pytest.mark.parametrize(
    ("language", "day", "in_year", "dated", "clock"),
    [
        ("en", "Thu 3 Sept", "Thu, 3 Sept 2026", "3 Sept 2026", "01:05"),
        ("vi", "Thứ 5, 3 thg 9", "Thứ 5, 3 thg 9, 2026", "3 thg 9, 2026", "1:05"),
        ("id", "Kam, 3 Sep", "Kam, 3 Sep 2026", "3 Sep 2026", "01.05"),
        ("de", "Do., 3. Sept.", "Do., 3. Sept. 2026", "3. Sept. 2026", "01:05"),
        ("zh", "9月3日周四", "2026年9月3日周四", "2026年9月3日", "01:05"),
    ],
)
def test_a_date_and_a_time_are_written_in_the_language(language, day, in_year, dated, clock):
    assert formats.day(DAY, language) == day
    assert formats.day(DAY, language, with_year=True) == in_year
    assert formats.full_date(DAY, language) == dated
    assert formats.clock(time(1, 5), language) == formats.clock(AT.astimezone(SAIGON), language) == clock


def test_a_moment_is_told_on_the_zones_clock_and_with_its_year_in_another_year():
    assert formats.moment(AT, SAIGON, AT) == "Wed 18 Mar 01:05"
    assert formats.moment(AT, SAIGON, AT + timedelta(days=400)) == "Wed, 18 Mar 2026 01:05"
    new_year = datetime(2026, 12, 31, 18, tzinfo=UTC)  # the next year in Saigon already
    assert "2027" not in formats.moment(new_year, SAIGON, new_year + timedelta(hours=1))
    assert formats.full_moment(AT, SAIGON) == "18 Mar 2026 01:05 +07"


def test_a_language_that_says_the_time_first_has_it_first():
    assert formats.moment(AT, SAIGON, language="vi") == "1:05 Thứ 4, 18 thg 3"


@pytest.mark.parametrize(
    ("language", "thousands", "half", "share", "weekday"),
    [
        ("en", "1,234,567", "2.5", "33%", "Mon"),
        ("vi", "1.234.567", "2,5", "33%", "Thứ 2"),
        ("fr", "1 234 567", "2,5", "33 %", "lun."),
    ],
)
def test_numbers_shares_and_weekdays_are_written_in_the_language(language, thousands, half, share, weekday):
    assert formats.number(1_234_567, language) == thousands
    assert formats.number(2.5, language) == formats.number(Decimal("2.50"), language) == half
    assert formats.percent(1 / 3, language) == share
    assert formats.weekday(0, language) == weekday


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("value", [0, 7, 999, 1000, -1000, 10_001])
def test_short_numbers_are_written_as_babel_writes_them(language, value):
    assert formats.number(value, language) == formats.number(Decimal(value), language)


@pytest.mark.parametrize(
    ("amount", "currency", "english", "vietnamese"),
    [
        ("450000", "VND", "₫450,000", "450.000 ₫"),
        ("450000.00", "VND", "₫450,000", "450.000 ₫"),
        ("450000.50", "VND", "₫450,000.50", "450.000,50 ₫"),
        ("12.5", "USD", "US$12.50", "12,50 US$"),
        ("1200", "GBP", "£1,200.00", "1.200,00 £"),
        ("0.125", "GBP", "£0.125", "0,125 £"),
        ("-3", "THB", "-THB3.00", "-3,00 ฿"),
    ],
)
def test_a_currency_decides_how_many_decimals_money_has_and_none_that_was_told_is_lost(
    amount, currency, english, vietnamese
):
    assert formats.money(Decimal(amount), currency, "en") == english
    assert formats.money(Decimal(amount), currency, "vi") == vietnamese


def everything(language: str) -> Iterator[str]:
    """Give one of each kind."""
    yield formats.number(-1234567.5, language)
    yield formats.percent(0.5, language)
    yield formats.money(Decimal("1234567.5"), "EUR", language)
    yield from (formats.weekday(number, language) for number in range(7))
    for month in range(1, 13):
        at = datetime(2026, month, month, 13, month, tzinfo=UTC)
        yield from (formats.moment(at, SAIGON, language=language), formats.full_moment(at, SAIGON, language))
        yield formats.letter_moment(at, SAIGON, language)
    yield from formats.separators(language)


MARKETS = ("de", "en", "es", "fil", "fr", "ga", "id", "it", "ja", "ms", "pt", "th", "vi", "zh")  # TikTok Shop's


@pytest.mark.parametrize("language", [*MARKETS, "ar", "cs", "fi", "he", "hi", "pl", "ru", "sv", "uk"])
def test_whatever_language_comes_it_is_written_with_plain_spaces_alone(language):
    """People search for what they see, and paste it; a terminal may have no sign for others."""
    for told in everything(language):
        assert told.strip() or told == " "  # a group of digits may be parted by a space
        assert [sign for sign in told if sign.isspace() and sign != " "] == []


def test_a_language_that_nobody_knows_is_written_as_english():
    assert formats.day(DAY, "xx") == formats.day(DAY, "en")


@pytest.mark.parametrize(("language", "order"), [("en", "dmy"), ("vi", "dmy"), ("zh", "ymd"), ("fil", "mdy")])
def test_a_field_for_a_date_has_the_languages_order(language, order):
    assert formats.order_of_date(language) == order


def test_the_language_that_is_spoken_counts_where_none_is_named():
    settle("vi", {})
    assert (formats.number(2.5), formats.day(DAY)) == ("2,5", "Thứ 5, 3 thg 9")


def test_a_number_in_a_sentence_is_written_in_its_language():
    assert words("en").text("times.days", n=1234) == "1,234 days"
    assert words("vi").text("times.days", n=1234.5) == "1.234,5 ngày"


def test_what_is_typed_or_looked_up_by_its_number_stays_as_it_is():
    assert words().text("cli.no_health", host="::1", port=18511, code="X") == words().text(
        "cli.no_health", host="::1", port="18511", code="X"
    )
    assert "1234," in words("vi").text("export.lines.overlong", line=1234, order_no="-", word="-")


@pytest.mark.parametrize("package", ["models", "ingest", "flows", "dashboard"])
def test_no_other_room_writes_dates_or_groups_digits(package):
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sorted((ROOT / package).rglob("*.py"))
        if not file.relative_to(ROOT).as_posix().startswith(MACHINES)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute | ast.FormattedValue) and _writes(node)
    ]
    assert found == []


def _writes(node: ast.Attribute | ast.FormattedValue) -> bool:
    """Tell whether a value is formatted here as a date or with signs between its digits."""
    if isinstance(node, ast.Attribute):
        return node.attr == "strftime"
    if not isinstance(node.format_spec, ast.JoinedStr):
        return False
    spec = "".join(str(part.value) for part in node.format_spec.values if isinstance(part, ast.Constant))
    return "%" in spec or "," in spec
