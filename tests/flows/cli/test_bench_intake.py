"""`bench intake` reads one mailbox in three ways and tells what each mail cost; the long form is the command itself."""

from __future__ import annotations

import json

import pytest

from flows.bench.letters import LEAST_BYTES, MOST_BYTES, made_up_mails
from tests.dovecot import missing
from tests.flows.cli.conftest import Shipclock

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
SMALL = ("--mails", "30", "--rounds", "1", "--memory-mails", "30", "--old-mails", "30")


def test_the_bench_tells_each_ratio_the_memory_and_a_poll_without_news(shipclock: Shipclock):
    said = shipclock("bench", "intake", "--json", *SMALL)
    figures = json.loads(said.out)["figures"]
    assert [figure["unit"] for figure in figures] == ["times", "times", "MiB", "ms CPU"]
    assert all(figure["value"] > 0 for figure in figures)
    assert (said.code == 0) is all(figure["holds"] for figure in figures)


def test_its_mails_have_the_size_of_real_ones_and_come_again_the_same():
    sizes = [len(raw) for raw in made_up_mails(40)]
    assert min(sizes) >= LEAST_BYTES * 0.9
    assert max(sizes) <= MOST_BYTES * 1.1
    assert list(made_up_mails(5)) == list(made_up_mails(5))
