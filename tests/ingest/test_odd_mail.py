"""Odd mail of others, broken mail and mail made to stall: each gets one row, in time and in bounds."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from tests.conftest import TOLD
from tests.ingest.attacks import SHAPES
from tests.ingest.mutations import FIXTURES, mutations, others
from tests.ingest.odd_mail import run

FEW = 300


def test_odd_and_broken_mail_each_gets_one_row_and_none_breaks_the_reader(tmp_path: Path, record_property):
    tally = run([*others(), *mutations(FEW)], tmp_path)
    record_property(TOLD, str(tally))
    assert tally.mails == tally.rows > FEW
    assert not tally.raised
    assert tally.outcomes["quarantined", "reader_failed"] == 0


def test_mail_made_to_stall_is_read_in_time(tmp_path: Path):
    tally = run([make() for make in islice(SHAPES.values(), 0, None, 8)], tmp_path)
    assert not tally.raised
    assert tally.mails == tally.rows
    assert tally.slowest < 2.0  # of the processor's time, not the wall's


def test_the_mails_of_others_are_there_with_their_licences():
    assert len(others()) > 60
    for folder in ("cpython", "mail-parser"):
        assert (FIXTURES / "others" / folder / "LICENSE.txt").is_file()


@pytest.mark.long
def test_twenty_thousand_broken_mails_and_every_attack(record_property):
    done = subprocess.run([sys.executable, "-m", "tests.ingest.odd_mail"], capture_output=True, text=True, check=False)
    record_property(TOLD, done.stdout)
    assert done.returncode == 0, done.stdout
