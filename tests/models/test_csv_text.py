"""CSV that is opened by a spreadsheet program: cells come back as they were, and none is carried out as a formula."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.csv_text import ENCODING, FORMULA, SIGNS, Cell, csv_text, guarded, hours_cell, time_cell

NUMBER = "577094156662650001"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text("=+-@\t\r\n \",;'1a\uff1d", max_size=6)
CELLS = TEXTS | st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9) | st.none()


def read(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline=""), strict=True))


def bare(text: str) -> str:
    return text.removeprefix("'").removesuffix("\t")


@pytest.mark.parametrize("first", SIGNS)
@pytest.mark.parametrize("before", ["", " ", "\u00a0", " \t"])
def test_a_cell_that_could_be_a_formula_is_put_behind_an_apostrophe(first, before):
    cell = f'{before}{first}HYPERLINK("https://invalid.example")'
    assert read(csv_text(["a"], [[cell]])) == [["a"], [f"'{cell}"]]


@pytest.mark.parametrize("text", ["J&T Express", "", "GHN - fast", "2026-03-18T15:00:00+07:00", "12", "a=b"])
def test_any_other_text_stays_as_it_is(text):
    assert guarded(text) == text


def test_a_heading_is_guarded_like_any_cell():
    assert read(csv_text(["=1+1"], [])) == [["'=1+1"]]


def test_an_order_number_is_too_long_for_a_number_and_ends_in_a_tab_so_that_no_digit_is_lost():
    assert guarded(NUMBER) == f"{NUMBER}\t"


def test_numbers_are_bare_below_zero_too_texts_stand_in_quotes_and_lines_end_as_the_rfc_has_it():
    rows: list[list[Cell]] = [['say "hi"', -1.5], ["=2", Decimal("-12.50")], [None, 3]]
    told = '"Order","Hours"\r\n"say ""hi""",-1.5\r\n"\'=2",-12.50\r\n"",3\r\n'
    assert csv_text(["Order", "Hours"], rows) == told


def test_vietnamese_is_marked_as_utf_8_for_excel():
    assert csv_text(["đã giao"], []).encode(ENCODING).startswith(b"\xef\xbb\xbf")


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=6))
def test_what_is_read_back_is_what_was_written_but_for_the_guard_and_none_begins_as_a_formula(rows):
    heading, *found = read(csv_text(["a", "=b"], rows))
    assert heading == ["a", "'=b"]
    assert len(found) == len(rows)
    cells = [pair for row, back in zip(rows, found, strict=True) for pair in zip(row, back, strict=True)]
    texts = [(cell or "", told) for cell, told in cells if cell is None or isinstance(cell, str)]
    assert not [told for _, told in texts if FORMULA.match(told)]
    assert [bare(told) for _, told in texts] == [bare(cell) for cell, _ in texts]
    numbers = [(cell, told) for cell, told in cells if isinstance(cell, int | float)]
    assert [float(told) for _, told in numbers] == [cell for cell, _ in numbers]


def test_times_are_the_shops_with_their_distance_from_utc_and_spans_are_hours():
    moment = datetime(2026, 3, 18, 8, 0, tzinfo=UTC)
    assert time_cell(moment, ZoneInfo("Asia/Ho_Chi_Minh")) == "2026-03-18T15:00:00+07:00"
    assert time_cell(None, ZoneInfo("UTC")) is None
    assert hours_cell(timedelta(hours=2, minutes=20)) == 2.33
    assert hours_cell(None) is None
