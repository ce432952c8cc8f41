"""Steps that a run takes together: few questions about their orders, one transaction for what came of them.

And yet each stands for itself: what is old is asked again, what cannot be stored fails alone, no news are lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from flows import handful, steps
from flows.claiming import Claiming
from flows.handful import Handful, carry_out_all, plainly
from flows.office import Office
from flows.shop.desk import AHEAD_SECONDS
from flows.shop.open_api import OpenApiShop
from flows.shop.protocol import Answer, Outcome, Shop
from flows.steps import Attempt, Tried, write_down
from models.db.orders import Change, record_facts
from models.db.session import open_session
from models.db.steps import Claim, StepStatus
from models.db.tables import FactRow, OrderRow, StepRow
from models.fact import Fact
from models.ids import order_id
from models.settings import MailboxSettings, Settings, ShopSettings
from models.stage import Step
from tests.databases import ON_POSTGRESQL
from tests.flows.claims import claim_due
from tests.flows.shop.api_shop import NOW, Rig, a_shop
from tests.models.makers import a_fact, placed
from tests.waiting import PATIENCE, wait_for

NUMBERS = [f"58000000000000001{place}" for place in range(6)]
FIRST, *OTHERS = NUMBERS
Facts = tuple[Fact, ...]
NEW: Facts = placed()
READY: Facts = (*placed(), a_fact("stock_confirmed", 1), a_fact("packed", 2))
ENOUGH = 2
GONE: Facts = (*READY, a_fact("marked_shipped", 3))


class OneShopOffice(Office):
    """An office with one shop, which is opened once; its clock is the rig's."""

    rig: Rig
    opened: OpenApiShop

    def now(self):
        return self.rig.now

    def open_shop(self, name: str) -> Shop:
        del name
        return self.opened


@pytest.fixture
def office(rig: Rig) -> Office:
    """An office whose shop confirms by itself."""
    asked = {"confirms": "by_itself"}
    settings = Settings(mailbox=(MailboxSettings(name="main"),), shop=(a_shop(**asked),))
    made = OneShopOffice(home=rig.home, settings=settings, engine=rig.engine)
    object.__setattr__(made, "rig", rig)
    object.__setattr__(made, "opened", rig.shop(**asked))
    rig.now = NOW + timedelta(hours=4)
    for number in NUMBERS:
        rig.platform.an_order(number)
    return made


def tell(office: Office, facts: Facts, *numbers: str):
    with open_session(office.engine) as session:
        told = [(number, fact) for number in numbers for fact in facts]
        record_facts(session, office.shop("Shop"), told, office.now())
        session.commit()


def drive(
    office: Office,
    do: Callable[[Handful, Claim], Answer] = plainly,
    *,
    only: Step | None = None,
    clock: Callable[[], float] = lambda: 0.0,
) -> list[Attempt]:
    """Carry out once what is due now."""
    claiming = Claiming(office=office, by="test", clock=clock)
    due = [one for one in next(claiming.lists(), ()) if only in {None, one[0].step}]
    return list(carry_out_all(claiming, due, do, run=None, by="test"))


def rows(office: Office, step: Step) -> dict[str, StepRow]:
    """Give the rows of a step by order number."""
    query = select(OrderRow.order_no, StepRow).join(StepRow, col(StepRow.order_id) == col(OrderRow.id))
    with open_session(office.engine, read_only=True) as session:
        return dict(session.exec(query.where(StepRow.step == step.value)).all())


def asked(rig: Rig, name: str) -> int:
    """How often the platform was asked so."""
    return [call for call, _ in rig.platform.sent].count(name)


@pytest.mark.parametrize(("facts", "step"), [(NEW, Step.CONFIRM), (GONE, Step.TRACK)])
def test_the_orders_of_steps_that_read_are_asked_for_in_one_call(office, rig, facts, step):
    tell(office, facts, *NUMBERS)
    ended = drive(office, only=step)
    assert [one.claim.step for one in ended] == [step] * len(NUMBERS)
    assert asked(rig, "get_orders") == 1


def test_what_was_read_too_long_ago_is_read_again(office, rig):
    """A slow shop: from one order to the next the half of what may pass goes by."""
    now = 0.0

    def slowly(hand: Handful, claimed: Claim) -> Answer:
        nonlocal now
        now += AHEAD_SECONDS / 2 + 0.1
        return plainly(hand, claimed)

    office.opened.desk.__dict__["clock"] = lambda: now
    tell(office, NEW, *NUMBERS)
    drive(office, slowly, only=Step.CONFIRM)
    assert asked(rig, "get_orders") == 1 + len(NUMBERS) - 1


