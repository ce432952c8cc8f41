"""A redacted mail holds nobody's name, number, address or user name, and is read as the real one was."""

from __future__ import annotations

import quopri
import re
from base64 import encodebytes
from dataclasses import replace
from decimal import Decimal
from html import escape
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.message import parse_message
from ingest.reader import read_message
from ingest.redaction import RedactionError, redact
from models.notification import Notification
from models.settings import ShopSettings
from tests.ingest.corpus import FOLDER, SHOPS, vocabulary
from tests.ingest.markets import MARKETS, STEP, a_shop
from tests.ingest.renderings import LAYOUTS, PLAIN, Style, render
from tests.ingest.test_reading import SMALL, a_sale
from tests.planted import search_bytes

KEY = b"a key of this test, so that each run is the same"
PEOPLE = (
    "Marisol Quijano", "Nguyễn Thị Thúy Hòa", "สมชาย ใจดีงาม", "佐々木さくら", "欧阳娜娜", "Jürgen Großkreutz",
    "marisol quijano", "BUDI SANTOSO",
)  # fmt: skip
NUMBERS = ("+84 901 234 567", "0812-3456-7890", "(415) 555-0132", "SPXVN0123456789", "94107-2211", "4929123412341234")
PLACES = ("Rosenstraße 12, 10178 Mitte", "88 Đường Lý Thường Kiệt", "Jalan Kemang 7B")
NAMES = ("marisol_q77", "m.quijano.sf", "hoa***nguyen")
ADDRESSES = ("marisol.quijano@posteo.example", "hoa-77@thu.example.vn")
LABELS = (
    "Buyer",
    "Ship to",
    "Phone",
    "Note from buyer",
    "Empfänger",
    "Zustellkontakt",
    "Người nhận",
    "お届け先",
    "Kontakperson",
)
SOME = settings().max_examples // 3  # each costs a tenth of a second
ENCODINGS = ("8bit", "base64", "quoted-printable")


def parts_of(value: str) -> set[str]:
    """The value, and each of its parts that would tell something by itself; short numbers come about by chance."""
    parts = {part for part in re.split(r"[\s@.,()_*-]+", value) if len(part) >= (6 if part.isdigit() else 4)}
    return {value, *parts} - {"example"}


def mail(body: bytes, subject: str, personal: list[str], encoding: str, *, is_html: bool) -> bytes:
    """A mail of the body with the values in headers, links, pictures, comments and an attachment as well."""
    one, two, three, four = personal
    text = body.decode()
    if is_html:
        a, b, c, d = map(escape, personal)
        extra = (
            f'<!-- {a} --><p>{b}</p><a href="https://track.example/c?u={c}&amp;id=9f8e7d6c5b">x</a>'
            f'<img src="https://img.example/{d}/o.png" alt="{a}"><script>var a="{b}"</script>'
            f'<style>.a:after{{content:"{c}"}}</style><div title="{d}" data-x="{a}">&nbsp;</div>'
        )
        text = text.replace("</body>", f"{extra}</body>")
    else:
        text += f"\n\n{one}\nHello {two}, please call {three}.\nhttps://track.example/{four}?x=1\n"
    raw = text.encode()
    packed = {"base64": encodebytes(raw), "quoted-printable": quopri.encodestring(raw)}.get(encoding, raw)
    kind = "html" if is_html else "plain"
    head = (
        f"Received: from a.example by b.example for <{three}>; Sat, 14 Mar 2026 10:00:00 +0000\n"
        f'From: TikTok Shop <no-reply@shop.tiktok.com>\nTo: "{one}" <shop@posteo.example>\nDelivered-To: {four}\n'
        f"Message-ID: <{two}.77@mail.example>\nList-Unsubscribe: <https://u.example/{three}>\nX-Odd: {one}; {four}\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; d=shop.tiktok.com; i={two}@shop.tiktok.com; b=Zm9vYmFyCg==\n"
        f"Subject: {subject} {two}\nDate: Sat, 14 Mar 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b-77"\n\n--b-77\n'
        f'Content-Type: text/{kind}; charset="utf-8"\nContent-Transfer-Encoding: {encoding}\n\n'
    )
    tail = (
        f'\n--b-77\nContent-Type: application/pdf; name="{three}.pdf"\n'
        f'Content-Disposition: attachment; filename="{one}.pdf"\n'
        "Content-Transfer-Encoding: base64\n\n"
    )
    return head.encode() + packed + tail.encode() + encodebytes(two.encode()) + b"\n--b-77--\n"


