"""Which letters an order gives cause for, and that each says what facts hold and nothing else."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from models.fact import API, PAYLOAD_KEYS, FactKind
from models.letter import KINDS, Letter, LetterKind, letters
from models.letter_text import language_of_market, letter_languages, write
from models.order import fold
from models.stage import HandoverMode
from tests.models.lives import Life, lives
from tests.models.makers import Given, a_fact, an_order, placed, t

K = LetterKind
PARCEL = {"tracking_no": "JT0012", "carrier": "J&T Express"}
SHIPPED = (*placed(), a_fact("marked_shipped", 10, **PARCEL))
MOVING = (*SHIPPED, a_fact("picked_up", 15, **PARCEL), a_fact("in_transit", 20, **PARCEL))
BROUGHT = (*SHIPPED, a_fact("dropped_off", 20, by="human"))
ARRIVED = (*MOVING, a_fact("delivered", 50))
DISPUTED = (*ARRIVED, a_fact("lost_declared", 60, by="human"))
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ASKED = "Please collect it without delay, and tell us when you will come and why it was not collected."


def found(now: float, *facts: Given, **shop: Given) -> tuple[Letter, ...]:
    return letters(an_order(now, *facts, **shop), t(now))


def the_letter(kind: LetterKind, now: float, *facts: Given, language: str = "en", **shop: Given) -> str:
    (letter,) = (one for one in found(now, *facts, **shop) if one.kind is kind)
    return write(letter, language, shop="Tre Viet Store", order_no="576461413038785752", zone=HANOI).text


def cancelled(hours: float, actor: str = "buyer") -> Given:
    return a_fact("cancelled", hours, actor=actor)


@pytest.mark.parametrize(
    ("now", "facts", "kinds"),
    [
        pytest.param(5, placed(), [], id="a new order"),
        pytest.param(100, placed(), [], id="the shop itself is late"),
        pytest.param(30, MOVING, [], id="all goes well"),
        pytest.param(58, SHIPPED, [], id="the carrier's time is just over"),
        pytest.param(59, SHIPPED, [K.APPEAL_NOT_COLLECTED, K.COMPLAINT_NOT_COLLECTED], id="not collected"),
        pytest.param(80, (*SHIPPED, a_fact("picked_up", 70)), [K.APPEAL_NOT_COLLECTED], id="collected late"),
        pytest.param(30, (*SHIPPED, a_fact("picked_up", 25)), [], id="collected in time"),
        pytest.param(
            140, (*placed(), a_fact("marked_shipped", 80)), [K.COMPLAINT_NOT_COLLECTED], id="both were late: no appeal"
        ),
        pytest.param(6, (*placed(), cancelled(5)), [K.APPEAL_BUYER_CANCELLED], id="the buyer cancelled"),
        pytest.param(6, (*placed(), cancelled(5, "seller")), [], id="the shop cancelled"),
        pytest.param(90, (*placed(), cancelled(80)), [], id="the buyer cancelled what was late already"),
        pytest.param(21, (*SHIPPED, cancelled(20)), [K.APPEAL_BUYER_CANCELLED], id="cancelled before collection"),
        pytest.param(90, (*placed(), a_fact("marked_shipped", 80), cancelled(85)), [], id="cancelled, shipped late"),
        pytest.param(41, (*MOVING, cancelled(40)), [], id="cancelled when all was done"),
        pytest.param(93, MOVING, [K.QUESTION_SILENT], id="silent"),
        pytest.param(347, MOVING, [K.CLAIM_LOST], id="14 days"),
        pytest.param(
            99,
            (*MOVING, a_fact("delivery_attempt_failed", 60), a_fact("delivery_attempt_failed", 90)),
            [K.CLAIM_LOST],
            id="two failed attempts",
        ),
        pytest.param(40, (*MOVING, a_fact("lost_declared", 30)), [K.CLAIM_LOST], id="declared lost"),
        pytest.param(40, (*MOVING, a_fact("damaged_declared", 30)), [], id="damaged is not lost"),
        pytest.param(400, ARRIVED, [], id="delivered"),
        pytest.param(400, SHIPPED, [K.APPEAL_NOT_COLLECTED, K.CLAIM_LOST], id="never collected, and lost by now"),
        pytest.param(30, (*SHIPPED, a_fact("complaint_filed", 20)), [], id="somebody complained before it was time"),
        pytest.param(61, DISPUTED, [K.QUESTION_NOT_RECEIVED], id="delivered and lost"),
    ],
)
def test_an_order_gives_cause_for_these_letters_alone(now, facts, kinds):
    assert [letter.kind for letter in found(now, *facts)] == kinds


def test_a_parcel_dropped_off_in_time_and_scanned_late_is_appealed_for():
    shop = {"handover": HandoverMode.DROP_OFF}
    assert [one.kind for one in found(45, *BROUGHT, **shop)] == [K.APPEAL_NOT_SCANNED]
    assert [one.kind for one in found(43, *BROUGHT, **shop)] == []
    assert [one.kind for one in found(51, *BROUGHT, a_fact("in_transit", 50), **shop)] == [K.APPEAL_NOT_SCANNED]
    late = (*SHIPPED, a_fact("dropped_off", 60, by="human"))
    assert [one.kind for one in found(85, *late, **shop)] == []


def test_where_silence_means_nothing_nobody_is_accused():
    assert found(59, *SHIPPED, seen={}) == ()


def test_a_question_that_a_person_has_settled_is_asked_no_more():
    settled = a_fact("case_closed", 61, by="human", case_id="conflict:X06")
    assert K.QUESTION_NOT_RECEIVED not in [one.kind for one in found(62, *DISPUTED, settled)]


def test_a_letter_tells_numbers_and_moments_on_the_shops_clock():
    assert the_letter(K.COMPLAINT_NOT_COLLECTED, 59, *SHIPPED).splitlines() == [
        "Complaint: parcel of order 576461413038785752 not collected",
        "",
        "Dear customer service team,",
        "",
        "The parcel of order 576461413038785752 waits for collection and was not collected within its time.",
        "",
        "Order number: 576461413038785752",
        "Carrier: J&T Express",
        "Tracking number: JT0012",
        "Set to shipped: 1 Mar 2026 17:00 (UTC+07:00)",
        "To be collected by: 3 Mar 2026 17:00 (UTC+07:00)",
        "State of: 3 Mar 2026 18:00 (UTC+07:00)",
        "",
        f"{ASKED} On request we send you the full record of this order.",
        "",
        "Kind regards",
        "Tre Viet Store",
    ]


def test_a_claim_tells_what_was_in_the_parcel():
    items = [{"sku": "TV-1", "title": "Bamboo tray", "quantity": 2}]
    lost = (*placed(items=items), *MOVING[2:], a_fact("lost_declared", 30))
    assert "Contents: 2 x Bamboo tray (TV-1)\n" in the_letter(K.CLAIM_LOST, 40, *lost)


def test_what_is_not_known_has_no_line():
    bare = (*placed(), a_fact("marked_shipped", 10))
    told = the_letter(K.APPEAL_NOT_COLLECTED, 59, *bare)
    assert not [line for line in ("Carrier:", "Tracking number:", "Collected:", "We complained") if line in told]
    filed = (*bare, a_fact("complaint_filed", 58.5))
    assert "We complained to the carrier: 3 Mar 2026 17:30 (UTC+07:00)\n" in the_letter(
        K.APPEAL_NOT_COLLECTED, 59, *filed
    )


def test_a_moment_that_is_only_implied_or_the_last_possible_is_not_told():
    implied = (*placed(), a_fact("in_transit", 20))
    assert "Set to shipped:" not in the_letter(K.QUESTION_SILENT, 93, *implied)
    assert an_order(93, *implied).milestones[FactKind.MARKED_SHIPPED].at is None
    by_then = replace(a_fact("picked_up", 15, estimated=True), source=API)
    told = the_letter(K.QUESTION_SILENT, 93, *SHIPPED, by_then, a_fact("in_transit", 20))
    assert "Collected:" not in told
    assert "Last news of the parcel:" in told


def test_an_estimated_time_of_ordering_is_not_told():
    guessed = (a_fact("order_placed", 0, estimated=True), a_fact("order_paid", 0), *SHIPPED[2:])
    assert "Ordered:" in the_letter(K.APPEAL_NOT_COLLECTED, 59, *SHIPPED)
    assert "Ordered:" not in the_letter(K.APPEAL_NOT_COLLECTED, 59, *guessed)


@pytest.mark.parametrize(
    ("market", "language"), [("VN", "vi"), ("ID", "id"), ("TH", "th"), ("MY", "ms"), ("US", "en"), ("", "en")]
)
def test_a_shop_writes_in_the_language_of_its_market(market, language):
    assert language_of_market(market) == language


def test_every_kind_of_letter_has_its_row():
    assert list(KINDS) == list(LetterKind)


@given(lives())
def test_no_letter_of_any_order_has_a_gap(life: Life):
    for letter in letters(fold(life.facts, life.shop, life.now), life.now):
        for language in letter_languages():
            zone = life.shop.timezone
            text = write(letter, language, shop="Tre Viet Store", order_no="576461413038785752", zone=zone).text
            assert not [sign for sign in ("{", "}", "None", "\n\n\n") if sign in text]
            assert not [line for line in text.splitlines() if line.rstrip().endswith(":")]


PERSON = "Nguyen Thi Planted"
PHONE = "J&T 0912 345 678"
OF_THE_GOODS = {"items", "title", "sku"}


@pytest.mark.parametrize("planted", [PERSON, PHONE, "planted@mail.example"])
def test_a_buyers_data_in_any_value_of_a_fact_gets_into_no_letter(planted):
    values = dict.fromkeys(PAYLOAD_KEYS - OF_THE_GOODS, planted)
    if planted == PERSON:
        del values["carrier"]  # where a carrier's name stands, no program can tell it from a person's
    kinds = ("order_placed", "order_paid", "marked_shipped", "picked_up", "in_transit", "lost_declared", "delivered")
    heap = [a_fact(kind, hours, **values) for hours, kind in enumerate(kinds)]
    written = [
        write(letter, language, shop="Tre Viet Store", order_no="576461413038785752", zone=HANOI).text
        for number in range(len(heap) + 1)
        for letter in found(400, *placed(), *SHIPPED[2:], *heap[:number])
        for language in letter_languages()
    ]
    assert written
    assert not [text for text in written if planted in text]
