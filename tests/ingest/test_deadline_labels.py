"""A deadline is read under whatever words say an act and its limit, in each language (`deadline_labels.toml`)."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from ingest.expansion import expanded
from ingest.labelled import Gatherer
from ingest.reader import read_mail
from ingest.vocabulary import Field
from models.notification import Notification
from tests.ingest.corpus import vocabulary
from tests.ingest.markets import MARKETS, RECEIVER, a_shop
from tests.ingest.renderings import Style, mail_of

LABELS = tomllib.loads((Path(__file__).parent / "deadline_labels.toml").read_text(encoding="utf-8"))
DUE = "2026-03-16 11:09"
LAYOUTS = {
    "beside": lambda pairs: "<table>" + "".join(
        f"<tr><td>{one}</td><td>{two}</td></tr>" for one, two in pairs
    ) + "</table>",
    "above": lambda pairs: "".join(f"<div><span>{one}</span><br><b>{two}</b></div>" for one, two in pairs),
    "header": lambda pairs: "<table>" + "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for cells in zip(*pairs, strict=True)
    ) + "</table>",
    "colon": lambda pairs: "".join(f"<p>{one}: {two}</p>" for one, two in pairs),
    "dots": lambda pairs: "<p>" + " · ".join(f"{one}: {two}" for one, two in pairs) + "</p>",
}  # fmt: skip


def fields(label, language):
    spoken = vocabulary()
    return Gatherer(spoken, spoken.languages[language]).fields(label)


def of(meaning):
    return [(language, label) for language, table in LABELS.items() for label in expanded(table[meaning])]


def told_by(language, label, layout):
    """Read an order whose deadline stands under `label`, all else under known ones."""
    style = Style(language=language, currency=MARKETS[language][1], choice=Random(1))
    facts = [(style.word("order_no"), "577201885125997657"), (style.word("shop"), "Juniper & Pine")]
    item = [("product", "Kelvo M7"), ("sku", "KV-7"), ("quantity", "2"), ("unit_price", "500")]
    sold = "".join(f"<p>{style.word(name)}: {value}</p>" for name, value in item)
    body = f"<h1>{style.word('headline')}</h1>{LAYOUTS[layout]([*facts, (label, DUE)])}{sold}"
    return read_mail(mail_of(body, style, is_html=True), RECEIVER, [a_shop(language)], vocabulary())


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", LABELS)
def test_an_order_is_due_when_any_words_for_shipping_and_a_limit_say(language, layout):
    due = datetime.fromisoformat(DUE).replace(tzinfo=ZoneInfo(MARKETS[language][2]))
    for label in expanded(LABELS[language]["ship"]):
        told = told_by(language, label, layout)
        assert isinstance(told, Notification), (label, told)
        assert told.ship_by == due, label
        assert told.shop == "Juniper & Pine", label


@pytest.mark.parametrize(("language", "label"), of("reply"))
def test_words_for_an_answer_and_a_limit_make_the_label_of_an_answers_deadline(language, label):
    assert fields(label, language) == (Field.RESPOND_BY,)


@pytest.mark.parametrize(("language", "label"), of("neither"))
def test_what_the_buyer_must_have_by_then_or_has_no_limit_is_no_deadline_of_the_seller(language, label):
    assert not {Field.SHIP_BY, Field.RESPOND_BY} & {*fields(label, language)}


def test_a_sentence_is_no_label():
    assert fields("Please ship the order before the deadline", "en") == (Field.SHIP_BY,)
    assert fields("Please ship the order before the deadline.", "en") == ()
