"""Each code of the platform is of one kind, and an error says nothing but call, code and request id."""

from __future__ import annotations

import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from flows.shop.api_error import ApiError, ErrorKind, kind_of
from tests.flows.shop.section_5 import CLASSES

TOLD = tomllib.loads((files("flows.shop") / "errors.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in CLASSES.items() for code in codes])
def test_every_code_of_the_reference_is_of_the_kind_that_its_table_says(kind, code):
    assert kind_of(code) is kind


def test_every_table_has_its_kind_and_every_kind_its_table():
    assert {*TOLD, "unknown"} == {kind.value for kind in ErrorKind}


def test_no_code_is_of_two_kinds():
    assert [
        code for code, times in Counter(c for row in TOLD.values() for c in row["codes"]).items() if times > 1
    ] == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, ErrorKind.RETRY),
        (503, ErrorKind.RETRY),
        (500, ErrorKind.INTERNAL),
        (502, ErrorKind.INTERNAL),
        (504, ErrorKind.INTERNAL),
        (404, ErrorKind.UNKNOWN),
        (200, ErrorKind.UNKNOWN),
    ],
)
def test_a_code_that_nobody_knows_is_told_by_its_http_status(status, kind):
    assert kind_of(99999999, status) is kind


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (36009007, 503, ErrorKind.RETRY),
        (36009007, 200, ErrorKind.INTERNAL),
        (36009003, 500, ErrorKind.INTERNAL),
        (21011040, 503, ErrorKind.ALREADY_DONE),
        (105002, 500, ErrorKind.TOKEN_EXPIRED),
    ],
)
def test_a_code_that_leaves_open_what_was_done_is_told_by_an_overload_of_http(code, status, kind):
    assert kind_of(code, status) is kind


def test_only_what_passes_by_itself_is_transient():
    passing = {kind for kind in ErrorKind if ApiError("any", 1, kind).transient}
    assert passing == {ErrorKind.RETRY, ErrorKind.INTERNAL}
