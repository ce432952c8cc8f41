"""What a run takes: the shops by turns, a few at a time, no longer than it may; a shop that is down is left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from flows import clock
from flows.claiming import LEASED, OUTAGE, RUN_SECONDS, TIMES, Claiming
from flows.office import Office, open_office
from flows.shop.protocol import Answer, Outcome
from flows.steps import MOST_ATTEMPTS, StepFault, Tried, attempt, write_down
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.steps import LEASE, Claim, StepStatus, claim, due_at_least, due_steps
from models.db.tables import OrderRow, StepRow
from models.stage import Step
from tests.flows.prefect_server import SETTINGS, a_home
from tests.models.makers import T0 as NOW
from tests.models.makers import placed

BIG, SMALL = "Tre Viet Store", "Corner Shop"
OTHER = SETTINGS.partition("[[shop]]")[2].replace(BIG, SMALL)
STEP = Step.CONFIRM


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A big shop with sixty orders that are due for longer than the three of a small one."""
    home = a_home(tmp_path)
    home.config.write_text(f"{SETTINGS}\n[[shop]]{OTHER}", encoding="utf-8")
    made = open_office(home)
    for shop, count, moment in ((BIG, 60, NOW), (SMALL, 3, NOW + timedelta(hours=1))):
        clock.set_virtual(made.engine, moment)
        with open_session(made.engine) as session:
            numbers = [f"57646141303878{number:04d}" for number in range(count)]
            told = [(number, fact) for number in numbers for fact in placed(0)]
            record_facts(session, made.shop(shop), told, moment)
            session.commit()
    clock.set_virtual(made.engine, NOW + timedelta(hours=2))
    yield made
    made.engine.dispose()


def claiming(office: Office, by: str = "this run", seconds: Callable[[], float] = lambda: 0.0) -> Claiming:
    return Claiming(office=office, by=by, clock=seconds)


def taken(one: Claiming) -> Generator[Claim, None, None]:
    for due in one.lists():
        for held in one.handfuls(due):
            yield from held


def rows(office: Office, *, status: StepStatus) -> list[StepRow]:
    with open_session(office.engine, read_only=True) as session:
        return list(session.exec(select(StepRow).where(StepRow.status == status.value)))


def done(office: Office, claimed: Claim) -> Tried:
    return written(office, Tried(claim=claimed, result=Answer(outcome=Outcome.WAITING)))


def fails(office: Office, claimed: Claim, *, transient: bool) -> Tried:
    return written(
        office, Tried(claim=claimed, result=StepFault(claimed.step, claimed.order_no, "broken", transient=transient))
    )


def written(office: Office, tried: Tried) -> Tried:
    write_down(office, [tried], run=None, by="test")
    return tried


def test_a_shop_with_many_due_steps_does_not_hold_up_one_with_few(office: Office):
    with open_session(office.engine, read_only=True) as session:
        due = due_steps(session, office.now(), 500)
    shops = [order.shop_id for _, order in due]
    few = shops.count(SMALL)
    assert few < len(shops) / 10
    assert Counter(shops[: 2 * few])[SMALL] == few


def test_each_shop_s_oldest_step_comes_first(office: Office):
    with open_session(office.engine, read_only=True) as session:
        due = due_steps(session, office.now(), 500)
    moments = [row.next_attempt_at for row, order in due if order.shop_id == BIG]
    assert moments == sorted(moments, key=str)
    assert {order.shop_id for _, order in due[:2]} == {BIG, SMALL}


def test_every_due_step_is_taken_once(office: Office):
    one = claiming(office)
    keys = Counter[tuple[str, str]]()
    for claimed in taken(one):
        keys[claimed.order_id, claimed.step] += 1
        done(office, claimed)
    with open_session(office.engine, read_only=True) as session:
        assert set(keys) == {(row.order_id, row.step) for row in session.exec(select(StepRow))}
    assert set(keys.values()) == {1}


def test_any_two_runs_claim_in_one_sequence_so_that_neither_blocks_the_other(office: Office, monkeypatch):
    asked: list[tuple[str, str]] = []

    def noted(session: Session, row: StepRow, *given: OrderRow, by: str, now: datetime) -> Claim | None:
        asked.append((row.order_id, row.step))
        return claim(session, row, *given, by=by, now=now)

    monkeypatch.setattr("flows.claiming.claim", noted)
    one = claiming(office)
    due = next(one.lists())
    held = next(one.handfuls(due))
    assert asked == sorted(asked)
    assert [claimed.order_id for claimed in held.claims] == [row.order_id for row, _ in due[:LEASED]]


def test_a_killed_run_leaves_only_a_few_steps_leased(office: Office):
    with open_session(office.engine, read_only=True) as session:
        assert due_at_least(session, office.now(), LEASED + 1)
    one = taken(claiming(office))
    next(one)
    assert 0 < len(rows(office, status=StepStatus.RUNNING)) <= LEASED


def test_what_a_run_has_not_begun_when_it_ends_is_due_again_at_once(office: Office):
    one = taken(claiming(office))
    claimed = next(one)
    one.close()
    running = rows(office, status=StepStatus.RUNNING)
    assert [(row.order_id, row.step) for row in running] == [(claimed.order_id, claimed.step)]
    assert (running[0].lease_by, running[0].lease_until) == ("this run", office.now() + LEASE)


