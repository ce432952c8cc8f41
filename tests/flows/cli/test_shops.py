"""`shops` and `quarantine belongs`: several shops in one mailbox, told apart, taught and taken back by command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.cli.conftest import Shipclock
from tests.ingest.desk import order_no
from tests.ingest.three_shops import order

FIRST = order_no(1)


@pytest.fixture
def unclear(shipclock: Shipclock, place: Path) -> Shipclock:
    """A mailbox of two shops with two mails that name a third, and one in another currency that names none."""
    other = order(3).replace(b"$", b"RM")
    for number, raw in enumerate((order(1, name="Elm Attic"), order(2, name="Elm Attic"), other)):
        (place / "mail" / f"{number}.eml").write_bytes(raw)
    assert shipclock("poll").code == 0
    return shipclock


def number_of(shipclock: Shipclock, order_no: str) -> str:
    mails = shipclock("quarantine", "--json").json["mails"]
    return next(str(mail["mail"]) for mail in mails if mail["order_no"] == order_no)


def belongs(shipclock: Shipclock, shop: str, *more: str):
    return shipclock("quarantine", "belongs", number_of(shipclock, FIRST), "--shop", shop, *more)


def test_a_waiting_mail_is_given_to_a_shop_and_so_are_all_of_its_name(unclear: Shipclock):
    said = belongs(unclear, "Juniper & Pine Co.")
    assert said.code == 0
    assert "mail of mailbox main with this name is Juniper & Pine Co.'s" in said.out
    assert "2 understood, 1 still wait" in said.out
    assert "shipclock shops forget 'Elm Attic'" in said.out
    assert "taught by" in unclear("shops").out


def test_a_shop_of_another_currency_is_refused_with_the_reason(unclear: Shipclock):
    said = belongs(unclear, "Lotus Lane Home")
    assert said.code == 4
    assert "are not in Lotus Lane Home's currency (VND)" in said.err


def test_for_machines_the_lesson_and_the_sign_are_told(unclear: Shipclock):
    told = belongs(unclear, "Juniper & Pine Co.", "--json").json
    assert (told["done"], told["lesson"], told["sign"]) == (True, "taught", {"kind": "name", "value": "Elm Attic"})
    [taught] = unclear("shops", "--json").json["taught"]
    assert (taught["shop_id"], taught["value"]) == ("Juniper & Pine Co.", "Elm Attic")


def test_what_was_taught_is_taken_back_with_the_orders_to_look_at(unclear: Shipclock):
    belongs(unclear, "Juniper & Pine Co.")
    said = unclear("shops", "forget", "elm attic")
    assert said.code == 0
    assert "Elm Attic no longer means Juniper & Pine Co." in said.out
    assert FIRST in said.out
    assert "record --set kind=cancelled" in said.out
    assert unclear("shops", "--json").json["taught"] == []
    assert unclear("shops", "forget", "elm attic").code == 4


def test_an_order_of_the_wrong_shop_is_ended_and_begun_anew_as_the_advice_says(unclear: Shipclock):
    belongs(unclear, "Juniper & Pine Co.")
    ended = unclear(
        "do", f"Juniper & Pine Co.:{FIRST}", "record", "--set", "kind=cancelled", "--reason", "another shop"
    )
    entered = unclear(
        "enter", FIRST, "--shop", "Lotus Lane Home", "--placed-at", "2026-03-14T09:05", "--item", "TV-TRAY-L=2"
    )
    assert (ended.code, entered.code) == (0, 0)
    todos = unclear("todo", "--json").json["todos"]
    assert {todo["shop"] for todo in todos if todo["order_no"] == FIRST} == {"Lotus Lane Home"}


def test_mails_are_counted_for_each_shop_and_what_never_came_is_asked(unclear: Shipclock):
    belongs(unclear, "Juniper & Pine Co.")
    shops = {shop["name"]: shop["mails"] for shop in unclear("shops", "--json").json["shops"]}
    [orders] = [kind for kind in shops["Juniper & Pine Co."] if kind["kind"] == "new_order"]
    assert (orders["total"], orders["lately"], orders["asks"]) == (2, 2, False)
    asked = {kind["kind"] for kind in shops["Lotus Lane Home"] if kind["asks"]}
    assert asked == {"picked_up", "in_transit", "delivery_failed", "delivered"}
    assert "picked up                never: you are asked" in unclear("shops").out
