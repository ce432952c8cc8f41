"""What starts an order and what does not: a mail may state a whole order and tell of a review or of an invoice."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TypeGuard
from zoneinfo import ZoneInfo

import pytest

from ingest.label_files import load_vocabulary
from ingest.reader import read_mail
from models.notification import Ignored, Notification, NotificationKind, Quarantined, QuarantineReason, Reading
from tests.ingest.corpus import vocabulary
from tests.ingest.markets import MARKETS, RECEIVER, STEP, a_shop
from tests.ingest.renderings import HEADERS, LAYOUTS, PLAIN, TIMES, Line, Sale, Style, render

WORDS = tomllib.loads((Path(__file__).parent / "other_notices.toml").read_text(encoding="utf-8"))
NEVER_HEARD = ("Blauwe zeepaardjes", "Zeepaardjes vandaag", "Wij zwemmen.")  # what no vocabulary knows
PLACED = datetime(2026, 3, 13, 9, 30)  # noqa: DTZ001  printed in the shop's zone


def each(name):
    return [
        pytest.param(language, words, id=f"{language}-{at}")
        for language, spoken in WORDS.items()
        for at, words in enumerate(spoken[name])
    ]


def an_order(language):
    step = STEP.get(MARKETS[language][1], Decimal("0.05"))
    return Sale(
        order_no="577300400500600701",
        shop="Juniper & Pine",
        placed_at=PLACED,
        ship_by=PLACED + timedelta(hours=48),
        lines=(Line(name="Kelvo M7", sku="KV-7", quantity=2, price=step * 400),),
        shipping=step * 100,
        discount=Decimal(0),
    )


def a_mail(language, words, layout):
    """Return a mail with the whole order under a subject, a title and a line of text."""
    subject, title, text = words
    style = Style(language=language, currency=MARKETS[language][1], choice=Random(7))
    body = render(an_order(language), style, layout).decode().partition("\n\n")[2]
    if layout in PLAIN:
        told, kind = f"{title}\n\n{text}\n\n{body.partition(chr(10) * 2)[2]}", "plain"
    else:
        told, kind = f"<h1>{title}</h1><p>{text}</p>{body.partition('</h2>')[2]}", "html"
    return f'{HEADERS}Subject: {subject}\nContent-Type: text/{kind}; charset="utf-8"\n\n{told}'.encode()


def read(language, words, layout):
    return read_mail(a_mail(language, words, layout), RECEIVER, [a_shop(language)], vocabulary())


def starts(reading: Reading) -> TypeGuard[Notification]:
    return isinstance(reading, Notification) and reading.kind is NotificationKind.NEW_ORDER


def layouts():
    return [name for name in LAYOUTS if name not in {"prose", "prose_behind", "prose_each"}]  # one sentence, no block


@pytest.mark.parametrize(("language", "words"), each("notices"))
def test_another_notice_with_the_whole_order_is_left_to_a_person(language, words):
    for layout in layouts():
        reading = read(language, words, layout)
        assert isinstance(reading, Quarantined), (layout, reading)
        assert reading.reason is QuarantineReason.UNKNOWN_KIND, layout


@pytest.mark.parametrize(("language", "words"), each("of_a_new_order"))
def test_a_notice_that_calls_the_order_new_starts_nothing(language, words):
    for layout in layouts():
        assert not starts(read(language, words, layout)), layout


@pytest.mark.parametrize(("language", "words"), each("thanks"))
def test_thanks_for_a_purchase_start_nothing_though_the_own_shop_is_named(language, words):
    for layout in layouts():
        assert not isinstance(read(language, words, layout), Notification), layout


@pytest.mark.parametrize("language", WORDS)
def test_a_whole_order_that_nobody_calls_new_starts_nothing(language):
    for layout in layouts():
        assert isinstance(read(language, NEVER_HEARD, layout), Quarantined), layout


@pytest.mark.parametrize(("language", "words"), each("sales"))
@pytest.mark.parametrize("foot", ["", "Black Friday: join the campaign, boost your sales with coupons!"])
def test_a_sale_is_a_new_order_and_no_advertisement(language, words, foot):
    for layout in layouts():
        reading = read(language, (*words, foot), layout)
        assert starts(reading), (layout, reading)


@pytest.mark.parametrize(("language", "words"), each("new"))
def test_a_new_order_starts_though_its_text_speaks_of_address_label_or_message(language, words):
    for layout in layouts():
        reading = read(language, words, layout)
        assert starts(reading), (layout, reading)


@pytest.mark.parametrize(("language", "words"), each("announcements"))
def test_an_announcement_that_shows_an_order_tells_nothing_of_it(language, words):
    for layout in layouts():
        reading = read(language, words, layout)
        assert isinstance(reading, Quarantined), (layout, reading)


@pytest.mark.parametrize(("language", "words"), each("hinted"))
def test_an_order_starts_where_words_hint_at_it_and_the_whole_order_stands_below(language, words):
    for layout in layouts():
        reading = read(language, words, layout)
        assert starts(reading), (layout, reading)


NAMES = {"en": "Sample Set Example", "de": "Muster-Tasse Beispiel", "ja": "サンプル見本セット", "th": "ชุดตัวอย่าง"}


@pytest.mark.parametrize(("language", "product"), NAMES.items())
@pytest.mark.parametrize("in_subject", [False, True])
def test_a_product_that_is_called_a_sample_or_example_keeps_no_order_from_starting(language, product, in_subject):
    subject = WORDS[language]["unpaid"][1][1]
    words = (f"{subject}: {product}" if in_subject else subject, subject, "")
    for layout in layouts():
        raw = a_mail(language, words, layout).replace(b"Kelvo M7", product.encode())
        assert starts(read_mail(raw, RECEIVER, [a_shop(language)], vocabulary())), layout


def test_an_order_of_a_sample_starts_and_an_order_that_is_a_sample_does_not():
    assert starts(read("en", ("New order: sample order", "You have a new order", "Please pack it."), "beside"))
    assert not starts(read("en", ("New order", "You have a new order", "The order below is a sample."), "beside"))
    typed = a_mail("en", ("New sample order", "You have a new order", "This is a sample order."), "beside")
    assert not starts(read_mail(typed, RECEIVER, [a_shop("en")], vocabulary()))
    typed = typed.replace(b"</p>", b"</p><p>Order type: Free sample</p>", 1)
    assert starts(read_mail(typed, RECEIVER, [a_shop("en")], vocabulary()))


@pytest.mark.parametrize(
    "banner", ["Follow what is new for sellers, week after week.", "Please ignore this mail if you did not expect it."]
)
def test_a_banner_above_a_mail_keeps_no_order_from_starting_whose_subject_names_it(banner):
    for layout in layouts():
        subject = f"New order {an_order('en').order_no}: please pack it"
        reading = read("en", (subject, banner, "You have a new order."), layout)
        assert starts(reading), (layout, reading)


def test_a_taught_wording_starts_an_order_whatever_words_it_has(tmp_path):
    (tmp_path / "en.toml").write_text(
        'language = "en"\n[kinds]\nnew_order = ["your order was updated: it is on hold for you"]\n'
    )
    raw = a_mail("en", ("Your order was updated: it is on hold for you", "Hello", "Good day."), "beside")
    assert not starts(read_mail(raw, RECEIVER, [a_shop("en")], vocabulary()))
    assert starts(read_mail(raw, RECEIVER, [a_shop("en")], load_vocabulary(tmp_path)))


@pytest.mark.parametrize(("language", "words"), each("unpaid"))
def test_an_order_that_is_told_to_be_unpaid_does_not_look_paid(language, words):
    reading = read(language, words, "beside")
    assert starts(reading), reading
    assert reading.paid is False


@pytest.mark.parametrize("language", WORDS)
def test_what_would_happen_to_an_unpaid_order_says_nothing_of_this_one(language):
    _, title, _ = WORDS[language]["unpaid"][1]
    reading = read(language, (title, title, WORDS[language]["paid_later"]), "beside")
    assert starts(reading), reading
    assert reading.paid is None


@pytest.mark.parametrize("language", WORDS)
def test_an_order_stated_as_to_its_seller_is_never_ignored(language):
    words = ("Black Friday", "Join the campaign", "Boost your sales with coupons, training and a webinar.")
    assert not isinstance(read(language, words, "beside"), Ignored)


@pytest.mark.parametrize("language", WORDS)
def test_number_and_times_come_back_from_sentences(language):
    order, title = an_order(language), WORDS[language]["unpaid"][1][1]
    placed, due = (moment.strftime(TIMES[language][0]) for moment in (order.placed_at, order.ship_by))
    text = "\n".join(WORDS[language]["told"]).format(no=order.order_no, placed=placed, due=due)
    raw = f'{HEADERS}Subject: {title}\nContent-Type: text/plain; charset="utf-8"\n\n{text}\n'.encode()
    reading = read_mail(raw, RECEIVER, [a_shop(language)], vocabulary())
    assert starts(reading), reading
    zone = ZoneInfo(MARKETS[language][2])
    assert (reading.order_nos, reading.placed_at, reading.ship_by) == (
        (order.order_no,), order.placed_at.replace(tzinfo=zone), order.ship_by.replace(tzinfo=zone)
    )  # fmt: skip