@settings(max_examples=SOME)
@given(
    seed=st.integers(0, 2**32),
    layout=st.sampled_from(sorted(LAYOUTS)),
    language=st.sampled_from(sorted(MARKETS)),
    person=st.sampled_from(PEOPLE),
    encoding=st.sampled_from(ENCODINGS),
)
def test_nothing_personal_remains_in_any_layout_language_or_encoding(seed, layout, language, person, encoding):
    choice = Random(seed)
    personal = [person, choice.choice(NUMBERS), choice.choice(NAMES + ADDRESSES), choice.choice(PLACES)]
    choice.shuffle(personal)
    besides = tuple((choice.choice(LABELS), value) for value in personal)
    style = Style(language=language, currency=MARKETS[language][1], choice=choice)
    sale = replace(a_sale(choice, step_of(style)), besides=besides)
    rendered = render(sale, style, layout).partition(b"\n\n")[2]
    raw = mail(rendered, "New order", personal, encoding, is_html=layout not in PLAIN)
    done = redact(raw, vocabulary(), key=KEY)
    markers = {part for value in (*personal, sale.order_no) for part in parts_of(value)}
    assert search_bytes(done.raw, markers, layout) == []
    assert not [marker for marker in markers for line in done.remains if marker.casefold() in line.casefold()]


def step_of(style: Style) -> Decimal:
    return STEP.get(style.currency, Decimal("0.05"))


def renamed(shop: ShopSettings, replaced: dict[str, str]) -> ShopSettings:
    name = re.sub(r"[^\W_]+", lambda word: replaced.get(word[0], word[0]), shop.name)
    return shop.model_copy(update={"name": name})


def told(raw: bytes, shops) -> tuple[object, ...]:
    reading = read_message(parse_message(raw), None, shops, vocabulary())
    if not isinstance(reading, Notification):
        return (type(reading).__name__, reading.reason)
    return (
        reading.kind,
        reading.language,
        reading.amounts,
        [(item.quantity, item.unit_price) for item in reading.items],
    )


@settings(max_examples=SOME)
@given(seed=st.integers(0, 2**32), layout=st.sampled_from(sorted(LAYOUTS)), language=st.sampled_from(sorted(MARKETS)))
def test_a_redacted_order_is_read_to_the_same_kind_language_amounts_and_items(seed, layout, language):
    choice = Random(seed)
    style = Style(language=language, currency=MARKETS[language][1], choice=choice)
    raw = render(a_sale(choice, step_of(style)), style, layout)
    done = redact(raw, vocabulary(), key=KEY)
    shop = a_shop(language)
    assert told(done.raw, [renamed(shop, dict(done.replaced))]) == told(raw, [shop])


@pytest.mark.parametrize("name", SMALL)
def test_a_redacted_mail_of_the_corpus_is_read_as_before(name):
    raw = (FOLDER / name).read_bytes()
    done = redact(raw, vocabulary(), key=KEY)
    shops = [renamed(shop, dict(done.replaced)) for shop in SHOPS]
    assert told(done.raw, shops) == told(raw, SHOPS)


def plain_mail(body: str, *headers: str, kind: str = "plain") -> bytes:
    head = [*headers, "Subject: New order", "MIME-Version: 1.0", f"Content-Type: text/{kind}; charset=utf-8"]
    return ("\n".join(head) + f"\n\n{body}\n").encode()


@pytest.mark.parametrize("label", ["Buyer", "Ship to", "Empfänger"])
def test_a_name_of_words_that_mails_use_is_masked_behind_its_label_and_wherever_else_it_stands(label):
    done = redact(plain_mail(f"For May Post, with thanks\n{label}: May Post\nTotal: 12.00 GBP"), vocabulary(), key=KEY)
    assert search_bytes(done.raw, {"May Post"}, "body") == []
    assert "Total" in done.remains[-1]


def test_a_name_in_the_name_of_a_header_is_masked():
    done = redact(plain_mail("Total: 12.00 GBP", "marisol.quijano@posteo.example: x"), vocabulary(), key=KEY)
    assert search_bytes(done.raw, {"marisol", "quijano"}, "headers") == []


def test_a_name_that_looks_like_layout_before_it_is_known_is_masked():
    body = '<p class="quijano">Hello</p><p>Marisol Quijano</p>'
    done = redact(plain_mail(body, kind="html"), vocabulary(), key=KEY)
    assert search_bytes(done.raw, {"quijano"}, "body") == []


@pytest.mark.parametrize("quoted", ["<quijano>Hello</quijano>", "From: Marisol <marisol.quijano@posteo.example>"])
def test_a_name_that_looks_like_a_tag_is_masked(quoted):
    done = redact(plain_mail(f"<p>{quoted}</p><p>Marisol Quijano</p>", kind="html"), vocabulary(), key=KEY)
    assert search_bytes(done.raw, {"quijano", "marisol"}, "body") == []


def test_a_mail_with_a_name_where_nothing_can_mask_it_is_refused():
    body = "Marisol Quijano"
    with pytest.raises(RedactionError):
        redact(plain_mail(body, f"Content-Transfer-Encoding: {body.split()[1]}"), vocabulary(), key=KEY)
