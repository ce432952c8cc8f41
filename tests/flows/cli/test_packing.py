"""`packing-rules`, and `do ... mark_packed`: read once a shift by each person, ticked only for flagged goods."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlmodel import select, update

from models.db.session import make_engine, open_session
from models.db.tables import AuditRow, RulesReadRow
from models.packing_rules import RULES, VERSION
from tests.flows.cli.conftest import JUNIPER, LOTUS


@pytest.fixture
def polled(deliver, shipclock):
    deliver("001", "004")
    assert shipclock("poll").code == 0
    return shipclock


@pytest.fixture
def engine(place):
    return make_engine(f"sqlite:///{place / 'home' / 'shipclock.db'}")


@pytest.fixture
def flagged(place):
    """Every SKU of the second shop needs care."""
    settings = place / "shipclock.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'careful_skus = ["*"]\n', encoding="utf-8")


def answers(monkeypatch, given: Iterable[str]) -> list[str]:
    """Sit at a terminal and give these answers, y or n; the questions are kept."""
    asked: list[str] = []
    waiting = iter(given)

    def confirm(question: str, **_: object) -> bool:
        asked.append(question)
        return next(waiting) == "y"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", confirm)
    return asked


def checklist_of(shipclock, order_no):
    facts = shipclock("order", order_no, "--json").json["facts"]
    return next(fact["payload"]["checklist"] for fact in facts if fact["kind"] == "packed")


def test_a_script_without_a_reading_is_refused_with_both_ways_out(polled):
    said = polled("do", LOTUS, "mark_packed")
    assert (said.code, said.out) == (4, "")
    assert "no flyers" in said.err
    assert "shipclock packing-rules --acknowledge" in said.err
    assert "--set checklist=all" in said.err


@pytest.mark.row("T10")
def test_whoever_read_the_rules_in_this_shift_packs_without_a_list(polled):
    assert polled("packing-rules", "--acknowledge").code == 0
    assert polled("do", LOTUS, JUNIPER, "mark_packed").code == 0
    kept = checklist_of(polled, LOTUS)
    assert (kept["version"], kept["ticks"]) == (VERSION, list(RULES))
    assert kept["acknowledged_at"]


def test_what_one_person_read_does_not_count_for_another(polled):
    polled("packing-rules", "--acknowledge", "--as", "Lan")
    assert polled("do", LOTUS, "mark_packed", "--by", "Minh").code == 4
    assert polled("do", LOTUS, "mark_packed", "--by", "Lan").code == 0
    assert "Lan packed this" in polled("do", LOTUS, "mark_packed", "--by", "Minh").out


def test_reading_says_until_when_it_counts_and_stands_in_the_audit(polled, engine):
    assert "not read in this shift" in polled("packing-rules").out
    told = polled("packing-rules", "--acknowledge", "--as", "Lan").out
    assert "Lan read them" in told
    assert "counts until" in told
    assert polled("packing-rules", "--as", "Lan", "--json").json["shops"][0]["version_read"] == VERSION
    with open_session(engine, read_only=True) as session:
        read = session.exec(select(AuditRow.actor, AuditRow.after).where(AuditRow.action == "packing_rules")).one()
    assert read == ("Lan", {"version": VERSION, "shops": "Juniper & Pine Co., Lotus Lane Home"})


def test_of_several_shops_each_line_says_whose_it_is(polled):
    told = polled("packing-rules", "--acknowledge").out.splitlines()[-2:]
    assert [line.partition(": You read them")[0] for line in told] == ["Juniper & Pine Co.", "Lotus Lane Home"]
    assert polled("packing-rules", "--acknowledge", "--shop", "Lotus Lane Home").out.splitlines()[-1].startswith("You")


def test_a_new_version_of_the_rules_is_asked_for_again(polled, engine):
    polled("packing-rules", "--acknowledge")
    with open_session(engine) as session:
        session.exec(update(RulesReadRow).values(version=VERSION - 1))
        session.commit()
    assert polled("do", LOTUS, "mark_packed").code == 4
    assert "they have changed since" in polled("packing-rules").out


@pytest.mark.row("T10")
@pytest.mark.usefixtures("flagged")
def test_a_flagged_sku_is_ticked_for_its_order_whatever_was_read(polled):
    polled("packing-rules", "--acknowledge")
    said = polled("do", LOTUS, "mark_packed")
    assert said.code == 4
    assert "is flagged: tick for this order" in said.err
    assert polled("do", LOTUS, "mark_packed", "--set", "checklist=all").code == 0
    assert "acknowledged_at" not in checklist_of(polled, LOTUS)


def test_at_a_terminal_the_shift_is_asked_for_once_for_all_orders(polled, monkeypatch):
    asked = answers(monkeypatch, "y")
    said = polled("do", LOTUS, JUNIPER, "mark_packed")
    assert (said.code, len(asked)) == (0, 1)
    assert "no request for reviews" in said.err


def test_at_a_terminal_who_does_not_agree_packs_nothing(polled, monkeypatch):
    asked = answers(monkeypatch, "n")
    said = polled("do", LOTUS, JUNIPER, "mark_packed")
    assert (said.code, len(asked)) == (4, 1)
    assert polled("order", LOTUS, "--json").json["stage"] == "NEW"


@pytest.mark.usefixtures("flagged")
def test_at_a_terminal_each_line_is_asked_for_flagged_goods_alone_and_only_what_is_not_so_is_told(polled, monkeypatch):
    polled("packing-rules", "--acknowledge")
    asked = answers(monkeypatch, ["n" if rule == "no_flyers" else "y" for rule in RULES])
    said = polled("do", JUNIPER, LOTUS, "mark_packed")
    assert (said.code, len(asked)) == (4, len(RULES))
    assert f"{LOTUS}: " in said.err
    assert "Missing: no flyers or promotional material" in said.err
    assert f"{JUNIPER}: checked: in stock; packed." in said.out


@pytest.mark.usefixtures("flagged")
def test_who_does_it_at_the_terminal_may_tick_all(polled, monkeypatch):
    answers(monkeypatch, ["y"] * len(RULES))
    assert polled("do", LOTUS, "mark_packed").code == 0


def test_the_shift_is_as_long_as_the_settings_say(place, polled):
    settings = place / "shipclock.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "shift_hours = 0\n", encoding="utf-8")
    said = polled("packing-rules")
    assert said.code == 2
    assert "a number of hours from 1 to 168" in said.err
