"""`do ... retract` and `--preview`: what would change is seen first, and entries are named by short keys."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from models.db.session import make_engine, open_session
from models.db.tables import AuditRow
from tests.flows.cli.conftest import LOTUS

pytestmark = pytest.mark.row("T40")


@pytest.fixture
def packed(deliver, shipclock):
    deliver("004")
    shipclock("poll")
    assert shipclock("do", LOTUS, "mark_packed", "--set", "checklist=all", "--by", "Lan").code == 0
    return shipclock


def key_of(shipclock, kind):
    facts = shipclock("order", LOTUS, "--json").json["facts"]
    return next(fact["key"] for fact in facts if fact["kind"] == kind)


def stage(shipclock):
    return shipclock("order", LOTUS, "--json").json["stage"]


def test_the_keys_of_entries_can_be_read_and_typed(packed):
    key = key_of(packed, "packed")
    lines = packed("order", LOTUS, "--facts").out.splitlines()
    assert [line for line in lines if line.startswith(key) and "packed" in line]
    said = packed("do", LOTUS, "retract", "--set", f"fact_id={key[:4]}", "--reason", "wrong parcel")
    assert said.code == 0
    assert stage(packed) == "CONFIRMED"
    taken_back = next(line for line in packed("order", LOTUS, "--facts").out.splitlines() if line.startswith(key))
    assert taken_back.endswith("taken back")


def test_ones_own_slip_is_taken_back_by_a_packer_without_a_reason_but_not_anothers(packed):
    retract = ("do", LOTUS, "retract", "--as", "packer", "--set", f"fact_id={key_of(packed, 'packed')}")
    assert packed(*retract, "--by", "Minh").code == 4
    assert packed(*retract, "--by", "Lan").code == 0
    assert stage(packed) == "CONFIRMED"


@pytest.mark.parametrize("option", ["--preview", "--dry-run"])
def test_a_preview_tells_what_would_change_and_does_nothing(packed, option):
    said = packed("do", LOTUS, "retract", "--set", f"fact_id={key_of(packed, 'packed')}", "--by", "Lan", option)
    assert said.code == 0
    assert "where it is: Packed -> To pack" in said.out
    assert "done too late" in said.out  # the mail is an old one
    assert stage(packed) == "PACKED"


def test_a_preview_for_machines_lists_each_change(packed):
    told = packed("do", LOTUS, "mark_shipped", "--preview", "--json").json["results"][0]
    changes = {(row["what"], row["about"]): row for row in told["changes"]}
    assert told["result"] == "preview"
    assert changes["stage", ""]["after"] == {"state": "AWAITING_HANDOVER", "due_at": None}
    assert changes["clock", "D02"]["after"]["state"] == "MET_LATE"
    assert changes["clock", "D04"]["before"] is None


def test_a_preview_of_what_is_refused_says_why(packed):
    said = packed("do", LOTUS, "drop_off", "--preview")
    assert said.code == 4
    assert "it is not one to drop off" in said.err


@pytest.mark.parametrize(("agrees", "after"), [(True, "CONFIRMED"), (False, "PACKED")])
def test_at_a_terminal_the_preview_is_shown_and_asked_about(packed, monkeypatch, agrees, after):
    key = key_of(packed, "packed")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda *_, **__: agrees)
    said = packed("do", LOTUS, "retract", "--set", f"fact_id={key}", "--by", "Lan")
    assert said.code == 0
    assert "Packed -> To pack" in said.err
    assert stage(packed) == after


def test_the_audit_keeps_the_clocks_as_they_were_and_as_they_are(place, packed):
    packed("do", LOTUS, "retract", "--set", f"fact_id={key_of(packed, 'packed')}", "--by", "Lan")
    with open_session(make_engine(f"sqlite:///{place / 'home' / 'shipclock.db'}"), read_only=True) as session:
        line = session.exec(select(AuditRow).where(AuditRow.action == "retract")).one()
    assert (line.before["stage"], line.after["stage"]) == ("PACKED", "CONFIRMED")
    assert line.before["clocks"]["D03"]["state"] == "MET_LATE"
    assert line.after["clocks"]["D03"]["state"] == "BREACHED"


def line_of(said, what):
    return next(line for line in said.out.splitlines() if f"  {what}  " in line)


def test_what_happened_tells_who_did_it_and_that_it_was_taken_back(packed):
    packed("do", LOTUS, "retract", "--set", f"fact_id={key_of(packed, 'packed')}", "--by", "Minh", "--reason", "wrong")
    told = packed("order", LOTUS)
    assert line_of(told, "ordered").endswith("TikTok Shop")
    assert line_of(told, "checked: in stock").endswith("by hand, Lan")
    assert re.search("by hand, Lan +taken back$", line_of(told, "packed"))
    assert line_of(told, "entry taken back").endswith("by hand, Minh")


def test_a_cancelled_order_says_by_whom_and_why(packed):
    packed("do", LOTUS, "seller_cancel", "--reason", "damaged_goods")
    assert "Cancelled  " not in packed("order", LOTUS).out
    for step in ("notify", "cancel"):
        assert packed("do", LOTUS, "claim_step", "--set", f"step={step}").code == 0
    assert re.search("Cancelled +by us, the goods are damaged", packed("order", LOTUS).out)
    told = packed("order", LOTUS, "--json").json
    assert (told["cancel_actor"], told["cancel_reason"]) == ("seller", "damaged_goods")
