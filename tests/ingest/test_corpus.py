"""Every mail of the corpus comes to what expected.json says, field by field."""

from __future__ import annotations

import pytest

from ingest.report import as_json
from tests.ingest.corpus import EXPECTED, NOT_COMPARED, SHOPS, comparable, read

FILES = sorted(EXPECTED["files"])


def test_the_corpus_is_whole():
    assert len(FILES) == 94


@pytest.mark.parametrize("file", FILES)
def test_a_mail_is_read_as_expected(file):
    wanted = EXPECTED["files"][file]
    told = as_json(read(file), file, SHOPS)
    outcomes = {f"{wanted['disposition']}:{wanted['reason']}", *wanted.get("alternatives", ())}
    assert f"{told['disposition']}:{told['reason']}" in outcomes
    if told["disposition"] == wanted["disposition"]:
        fields = [name for name in wanted if name not in NOT_COMPARED]
        assert {name: comparable(name, told.get(name)) for name in fields} == {
            name: comparable(name, wanted[name]) for name in fields
        }


@pytest.mark.parametrize("file", [name for name in FILES if "buyer_masked" in EXPECTED["files"][name]])
def test_the_buyer_is_in_no_reading(file):
    assert EXPECTED["files"][file]["buyer_masked"] not in repr(read(file))


def test_a_cancel_reason_becomes_a_code():
    told = as_json(read("030_en_cancel_requested.eml"), "030", SHOPS)
    assert told["reason_code"] == "ordered_by_mistake"
    assert "cancel_reason" not in told


def test_the_same_bytes_tell_the_same():
    assert read("082_duplicate_exact.eml") == read("001_en_us_table_alternative.eml")
