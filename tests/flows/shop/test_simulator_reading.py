"""The loop closes: what the simulated platform writes, Shipclock's reader understands.

The two share no words: templates here, label files there.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from flows.shop.simulator.cast import casts
from flows.shop.simulator.letter import Letter
from flows.shop.simulator.mails import RECEIVER, write_mail, write_noise
from flows.shop.simulator.page import ROWS
from flows.shop.simulator.post import EventKind
from flows.shop.simulator.seller_center import click
from ingest.label_files import load_vocabulary
from ingest.reader import read_mail
from ingest.sender import Receiver
from models.fact import FactKind
from models.notification import Ignored, Notification, Quarantined, QuarantineReason
from models.notification import NotificationKind as Kind
from models.settings import ShopSettings
from tests.flows.shop.simulator_player import START, Seller

SENDERS = Receiver(authserv_id=RECEIVER, allowed_from_domains=("shop.tiktok.com",))
SHOPS = [
    ShopSettings(name=cast.name, market=cast.market, currency=cast.currency, timezone=cast.timezone, mailbox="demo")
    for cast in casts().values()
]
VOCABULARY = load_vocabulary()
SEEDS = (7, 8)


@pytest.fixture(scope="module", params=SEEDS)
def letters(request, tmp_path_factory):
    """All letters of a play, with the order each is about."""
    seller = Seller(tmp_path_factory.mktemp("reading"), seed=request.param)
    seller.play()
    claim(seller)
    with seller.store.look() as play:
        rows = play.sql("select order_no, detail from event where kind = ? order by id", EventKind.LETTER)
        details = [(seller.store.script.by_no[order_no], detail) for order_no, detail in rows]
    return [(Letter.from_json(json.loads(detail)), plan) for plan, detail in details]


def claim(seller):
    """End the stories that only people can end, so that their mails are written too."""
    for plan in seller.store.script.plans:
        if seller.status(plan) == "IN_TRANSIT":
            click(seller.store, plan.order_no, FactKind.CANCELLED, seller.now)
            click(seller.store, plan.order_no, FactKind.REFUND_REQUESTED, seller.now)
    seller.play(days=25)


def read(letter, plan):
    return read_mail(write_mail(letter, plan), SENDERS, SHOPS, VOCABULARY, now=letter.received_at)


def test_the_play_writes_mails_of_all_the_kinds_it_can(letters):
    written = {letter.kind for letter, _ in letters}
    assert {Kind.NEW_ORDER, Kind.DELIVERY_FAILED, Kind.PARCEL_DAMAGED, Kind.REFUND_COMPLETED} <= written


def test_every_genuine_readable_mail_is_read_right(letters):
    wrong: Counter[tuple[str, ...]] = Counter()
    for letter, plan in letters:
        if letter.genuine and letter.readable:
            reading = read(letter, plan)
            for difference in differences(reading, expected(letter, plan)):
                wrong[(plan.cast.language, str(letter.kind), *difference)] += 1
    assert not wrong


def test_forged_mails_are_kept_back(letters):
    forged = [(letter, plan) for letter, plan in letters if not letter.genuine]
    assert forged
    reasons = {read(letter, plan).reason for letter, plan in forged}
    assert reasons == {QuarantineReason.SENDER_UNAUTHENTICATED, QuarantineReason.LOOKALIKE_SENDER}


def test_a_mail_that_breaks_off_is_kept_back_with_its_order_number(letters):
    cut = [(letter, plan) for letter, plan in letters if not letter.readable]
    assert cut
    for letter, plan in cut:
        reading = read(letter, plan)
        assert isinstance(reading, Quarantined)
        assert reading.order_no == plan.order_no


@pytest.mark.parametrize("cast", casts().values(), ids=str)
def test_noise_is_none_of_our_business(cast):
    readings = [read_mail(write_noise(n, cast, START), SENDERS, SHOPS, VOCABULARY, now=START) for n in range(8)]
    assert [reading for reading in readings if not isinstance(reading, Ignored)] == []


def expected(letter, plan):
    """What a notification must hold, going by the rows that a mail of this kind prints."""
    facts = {
        "placed_at": plan.placed_at,
        "ship_by": plan.ship_by,
        "promised_at": plan.promised_at,
        "event": ("event_at", letter.event_at),
        "respond_by": letter.event_at + plan.answer_within,
        "carrier": plan.cast.carrier,
        "tracking_no": plan.tracking_no,
        "attempt": letter.attempt,
        "shipping_mode": plan.shipping,
        "handover": ("handover_mode", plan.handover),
        "refund": ("amounts", {"refund": plan.total}),
    }
    printed = [
        facts[row] if isinstance(facts[row], tuple) else (row, facts[row]) for row in ROWS[letter.kind] if row in facts
    ]
    about = {
        "kind": letter.kind,
        "order_nos": (plan.order_no,),
        "shop": plan.shop,
        "language": plan.cast.language,
    }
    return {
        **about,
        **dict(printed),
        **(ordered(plan) if letter.kind is Kind.NEW_ORDER else {}),
        **cause(letter),
    }


def ordered(plan):
    sums = {
        "subtotal": plan.subtotal,
        "shipping": plan.shipping_fee,
        "discount": plan.discount,
        "total": plan.total,
    }
    return {
        "items": [(line.good.name, line.good.sku, line.quantity, line.good.price) for line in plan.lines],
        "amounts": {name: amount for name, amount in sums.items() if amount},
        "currency": plan.cast.currency,
        "paid": plan.paid or plan.cash_on_delivery,
        "payment_method": "cod" if plan.cash_on_delivery else None,
    }


def cause(letter):
    if letter.kind is Kind.ORDER_CANCELLED:
        codes = (
            {"reason_code": letter.cause}
            if letter.cause in {"unpaid", "out_of_stock", "lost", "damaged", "late"}
            else {}
        )
        return {"cancel_cause": letter.by, **codes}
    return {}


def differences(reading, wanted):
    if not isinstance(reading, Notification):
        yield (type(reading).__name__, str(reading.reason), getattr(reading, "detail", ""))
        return
    for name, value in wanted.items():
        told = getattr(reading, name)
        if name == "items":
            told = [(item.name, item.sku, item.quantity, item.unit_price) for item in told]
        if name == "payment_method" and value is None:
            continue
        if told != value:
            yield (name, str(told), str(value))
