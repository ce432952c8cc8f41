"""New orders in layouts that another author drew come to what expected-orders.json says."""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingest.reader import read_mail
from ingest.report import as_json
from ingest.sender import Receiver
from models.settings import ShopSettings
from tests.ingest.corpus import comparable, vocabulary

FOLDER = Path(__file__).parent.parent / "mail" / "more"
EXPECTED = json.loads((FOLDER / "expected-orders.json").read_text(encoding="utf-8"))
SHOPS = [ShopSettings(name=name, mailbox="orders", **shop) for name, shop in EXPECTED["shops"].items()]
RECEIVER = Receiver(
    authserv_id=EXPECTED["receiver"]["authserv_id"],
    allowed_from_domains=tuple(EXPECTED["receiver"]["allowed_from_domains"]),
)
FILES = sorted(EXPECTED["files"])
APART = frozenset({"items", "amounts"})


def amounts(told):
    """Shipping that is free may be stated or left out."""
    return {what: Decimal(value) for what, value in (told or {}).items() if what != "shipping" or Decimal(value)}


def names(item):
    """A variant may stand behind the name."""
    name, variant = item["name"], item.get("variant")
    return {name, *(f"{name}{form.format(variant)}" for form in (" ({})", "（{}）", " [{}]", ", {}", " – {}"))}


@pytest.mark.parametrize("file", FILES)
def test_an_order_in_a_layout_of_its_own_is_read_whole(file):
    wanted = EXPECTED["files"][file]
    told: Any = as_json(read_mail((FOLDER / file).read_bytes(), RECEIVER, SHOPS, vocabulary()), file, SHOPS)
    assert told["disposition"] == "parsed"
    fields = wanted.keys() - APART
    assert {name: comparable(name, told.get(name)) for name in fields} == {
        name: comparable(name, wanted[name]) for name in fields
    }
    assert amounts(told["amounts"]) == amounts(wanted["amounts"])
    assert [(item["quantity"], Decimal(item["unit_price"])) for item in told["items"]] == [
        (item["quantity"], Decimal(item["unit_price"])) for item in wanted["items"]
    ]
    pairs = list(zip(told["items"], wanted["items"], strict=True))
    assert [item["name"] in names(known) for item, known in pairs] == [True] * len(pairs)
    assert [item.get("sku") for item, _ in pairs] == [known.get("sku") for _, known in pairs]
