"""No text of a downloaded table is taken for a formula, nothing is lost, and numbers stay numbers."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sheet import MARK, OBEYED, csv_text, guarded, hours_cell, time_cell

NUMBER = "577094156662650001"


def read_back(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text.removeprefix(MARK), newline=""), strict=True))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1dcmd", '=HYPERLINK("http://x";"y")'],
)
def test_a_text_that_a_spreadsheet_would_obey_gets_an_apostrophe_in_front(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["J&T Express", "", "GHN - fast", "2026-03-18T15:00:00+07:00", "12", "a=b"])
def test_any_other_text_stays_as_it_is(text):
    assert guarded(text) == text


def test_an_order_number_is_too_long_for_a_number_and_ends_in_a_tab_so_that_no_digit_is_lost():
    assert guarded(NUMBER) == f"{NUMBER}\t"


def test_numbers_are_bare_below_zero_too_and_texts_stand_in_quotes():
    told = csv_text(["Order", "Hours"], [[NUMBER, -1.5], ["=2", 3], [None, None]])
    assert told == f'{MARK}"Order","Hours"\r\n"{NUMBER}\t",-1.5\r\n"\'=2",3\r\n"",""\r\n'


TEXTS = st.text(max_size=12) | st.text("=+-@\t\r\n \",;'1a\uff1d", max_size=6)
CELLS = TEXTS | st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9) | st.none()


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6))
def test_every_cell_is_read_back_as_it_was_and_none_begins_as_a_formula(rows):
    headings, *found = read_back(csv_text(["a", "=b", "c"], rows))
    assert headings == ["a", "'=b", "c"]
    assert len(found) == len(rows)
    for cell, read in (
        (cell, read) for row, back in zip(rows, found, strict=True) for cell, read in zip(row, back, strict=True)
    ):
        if isinstance(cell, int | float):
            assert float(read) == cell
        else:
            assert not read.lstrip().startswith(OBEYED)
            assert read.removeprefix("'").removesuffix("\t") == (cell or "").removeprefix("'").removesuffix("\t")


def test_times_are_the_shops_with_their_distance_from_utc_and_spans_are_hours():
    moment = datetime(2026, 3, 18, 8, 0, tzinfo=UTC)
    assert time_cell(moment, ZoneInfo("Asia/Ho_Chi_Minh")) == "2026-03-18T15:00:00+07:00"
    assert time_cell(None, ZoneInfo("UTC")) is None
    assert hours_cell(timedelta(hours=2, minutes=20)) == 2.33
    assert hours_cell(None) is None
