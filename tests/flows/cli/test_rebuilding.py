"""`rebuild` tells what does not follow from the news and puts it right; `bench` prints figures, limits and machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.cli.conftest import BUYERS, JUNIPER, Shipclock


@pytest.fixture
def polled(deliver: Callable[..., None], shipclock: Shipclock) -> Shipclock:
    deliver("001", "004", "030")
    assert shipclock("poll").code == 0
    return shipclock


def tamper(place: Path, statement: str) -> None:
    with sqlite3.connect(place / "home" / "shipclock.db") as connection:
        connection.execute(statement)
    connection.close()


def test_a_sound_database_says_so(polled: Shipclock):
    said = polled("rebuild", "--check")
    assert (said.code, said.out) == (0, "Everything that is shown follows from the news: 2 orders.\n")


def test_check_tells_what_differs_and_changes_nothing_and_a_rebuild_puts_it_right(polled: Shipclock, place: Path):
    tamper(place, f"update orders set stage = 'PACKED' where order_no = '{JUNIPER}'")  # noqa: S608  # our own number
    for _ in range(2):
        said = polled("rebuild", "--check")
        assert said.code == 1
        assert f"Juniper & Pine Co.:{JUNIPER}: orders stage: PACKED -> " in said.out
        assert not any(buyer in said.out for buyer in BUYERS)
    assert polled("rebuild", "--check", "--shop", "Lotus Lane Home").code == 0
    mended = polled("rebuild", "--order", JUNIPER, "--json")
    assert (mended.code, mended.json["orders"], mended.json["left"]) == (0, 1, 0)
    assert [(one["column"], one["stored"], one["mended"]) for one in mended.json["differences"]] == [
        ("stage", "PACKED", True)
    ]
    assert polled("rebuild", "--check").code == 0


def test_many_differences_are_told_by_kind(polled: Shipclock, place: Path):
    tamper(place, "update deadline set fault = 'nobody', stated = not stated, warn_level = 9")
    said = polled("rebuild", "--check")
    assert "  2 x deadline D02 warn_level, for example " in said.out
    assert len(said.out.splitlines()) > 5


def test_what_a_rebuild_cannot_put_right_is_left_for_a_person(polled: Shipclock, place: Path):
    tamper(place, "update fact set kind = 'eaten' where kind = 'cancel_requested'")
    said = polled("rebuild")
    assert said.code == 1
    assert "What a person must look at: 1." in said.out


def test_an_unknown_shop_is_told_with_the_known_ones(polled: Shipclock):
    said = polled("rebuild", "--shop", "Nobody")
    assert said.code == 2
    assert "Lotus Lane Home" in said.err


def test_the_bench_prints_the_machine_and_each_figure_with_its_limit(shipclock: Shipclock):
    said = shipclock("bench", "lifecycle", "--orders", "30", "--deadlines", "100", "--due", "10")
    assert said.code in {0, 1}, said.err
    about, figures = said.out.splitlines()[:5], said.out.splitlines()[5:]
    assert [line.split()[0] for line in about] == ["processor", "cores", "system", "python", "sqlite"]
    assert [line.rpartition(": ")[2] in {"holds", "BROKEN"} for line in figures] == [True] * 3
    assert ("BROKEN" in said.out) == bool(said.code)
    assert "10 of them due" in figures[1]
    assert "rebuild of 30 stored orders" in figures[2]
