"""What buyers' requests at the API tell, and that a mail of the same request makes no second one of it."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from typing import Any, Final

import pytest

from flows.shop.news import order_news
from flows.shop.request_news import PROVED_BY, cancellation_news, is_cause, return_news
from flows.shop.schema import Cancellation, ReturnStatus
from ingest.facts import facts_from
from models.deadline import RuleId
from models.fact import Fact, FactKind
from models.hold import Hold
from models.notification import Notification, NotificationKind
from models.order import Order
from models.stage import Stage
from tests.flows.shop.api_makers import (
    NO,
    NOW,
    PICKUP,
    K,
    a_request,
    a_return,
    a_row,
    an_order,
    at,
    folded,
    seconds,
    told,
)
from tests.models.makers import Given

ORDER: Final = order_news(an_order(), PICKUP, at(1))


def a_mail(kind: NotificationKind, hours: float, **stated: Any) -> list[Fact]:  # noqa: ANN401  # what a mail states
    """The facts of a mail of that moment, which as most mails names no request."""
    notification = Notification(kind=kind, language="en", shop="S", order_nos=(NO,), event_at=at(hours), **stated)
    ref = f"{kind}{hours}".ljust(24, "0")
    return [fact for _, fact in facts_from(notification, sent_at=at(hours), observed_at=at(hours), source_ref=ref)]


def asked(hours: float = 2, **changes: Given) -> list[Fact]:
    """What the API tells of the request, so many hours after the order."""
    return cancellation_news(a_request(**changes), an_order(), at(hours))


def test_a_buyers_request_holds_the_order_until_the_moment_that_the_api_states():
    facts = told(asked())
    assert facts[K.CANCEL_REQUESTED].payload == {
        "order_no": NO, "request_no": "403", "reason_code": "no_longer_needed",
    }  # fmt: skip
    found = folded([*ORDER, *asked()], at(3))
    clock = found.deadline(RuleId.D08, "403")
    assert clock is not None
    assert (clock.due_at, clock.stated, set(found.holds)) == (at(50), True, {Hold.CANCEL_REQUESTED})


def test_a_deadline_that_moves_is_the_one_that_counts():
    later = asked(
        9,
        update_time=seconds(8),
        seller_next_action_response=[{"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": seconds(70)}],
    )
    for facts in permutations([ORDER, asked(), later]):
        clock = folded([fact for part in facts for fact in part], at(10)).deadline(RuleId.D08)
        assert clock is not None
        assert clock.due_at == at(70)


ENDS: Final = {
    "CANCELLATION_REQUEST_SUCCESS": ("approved", Stage.CANCELLED, "MET"),
    "CANCELLATION_REQUEST_COMPLETE": ("approved", Stage.CANCELLED, "MET"),
    "CANCELLATION_REQUEST_CANCEL": ("withdrawn", Stage.NEW, "VOID"),
    "CANCELLATION_REQUEST_CANCELLED": ("withdrawn", Stage.NEW, "VOID"),
}


@pytest.mark.parametrize("status", ENDS)
def test_the_answer_is_told_and_a_refusal_that_may_be_the_buyers_own_is_called_withdrawn(status):
    ended = asked(12, cancel_status=status, update_time=seconds(11), seller_next_action_response=[])
    found = folded([*ORDER, *asked(), *ended], at(13))
    (case,) = found.cases
    clock = found.deadline(RuleId.D08)
    assert clock is not None
    assert (case.outcome, found.stage, clock.state) == ENDS[status]


def test_a_rejection_that_somebody_knows_of_outweighs_withdrawn():
    ended = asked(12, cancel_status="CANCELLATION_REQUEST_CANCEL", update_time=seconds(11))
    mail = a_mail(NotificationKind.CANCEL_REJECTED, 11)
    (case,) = folded([*ORDER, *asked(), *ended, *mail], at(13)).cases
    assert case.outcome == "rejected"


def test_an_answer_that_is_only_seen_long_after_is_neither_in_time_nor_late_and_nobody_is_asked():
    ended = asked(400, cancel_status="CANCELLATION_REQUEST_COMPLETE", update_time=seconds(300))
    found = folded([*ORDER, *ended], at(400))
    clock = found.deadline(RuleId.D08)
    assert clock is not None
    assert (clock.state, found.review) == ("UNKNOWN", False)


def test_a_request_about_some_units_alone_is_off_when_it_was_granted_and_the_order_goes_on():
    lines = a_row()["line_items"]
    rest = an_order(line_items=[lines[0], {**lines[1], "display_status": "CANCELLED"}], update_time=seconds(11))
    request = a_request(
        cancel_status="CANCELLATION_REQUEST_SUCCESS",
        update_time=seconds(11),
        cancel_line_items=[{"order_line_item_id": "2"}],
    )
    assert not is_cause(request, rest)
    facts = [*ORDER, *asked(), *cancellation_news(request, rest, at(12)), *order_news(rest, PICKUP, at(12))]
    found = folded(facts, at(13))
    assert (found.stage, [item["quantity"] for item in found.items]) == (Stage.NEW, [1])
    assert Hold.CANCEL_REQUESTED not in found.holds


@pytest.mark.parametrize("status", ["CANCELLATION_REQUEST_PENDING", "CANCELLATION_REQUEST_SUCCESS"])
def test_a_cancellation_that_asked_nobody_tells_nothing_by_itself(status):
    assert cancellation_news(a_request(cancel_type="CANCEL", cancel_status=status), None, NOW) == []


def by_mail_too(found: Order) -> tuple[list[str], set[str], list[str]]:
    """The cases, the clocks for the answer and the holds."""
    answers = {one.about for one in found.deadlines if one.rule in {RuleId.D08, RuleId.D15}}
    return [case.case_id for case in found.cases], answers, sorted(found.holds)


def test_a_mail_without_a_number_and_the_api_tell_of_one_request_in_any_order():
    mail = a_mail(NotificationKind.CANCEL_REQUESTED, 2.4, respond_by=at(50.4))
    for facts in permutations([ORDER, asked(), mail]):
        found = folded([fact for part in facts for fact in part], at(3))
        assert by_mail_too(found) == (["cancel_request:403"], {"403"}, ["cancel_requested"])


def test_an_answer_to_what_a_mail_told_first_belongs_to_the_same_request():
    mail = a_mail(NotificationKind.CANCEL_REQUESTED, 2.4)
    (case,) = folded([*ORDER, *mail], at(2.5)).cases
    answer = Fact(
        kind=FactKind.CANCEL_REJECTED, occurred_at=at(2.6), observed_at=at(2.6), authority=mail[0].authority,
        source_key="said", payload={"case_id": case.case_id},
    )  # fmt: skip
    (after,) = folded([*ORDER, *mail, answer, *asked()], at(3)).cases
    assert (after.case_id, after.outcome) == ("cancel_request:403", "rejected")


def test_a_mail_of_another_time_is_another_request():
    mail = a_mail(NotificationKind.CANCEL_REQUESTED, 30)
    assert len(folded([*ORDER, *asked(), *mail], at(31)).cases) == 2


def test_a_mail_of_a_return_without_its_number_is_the_apis_return():
    delivered = order_news(an_order(status="DELIVERED", delivery_time=seconds(90)), PICKUP, at(91))
    wish = return_news(a_return("RETURN_OR_REFUND_REQUEST_PENDING"), at(201))
    mail = a_mail(NotificationKind.RETURN_REQUESTED, 200.2)
    for facts in permutations([delivered, wish, mail]):
        found = folded([fact for part in facts for fact in part], at(202))
        assert by_mail_too(found)[:2] == (["return:77"], {"77"})


RETURNED: Final = {
    "RETURN_OR_REFUND_REQUEST_PENDING": (None, "RUNNING"),
    "AWAITING_BUYER_SHIP": (None, "MET"),
    "BUYER_SHIPPED_ITEM": (None, "MET"),
    "RETURN_OR_REFUND_REQUEST_SUCCESS": (None, "MET"),
    "REJECT_RECEIVE_PACKAGE": (None, "MET"),
    "AWAITING_BUYER_RESPONSE": (None, "MET"),
    "RETURN_OR_REFUND_REQUEST_COMPLETE": ("refunded", "MET"),
    "REFUND_OR_RETURN_REQUEST_REJECT": ("rejected", "MET"),
    "RETURN_OR_REFUND_REQUEST_CANCEL": ("rejected", "MET"),
    "REPLACEMENT_REQUEST_PENDING": (None, "RUNNING"),
    "REPLACEMENT_REQUEST_REJECT": ("rejected", "MET"),
    "REPLACEMENT_REQUEST_REFUND_SUCCESS": ("refunded", "MET"),
    "REPLACEMENT_REQUEST_CANCEL": ("rejected", "MET"),
    "REPLACEMENT_REQUEST_COMPLETE": ("closed", "MET"),
}


@pytest.mark.parametrize("status", RETURNED)
def test_each_state_of_a_return_says_what_came_of_it(status):
    delivered = order_news(an_order(status="DELIVERED", delivery_time=seconds(90)), PICKUP, at(91))
    found = folded([*delivered, *return_news(a_return(status), at(211))], at(212))
    (case,) = found.cases
    clock = found.deadline(RuleId.D15, "77")
    assert clock is not None
    assert (case.outcome, clock.state) == RETURNED[status]


def test_every_state_of_a_return_has_its_row():
    assert PROVED_BY.keys() == set(ReturnStatus)
    assert RETURNED.keys() == {status.value for status in ReturnStatus}


def test_a_return_must_be_answered_by_the_moment_that_the_api_states_and_a_parcels_check_is_no_clock():
    def due(action: str) -> datetime:
        actions = [{"action": action, "deadline": seconds(280)}]
        wish = a_return("RETURN_OR_REFUND_REQUEST_PENDING", seller_next_action_response=actions)
        delivered = order_news(an_order(status="DELIVERED", delivery_time=seconds(90)), PICKUP, at(91))
        clock = folded([*delivered, *return_news(wish, at(211))], at(212)).deadline(RuleId.D15)
        assert clock is not None
        return clock.due_at

    assert due("SELLER_RESPOND_RETURN") == at(280)
    assert due("SELLER_RESPOND_RECEIVE_PACKAGE") == at(248)


def test_two_ways_to_answer_by_one_moment_are_one_stated_time():
    ways = [{"action": f"SELLER_RESPOND_{what}", "deadline": seconds(280)} for what in ("RETURN", "REFUND", "RETURN")]
    told = return_news(a_return("RETURN_OR_REFUND_REQUEST_PENDING", seller_next_action_response=ways), at(211))
    assert [fact.kind for fact in told].count(FactKind.DUE_STATED) == 1


def test_a_request_that_names_no_status_tells_nothing():
    assert cancellation_news(Cancellation.model_validate({"cancel_id": "1", "order_id": NO}), None, NOW) == []
