"""`reconcile`: Seller Center's export is compared with what we say, and nothing is changed."""

from __future__ import annotations

from models.db.tables import OrderRow
from tests.flows.cli.importing import OTHER, VN, rows, to_ship
from tests.ingest.exports import NO, a_csv, a_line


def test_seller_center_and_we_agree_after_an_import(shipclock, engine, sample):
    file = sample("vn")
    shipclock("import", file, "--shop", VN)
    before = rows(engine, OrderRow)
    said = shipclock("reconcile", file, "--shop", VN)
    assert (said.code, said.out) == (0, "Seller Center and Shipclock agree. Orders compared: 5.\n")
    assert rows(engine, OrderRow) == before


def test_a_missing_order_is_named_with_both_counts_and_the_way_to_enter_it(shipclock, engine, place):
    assert rows(engine, OrderRow) == []
    shipclock("import", to_ship(place, NO), "--shop", VN)
    said = shipclock("reconcile", to_ship(place, NO, OTHER), "--shop", VN)
    assert said.code == 1
    assert said.out == f"Seller Center says 2 to ship, we say 1: this one is missing here: {OTHER}\n"
    assert said.err == f"`shipclock import {place / 'orders.csv'} --shop '{VN}'` enters what is missing here.\n"


def test_an_order_that_the_file_lacks_is_named(shipclock, engine, place):
    assert rows(engine, OrderRow) == []
    third = "576461413038785754"
    shipclock("import", to_ship(place, NO, OTHER, third), "--shop", VN)
    said = shipclock("reconcile", to_ship(place, NO), "--shop", VN)
    assert (said.code, said.out) == (
        1,
        f"Seller Center says 1 to ship, we say 3: Seller Center's file does not have these: {OTHER}, {third}\n",
    )


def test_an_order_that_the_file_tells_unclearly_is_not_said_to_be_missing(shipclock, engine, place):
    assert rows(engine, OrderRow) == []
    third = "576461413038785754"
    shipclock("import", to_ship(place, NO, OTHER, third), "--shop", VN)
    odd = a_line(Order_ID=OTHER, Order_Status="Enchanted", Order_Substatus="")
    file = a_csv(place, a_line(), odd, a_line(Order_ID=third, Quantity="many"))
    said = shipclock("reconcile", str(file), "--shop", VN)
    assert (said.code, said.out) == (4, "Seller Center and Shipclock agree. Orders compared: 1.\n")


def test_an_order_elsewhere_is_told_with_both_words(shipclock, engine, place):
    assert rows(engine, OrderRow) == []
    shipclock("import", to_ship(place, NO), "--shop", VN)
    file = a_csv(place, a_line(Order_Status="Shipped", Order_Substatus="In transit"))
    said = shipclock("reconcile", str(file), "--shop", VN)
    assert said.code == 1
    assert f"{NO}: Seller Center says on the way, we say to ship.\n" in said.out
    told = shipclock("reconcile", str(file), "--shop", VN, "--json").json
    assert told["differences"] == [{"order_no": NO, "seller_center": "on_the_way", "ours": "to_ship"}]
    assert [(one["group"], one["seller_center"], one["ours"]) for one in told["groups"]] == [
        ("to_ship", 0, 1),
        ("on_the_way", 1, 0),
    ]


def test_an_older_file_is_not_advised_to_be_imported(shipclock, engine, place):
    shipped = a_line(Order_Status="Shipped", Order_Substatus="In transit")
    shipclock("import", str(a_csv(place, shipped)), "--shop", VN)
    said = shipclock("reconcile", to_ship(place, NO), "--shop", VN)
    assert (said.code, "shipclock import" in said.err, "may be an older one" in said.err) == (1, False, True)
    assert len(rows(engine, OrderRow)) == 1
