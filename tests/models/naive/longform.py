"""Many made-up orders checked on all cores, with a word now and then on how far it is."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from typing import Final, NamedTuple

from tests.models.naive.check import Tally, check

SHARE: Final = 50  # orders that one process checks at a time
EVERY: Final = 60  # seconds between two words on progress


class Job(NamedTuple):
    """Some seeds, and whether each minute of their orders is looked at."""

    seeds: range
    each_minute: bool


def jobs(near: range, each_minute: range) -> list[Job]:
    """The work in shares, the slow ones first."""
    slow = [Job(each_minute[at : at + 2], each_minute=True) for at in range(0, len(each_minute), 2)]
    return slow + [Job(near[at : at + SHARE], each_minute=False) for at in range(0, len(near), SHARE)]


def check_all(work: list[Job]) -> Tally:
    """What came of all the work, done on every core; progress goes to stderr."""
    whole, begun = Tally(), time.monotonic()
    told = begun
    context = multiprocessing.get_context("spawn")  # a test's process has threads, which a fork would break
    with context.Pool(os.cpu_count()) as pool:
        for tally in pool.imap_unordered(run, work):
            whole.add(tally)
            if time.monotonic() - told > EVERY:
                told = time.monotonic()
                print(f"{(told - begun) / 60:.0f} min: {summary(whole)}", file=sys.stderr, flush=True)  # noqa: T201 - its purpose
    return whole


def run(job: Job) -> Tally:
    """What came of one share."""
    return check(job.seeds, each_minute=job.each_minute)


def summary(tally: Tally) -> str:
    """The result in one line."""
    breached = sum(tally.breaches.values())
    return (
        f"{tally.orders:,} orders, {tally.minutes:,} order-minutes: {tally.false} false, {tally.missed} missed "
        f"breaches ({breached:,} breached rules seen), {tally.other} other differences"
    )
