"""`evidence` and `claim`: what others are shown of an order, from the terminal."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from zipfile import ZipFile

import pytest

from tests.flows.cli.conftest import BUYERS, JUNIPER, LOTUS, Shipclock


@pytest.fixture(autouse=True)
def orders(deliver, shipclock):
    """An order of each shop; the buyer of one wants to cancel it."""
    deliver("001", "030", "004")
    assert shipclock("poll").code == 0


def cancel(shipclock: Shipclock) -> None:
    """Enter that the buyer cancelled the day after ordering."""
    known = shipclock("order", JUNIPER, "--json").json
    at = (datetime.fromisoformat(known["placed_at"]) + timedelta(days=1)).isoformat()
    what = ("kind=cancelled", "actor=buyer", f"at={at}")
    said = shipclock("do", JUNIPER, "record", *(word for one in what for word in ("--set", one)))
    assert said.code == 0, said


def test_evidence_is_written_with_checksums_that_fit_and_without_a_buyer(shipclock, place):
    said = shipclock("evidence", JUNIPER, "--out", "appeal.zip")
    assert said.code == 0
    assert "Read its summary.txt before you send it" in said.out
    with ZipFile(place / "appeal.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(files["manifest.json"])
    for name, one in about["files"].items():
        assert one["sha256"] == sha256(files[name]).hexdigest()
    assert files.keys() - about["files"].keys() == {"manifest.json"}
    assert JUNIPER in files["summary.txt"].decode()
    assert not [buyer for buyer in BUYERS for content in files.values() if buyer.encode() in content]


def test_evidence_is_named_after_its_order_and_no_file_is_replaced_unasked(shipclock, place):
    assert shipclock("evidence", LOTUS).code == 0
    file = place / f"evidence-{LOTUS}.zip"
    file.write_bytes(b"mine")
    said = shipclock("evidence", LOTUS)
    assert (said.code, file.read_bytes()) == (4, b"mine")
    assert "--force" in said.err
    assert shipclock("evidence", LOTUS, "--force").code == 0
    assert file.read_bytes() != b"mine"


def test_a_letter_is_the_answer_and_its_name_is_not(shipclock):
    cancel(shipclock)
    said = shipclock("claim", JUNIPER)
    assert said.code == 0
    assert said.out.startswith(f"Appeal against late dispatch: order {JUNIPER}\n\nDear TikTok Shop support team,")
    assert "the buyer cancelled (To TikTok Shop's seller support.)" in said.err


def test_a_letter_is_written_in_the_language_that_is_asked_for(shipclock):
    cancel(shipclock)
    (letter,) = shipclock("claim", JUNIPER, "--language", "th", "--json").json["letters"]
    assert (letter["kind"], letter["to"]) == ("appeal_buyer_cancelled", "platform")
    assert letter["subject"] == f"อุทธรณ์การจัดส่งล่าช้า: คำสั่งซื้อ {JUNIPER}"


def test_an_unknown_language_is_told_with_those_that_are_known(shipclock):
    said = shipclock("claim", LOTUS, "--language", "fr")
    assert said.code == 2
    assert "en, id, ms, th, vi" in said.err


def test_an_order_without_cause_has_no_letter_and_says_so(shipclock):
    said = shipclock("claim", LOTUS)
    assert said.code == 0
    assert said.out.startswith("This order gives no cause for a letter now")
    assert shipclock("claim", LOTUS, "--json").json == {"order_no": LOTUS, "shop": "Lotus Lane Home", "letters": []}


@pytest.mark.parametrize("command", ["evidence", "claim"])
def test_an_unknown_order_is_told_and_nothing_is_written(shipclock, place, command):
    said = shipclock(command, "576461413038780000")
    assert said.code == 2
    assert "No order 576461413038780000 here" in said.err
    assert list(place.glob("*.zip")) == []


@pytest.mark.parametrize(("command", "other"), [("evidence", "claim"), ("claim", "evidence")])
def test_help_teaches_with_examples_and_names_the_other_command(shipclock, command, other):
    said = shipclock(command, "--help").out
    assert f"shipclock {command} 576461413038785752" in said.partition("Examples:")[2]
    assert f"shipclock {other} NUMBER" in " ".join(said.split())
