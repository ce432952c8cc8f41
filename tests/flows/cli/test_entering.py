"""`enter`: an order that no mail told of is typed in, once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from models.db.session import open_session
from models.db.tables import AuditRow, FactRow

NO = "576461413038785799"
SHOP = "Lotus Lane Home"
TYPED = ("enter", NO, "--shop", SHOP, "--placed-at", "2026-11-20T09:30", "--item", "TV-TRAY-L=2")


def facts(engine):
    with open_session(engine, read_only=True) as session:
        return [(row.kind, row.authority, row.occurred_at) for row in session.exec(select(FactRow))]


@pytest.mark.row("T01")
def test_an_entered_order_is_a_persons_word_at_the_shops_time(shipclock, engine):
    said = shipclock(*TYPED)
    assert (said.code, said.out) == (0, f"{NO}: entered. Now: To check\n")
    at = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    assert sorted(facts(engine)) == [("order_paid", "human", at), ("order_placed", "human", at)]
    assert shipclock("explain", NO, "--json").json["stage"] == "NEW"


def test_who_entered_it_stands_in_the_audit(shipclock, engine):
    shipclock(*TYPED)
    with open_session(engine, read_only=True) as session:
        assert [line.action for line in session.exec(select(AuditRow))] == ["enter"]


@pytest.mark.row("T02")
def test_the_same_entry_again_changes_nothing(shipclock, engine):
    shipclock(*TYPED)
    said = shipclock(*TYPED)
    assert (said.code, "was entered just like this before" in said.out) == (0, True)
    assert len(facts(engine)) == 2


def test_another_entry_of_a_known_order_is_refused_with_what_to_do_instead(shipclock, engine):
    shipclock(*TYPED)
    said = shipclock(*TYPED[:-1], "TV-TRAY-L=3")
    assert (said.code, said.out) == (4, "")
    assert f"`shipclock do {NO} record --set kind=" in said.err
    assert len(facts(engine)) == 2
    assert shipclock(*TYPED[:-1], "TV-TRAY-L=3", "--json").json["code"] == "exists"


@pytest.mark.row("T03")
def test_an_order_of_which_only_the_end_is_known_gets_its_beginning(shipclock, engine, deliver):
    deliver("030")  # a cancellation request for an order nobody told us of
    shipclock("poll")
    known = len(facts(engine))
    juniper = "576461413038785752"
    said = shipclock("enter", juniper, "--shop", "Juniper & Pine Co.", "--placed-at", "2026-03-01T08:00")
    assert (said.code, "its beginning is entered" in said.out) == (0, True)
    assert len(facts(engine)) == known + 2


def test_an_unpaid_order_waits_for_payment(shipclock, engine):
    assert shipclock(*TYPED, "--unpaid").out.endswith("Now: Not paid yet\n")
    assert [kind for kind, _, _ in facts(engine)] == ["order_placed"]


def test_times_that_seller_center_shows_are_the_clocks(shipclock, engine):
    assert facts(engine) == []
    shipclock(*TYPED, "--promised-at", "2026-11-27T18:00", "--ship-by", "2026-11-22T18:00")
    clocks = {one["id"]: one["due_at"] for one in shipclock("explain", NO, "--json").json["deadlines"]}
    assert (clocks["D02"], clocks["D11"]) == ("2026-11-22T11:00:00Z", "2026-11-27T11:00:00Z")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("enter", "12345", *TYPED[2:]), 2, "17 to 20 digits"),
        ((*TYPED[:-1], "TV-TRAY-L"), 2, "is not SKU=QUANTITY"),
        ((*TYPED[:-1], "TV-TRAY-L=0"), 2, "is not SKU=QUANTITY"),
        ((*TYPED[:5], "soon"), 2, "is not a time"),
        ((*TYPED[:5], "2027-01-01T10:00"), 4, "cannot have been ordered in the future"),
        ((*TYPED, "--promised-at", "2026-11-19T10:00"), 4, "the promised delivery lies before"),
        (("enter", NO, *TYPED[4:]), 2, "There are several shops"),
    ],
)
def test_what_cannot_be_is_refused_in_words(shipclock, engine, words, code, told):
    said = shipclock(*words)
    assert (said.code, facts(engine)) == (code, [])
    assert told in said.err


def test_the_shop_may_stand_before_the_number(shipclock, engine):
    assert facts(engine) == []
    assert shipclock("enter", f"{SHOP}:{NO}", *TYPED[4:]).code == 0


def test_an_order_from_before_the_shops_beginning_is_entered_and_told(shipclock, engine):
    said = shipclock(*TYPED[:5], "2025-11-20T09:30")
    assert (said.code, len(facts(engine))) == (0, 2)
    assert "it was ordered before 1 Jan 2026" in said.err
    again = shipclock(*TYPED[:5], "2025-11-20T09:30", "--json").json
    assert again["advice"] == said.err.strip()


def test_help_says_whose_order_it_is(shipclock, engine):
    assert facts(engine) == []
    assert "Whose order it is" in shipclock("enter", "--help").out
