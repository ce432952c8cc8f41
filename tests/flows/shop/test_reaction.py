"""What is done about every code of the platform: the table of the reference's section 5, code by code."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest

from flows.shop.api_error import ApiError, ErrorKind, kind_of
from flows.shop.open_api import OpenApiShop
from flows.shop.protocol import Answer, Outcome, ShopError
from flows.shop.reaction import Does, answer_to, reaction_to, reactions
from models.catalogue import words
from models.stage import HandoverMode
from tests.flows.shop.api_shop import NUMBER
from tests.flows.shop.section_5 import CLASSES

K = ErrorKind

# What each class comes to when it answers "ship this package": outcome and code; None: the step comes back.
SHIPPING: Final[dict[ErrorKind, tuple[Outcome, str] | None]] = {
    K.RETRY: None,
    K.INTERNAL: None,
    K.TOKEN_EXPIRED: (Outcome.REFUSED, "consent_needed"),
    K.REQUEST_REFUSED: (Outcome.REFUSED, "request_refused"),
    K.SIGNATURE: (Outcome.REFUSED, "secret_wrong"),
    K.CIPHER: (Outcome.REFUSED, "consent_needed"),
    K.PERMISSION: (Outcome.REFUSED, "no_permission"),
    K.VERSION: (Outcome.REFUSED, "api_changed"),
    K.ALREADY_DONE: None,  # until the shop shows it
    K.CANCEL_OPEN: (Outcome.REFUSED, "cancel_request_open"),
    K.CANCELLED: (Outcome.REFUSED, "cancelled"),
    K.ON_HOLD: (Outcome.WAITING, "platform_hold"),
    K.SLOT: (Outcome.REFUSED, "no_pickup_slot"),
    K.TRACKING_NUMBER: (Outcome.REFUSED, "tracking_refused"),
    K.TOO_LATE: (Outcome.REFUSED, "tracking_too_late"),
    K.ADDRESS: (Outcome.REFUSED, "address_refused"),
    K.NOT_READY: (Outcome.WAITING, "not_ready"),
    K.NO_LABEL: (Outcome.REFUSED, "no_label"),
    K.ALREADY_CANCELLED: None,
    K.NO_LONGER: (Outcome.REFUSED, "no_open_request"),
    K.CANCEL_REASON: (Outcome.REFUSED, "cancel_reason_refused"),
    K.SHIPPED: (Outcome.REFUSED, "shipped_meanwhile"),
    K.CONVERSATION: (Outcome.REFUSED, "message_by_hand"),
}


def ship(shop: OpenApiShop, number: str = NUMBER) -> Answer | None:
    """Ship an order; None: the step comes back."""
    try:
        return shop.hand_over(number, mode=HandoverMode.PICKUP, drop_off_point="", key=number)
    except ShopError as fault:
        if not fault.transient:
            raise
        return None


def test_every_class_of_error_has_a_reaction():
    assert set(reactions()) == set(ErrorKind)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_code_of_section_5_does_what_its_table_says_and_ships_nothing(rig, kind):
    shop = rig.shop()
    for code in CLASSES[kind]:
        rig.platform.an_order(number := f"5{code:017}")
        rig.platform.fails("ship_package", code, times=20)
        answer = ship(shop, number)
        assert (None if answer is None else (answer.outcome, answer.code)) == SHIPPING[kind]
        assert rig.platform.did[f"ship {number}0"] == 0
        rig.platform.faults.clear()
        again = ship(shop, number)
        assert again is not None
        assert again.outcome is Outcome.OK  # whatever it was: when it is over the order is shipped, once
        assert rig.platform.did[f"ship {number}0"] == 1


@pytest.mark.parametrize("code", [12345678, 99])
def test_a_code_that_nobody_knows_is_shown_as_it_is_and_a_person_decides(rig, code):
    rig.platform.fails("ship_package", code)
    answer = ship(rig.shop())
    assert answer is not None
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, str(code))


@pytest.mark.parametrize("kind", [K.TOKEN_EXPIRED, K.PERMISSION, K.CIPHER, K.SIGNATURE, K.REQUEST_REFUSED, K.VERSION])
def test_what_only_a_person_can_mend_is_tried_again_by_itself_once_it_is_mended(kind):
    assert (reactions()[kind].again_in or timedelta(0)) >= timedelta(hours=1)


@pytest.mark.parametrize("kind", [K.CONVERSATION, K.PERMISSION])
def test_a_buyer_who_may_not_be_written_to_is_written_to_by_hand(rig, kind):
    rig.platform.fails("send_message", CLASSES[kind][0], times=20)
    answer = rig.shop().message_buyer(NUMBER, topic="lost", key="m")
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, SHIPPING[kind][1])  # type: ignore[index]
    assert rig.platform.did["message"] == 0


def test_what_may_have_been_done_is_never_simply_sent_again():
    doubtful = {kind for kind, row in reactions().items() if row.does is Does.LOOK}
    assert doubtful >= {K.INTERNAL, K.ALREADY_DONE, K.ALREADY_CANCELLED, K.NO_LONGER, K.UNKNOWN}
    assert reaction_to(ApiError("x", 0, K.RETRY)).does is Does.AGAIN


def test_a_read_that_fails_for_now_is_a_fault_that_passes():
    with pytest.raises(ShopError) as away:
        answer_to(ApiError("get_orders", 36009003, kind_of(36009003)), NUMBER)
    assert away.value.transient


def test_every_code_that_people_see_has_words():
    told = {row.code for row in reactions().values() if row.code != "code"}
    keys = {code: (f"refusals.{code}.reason", f"pages.faults.{code}") for code in told}
    assert [code for code, known in keys.items() if not {*known} & set(words().texts)] == []
