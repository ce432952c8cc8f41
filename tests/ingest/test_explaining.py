"""Why a mail was read as it was: each value with its label and part, what is missing, and nothing of the buyer."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import cycle
from random import Random

import pytest
from hypothesis import given

from ingest.evidence import PEOPLES, Part, Place
from ingest.explaining import Basis, Explained, explain
from ingest.sender import Receiver
from ingest.text import fold
from ingest.vocabulary import Field, label_key
from models.notification import Notification, NotificationKind
from tests.ingest.corpus import EXPECTED, FOLDER, SHOPS, read, receiver, vocabulary
from tests.ingest.markets import MARKETS, a_shop
from tests.ingest.renderings import AUTHSERV_ID, LAYOUTS, Style, render
from tests.ingest.test_reading import a_sale, broken_mails

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
RECEIVER = Receiver(authserv_id=AUTHSERV_ID, allowed_from_domains=("shop.tiktok.com",))
TABLE = "001_en_us_table_alternative.eml"
BUYERS = [file for file, entry in EXPECTED["files"].items() if "buyer_masked" in entry]


def basis(file: str) -> Basis:
    return Basis(receiver=receiver(EXPECTED["files"][file]), shops=SHOPS, vocabulary=vocabulary(), now=NOW)


def explained(file: str, raw: bytes | None = None) -> Explained:
    return explain((FOLDER / file).read_bytes() if raw is None else raw, basis(file))


def shown(told: Explained) -> str:
    """All that is shown of a mail."""
    labels = [label for several in told.candidates.values() for label in several]
    return repr((told.found, labels, told.phrase)).casefold()


def test_each_value_is_told_with_its_label_its_part_and_its_place():
    told = explained(TABLE)
    assert [(one.label, one.part, one.place, one.shown) for one in told.of(Field.ORDER_NO)] == [
        ("Order ID", Part.HTML, Place.BESIDE, "576461413038785752")
    ]
    assert [(one.label, one.place, one.shown) for one in told.of(Field.UNIT_PRICE)] == [
        ("Unit price", Place.COLUMN, "$14.95")
    ]
    assert [one.part for one in told.of(Field.VARIATION)] == [Part.TEXT]  # stated in the plain body alone
    assert (told.kind, told.phrase, told.missing) == (NotificationKind.NEW_ORDER, "new order", ())


def test_a_time_is_told_as_it_was_understood_in_the_zone_of_its_shop():
    (placed,) = explained("002_en_gb_cards_html_only.eml").of(Field.PLACED_AT)
    assert placed.shown == "14 Mar 2026 18:22 GMT"


def test_a_number_in_running_text_or_in_the_subject_has_no_label():
    told = explained("045_en_digest_three_orders.eml")
    assert {(one.label, one.place) for one in told.of(Field.ORDER_NO)} == {("", Place.RUNNING)}
    raw = (FOLDER / TABLE).read_bytes().replace(b"Order ID", b"Bonsai tag")
    assert [one.part for one in explained(TABLE, raw).of(Field.ORDER_NO)] == [Part.SUBJECT]


@pytest.mark.parametrize(("layout", "language"), list(zip(LAYOUTS, cycle(MARKETS), strict=False)))
def test_in_every_layout_what_counts_has_a_label_that_stands_in_the_mail(layout, language):
    choice, shop = Random(layout), a_shop(language)
    sale = a_sale(choice, 1000 if shop.currency in {"VND", "IDR", "JPY"} else 1)
    raw = render(sale, Style(language=language, currency=shop.currency, choice=choice), layout)
    told = explain(raw, Basis(receiver=RECEIVER, shops=[shop], vocabulary=vocabulary(), now=NOW))
    assert isinstance(told.reading, Notification)
    assert told.missing == ()
    assert {Field.ORDER_NO, Field.PLACED_AT, Field.SHIP_BY, Field.TOTAL, Field.SHOP} <= {
        one.field for one in told.found if one.label
    }
    text = fold(raw.decode())
    assert [one.label for one in told.found if label_key(one.label) not in text] == []
    assert [one.shown for one in told.of(Field.ORDER_NO)] == [sale.order_no]


def test_what_is_missing_for_the_kind_is_told_with_the_labels_that_may_be_it():
    raw = (FOLDER / TABLE).read_bytes()
    for ours, strange in (
        (b"Order ID", b"Bonsai tag"),
        (b"Ship by", b"Parcel leaves until"),
        (b"Order total", b"In all"),
    ):
        raw = raw.replace(ours, strange)
    told = explained(TABLE, raw)
    assert told.missing == (Field.SHIP_BY, Field.TOTAL)  # the subject names the order
    assert told.candidates[Field.SHIP_BY] == ("Parcel leaves until",)
    assert told.candidates[Field.TOTAL] == ("In all",)


def test_a_time_that_nobody_can_read_counts_as_missing():
    raw = (FOLDER / "004_vi_text_windows1258.eml").read_bytes().replace(b"18/03/2026", b"18/33/2026")
    told = explained("004_vi_text_windows1258.eml", raw)
    assert [one.usable for one in told.of(Field.SHIP_BY)] == [False]
    assert Field.SHIP_BY in told.missing


@pytest.mark.parametrize("file", BUYERS)
def test_no_buyer_is_in_what_is_shown(file):
    assert EXPECTED["files"][file]["buyer_masked"].casefold() not in shown(explained(file))


def test_nothing_under_a_buyers_label_is_shown_or_offered_as_a_label():
    block = (
        b"Content-Type: text/plain\r\n\r\nYou have a new order\r\n"
        b"Buyer (Lan Planted):\r\nLan Planted\r\nAddress (Planted):\r\nLan Planted\r\n"
        b"12 Planted Street\r\nDa Nang\r\n18 Mar 2026 10:00\r\nPlanted House\r\n$12.00\r\nBuyer note: Planted $3.00\r\n"
        b"Lan Planted: $7.00\r\nBonsai tag: 576461413038785752\r\nHome of Mine: $9.00\r\n"
    )
    raw = (FOLDER / TABLE).read_bytes()
    told = explained(TABLE, raw[: raw.index(b"MIME-Version")] + block)
    assert "planted" not in shown(told)
    assert "da nang" not in shown(told)
    assert told.candidates[Field.TOTAL] == ("Home of Mine",)  # the search does find what may be one
    assert all(one.shown is None for one in told.found if one.field in PEOPLES)


def test_a_mail_that_cannot_be_read_is_explained_by_its_reason_alone():
    told = explained("107_empty_message.eml")
    assert (told.found, told.missing) == ((), ())


@given(mail=broken_mails())
def test_a_broken_mail_is_explained_without_a_fault_and_to_the_same_outcome(mail):
    assert type(explained(*mail).reading) is type(read(*mail))
