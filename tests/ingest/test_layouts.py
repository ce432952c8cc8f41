"""The items of an order come back from layouts that no template explains, whatever the product is called."""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.reader import read_mail
from models.notification import Notification, Quarantined, QuarantineReason
from tests.ingest import block_layouts, layouts, told_layouts
from tests.ingest.corpus import vocabulary
from tests.ingest.drawn_page import Page, Shown
from tests.ingest.markets import MARKETS, RECEIVER, STEP, a_shop
from tests.ingest.renderings import MONEY, TIMES, Line, Sale, Style, mail_of

LAYOUTS = layouts.LAYOUTS | block_layouts.LAYOUTS | told_layouts.LAYOUTS
PLAIN = layouts.PLAIN | block_layouts.PLAIN | told_layouts.PLAIN
WITHOUT_CODE = layouts.WITHOUT_CODE | block_layouts.WITHOUT_CODE
TRAPS = (
    "Cable USB-C x2", "Tea 3-Pack", "Calendar 2027", "T-Shirt (XL)", 'Frame "A4" 21/30', "Lamp 12V/5A",
    "Socks, Wool, Grey", "Box – Large", "Set 2 × 500 ml", "Soap 2 pcs", "Candle No. 5", "1984 Poster", "Vitamin D 3",
    "Juniper & Pine <Gift>", "Bộ 3 khăn 30x50 cm", "方眼ノート B6", "กระถาง 6 นิ้ว", "Größe M/L Tuch",
    "Order of 100 Pins", "Total Clean Spray", "Mug - Price Winner", "Pack of 12 (4 x 3)", "24/7 Notebook",
    "Size 42 Boots", "Produit X 2", "Set of Items (3)", "Color Pop Lipstick 3", "Order Book A5", "Style (XL)",
    "商品券 500", "Quantity Surveyor Mug", "Shipping Box 40 x 30",
)  # fmt: skip
VARIANTS = ("Honey", "Charcoal / L", "100 g", "XL", "Grau", "赤", "Red, matte", "2026", "1 m", "")
SEEDS = st.integers(0, 10**6)


def a_page(sale, style, choice):
    money, form = choice.choice(MONEY[style.currency]), choice.choice(TIMES[style.language])
    shown = tuple(
        Shown(
            name=line.name,
            variant=choice.choice(VARIANTS[:-1]),
            sku=line.sku,
            count=line.quantity,
            price=money(line.price),
            line_total=money(line.price * line.quantity),
        )
        for line in sale.lines
    )
    sums = [("subtotal", sale.subtotal), ("shipping", sale.shipping), ("discount", sale.discount), ("tax", sale.tax)]
    stated = [(style.word(name), money(-value if name == "discount" else value)) for name, value in sums if value]
    facts = [
        (style.word("order_no"), sale.order_no),
        (style.word("placed_at"), sale.placed_at.strftime(form)),
        (style.word("shop"), sale.shop),
        (style.word("buyer"), "b***r"),
        (style.word("ship_by"), sale.ship_by.strftime(form)),
    ]
    return Page(facts=facts, items=shown, sums=[*stated, (style.word("total"), money(sale.total))], style=style)


def read_back(layout, page, shop):
    raw = mail_of(LAYOUTS[layout](page), page.style, is_html=layout not in PLAIN)
    return read_mail(raw, RECEIVER, [shop], vocabulary())


def a_sale(choice, step):
    placed_at = datetime(2026, choice.randrange(1, 13), choice.randrange(1, 29), choice.randrange(24), 30)  # noqa: DTZ001  printed in the shop's zone
    names = choice.sample(TRAPS, choice.randrange(1, 4))
    lines = tuple(
        Line(
            name=name,
            sku=f"{choice.choice(('JP', 'AB-C', 'KK'))}-{choice.randrange(10, 999)}",
            quantity=choice.randrange(1, 12),
            price=step * choice.randrange(20, 4000),
        )
        for name in names
    )
    return Sale(
        order_no=f"57{choice.randrange(10**16):016}",
        shop="Juniper & Pine",
        placed_at=placed_at,
        ship_by=placed_at + timedelta(days=3),
        lines=lines,
        shipping=step * choice.choice((0, 30)),
        discount=step * choice.choice((0, 10)),
        tax=step * choice.choice((0, 0, 7)),
    )


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=settings().max_examples // 6)  # of each layout
@given(language=st.sampled_from(sorted(MARKETS)), seed=SEEDS)
def test_items_come_back_from_a_layout_of_their_own(layout, language, seed):
    choice, shop = Random(seed), a_shop(language)
    sale = a_sale(choice, STEP.get(shop.currency, Decimal("0.05")))
    style = Style(language=language, currency=shop.currency, choice=choice)
    told = read_back(layout, a_page(sale, style, choice), shop)
    assert isinstance(told, Notification)
    zone = ZoneInfo(shop.timezone)
    assert (told.order_nos, told.shop) == ((sale.order_no,), shop.name)
    assert (told.placed_at, told.ship_by) == (
        sale.placed_at.replace(tzinfo=zone),
        sale.ship_by.replace(tzinfo=zone),
    )
    assert [(item.name, item.quantity, item.unit_price) for item in told.items] == [
        (line.name, line.quantity, line.price) for line in sale.lines
    ]
    if layout not in WITHOUT_CODE:
        assert [item.sku for item in told.items] == [line.sku for line in sale.lines]
    sums = {name: told.amounts.get(name, Decimal(0)) for name in ("subtotal", "shipping", "discount", "tax", "total")}
    assert sums == {name: getattr(sale, name) for name in sums}


@pytest.mark.parametrize(
    "change", [lambda count: -count, lambda _: 0, lambda count: count + 100], ids=("negative", "none", "more")
)
@pytest.mark.parametrize("layout", sorted(LAYOUTS.keys() - {"only_line_totals"} - told_layouts.ONE_LINE_TOTAL))
@settings(max_examples=settings().max_examples // 50)
@given(language=st.sampled_from(sorted(MARKETS)), seed=SEEDS)
def test_a_count_that_the_sums_belie_starts_no_order(layout, change, language, seed):
    choice, shop = Random(seed), a_shop(language)
    sale = a_sale(choice, STEP.get(shop.currency, Decimal("0.05")))
    page = a_page(sale, Style(language=language, currency=shop.currency, choice=choice), choice)
    first = replace(page.items[0], count=change(page.items[0].count))
    reading = read_back(layout, replace(page, items=(first, *page.items[1:])), shop)
    assert isinstance(reading, Quarantined)
    assert reading.reason in {
        QuarantineReason.INVALID_VALUE,
        QuarantineReason.TOTALS_MISMATCH,
        QuarantineReason.INCOMPLETE,
    }
