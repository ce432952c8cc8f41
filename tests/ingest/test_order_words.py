"""New orders in each language's other words: how they are called, dated and summed up (`order_words.toml`)."""

from __future__ import annotations

import tomllib
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from ingest.reader import read_mail
from models.notification import Ignored, IgnoreReason, Notification, NotificationKind
from tests.ingest.corpus import vocabulary
from tests.ingest.markets import MARKETS, RECEIVER, a_shop
from tests.ingest.renderings import HEADERS, Style

WORDS = tomllib.loads((Path(__file__).parent / "order_words.toml").read_text(encoding="utf-8"))
NO = "577201885125997657"


def style_of(language):
    return Style(language=language, currency=MARKETS[language][1], choice=Random(1))


def read(language, subject, body):
    raw = f'{HEADERS}Subject: {subject}\nContent-Type: text/html; charset="utf-8"\n\n{body}'.encode()
    return read_mail(raw, RECEIVER, [a_shop(language)], vocabulary())


def shown(pairs):
    return "<table>" + "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in pairs) + "</table>"


def an_item(style):
    parts = [("product", "Kelvo M7"), ("sku", "KV-7"), ("quantity", "2"), ("unit_price", "500")]
    return [(style.word(name), value) for name, value in parts]


def a_body(language, title, *, text="", labels=None, due="2026-03-16 11:09"):
    """An order of two pieces at 500 and 90 for shipping, its facts under the labels given."""
    style = style_of(language)
    placed, ship_by, shipping, total = labels or [style.word(n) for n in ("placed_at", "ship_by", "shipping", "total")]
    facts = [(style.word("order_no"), NO), (style.word("shop"), "Juniper & Pine")]
    facts += [(placed, "2026-03-13 10:10"), (ship_by, due)]
    sums = [(style.word("subtotal"), "1000"), (shipping, "90"), (total, "1090")]
    return f"<h1>{title}</h1><p>{text}</p>{shown(facts)}{shown(an_item(style))}{shown(sums)}"


@pytest.mark.parametrize("language", WORDS)
def test_times_and_sums_are_read_under_these_labels(language):
    subject, title, *_ = WORDS[language]["sold"]
    told = read(language, subject, a_body(language, title, labels=WORDS[language]["labels"]))
    assert isinstance(told, Notification), told
    zone = ZoneInfo(MARKETS[language][2])
    assert told.placed_at == datetime(2026, 3, 13, 10, 10, tzinfo=zone)
    assert told.ship_by == datetime(2026, 3, 16, 11, 9, tzinfo=zone)
    assert (told.amounts["shipping"], told.amounts["total"]) == (Decimal(90), Decimal(1090))


@pytest.mark.parametrize("language", WORDS)
def test_these_words_call_an_order_new(language):
    subject, title, *text = WORDS[language]["sold"]
    told = read(language, subject, a_body(language, title, text="".join(text), due="-"))
    assert isinstance(told, Notification), told
    assert (told.kind, told.order_nos) == (NotificationKind.NEW_ORDER, (NO,))


@pytest.mark.parametrize("language", WORDS)
def test_what_follows_the_order_number_in_its_sentence_tells_when_it_was_placed(language):
    style = style_of(language)
    sentence = WORDS[language]["placed"].format(no=f"<b>{NO}</b>", date="2026-03-13")
    facts = [(style.word("shop"), "Juniper & Pine"), (style.word("ship_by"), "2026-03-16 11:09")]
    subject, title, *_ = WORDS[language]["sold"]
    told = read(language, subject, f"<h1>{title}</h1><p>{sentence}</p>{shown(facts)}{shown(an_item(style))}")
    assert isinstance(told, Notification), told
    assert told.order_nos == (NO,)
    assert told.placed_at == datetime(2026, 3, 13, 10, 10, tzinfo=ZoneInfo(MARKETS[language][2]))


def test_a_moment_under_a_label_that_nobody_knows_is_no_deadline():
    pairs = [("Order ID", NO), ("Shop", "Juniper & Pine"), ("Quux", "2026-01-05 10:10")]
    told = read("en", "Reminder: your order is not shipped yet", f"<h1>Ship reminder</h1>{shown(pairs)}")
    assert isinstance(told, Notification), told
    assert (told.kind, told.ship_by) == (NotificationKind.SHIP_REMINDER, None)


def test_what_a_buyer_has_written_tells_no_kind():
    told = read(
        "id", "Kamu punya 2 pesan belum dibaca dari pembeli", f"<p>kak pesanan {NO} sudah dikirim belum ya?</p>"
    )
    assert told == Ignored(reason=IgnoreReason.BUYER_MESSAGE, language="id")


def test_a_variation_in_the_first_card_alone_is_not_the_name():
    facts = [("Order ID", NO), ("Shop", "Juniper & Pine"), ("Ship by", "2026-03-16 11:09")]
    card = (
        "<table><tr><td><img alt=''></td><td><div>{}</div><div>SKU: {}</div></td>"
        "<td><div>{}</div><div>x1</div></td></tr></table>"
    )
    cards = card.format("Pine Soap</div><div>White", "PS-1", "£5.00") + card.format("Oak Tray", "OT-1", "£7.00")
    told = read("en", "New order", f"<h1>New order</h1>{shown(facts)}<p>Products (2)</p>{cards}")
    assert isinstance(told, Notification), told
    assert [item.name for item in told.items] == ["Pine Soap", "Oak Tray"]
