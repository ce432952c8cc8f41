"""What is taken off and added between the goods and the total, whatever it is called; how the order is paid."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reader import read_mail
from models.notification import Notification, Quarantined, QuarantineReason
from tests.ingest.corpus import vocabulary
from tests.ingest.markets import MARKETS, RECEIVER, STEP, a_shop
from tests.ingest.renderings import MONEY, WORDS, Style, mail_of

NO = "577201885125997657"


def a_style(language, seed=1):
    return Style(language=language, currency=MARKETS[language][1], choice=Random(seed))


def a_mail(style, sums, besides=()):
    """Two mugs at a hundred steps each; `sums` behind the subtotal, in steps, and the total at the end."""
    money, step = MONEY[style.currency][0], STEP.get(style.currency, Decimal("0.05"))
    facts = [
        (style.word("order_no"), NO),
        (style.word("shop"), "Juniper & Pine"),
        (style.word("ship_by"), "2026-05-07 11:09"),
        *besides,
    ]
    item = [
        (style.word("product"), "Mug"),
        (style.word("quantity"), "2"),
        (style.word("unit_price"), money(step * 100)),
    ]
    goods = [(style.word("subtotal"), money(step * 200))]
    stated = [(label, printed(money(step * abs(steps)), steps)) for label, steps in sums]
    pairs = [*facts, *item, *goods, *stated]
    return "<table>" + "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in pairs) + "</table>"


def printed(amount, steps):
    return f"-{amount}" if steps < 0 else amount


def told_by(style, sums, besides=()):
    raw = mail_of(a_mail(style, sums, besides), style, is_html=True)
    return read_mail(raw, RECEIVER, [a_shop(style.language)], vocabulary())


def discount(reading, style):
    assert isinstance(reading, Notification)
    return reading.amounts.get("discount", Decimal(0)) / STEP.get(style.currency, Decimal("0.05"))


@given(language=st.sampled_from(sorted(MARKETS)), seed=st.integers(0, 10**6))
def test_discounts_of_several_givers_add_up(language, seed):
    style, choice = a_style(language, seed), Random(seed)
    givers = [(label, -choice.randrange(1, 30)) for label in choice.sample(WORDS[language]["givers"], 2)]
    off = -sum(steps for _, steps in givers)
    sums = [*givers, (style.word("shipping"), 10), (style.word("total"), 210 - off)]
    assert discount(told_by(style, sums), style) == off


@pytest.mark.parametrize("language", MARKETS)
def test_what_stands_among_the_sums_with_a_minus_is_taken_off_whatever_it_is_called(language):
    style = a_style(language)
    assert discount(told_by(style, [("Quux corge", -7), (style.word("total"), 193)]), style) == 7


@pytest.mark.parametrize("language", MARKETS)
def test_shipping_below_zero_is_taken_off(language):
    style = a_style(language)
    label = style.word("shipping")
    assert discount(told_by(style, [(label, 10), (label, -10), (style.word("total"), 200)]), style) == 10


@pytest.mark.parametrize("language", MARKETS)
def test_a_discount_stated_whole_and_in_its_parts_is_taken_off_once(language):
    style = a_style(language)
    one, two = WORDS[language]["givers"][:2]
    sums = [(style.word("discount"), -12), (one, -7), (two, -5), (style.word("total"), 188)]
    assert discount(told_by(style, sums), style) == 12


@pytest.mark.parametrize("language", MARKETS)
def test_what_is_added_before_the_total_may_be_called_as_nobody_knows(language):
    style = a_style(language)
    assert discount(told_by(style, [("Quux corge", 7), (style.word("total"), 207)]), style) == 0


@pytest.mark.parametrize("total", [150, 194, 201])
@pytest.mark.parametrize("language", MARKETS)
def test_sums_that_no_reading_explains_start_no_order(language, total):
    style = a_style(language)
    reading = told_by(style, [(WORDS[language]["givers"][0], -7), ("Quux", 3), (style.word("total"), total)])
    assert isinstance(reading, Quarantined)
    assert reading.reason is QuarantineReason.TOTALS_MISMATCH


@pytest.mark.parametrize("language", MARKETS)
def test_words_beside_the_way_of_paying_tell_that_it_is_paid(language):
    style = a_style(language)
    paid = tuple(WORDS[language]["paid"])
    reading = told_by(style, [(style.word("total"), 200)], besides=[paid])
    assert isinstance(reading, Notification)
    assert reading.paid is True


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "Package ID"), ("de", "Paket-ID"), ("fr", "ID du colis"), ("it", "ID pacco"), ("es", "ID del paquete"),
        ("pt", "ID do pacote"), ("vi", "Mã kiện hàng"), ("id", "ID paket"), ("ms", "ID bungkusan"), ("th", "รหัสพัสดุ"),
        ("zh", "包裹号"), ("ja", "パッケージID"), ("en", "Tracking number"),
    ],
)  # fmt: skip
def test_the_platforms_number_of_a_parcel_is_no_tracking_number(language, label):
    style = a_style(language)
    reading = told_by(style, [(style.word("total"), 200)], besides=[(label, "1157850113300445000")])
    assert isinstance(reading, Notification)
    assert reading.tracking_no is None


@pytest.mark.parametrize(
    ("language", "label", "value"),
    [("zh", "配送方式", "标准配送"), ("ja", "配送方法", "通常配送"), ("de", "Versandart", "Standardversand")],
)
def test_a_way_of_shipping_is_no_carrier(language, label, value):
    style = a_style(language)
    reading = told_by(style, [(style.word("total"), 200)], besides=[(label, value)])
    assert isinstance(reading, Notification)
    assert reading.carrier is None
