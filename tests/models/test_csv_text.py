"""CSV that is opened by a spreadsheet program: cells come back as they were, and none is carried out as a formula."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.csv_text import ENCODING, FORMULA, SIGNS, Cell, csv_text


def read(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline=""), strict=True))


def bare(rows: list[list[str]]) -> list[list[str]]:
    return [[cell.removeprefix("'") for cell in row] for row in rows]


@pytest.mark.parametrize("first", SIGNS)
@pytest.mark.parametrize("before", ["", " ", "\u00a0", " \t"])
def test_a_cell_that_could_be_a_formula_is_put_behind_an_apostrophe(first, before):
    cell = f'{before}{first}HYPERLINK("https://invalid.example")'
    assert read(csv_text(["a"], [[cell]])) == [["a"], [f"'{cell}"]]


def test_a_heading_is_guarded_like_any_cell():
    assert read(csv_text(["=1+1"], [])) == [["'=1+1"]]


def test_numbers_stay_numbers_and_nothing_is_an_empty_cell():
    numbers: list[Cell] = [-3, -0.5, Decimal("-12.50"), None]
    assert read(csv_text(["a", "b", "c", "d"], [numbers]))[1] == ["-3", "-0.5", "-12.50", ""]


def test_every_cell_is_quoted_and_every_line_ends_as_the_rfc_has_it():
    assert csv_text(["a", "b"], [['say "hi"', "one,two"]]) == '"a","b"\r\n"say ""hi""","one,two"\r\n'


def test_vietnamese_is_marked_as_utf_8_for_excel():
    assert csv_text(["đã giao"], []).encode(ENCODING).startswith(b"\xef\xbb\xbf")


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2)))
def test_what_is_read_back_is_what_was_written_but_for_the_guard(rows):
    back = read(csv_text(["a", "b"], rows))[1:]
    assert bare(back) == bare(rows)
    assert not [cell for row in back for cell in row if FORMULA.match(cell)]
