"""Each effect once, whatever breaks off: what the shop says was done is never sent again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from sqlmodel import select

from flows.shop.effect import BUSY
from flows.shop.handing_over import HandOver, hand_over
from flows.shop.open_api import OpenApiShop
from flows.shop.protocol import Answer, Outcome, ShopError
from models.db.effects import LEASE, EffectState, take_turn
from models.db.session import open_session
from models.db.shop_tables import EffectRow
from models.fact import FactKind
from models.stage import HandoverMode
from tests.flows.shop.api_shop import NUMBER, Rig
from tests.flows.shop.tiny_platform import BROKEN
from tests.waiting import PATIENCE

KEY = "Shop:580000000000000001:hand_over"
SHIP = f"ship {NUMBER}0"


def ship(shop: OpenApiShop, key: str = KEY) -> Answer:
    return shop.hand_over(NUMBER, mode=HandoverMode.PICKUP, drop_off_point="", key=key)


def row(rig: Rig, key: str = KEY) -> EffectRow:
    with open_session(rig.engine, read_only=True) as session:
        return session.exec(select(EffectRow).where(EffectRow.key == key)).one()


def calls(rig: Rig, endpoint: str) -> int:
    return sum(name == endpoint for name, _ in rig.platform.sent)


def test_an_effect_leaves_a_row_with_its_outcome_and_the_requests_id(rig):
    assert ship(rig.shop()).outcome is Outcome.OK
    left = row(rig)
    assert (left.state, left.effect, left.request_id, left.attempts) == ("done", "hand_over", "R1", 1)


def test_what_is_done_is_told_again_without_a_call(rig):
    first = ship(rig.shop())
    rig.platform.sent.clear()
    assert ship(rig.shop()) == first
    assert rig.platform.sent == []
    assert [told.kind for told in first.told] == [FactKind.MARKED_SHIPPED]


@pytest.mark.parametrize("code", [BROKEN, 36009003, 21001003])
def test_a_write_whose_answer_was_lost_is_read_back_and_counts_as_done(rig, code):
    rig.platform.fails("ship_package", code, after=True)
    assert ship(rig.shop()).outcome is Outcome.OK
    assert rig.platform.did[SHIP] == 1
    assert calls(rig, "ship_package") == 1


@pytest.mark.parametrize("code", [BROKEN, 36009003])
def test_a_write_of_which_nothing_shows_is_not_sent_again_before_it_was_looked_for_again(rig, code):
    rig.platform.fails("ship_package", code)
    with pytest.raises(ShopError) as lost:
        ship(rig.shop())
    assert lost.value.transient
    assert calls(rig, "ship_package") == 1
    assert row(rig).state == EffectState.INTENDED
    rig.platform.sent.clear()
    assert ship(rig.shop()).outcome is Outcome.OK
    assert [name for name, _ in rig.platform.sent].index("get_orders") == 0
    assert rig.platform.did[SHIP] == 1


def test_an_attempt_that_died_after_it_was_carried_out_is_settled_by_what_the_shop_says(rig):
    shop = rig.shop()
    intent = shop.desk.intent("hand_over", NUMBER, KEY)
    with open_session(rig.engine) as session:
        take_turn(session, intent, rig.now)  # and then the worker is killed: sent, its answer never written down
        session.commit()
    hand_over(shop.desk, HandOver(order_no=NUMBER, mode=HandoverMode.PICKUP), KEY)
    rig.shop().desk.client.ship(f"{NUMBER}0", method="PICKUP")
    rig.passes(seconds=LEASE.total_seconds())
    assert ship(rig.shop()).outcome is Outcome.OK
    assert rig.platform.did[SHIP] == 1


def test_while_one_worker_is_at_it_another_waits_for_the_next_look(rig):
    sending, asked = Event(), Event()

    def hold() -> None:
        sending.set()
        asked.wait(PATIENCE)

    rig.platform.before["ship_package"] = hold
    with ThreadPoolExecutor(1) as first:
        one = first.submit(ship, rig.shop())
        sending.wait(PATIENCE)
        with pytest.raises(ShopError) as busy:
            ship(rig.shop())
        asked.set()
        assert one.result().outcome is Outcome.OK
    assert (busy.value.code, busy.value.transient) == (BUSY, True)
    assert rig.platform.did[SHIP] == 1


def test_of_many_workers_at_once_one_sends(rig):
    def attempt(_: int) -> Outcome | str:
        try:
            return ship(rig.shop()).outcome
        except ShopError as fault:
            return fault.code

    with ThreadPoolExecutor(8) as workers:
        ends = set(workers.map(attempt, range(8)))
    assert ends <= {Outcome.OK, BUSY}
    assert Outcome.OK in ends
    assert calls(rig, "ship_package") == 1


def test_the_lease_of_a_worker_that_died_lapses(rig):
    with open_session(rig.engine) as session:
        take_turn(session, rig.shop().desk.intent("hand_over", NUMBER, KEY), rig.now)
        session.commit()
    with pytest.raises(ShopError):
        ship(rig.shop())
    rig.passes(seconds=LEASE.total_seconds())
    assert ship(rig.shop()).outcome is Outcome.OK


def test_the_lease_of_a_worker_that_died_lapses_although_the_clock_was_set_back_meanwhile(rig):
    with open_session(rig.engine) as session:
        take_turn(session, rig.shop().desk.intent("hand_over", NUMBER, KEY), rig.now + timedelta(days=1))
        session.commit()
    assert ship(rig.shop()).outcome is Outcome.OK


def test_a_worker_that_looked_for_longer_than_its_lease_sends_nothing(rig):
    """Another one has taken its turn meanwhile."""

    def another_takes_it() -> None:
        rig.passes(seconds=LEASE.total_seconds())
        with open_session(rig.engine) as session:
            assert take_turn(session, rig.shop().desk.intent("hand_over", NUMBER, KEY), rig.now)
            session.commit()

    rig.platform.before["search_cancellations"] = another_takes_it
    with pytest.raises(ShopError, match=BUSY):
        ship(rig.shop())
    assert calls(rig, "ship_package") == 0


def test_what_was_refused_is_tried_again_when_it_is_asked_for_again(rig):
    """Not for good: the buyer's request may be over, the hold too."""
    request = rig.platform.a_request(NUMBER)
    assert ship(rig.shop()).code == "cancel_request_open"
    assert row(rig).state == EffectState.REFUSED
    request["cancel_status"] = "CANCELLATION_REQUEST_CANCEL"
    assert ship(rig.shop()).outcome is Outcome.OK


