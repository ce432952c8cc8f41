"""What holds for any set of facts: properties 1 and 2 of order-lifecycle, section 9."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.command import Command, CommandName, Refused, decide, offered
from models.deadline import DeadlineState
from models.fact import Authority, Fact, FactKind, Json
from models.order import fold
from models.stage import RANK, HandoverMode, Role, ShippingMode, Stage
from models.terms import Terms
from tests.models.makers import T0, t, terms

NUMBERS = st.sampled_from(["1", "2"])
MOMENTS = st.integers(-30 * 60, 420 * 60).map(lambda minutes: T0 + timedelta(minutes=minutes))
PAYLOADS: dict[str, st.SearchStrategy[Json]] = {
    "tracking_no": st.sampled_from(["A", "B"]),
    "request_no": NUMBERS,
    "return_no": NUMBERS,
    "attempt_no": st.sampled_from(["1", "2", "", "two"]),
    "due_at": MOMENTS.map(lambda moment: moment.isoformat()),
    "promised_at": MOMENTS.map(lambda moment: moment.isoformat()),
    "rule": st.sampled_from(["D02", "D04", "D08", "D11", "D15"]),
    "reason_code": st.sampled_from(["lost", "late", "out_of_stock", "unpaid"]),
    "handover_mode": st.sampled_from([*HandoverMode, "balloon"]),
    "shipping_mode": st.sampled_from([*ShippingMode]),
    "case_id": st.sampled_from(
        [
            "claim:lost",
            "claim:late",
            "seller_cancel",
            "cancel_request:1",
            "return:1",
            "conflict:X03",
            "delivery",
        ]
    ),
    "hold": st.sampled_from(["manual", "stock_check", "conflict"]),
    "choice": st.sampled_from(["wait", "claim"]),
    "fact_id": st.integers(0, 8).map(str),
    "amount": NUMBERS,
    "return_type": st.sampled_from(["refund", "return"]),
}


@st.composite
def facts(draw: st.DrawFn, kinds: tuple[FactKind, ...] = tuple(FactKind)) -> Fact:
    happened = draw(MOMENTS)
    delay = draw(st.sampled_from([0, 0, 0, 5, -5, -60, 600, 6000]))
    return Fact(
        kind=draw(st.sampled_from(kinds)),
        occurred_at=happened,
        observed_at=happened + timedelta(minutes=delay),
        authority=draw(st.sampled_from(list(Authority))),
        source_key=draw(st.integers(0, 8).map(str)),
        payload=draw(st.fixed_dictionaries({}, optional=PAYLOADS)),
        estimated=draw(st.booleans()),
    )


USUAL = (FactKind.ORDER_PLACED, FactKind.ORDER_PAID, FactKind.MARKED_SHIPPED, FactKind.IN_TRANSIT)
FACT_SETS = st.lists(facts() | facts(USUAL), max_size=10)
NOWS = st.integers(-24 * 60, 480 * 60).map(lambda minutes: T0 + timedelta(minutes=minutes))
SHOPS = st.builds(
    terms,
    timezone=st.sampled_from([ZoneInfo("UTC"), ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Ho_Chi_Minh")]),
    handover=st.sampled_from(HandoverMode),
    shipping=st.sampled_from(ShippingMode),
    seen=st.none() | st.dictionaries(st.sampled_from([FactKind.PICKED_UP, FactKind.DELIVERED]), MOMENTS),
)


@given(FACT_SETS, NOWS, SHOPS, st.data())
def test_permutation_and_repetition_leave_the_whole_order_equal(reports, now, shop: Terms, data: st.DataObject):
    heap = data.draw(st.permutations([*reports, *data.draw(st.lists(st.sampled_from(reports or [None])))]))
    assert fold([fact for fact in heap if fact], shop, now) == fold(reports, shop, now)


@given(FACT_SETS, NOWS, SHOPS)
def test_nothing_changes_before_the_next_check(reports, now, shop: Terms):
    order = fold(reports, shop, now)
    known = [fact for fact in reports if fact.observed_at <= now]
    assert order.next_check_at is None or order.next_check_at > now
    later = now + timedelta(days=3650) if order.next_check_at is None else order.next_check_at - timedelta.resolution
    assert fold(known, shop, later) == order


@given(FACT_SETS, NOWS, SHOPS)
def test_every_clock_stands_in_one_state_with_its_times(reports, now, shop: Terms):
    order = fold(reports, shop, now)
    keys = [(clock.rule, clock.about) for clock in order.deadlines]
    assert len(set(keys)) == len(keys)
    for clock in order.deadlines:
        broken = clock.state in {DeadlineState.BREACHED, DeadlineState.MET_LATE}
        assert clock.breached_at == (clock.due_at if broken else None)
        assert not (clock.state is DeadlineState.BREACHED and now <= clock.due_at)
        assert (clock.next_check_at is not None) == (clock.state in {DeadlineState.RUNNING, DeadlineState.WARNED})


DOWNWARD = frozenset({FactKind.RETRACTION, FactKind.LOST_DECLARED, FactKind.DAMAGED_DECLARED})


@given(st.lists(facts(), max_size=10, unique_by=lambda fact: fact.source_key), NOWS)
def test_the_stage_never_goes_down_without_a_retraction_or_a_defeated_presumption(reports, now):
    """But for what section 5 says: a loss against a delivery, one parcel more, a delivery denying a person."""
    told = [fact for fact in reports if fact.kind not in DOWNWARD and not fact.text("tracking_no")]
    stages: list[tuple[Stage, bool]] = []
    for number in range(len(told) + 1):
        order = fold(told[:number], terms(), now)
        stages.append((order.stage, order.presumed))
    denied = {fact.kind for fact in told} >= {FactKind.DELIVERED} and stages[-1][0] is not Stage.CANCELLED
    for (before, presumed), (after, _) in pairwise(stages):
        answered = before is Stage.CANCELLED and any(fact.kind is FactKind.CANCEL_REJECTED for fact in told)
        assert presumed or answered or denied or RANK[after] >= RANK[before]


@given(st.lists(facts(), max_size=8), st.integers(0, 400), st.integers(0, 400))
def test_time_alone_never_takes_a_breach_back(reports, early, late):
    early, late = sorted((early, late))
    known = [fact for fact in reports if fact.observed_at <= t(early)]
    before = {(c.rule, c.about) for c in fold(known, terms(), t(early)).deadlines if c.breached_at}
    after = {(c.rule, c.about) for c in fold(known, terms(), t(late)).deadlines if c.breached_at}
    assert before <= after


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "checklist": st.just("all"),
        "kind": st.sampled_from([*FactKind, "eaten"]),
        "at": MOMENTS.map(lambda moment: moment.isoformat()) | st.just("noon"),
        "due_at": MOMENTS.map(lambda moment: moment.isoformat()) | st.just(""),
        "handover_mode": st.sampled_from(["pickup", "drop_off", "balloon"]),
        "case_id": st.sampled_from(["claim:lost", "claim:late", "seller_cancel", "conflict:X03", "stock"]),
        "choice": st.sampled_from(["wait", "claim"]),
        "hold": st.sampled_from(["manual", "conflict", "fraud_check"]),
        "fact_id": st.integers(0, 8).map(str),
        "override": st.sampled_from(["hold", "ship_anyway", "parcel_recalled"]),
        "tracking_no": st.text(max_size=3),
        "step": st.sampled_from(["cancel", "notify", "request_refund"]),
    },
)


@given(FACT_SETS, NOWS, SHOPS, st.sampled_from(CommandName), VALUES, st.sampled_from(["", "other"]))
def test_a_command_is_answered_and_doing_it_twice_leaves_it_done_once(reports, now, shop: Terms, name, values, reason):
    known = [fact for fact in reports if fact.observed_at <= now]
    command = Command(name=name, actor="lan", role=Role.MANAGER, at=now, reason=reason, values=values)
    answer = decide(fold(known, shop, now), known, command, shop)
    if isinstance(answer, Refused):
        return
    done = [*known, *answer.facts]
    again = decide(fold(done, shop, now), done, command, shop)
    assert isinstance(again, Refused) or {fact.source_key for fact in again.facts} <= {fact.source_key for fact in done}


@given(FACT_SETS, NOWS, SHOPS, st.sampled_from(Role))
def test_what_is_offered_is_never_refused_for_the_role(reports, now, shop: Terms, role):
    order = fold(reports, shop, now)
    for name in offered(order, role):
        answer = decide(order, reports, Command(name=name, actor="lan", role=role, at=now), shop)
        assert not isinstance(answer, Refused) or answer.code != "role_too_low" or name is CommandName.RELEASE