def test_a_slow_run_renews_the_leases_that_it_holds(office: Office):
    one = taken(claiming(office))
    next(one)
    clock.set_virtual(office.engine, office.now() + LEASE * 0.6)
    second = next(one)
    clock.set_virtual(office.engine, office.now() + LEASE * 0.6)  # the first lease would be over
    with open_session(office.engine, read_only=True) as session:
        free = {(row.order_id, row.step) for row, _ in due_steps(session, office.now(), 500)}
        row = session.get_one(StepRow, (second.order_id, second.step.value))
    assert (second.order_id, second.step.value) not in free
    assert row.lease_until == office.now() + LEASE * 0.4


def test_a_step_that_another_run_took_while_this_one_slept_is_left_to_it(office: Office):
    one = taken(claiming(office))
    next(one)
    clock.set_virtual(office.engine, office.now() + LEASE)
    other = {(claimed.order_id, claimed.step) for claimed in taken(claiming(office, by="another run"))}
    assert other
    rest = {(claimed.order_id, claimed.step) for claimed in one}
    assert not rest & other


def test_a_lease_that_was_renewed_meanwhile_is_not_taken(office: Office):
    one = taken(claiming(office))
    next(one)
    clock.set_virtual(office.engine, office.now() + LEASE)
    with open_session(office.engine) as session:
        row, order = next(due for due in due_steps(session, office.now(), 500) if due[0].lease_by)
        seen = row.model_copy()
        row.lease_until = office.now() + LEASE
        session.add(row)
        session.flush()
        assert claim(session, seen, order, by="another run", now=office.now()) is None


def test_a_shop_that_does_not_answer_is_left_alone_and_the_other_goes_on(office: Office):
    one = claiming(office)
    tried = Counter[str]()
    for claimed in taken(one):
        tried[claimed.shop_id] += 1
        down = claimed.shop_id == BIG
        one.note(fails(office, claimed, transient=True) if down else done(office, claimed))
    assert one.left_alone == {BIG}
    assert tried[BIG] == OUTAGE
    assert tried[SMALL] == len(rows(office, status=StepStatus.WAITING))
    left = rows(office, status=StepStatus.QUEUED)
    assert {row.attempts for row in left} == {0}
    assert not rows(office, status=StepStatus.RUNNING)


def test_faults_with_successes_between_them_are_no_outage(office: Office):
    one = claiming(office)
    for number, claimed in enumerate(taken(one)):
        down = number % OUTAGE != 0
        one.note(fails(office, claimed, transient=True) if down else done(office, claimed))
    assert not one.left_alone


def test_a_poisoned_order_is_set_aside_after_its_attempts_and_never_blocks(office: Office):
    with open_session(office.engine, read_only=True) as session:
        poisoned = session.exec(select(OrderRow.id).where(OrderRow.shop_id == SMALL)).first()
    others = 0
    for _ in range(MOST_ATTEMPTS + 1):
        for claimed in taken(claiming(office)):
            if claimed.order_id == poisoned:
                fails(office, claimed, transient=False)
            else:
                done(office, claimed)
                others += 1
        clock.set_virtual(office.engine, office.now() + timedelta(hours=1))
    dead = rows(office, status=StepStatus.DEAD)
    assert {row.order_id for row in dead} == {poisoned}
    assert {row.attempts for row in dead} == {MOST_ATTEMPTS}
    assert others == len(rows(office, status=StepStatus.WAITING))


def test_a_run_takes_nothing_more_once_its_time_is_over(office: Office):
    now = 0.0
    one = taken(claiming(office, seconds=lambda: now))
    next(one)
    now = RUN_SECONDS
    assert len(list(one)) < LEASED


def test_a_step_that_is_due_again_at_once_keeps_no_run_busy(office: Office):
    times = Counter[tuple[str, str]]()
    for claimed in taken(claiming(office)):
        times[claimed.order_id, claimed.step] += 1
        again = Answer(outcome=Outcome.WAITING, again_in=timedelta(microseconds=1))
        attempt(office, claimed, lambda: again, run=None, by="test")  # noqa: B023  # called at once
        clock.set_virtual(office.engine, office.now() + timedelta(seconds=1))
    assert set(times.values()) == {TIMES}


def test_whatever_runs_tells_since_when_it_was_due(office: Office):
    with open_session(office.engine) as session:
        row = session.exec(select(StepRow).where(col(StepRow.step) == STEP.value)).first()
        assert row is not None
        row.status, row.next_attempt_at = StepStatus.WAITING.value, None
        order = session.get_one(OrderRow, row.order_id)
        session.flush()
        assert claim(session, row, order, by="hand", now=office.now())
        session.commit()
    clock.set_virtual(office.engine, office.now() + LEASE)
    with open_session(office.engine, read_only=True) as session:
        due = {(one.order_id, one.step) for one, _ in due_steps(session, office.now(), 500)}
    assert (row.order_id, row.step) in due
