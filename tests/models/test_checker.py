"""No breach is missed and none is false: every rule written down a second time, plainly, and asked minute by minute.

The naive rules are in `tests/models/naive/`; of the product they take the words alone. The long form, up to an
hour: `pytest -n 0 --long tests/models/test_checker.py -k long_form`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.deadline import Deadline, DeadlineState
from models.fact import Fact, FactKind
from models.order import Order, fold
from models.terms import Terms
from tests.conftest import TOLD
from tests.models.naive.check import Fold, Tally, check
from tests.models.naive.longform import check_all, jobs, summary
from tests.models.naive.news import a_story

BREAKABLE = {f"D{number:02}" for number in range(1, 18)} - {"D09", "D16"}  # D09 counts no breach, D16 is no rule
SEEDS = range(200)  # in them every rule is breached
BRIEF = (10_312, 10_325)  # orders with a short life, looked at minute by minute
NAIVE = Path(__file__).parent / "naive"


def assert_alike(tally: Tally) -> None:
    assert not tally.faults, "\n".join([summary(tally), *tally.faults[:20]])
    assert BREAKABLE - set(tally.breaches) == set(), "a rule that was never breached is not tried"


def test_no_breach_is_missed_and_none_is_false(record_property):
    tally = check(SEEDS)
    record_property(TOLD, f"naive rules: {summary(tally)}")
    assert_alike(tally)


def test_no_breach_is_missed_and_none_is_false_in_any_minute_of_a_life():
    tally = check(BRIEF, each_minute=True)
    assert tally.minutes > 10_000
    assert not tally.faults, tally.faults[0]


@pytest.mark.long
@pytest.mark.timeout(4000)
def test_the_long_form_of_ten_thousand_orders(record_property, capfd):
    begun = time.monotonic()
    with capfd.disabled():
        tally = check_all(jobs(range(10_000), each_minute=range(10_000, 10_200)))
    record_property(TOLD, f"naive rules: {summary(tally)}; {(time.monotonic() - begun) / 60:.0f} min")
    by_rule = ", ".join(f"{rule} {count:,}" for rule, count in sorted(tally.breaches.items()))
    record_property(TOLD, f"breached by rule: {by_rule}")
    assert_alike(tally)
    met = {rule for rule, state in tally.states if state == "MET"}
    assert met >= BREAKABLE, "a rule that was never met is not tried"


def a_microsecond_early(facts: Iterable[Fact], terms: Terms, now: datetime) -> Order:
    """The due moment itself is too late."""
    return fold(facts, terms, now + timedelta.resolution)


def looked_at_too_late(facts: Iterable[Fact], terms: Terms, now: datetime) -> Order:
    """`next_check_at` is an hour late."""
    order = fold(facts, terms, now)
    return replace(order, next_check_at=order.next_check_at and order.next_check_at + timedelta(hours=1))


def deaf_to_switches(facts: Iterable[Fact], terms: Terms, now: datetime) -> Order:
    """D04 runs on after the order was switched to drop-off."""
    return fold([fact for fact in facts if fact.kind is not FactKind.HANDOVER_SWITCHED], terms, now)


def deaf_to_retractions(facts: Iterable[Fact], terms: Terms, now: datetime) -> Order:
    """What was taken back still counts."""
    return fold([fact for fact in facts if fact.kind is not FactKind.RETRACTION], terms, now)


def believes_the_first(facts: Iterable[Fact], terms: Terms, now: datetime) -> Order:
    """Of several reports of one thing the one that arrived first counts, whoever tells it."""
    kept: dict[FactKind, Fact] = {}
    for fact in facts:
        kept.setdefault(fact.kind, fact)
    return fold(kept.values(), terms, now)


def accuses_always(facts: Iterable[Fact], terms: Terms, now: datetime) -> Order:
    """A shop that never gets such mails is accused all the same."""
    return fold(facts, replace(terms, seen=None), now)


def blind_to_one_state(facts: Iterable[Fact], terms: Terms, now: datetime) -> Order:
    """A stop that came too late makes good."""
    order = fold(facts, terms, now)
    return replace(order, deadlines=tuple(_made_good(clock) for clock in order.deadlines))


def _made_good(clock: Deadline) -> Deadline:
    late = clock.state is DeadlineState.MET_LATE
    return replace(clock, state=DeadlineState.MET) if late else clock


class StandsByIt:
    """Late news never take a breach back."""

    def __init__(self) -> None:
        self.broken: dict[tuple[str, str], Deadline] = {}
        self.first_key = ""

    def __call__(self, facts: Iterable[Fact], terms: Terms, now: datetime) -> Order:
        known = list(facts)
        if known[0].source_key != self.first_key:  # another order
            self.broken, self.first_key = {}, known[0].source_key
        order = fold(known, terms, now)
        states = {DeadlineState.BREACHED, DeadlineState.MET_LATE}
        self.broken.update({(clock.rule, clock.about): clock for clock in order.deadlines if clock.state in states})
        other = [clock for clock in order.deadlines if (clock.rule, clock.about) not in self.broken]
        return replace(order, deadlines=(*other, *self.broken.values()))


@pytest.mark.parametrize(
    ("wrong", "seed", "found"),
    [
        (looked_at_too_late, 0, "missed"),
        (deaf_to_switches, 104, "false D04"),
        (deaf_to_retractions, 96, "false"),
        (believes_the_first, 0, "missed"),
        (accuses_always, 5, "false D04"),
        (blind_to_one_state, 3, "missed D02"),
        (StandsByIt(), 1, "false D02"),
    ],
)
def test_a_wrong_answer_is_found(wrong: Fold, seed: int, found: str):
    tally = check([seed], wrong)
    assert tally.false + tally.missed > 0
    line = next(line for line in tally.faults if line.startswith(found))
    assert f"seed {seed}" in line


def test_a_clock_that_is_over_a_microsecond_early_is_found():
    tally = check(BRIEF[:1], a_microsecond_early, each_minute=True)
    assert tally.false > 0 == tally.missed


def test_a_story_is_the_same_each_time():
    assert a_story(7) == a_story(7)
    assert a_story(7) != a_story(8)


def test_the_naive_rules_share_no_code_with_the_product():
    """Only its words: kinds, authorities, stages; `check` asks the product."""
    rules = [path for path in NAIVE.glob("*.py") if path.name not in {"check.py", "longform.py"}]
    told = {line for path in rules for line in path.read_text().splitlines() if "models." in line and "import" in line}
    theirs = {line for line in told if line.startswith("from models")}
    words = {"FactKind as K", "FactKind", "Authority", "Fact", "Stage"}
    assert theirs
    assert {word for line in theirs for word in line.split(" import ")[1].split(", ")} <= words
    assert not any("tests.models.makers" in line for line in told)
    assert "models.clock" not in {name for path in rules for name in path.read_text().split()}
