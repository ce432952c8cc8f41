"""Items that are told in sentences, or drawn as no generator here draws them, are read whole (`forms.toml`)."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from ingest.reader import read_mail
from models.notification import Notification
from tests.ingest.corpus import vocabulary
from tests.ingest.markets import MARKETS, RECEIVER, a_shop
from tests.ingest.renderings import Style, mail_of

FORMS = tomllib.loads((Path(__file__).parent / "forms.toml").read_text(encoding="utf-8"))["form"]


def facts(style):
    pairs = [("order_no", "577201885125997657"), ("shop", "Juniper & Pine"), ("ship_by", "2026-05-07 11:09")]
    return "<p>" + "<br>".join(f"{style.word(name)}: {value}" for name, value in pairs) + "</p>"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form['language']}-{form['items'][0][0]}")
def test_items_are_read_in_this_form(form):
    language = form["language"]
    style = Style(language=language, currency=MARKETS[language][1], choice=Random(1))
    raw = mail_of(facts(style) + form["body"], style, is_html=True)
    told = read_mail(raw, RECEIVER, [a_shop(language)], vocabulary())
    assert isinstance(told, Notification)
    assert [[item.name, str(item.quantity), item.sku or "", item.unit_price] for item in told.items] == [
        [name, count, sku, Decimal(price)] for name, count, sku, price in form["items"]
    ]
    assert {name: told.amounts[name] for name in form["amounts"]} == {
        name: Decimal(value) for name, value in form["amounts"].items()
    }
    assert told.tracking_no is None
    assert told.carrier is None
