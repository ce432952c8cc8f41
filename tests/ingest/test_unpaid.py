"""A new order that waits for its money starts, unpaid, however a mail says so (`unpaid_words.toml`)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from models.notification import Notification, NotificationKind
from tests.ingest.test_order_words import a_body, read

WORDS = tomllib.loads((Path(__file__).parent / "unpaid_words.toml").read_text(encoding="utf-8"))
CASES = [
    (language, title, told)
    for language, table in WORDS.items()
    for title in table["title"]
    for told in ("", *table["told"])
]


@pytest.mark.parametrize("due", ["-", "2026-03-16 11:09"])
@pytest.mark.parametrize(("language", "title", "told"), CASES)
def test_an_order_that_waits_for_its_money_is_new_and_unpaid(language, title, told, due):
    reading = read(language, title, a_body(language, title, text=told, due=due))
    assert isinstance(reading, Notification), reading
    assert (reading.kind, reading.paid) == (NotificationKind.NEW_ORDER, False)


@pytest.mark.parametrize(
    "text", ["The payment of your order has been received.", "Payment confirmed: the buyer has paid."]
)
def test_a_payment_that_has_come_in_is_no_awaited_one(text):
    reading = read("en", "Payment received for your order", a_body("en", "Payment received", text=text, due="-"))
    assert isinstance(reading, Notification), reading
    assert reading.kind is NotificationKind.ORDER_PAID
