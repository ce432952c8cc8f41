"""Playing the demo without Prefect, move by move, as fast as the plain functions go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flows.demo.home import START, DemoHome
from flows.demo.play import Play
from tests.flows.demo.plain_runs import plain_runs

MOVE: Final = timedelta(hours=12)


def moments(since: float, until: float) -> Sequence[datetime]:
    """Give the moments that a play moves to between two of its days."""
    first, last = (round(timedelta(days=day) / MOVE) for day in (since, until))
    return [START + number * MOVE for number in range(first + 1, last + 1)]


def play(demo: DemoHome, days: float, since: float = 0) -> Play:
    """Play up to this day, from where it was at the end of another one."""
    played = Play(demo, plain_runs(demo))
    for moment in moments(since, days):
        played.move_to(moment)
    return played
