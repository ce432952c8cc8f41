"""`learn`: a waiting mail or a file is explained, a wording is taught, and all waiting mail is read again."""

from __future__ import annotations

import io

import pytest
from sqlmodel import select

from models.db.session import open_session
from models.db.tables import AuditRow
from tests.flows.cli.conftest import BUYERS, JUNIPER, MAIL, Shipclock

ROW = (MAIL / "001_en_us_table_alternative.eml").read_bytes()
STRANGE = (
    ROW.replace(b"Order ID", b"Bonsai tag")
    .replace(b"Ship by", b"Parcel leaves until")
    .replace(b"You have a new order 57", b"Bamboo went home today 57")
    .replace(b"new order", b"bamboo")
)
OTHER = JUNIPER[:-1] + "9"
TEACH = ("--set", "order_no=Bonsai tag", "--kind", "new_order=Bamboo went home")


class Terminal(io.StringIO):
    """What a person types."""

    def isatty(self) -> bool:
        """Say that somebody sits here."""
        return True


@pytest.fixture
def waiting(place, shipclock: Shipclock) -> Shipclock:
    """Two mails of a wording nobody knows wait, and a true one that no wording mends."""
    (place / "mail" / "a.eml").write_bytes(STRANGE)
    (place / "mail" / "b.eml").write_bytes(STRANGE.replace(JUNIPER.encode(), OTHER.encode()))
    (place / "mail" / "c.eml").write_bytes((MAIL / "109_unknown_shop.eml").read_bytes())
    assert shipclock("poll").code == 0
    return shipclock


def own_words(place):
    return place / "home" / "labels" / "en.toml"


def test_a_waiting_mail_shows_what_was_found_by_what_and_what_is_missing(waiting):
    said = waiting("learn", "1")
    assert said.code == 0
    assert "total" in said.out
    assert "$32.89                 Order total  HTML part, beside the label" in said.out
    assert "order number (without it the mail waits)  perhaps under: 1 Bonsai tag" in said.out
    assert "shipclock learn 1 --set order_no=" in said.err
    assert not [buyer for buyer in BUYERS if buyer in said.out + said.err]


def test_teaching_lets_every_waiting_mail_of_that_wording_pass(waiting, place):
    said = waiting("learn", "1", *TEACH, "--set", "ship_by=Parcel leaves until")
    assert said.code == 0
    assert "now read as: new order. Nothing is missing." in said.out
    assert "2 now pass, 1 still wait." in said.out
    assert str(own_words(place)) in said.out
    told = waiting("orders", "--json").json["orders"]
    assert {order["order_no"] for order in told} == {JUNIPER, OTHER}


def test_a_dry_run_counts_and_writes_nothing(waiting, place):
    said = waiting("learn", "1", *TEACH, "--dry-run")
    assert "Nothing was written. Of the waiting mail 2 would pass, 1 would still wait." in said.out
    assert not own_words(place).exists()
    assert len(waiting("quarantine", "--json").json["mails"]) == 3


def test_with_one_lesson_refused_none_is_written_and_the_reason_is_told(waiting, place):
    said = waiting("learn", "1", *TEACH, "--set", "total=Buyer")
    assert said.code == 4
    assert 'total: the label "Buyer" already stands for buyer.' in said.err
    assert "Nothing was written." in said.err
    assert not own_words(place).exists()


def test_a_wording_taken_out_of_the_file_counts_no_more(waiting, place):
    waiting("learn", "1", *TEACH)
    own_words(place).write_text('language = "en"\n', encoding="utf-8")
    told = waiting("learn", "mail/a.eml", "--json").json
    assert (told["disposition"], [one["field"] for one in told["missing"]][:1]) == ("quarantined", ["order_no"])


def test_a_file_teaches_as_well_and_what_it_brought_is_told_to_machines(waiting, place):
    told = waiting("learn", "mail/a.eml", *TEACH, "--json").json
    assert (told["passed"], told["waiting"], told["refused"]) == (2, 1, [])
    assert told["file"] == str(own_words(place))
    found = {one["field"]: one for one in told["found"]}
    assert found["buyer"]["value"] is None
    assert (found["total"]["label"], found["total"]["part"], found["total"]["value"]) == (
        "Order total",
        "html",
        "$32.89",
    )


def test_an_unknown_shop_is_mended_by_settings_and_says_so(waiting):
    said = waiting("learn", "3")
    assert "Teaching labels does not mend that: say whose it is" in said.out


def test_who_taught_what_is_written_down(waiting, engine):
    waiting("learn", "1", *TEACH)
    with open_session(engine, read_only=True) as session:
        lines = [row.after for row in session.exec(select(AuditRow).where(AuditRow.action == "teach_words")).all()]
    assert {"language": "en", "labels": "order_no", "words": "Bonsai tag"} in lines


def test_on_a_terminal_each_missing_label_is_asked_for(waiting, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("1\nBamboo went home\n1\n\n"))
    said = waiting("learn", "1")
    assert "2 now pass, 1 still wait." in said.out
    assert "Still missing: ship by." in said.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere.eml",), "There is no file nowhere.eml. Give a mail file, or the number"),
        (("77",), "77: no such mail waits"),
        (("1", "--set", "order_no"), "is not NAME=WORDS"),
        (("1", "--set", "colour=Red"), "`colour` is no field. Known: order_no"),
        (("1", "--kind", "party=Words"), "`party` is no kind of mail. Known: new_order"),
        (("mail/a.eml", "--mailbox", "second"), "There is no mailbox `second`"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(waiting, words, told):
    said = waiting("learn", *words)
    assert said.code == 2
    assert told in said.err
