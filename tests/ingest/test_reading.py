"""One order comes back whole from every layout and language, and no bytes make the reader raise."""

from __future__ import annotations

import gc
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.message import parse_message
from ingest.reader import read_mail, read_message
from models.db.collector import without_collector
from models.notification import Ignored, Notification, NotificationKind, Quarantined, QuarantineReason
from tests.ingest.corpus import EXPECTED, FOLDER, SHOPS, read, receiver, vocabulary
from tests.ingest.markets import MARKETS, RECEIVER, STEP, a_shop
from tests.ingest.renderings import LAYOUTS, Line, Sale, Style, render

NAMES = (
    "Cedar Soap 3-Pack",
    "Calamansi Syrup 1L x 2",
    "Khay gỗ tre cỡ L",
    "方眼ノート B6",
    "Tea No. 7 (100 g)",
    "Lamp 2026",
)
SMALL = [name for name in EXPECTED["files"] if (FOLDER / name).stat().st_size < 20_000]


def a_sale(choice, step):
    placed_at = datetime(  # noqa: DTZ001  printed in the shop's zone
        2026, choice.randrange(1, 13), choice.randrange(1, 29), choice.randrange(24), choice.randrange(60)
    )
    lines = tuple(
        Line(
            name=choice.choice(NAMES),
            sku=f"SK-{choice.randrange(999)}",
            quantity=choice.randrange(1, 9),
            price=step * choice.randrange(20, 4000),
        )
        for _ in range(choice.randrange(1, 4))
    )
    return Sale(
        order_no=f"57{choice.randrange(10**16):016}",
        shop="Juniper & Pine",
        placed_at=placed_at,
        ship_by=placed_at + timedelta(days=3),
        lines=lines,
        shipping=step * choice.choice((0, 30)),
        discount=step * choice.choice((0, 10)),
    )


def a_mail(language, layout, seed):
    """A sale, the mail that tells of it, and the shop that it is for."""
    choice, shop = Random(seed), a_shop(language)
    sale = a_sale(choice, STEP.get(shop.currency, Decimal("0.05")))
    return sale, render(sale, Style(language=language, currency=shop.currency, choice=choice), layout), shop


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", MARKETS)
@settings(max_examples=settings().max_examples // 33)  # of each layout in each language
@given(seed=st.integers(0, 10**6))
def test_an_order_comes_back_from_every_layout_and_language(language, layout, seed):
    sale, raw, shop = a_mail(language, layout, seed)
    told = read_mail(raw, RECEIVER, [shop], vocabulary())
    assert isinstance(told, Notification)
    zone = ZoneInfo(shop.timezone)
    assert (told.kind, told.language, told.order_nos) == (NotificationKind.NEW_ORDER, language, (sale.order_no,))
    assert told.placed_at == sale.placed_at.replace(tzinfo=zone)
    assert told.ship_by == sale.ship_by.replace(tzinfo=zone)
    assert [(item.name, item.sku, item.quantity, item.unit_price) for item in told.items] == [
        (line.name, line.sku, line.quantity, line.price) for line in sale.lines
    ]
    sums = {name: told.amounts.get(name, Decimal(0)) for name in ("total", "shipping", "discount")}
    assert sums == {"total": sale.total, "shipping": sale.shipping, "discount": sale.discount}


def test_what_was_read_leaves_nothing_to_the_garbage_collector():
    mails = [a_mail("en", layout, seed) for layout in LAYOUTS for seed in range(4)]
    read_mail(mails[0][1], RECEIVER, [mails[0][2]], vocabulary())  # what is made once, and kept, is made
    gc.collect()
    with without_collector():
        for _, raw, shop in mails:
            read_mail(raw, RECEIVER, [shop], vocabulary())
        assert gc.collect() < len(mails)  # a page alone has dozens of rows


@st.composite
def broken_mails(draw):
    name = draw(st.sampled_from(SMALL))
    raw = bytearray((FOLDER / name).read_bytes())
    for _ in range(draw(st.integers(1, 6))):
        if not raw:
            break
        start = draw(st.integers(0, len(raw) - 1))
        end = min(len(raw), start + draw(st.integers(1, 200)))
        change = draw(st.sampled_from(("flip", "cut", "repeat", "noise")))
        if change == "flip":
            raw[start] ^= 1 << draw(st.integers(0, 7))
        elif change == "cut":
            del raw[start:end]
        elif change == "repeat":
            raw[start:start] = raw[start:end]
        else:
            raw[start:start] = draw(st.binary(max_size=40))
    return name, bytes(raw)


@given(mail=broken_mails())
def test_a_broken_mail_has_an_outcome_and_is_no_fault_of_ours(mail):
    reading = read(*mail)
    assert isinstance(reading, Notification | Ignored | Quarantined)
    assert not isinstance(reading, Quarantined) or reading.reason is not QuarantineReason.READER_FAILED


@given(raw=st.binary(max_size=400))
def test_noise_is_never_an_order(raw):
    assert not isinstance(read("001_en_us_table_alternative.eml", raw), Notification)


def test_a_person_may_vouch_for_a_forwarded_mail():
    file = "080_forwarded_inline.eml"
    told = read_message(parse_message((FOLDER / file).read_bytes()), None, SHOPS, vocabulary())
    assert isinstance(told, Notification)
    assert told.order_nos == ("576490000000000080",)


def test_our_own_fault_is_a_quarantined_mail_that_names_the_class_alone():
    reading = read_mail(b"From: a\n\nb", RECEIVER, None, vocabulary())  # type: ignore[arg-type]
    assert isinstance(reading, Ignored | Quarantined)


def test_a_symbol_that_contradicts_the_shops_currency_is_refused():
    sale = a_sale(Random(1), Decimal("0.05"))
    raw = render(sale, Style(language="en", currency="GBP", choice=Random(1)), "beside")
    shop = a_shop("en").model_copy(update={"currency": "USD"})
    reading = read_mail(raw, RECEIVER, [shop], vocabulary())
    assert isinstance(reading, Quarantined)
    assert reading.reason is QuarantineReason.INVALID_VALUE


def test_a_mail_without_a_shop_is_the_only_shops_else_unknown():
    raw = (FOLDER / "095_unknown_charset.eml").read_bytes().replace(b"Shop:        Juniper & Pine Co.", b"")
    only = [shop for shop in SHOPS if shop.name == "Juniper & Pine Co."]
    assert isinstance(read_mail(raw, receiver({}), only, vocabulary()), Notification)
    several = read_mail(raw, receiver({}), SHOPS, vocabulary())
    assert isinstance(several, Quarantined)
    assert several.reason is QuarantineReason.UNKNOWN_SHOP