def test_what_was_known_of_an_order_too_long_ago_is_looked_up_again(office):
    """While the first takes its time, the others are cancelled: none of them needs a look at the stock any more."""
    now = 0.0

    def slowly(hand: Handful, claimed: Claim) -> Answer:
        nonlocal now
        if not now:
            tell(office, (a_fact("cancelled", 3, actor="buyer"),), *set(NUMBERS) - {claimed.order_no})
            now = handful.FRESH_SECONDS + 1
            return Answer(outcome=Outcome.OK)
        return plainly(hand, claimed)

    tell(office, NEW, *NUMBERS)
    ended = drive(office, slowly, only=Step.CONFIRM, clock=lambda: now)
    assert [one.ending.code for one in ended] == [None, *["already_done"] * len(OTHERS)]


def test_what_was_looked_up_for_another_step_does_not_decide_whether_to_ship(office):
    tell(office, GONE, FIRST)
    hand = Handful(office=office, run=None, by="test")
    (tracking,) = claim_due(office, by="test")
    hand.look([tracking])
    assert hand.seen("Shop", FIRST, Step.TRACK) is not None
    assert hand.seen("Shop", FIRST, Step.HAND_OVER) is None


def test_a_step_builds_on_what_an_earlier_one_of_its_order_came_to_just_before(office, rig):
    """Where the platform ships, an order may be set to shipped as soon as its stock is confirmed."""
    tell(office, placed(shipping_mode="platform"), *NUMBERS)
    ended = drive(office)
    assert [one.claim.step for one in ended] == [Step.CONFIRM] * len(NUMBERS) + [Step.HAND_OVER] * len(NUMBERS)
    assert {one.ending.result for one in ended} == {"ok"}
    assert rig.platform.did == {f"ship {number}0": 1 for number in NUMBERS}


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is under way at the shop beside the one."""
    monkeypatch.setattr(handful, "SIDE_BY_SIDE", 1)


@pytest.mark.usefixtures("one_by_one")
def test_whether_an_order_may_be_shipped_is_asked_right_before_it_is(office, rig):
    """While the first of them is being shipped, the platform puts all others on hold."""

    def hold() -> None:
        for number in NUMBERS:
            rig.platform.orders[number]["status"] = "ON_HOLD"

    rig.platform.before["ship_package"] = hold
    tell(office, READY, *NUMBERS)
    drive(office, only=Step.HAND_OVER)
    assert list(rig.platform.did.values()) == [1]
    codes = [row.error_code for row in rows(office, Step.HAND_OVER).values()]
    assert sorted(map(str, codes)) == ["None", *["platform_hold"] * len(OTHERS)]


@pytest.mark.usefixtures("one_by_one")
def test_whether_an_order_still_needs_shipping_is_asked_right_before_it_is(office, rig):
    """While the first of them is being shipped, a person says that all of them are."""
    rig.platform.before["ship_package"] = lambda: tell(office, GONE, *NUMBERS)
    tell(office, READY, *NUMBERS)
    drive(office, only=Step.HAND_OVER)
    assert list(rig.platform.did.values()) == [1]


def test_some_orders_are_shipped_at_the_same_time(office, rig):
    """Each waits until as many are under way; alone it would wait for ever."""
    together = Barrier(handful.SIDE_BY_SIDE)

    def meets(hand: Handful, claimed: Claim) -> Answer:
        together.wait(PATIENCE)
        return plainly(hand, claimed)

    numbers = NUMBERS[: handful.SIDE_BY_SIDE]
    tell(office, READY, *numbers)
    assert {one.ending.result for one in drive(office, meets, only=Step.HAND_OVER)} == {"ok"}
    assert rig.platform.did == {f"ship {number}0": 1 for number in numbers}


def test_a_run_that_is_ended_keeps_what_was_shipped_meanwhile(office, rig):
    last = max(NUMBERS, key=lambda number: order_id("Shop", number))  # they come by that

    def ended(hand: Handful, claimed: Claim) -> Answer:
        if claimed.order_no == last:
            raise KeyboardInterrupt
        return plainly(hand, claimed)

    tell(office, READY, *NUMBERS)
    with pytest.raises(KeyboardInterrupt):
        drive(office, ended, only=Step.HAND_OVER)
    done = {number for number, row in rows(office, Step.HAND_OVER).items() if row.status == StepStatus.DONE}
    assert rig.platform.did == {f"ship {number}0": 1 for number in done}
    assert done == set(NUMBERS) - {last}


def test_a_shop_that_cannot_be_read_ahead_is_asked_for_each_order(office, rig):
    rig.platform.fails("get_orders", 105005)  # no permission: not tried again
    tell(office, NEW, *NUMBERS)
    ended = drive(office, only=Step.CONFIRM)
    assert {one.ending.result for one in ended} == {"ok"}
    assert asked(rig, "get_orders") == 1 + len(NUMBERS)


def test_one_that_cannot_be_written_down_fails_alone_and_the_others_are_done(office, monkeypatch):
    def breaks_one(
        session: Session, shop: ShopSettings, told: Sequence[tuple[str, Fact]], now: datetime
    ) -> list[Change]:
        if FIRST in {number for number, _ in told}:
            raise ValueError(FIRST)
        return record_facts(session, shop, told, now)

    tell(office, NEW, *NUMBERS)
    monkeypatch.setattr(steps, "record_facts", breaks_one)
    ended = drive(office, only=Step.CONFIRM)
    assert {one.claim.order_no for one in ended if one.unwritten} == {FIRST}
    found = rows(office, Step.CONFIRM)
    assert (found[FIRST].status, found[FIRST].error_code, found[FIRST].attempts) == ("queued", "ValueError", 1)
    assert {found[number].status for number in OTHERS} == {StepStatus.DONE}


def test_one_whose_facts_cannot_be_read_fails_alone_and_the_others_are_done(office):
    tell(office, NEW, *NUMBERS)
    with open_session(office.engine) as session:
        fact = session.exec(select(FactRow).join(OrderRow).where(OrderRow.order_no == FIRST)).first()
        assert fact is not None
        fact.kind = "no_such_kind"
        session.add(fact)
        session.commit()
    drive(office, only=Step.CONFIRM)
    found = rows(office, Step.CONFIRM)
    assert (found[FIRST].status, found[FIRST].error_code) == ("queued", "KeyError")
    assert {found[number].status for number in OTHERS} == {StepStatus.DONE}


def test_a_step_that_waits_for_news_looks_again_at_once_when_some_came_while_it_was_under_way(office):
    def meanwhile(hand: Handful, claimed: Claim) -> Answer:
        if claimed.order_no == FIRST:
            tell(office, (a_fact("cancel_requested", 3),), FIRST)
        return plainly(hand, claimed)

    tell(office, (*NEW, a_fact("stock_confirmed", 1)), *NUMBERS)
    drive(office, meanwhile, only=Step.PACK)
    found = rows(office, Step.PACK)
    assert found[FIRST].next_attempt_at == office.now()
    assert {found[number].next_attempt_at for number in OTHERS} == {None}
    assert {row.status for row in found.values()} == {StepStatus.WAITING}


@ON_POSTGRESQL
def test_news_that_are_stored_while_a_step_that_waits_for_them_is_written_down_are_not_missed(office):
    tell(office, (*NEW, a_fact("stock_confirmed", 1)), FIRST)
    (claimed,) = (one for one in claim_due(office, by="test") if one.step == Step.PACK)
    waits = Tried(claim=claimed, result=Answer(outcome=Outcome.WAITING, code="cancel_request_open"))
    with ThreadPoolExecutor(1) as other, open_session(office.engine) as session:
        record_facts(session, office.shop("Shop"), [(FIRST, a_fact("cancel_requested", 3))], office.now())
        written = other.submit(write_down, office, [waits], run=None, by="test")
        wait_for(lambda: written.done() or somebody_waits(office), "the end, or that it waits for who stores news")
        session.commit()
        assert written.result()[0].ending.next_attempt_at == office.now()


def somebody_waits(office: Office) -> bool:
    waits = text("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    with open_session(office.engine, read_only=True) as session:
        return session.execute(waits).first() is not None


def test_a_run_that_is_ended_keeps_what_was_done_and_gives_back_what_was_not_begun(office):
    begun: list[str] = []

    def ended(hand: Handful, claimed: Claim) -> Answer:
        begun.append(claimed.order_no)
        if len(begun) > ENOUGH:
            raise KeyboardInterrupt
        return plainly(hand, claimed)

    tell(office, NEW, *NUMBERS)
    with pytest.raises(KeyboardInterrupt):
        drive(office, ended, only=Step.CONFIRM)
    found = rows(office, Step.CONFIRM)
    states = [found[number].status for number in (*begun, *sorted(set(NUMBERS) - set(begun)))]
    left = len(NUMBERS) - ENOUGH - 1
    assert states == [StepStatus.DONE] * ENOUGH + [StepStatus.RUNNING] + [StepStatus.QUEUED] * left


def test_a_slow_shop_does_not_keep_from_people_what_was_done(office):
    now, seen = 0.0, list[int]()

    def slowly(hand: Handful, claimed: Claim) -> Answer:
        nonlocal now
        seen.append(len([row for row in rows(office, Step.CONFIRM).values() if row.status == StepStatus.DONE]))
        now += handful.UNWRITTEN_SECONDS + 1
        return plainly(hand, claimed)

    tell(office, NEW, *NUMBERS)
    drive(office, slowly, only=Step.CONFIRM, clock=lambda: now)
    assert seen == list(range(len(NUMBERS)))
