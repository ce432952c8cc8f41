"""However calls arrive and whatever delays them, the platform never sees more than 50 of a kind in a second."""

from __future__ import annotations

import heapq
import sqlite3
import subprocess
import sys
import threading
from bisect import bisect_right
from itertools import accumulate, count, cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.shop.limit import LONGEST_SECONDS, PLACES, SECOND, Limiter, Wait

ALLOWED = 50

# How long a call takes, and at which part of that the platform sees it: repeated for as many calls as are made.
delays = st.lists(st.tuples(st.floats(0.001, 2), st.floats(0, 1)), min_size=1, max_size=12)
pauses = st.lists(st.floats(0, 0.03), min_size=1, max_size=12)


class Days:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def played(calls) -> list[float]:
    """Play calls on one limiter, as many threads would; the moments at which the platform saw them."""
    clock, number = Days(), count()
    seen: list[float] = []
    limiter = Limiter(":memory:", clock=clock, sleep=clock.sleep)
    events: list[tuple[float, int, float, float, int | None]]
    events = [(1000.0 + at, next(number), takes, part, None) for at, takes, part in calls]
    heapq.heapify(events)
    while events:
        clock.now, _, takes, part, place = heapq.heappop(events)
        if place is not None:
            limiter.leave(place)
            continue
        taken = limiter.take("search")
        if isinstance(taken, Wait):
            heapq.heappush(events, (clock.now + taken.seconds, next(number), takes, part, None))
        else:
            seen.append(clock.now + takes * part)
            heapq.heappush(events, (clock.now + takes, next(number), 0.0, 0.0, taken))
    limiter.close()
    return sorted(seen)


def most_in_a_second(moments: list[float]) -> int:
    return max((place + 1 - bisect_right(moments, at - SECOND) for place, at in enumerate(moments)), default=0)


@given(delays, pauses, st.integers(1, 120))
def test_no_second_at_the_platform_sees_more_than_it_allows(delays, pauses, many):
    wanted = accumulate(islice(cycle(pauses), many))
    calls = [(at, *delay) for at, delay in zip(wanted, cycle(delays), strict=False)]
    seen = played(calls)
    assert len(seen) == many
    assert most_in_a_second(seen) <= ALLOWED


def test_under_load_more_than_40_go_through_in_a_second():
    seen = played([(0.0, 0.05, 0.5)] * 400)
    assert 400 / (seen[-1] - seen[0]) > 40
    assert most_in_a_second(seen) == PLACES


def test_kinds_of_calls_do_not_wait_for_each_other():
    limiter = Limiter(":memory:")
    while not isinstance(limiter.take("search"), Wait):
        pass
    assert not isinstance(limiter.take("ship"), Wait)
    limiter.close()


def test_two_processes_share_the_places(tmp_path):
    ours = Limiter(tmp_path / "limits.db")
    theirs = (
        "import sys; from flows.shop.limit import Limiter, Wait; limiter = Limiter(sys.argv[1]);"
        "print(sum(not isinstance(limiter.take('search'), Wait) for _ in range(40)))"
    )
    taken = int(subprocess.check_output([sys.executable, "-c", theirs, tmp_path / "limits.db"]))
    taken += sum(not isinstance(ours.take("search"), Wait) for _ in range(40))
    ours.close()
    assert taken == PLACES


def test_the_place_of_a_process_that_died_is_free_again_in_time():
    clock = Days()
    limiter = Limiter(":memory:", clock=clock)
    while not isinstance(limiter.take("search"), Wait):
        pass
    clock.now += LONGEST_SECONDS
    assert not isinstance(limiter.take("search"), Wait)
    limiter.close()


def test_places_from_before_the_machine_started_anew_are_free():
    clock = Days()
    limiter = Limiter(":memory:", clock=clock)
    while not isinstance(limiter.take("search"), Wait):
        pass
    clock.now = 3.0
    assert not isinstance(limiter.take("search"), Wait)
    limiter.close()


def test_threads_wait_for_their_turn(tmp_path):
    clock = Days()
    limiter = Limiter(tmp_path / "limits.db", clock=clock, sleep=clock.sleep)
    done: list[float] = []

    def work() -> None:
        for _ in range(20):
            with limiter.turn("search"):
                done.append(clock.now)

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    limiter.close()
    assert len(done) == 100
    assert clock.now > 1000.0 + SECOND


def test_a_limiter_that_nobody_holds_closes_its_file(tmp_path):
    limiter = Limiter(tmp_path / "limits.db")
    places = limiter._places  # noqa: SLF001  # what must be closed is its own
    del limiter
    with pytest.raises(sqlite3.ProgrammingError):
        places.execute("SELECT 1")
