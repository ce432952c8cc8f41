"""Where it is in doubt what an item is called or whether all were read, no order starts: a person looks at the mail."""

from __future__ import annotations

from random import Random

import pytest

from ingest.reader import read_mail
from models.notification import Notification, Quarantined, QuarantineReason
from tests.ingest.corpus import vocabulary
from tests.ingest.markets import RECEIVER, a_shop
from tests.ingest.renderings import Style, mail_of

FACTS = "Order ID: 577201885125997657\nShop: Juniper & Pine\nShip by: 2026-05-07 11:09\n"


def told_by(lines, facts=FACTS):
    style = Style(language="en", currency="GBP", choice=Random(1))
    return read_mail(mail_of(facts + lines, style, is_html=False), RECEIVER, [a_shop("en")], vocabulary())


def names(reading):
    return [item.name for item in reading.items] if isinstance(reading, Notification) else reading.detail


@pytest.mark.parametrize(
    "lines",
    [
        "SKU: AB-1\nQty: 2\nPrice: £5.00\nTotal: £10.00",  # no line that may be a name
        "Manage this order\nSKU: AB-1\nQty: 2\nPrice: £5.00\nTotal: £10.00",
        "Order items (1)\nSKU: AB-1\nQty: 2\nPrice: £5.00\nTotal: £10.00",
    ],
    ids=("none", "button", "heading"),
)
def test_an_item_whose_name_was_not_found_starts_no_order(lines):
    reading = told_by(lines)
    assert isinstance(reading, Quarantined)
    assert (reading.reason, reading.detail) == (QuarantineReason.INCOMPLETE, "an item without a name")


@pytest.mark.parametrize(
    "lines",
    [
        "Items\nTotal: £10.00",
        "Qty: 2\nTotal: £10.00",
        "Qty    Item    Price\nTotal: £10.00",
    ],
    ids=("heading", "label", "columns"),
)
def test_items_that_are_announced_and_not_read_start_no_order(lines):
    reading = told_by(lines)
    assert isinstance(reading, Quarantined)
    assert (reading.reason, reading.detail) == (QuarantineReason.INCOMPLETE, "items that could not be read")


def test_a_mail_that_speaks_of_no_items_starts_its_order_without():
    assert names(told_by("Total: £10.00")) == []


def test_a_heading_of_the_facts_announces_no_items():
    assert names(told_by("Total: £10.00", facts=f"Order details\n{FACTS}")) == []


@pytest.mark.parametrize("button", ["View order", "Manage this order", "Print shipping label", "Bestellung verwalten"])
def test_a_button_between_items_is_no_items_name(button):
    items = [f"{name}\nSKU: AB-{at}\nQty: 1\nPrice: £5.00\n{button}" for at, name in enumerate(("Soap", "Tea"), 1)]
    assert names(told_by("\n".join([*items, "Total: £10.00"]))) == ["Soap", "Tea"]


def test_a_line_below_each_item_is_no_items_name():
    items = [f"{name}\n1 x £5.00\nSee it in your workshop" for name in ("Soap", "Tea", "Mug")]
    assert names(told_by("\n".join([*items, "Total: £15.00"]))) == ["Soap", "Tea", "Mug"]


def test_a_line_above_the_first_of_several_items_is_a_heading():
    items = [f"{name}\n1 x £5.00" for name in ("Soap", "Tea")]
    assert names(told_by("\n".join(["Wrap up these", *items, "Total: £10.00"]))) == ["Soap", "Tea"]


def test_a_line_that_counts_the_items_is_a_heading():
    assert names(told_by("Wrap up these (1)\nSoap\n1 x £5.00\nTotal: £5.00")) == ["Soap"]


def test_a_count_at_the_end_of_a_name_replaces_no_count_of_its_own():
    reading = told_by("| Product | Qty | Price |\n| Cable x2 | 102 | £5.00 |\nTotal: £10.00")
    assert isinstance(reading, Quarantined)
    assert reading.reason is QuarantineReason.TOTALS_MISMATCH


def test_the_sign_of_a_count_is_not_lost():
    reading = told_by("Soap    AB-1    Qty -2    £5.00\nTotal: £10.00")
    assert isinstance(reading, Quarantined)
    assert reading.reason is QuarantineReason.INVALID_VALUE
