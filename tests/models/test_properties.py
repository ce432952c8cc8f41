"""What holds for any set of facts: properties 1 and 2 of order-lifecycle, section 9, and what follows from them."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.command import Command, CommandName, Refused, decide, offered
from models.deadline import DeadlineState
from models.fact import FactKind
from models.order import Order, fold
from models.stage import RANK, Role, Stage
from tests.models.lives import CASES, Life, lives, moments
from tests.models.makers import T0

BROKEN = frozenset({DeadlineState.BREACHED, DeadlineState.MET_LATE})
TICKING = frozenset({DeadlineState.RUNNING, DeadlineState.WARNED})


@given(lives(), st.data())
def test_permutation_and_repetition_leave_the_whole_order_equal(life: Life, data: st.DataObject):
    again = data.draw(st.lists(st.sampled_from(life.facts))) if life.facts else []
    heap = data.draw(st.permutations([*life.facts, *again]))
    assert fold(heap, life.shop, life.now) == fold(life.facts, life.shop, life.now)


@given(lives())
def test_nothing_changes_before_the_next_check(life: Life):
    order = fold(life.facts, life.shop, life.now)
    assert order.next_check_at is None or order.next_check_at > life.now
    never = life.now + timedelta(days=3650)
    later = never if order.next_check_at is None else order.next_check_at - timedelta.resolution
    assert fold(life.known, life.shop, later) == order


@given(lives())
def test_every_clock_stands_in_one_state_with_its_times(life: Life):
    order = fold(life.facts, life.shop, life.now)
    keys = [(clock.rule, clock.about) for clock in order.deadlines]
    assert len(set(keys)) == len(keys)
    for clock in order.deadlines:
        assert clock.breached_at == (clock.due_at if clock.state in BROKEN else None)
        assert not (clock.state is DeadlineState.BREACHED and life.now <= clock.due_at)
        assert (clock.next_check_at is not None) == (clock.state in TICKING)


DOWNWARD = frozenset({FactKind.RETRACTION, FactKind.LOST_DECLARED, FactKind.DAMAGED_DECLARED})


@given(lives())
def test_the_stage_never_goes_down_without_a_retraction_or_a_defeated_presumption(life: Life):
    """But for what section 5 says: a loss against a delivery, one parcel more, a delivery denying a person."""
    distinct = {fact.source_key: fact for fact in life.facts}.values()
    told = [fact for fact in distinct if fact.kind not in DOWNWARD and not fact.text("tracking_no")]
    orders = [fold(told[:number], life.shop, life.now) for number in range(len(told) + 1)]
    denied = {fact.kind for fact in told} >= {FactKind.DELIVERED} and orders[-1].stage is not Stage.CANCELLED
    answered = any(fact.kind is FactKind.CANCEL_REJECTED for fact in told)
    for before, after in pairwise(orders):
        may_fall = before.presumed or denied or (answered and before.stage is Stage.CANCELLED)
        assert may_fall or RANK[after.stage] >= RANK[before.stage]


@given(lives(), st.integers(0, 400 * 60))
def test_time_alone_takes_neither_a_breach_nor_a_stage_back(life: Life, minutes: int):
    early, late = (fold(life.known, life.shop, life.now + timedelta(minutes=more)) for more in (0, minutes))
    assert _breaches(early) <= _breaches(late)
    assert early.presumed or RANK[late.stage] >= RANK[early.stage]


def _breaches(order: Order) -> set[tuple[str, str]]:
    return {(clock.rule, clock.about) for clock in order.deadlines if clock.breached_at}


TIMES = moments(T0).map(lambda moment: moment.isoformat())
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "checklist": st.just("all"),
        "kind": st.sampled_from([*FactKind, "eaten"]),
        "at": TIMES | st.just("noon"),
        "due_at": TIMES | st.just(""),
        "handover_mode": st.sampled_from(["pickup", "drop_off", "balloon"]),
        "case_id": st.sampled_from([*CASES, "stock"]),
        "choice": st.sampled_from(["wait", "claim"]),
        "hold": st.sampled_from(["manual", "conflict", "fraud_check"]),
        "fact_id": st.integers(0, 8).map(str),
        "override": st.sampled_from(["hold", "ship_anyway", "parcel_recalled"]),
        "tracking_no": st.text(max_size=3),
        "step": st.sampled_from(["cancel", "notify", "request_refund"]),
    },
)


@given(lives(), st.sampled_from(CommandName), VALUES, st.sampled_from(["", "other"]))
def test_a_command_is_answered_and_doing_it_twice_leaves_it_done_once(life: Life, name, values, reason):
    command = Command(name=name, actor="lan", role=Role.MANAGER, at=life.now, reason=reason, values=values)
    answer = decide(fold(life.known, life.shop, life.now), life.known, command, life.shop)
    if isinstance(answer, Refused):
        return
    done = [*life.known, *answer.facts]
    again = decide(fold(done, life.shop, life.now), done, command, life.shop)
    assert isinstance(again, Refused) or {fact.source_key for fact in again.facts} <= {fact.source_key for fact in done}


@given(lives(), st.sampled_from(Role))
def test_what_is_offered_is_never_refused_for_the_role(life: Life, role: Role):
    order = fold(life.facts, life.shop, life.now)
    for name in offered(order, role):
        answer = decide(order, life.facts, Command(name=name, actor="lan", role=role, at=life.now), life.shop)
        assert not isinstance(answer, Refused) or answer.code != "role_too_low" or name is CommandName.RELEASE