def test_a_guard_that_says_already_shipped_counts_as_done_once_the_shop_shows_it(rig):
    def somebody_ships_it() -> None:
        rig.platform.ship(f"{NUMBER}0")

    rig.platform.before["ship_package"] = somebody_ships_it
    answer = ship(rig.shop())
    assert (answer.outcome, answer.told[0].kind) == (Outcome.OK, FactKind.MARKED_SHIPPED)
    assert rig.platform.did[SHIP] == 1


def test_already_done_is_not_believed_while_the_shop_shows_the_contrary(rig):
    rig.platform.fails("ship_package", 21011040)
    with pytest.raises(ShopError) as unclear:
        ship(rig.shop())
    assert unclear.value.transient
    assert row(rig).state == EffectState.INTENDED


def test_a_shop_that_is_not_reached_when_it_is_asked_first_leaves_nothing_done(rig):
    rig.platform.fails("get_orders", 36009002, times=10)
    with pytest.raises(ShopError) as away:
        ship(rig.shop())
    assert away.value.code == "unavailable"
    rig.platform.faults.clear()
    assert ship(rig.shop()).outcome is Outcome.OK


def test_a_message_whose_answer_was_lost_is_never_sent_again(rig):
    rig.platform.fails("send_message", BROKEN, after=True)
    first = rig.shop().message_buyer(NUMBER, topic="lost", key="m")
    again = rig.shop().message_buyer(NUMBER, topic="lost", key="m")
    assert (first.outcome, first.code) == (Outcome.REFUSED, "message_unsure")
    assert (again.outcome, again.code) == (Outcome.REFUSED, "message_unsure")
    assert rig.platform.did["message"] == 1


def test_a_message_that_surely_was_not_sent_is_sent_later(rig):
    rig.platform.fails("send_message", 36009002, times=10)
    with pytest.raises(ShopError):
        rig.shop().message_buyer(NUMBER, topic="lost", key="m")
    rig.platform.faults.clear()
    assert rig.shop().message_buyer(NUMBER, topic="lost", key="m").outcome is Outcome.OK
    assert rig.platform.did["message"] == 1


def test_a_message_of_a_worker_that_died_is_left_to_a_person(rig):
    with open_session(rig.engine) as session:
        take_turn(session, rig.shop().desk.intent("message_buyer", NUMBER, "m"), rig.now)
        session.commit()
    rig.passes(seconds=LEASE.total_seconds())
    assert rig.shop().message_buyer(NUMBER, topic="lost", key="m").code == "message_unsure"
    assert rig.platform.did["message"] == 0
