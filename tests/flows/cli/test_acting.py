"""`do`, `rerun`, `explain`, `parse`, `check`: what is done, refused or explained, and with which exit code."""

import json
import re

import pytest

from flows.cli.keys import KEYS
from models.command_name import CommandName
from tests.flows.cli.conftest import JUNIPER, LOTUS


@pytest.fixture
def polled(deliver, shipclock):
    deliver("001", "004", "030")
    assert shipclock("poll").code == 0
    return shipclock


def test_several_orders_are_done_at_once(deliver, shipclock):
    deliver("001", "004")
    shipclock("poll")
    said = shipclock("do", JUNIPER, LOTUS, "confirm")
    assert said.code == 0
    assert said.out.count("Now: To pack") == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("confirm",), "checked: in stock. Now: To pack"),
        (("mark_packed", "--set", "checklist=all"), "checked: in stock; packed. Now: Packed"),
        (("record", "--set", "kind=picked_up"), "collected by the carrier. Now: On the way"),
        (
            ("hold", "--set", "hold=fraud_check", "--reason", "odd"),
            "put on hold (possible fraud is being checked). Now:",
        ),
        (("seller_cancel", "--reason", "other"), "cancellation by us begun. Now: To check"),
    ],
)
def test_what_was_recorded_is_told_in_the_words_of_the_history(polled, words, told):
    assert polled("do", LOTUS, *words).out.startswith(f"{LOTUS}: {told}")
    what = told.partition(". Now")[0].rpartition("; ")[2]
    assert f"  {what}  " in polled("order", LOTUS).out


def test_what_ends_something_is_told_as_done(polled):
    polled("do", LOTUS, "hold", "--reason", "look")
    assert ": hold ended (held by hand). Now:" in polled("do", LOTUS, "release").out
    key = polled("order", LOTUS, "--json").json["facts"][-1]["key"]
    assert ": entry taken back. Now:" in polled("do", LOTUS, "retract", "--set", f"fact_id={key}").out


def test_a_refusal_ends_with_4_and_says_why_and_what_instead(polled):
    said = polled("do", LOTUS, "mark_packed", "--set", "checklist=label_readable")
    assert said.code == 4
    assert "not done. The packing list leaves open: the right items" in said.err
    assert "--set checklist=all" in said.err
    assert said.out == ""


def test_one_refusal_stops_no_other_order(polled):
    said = polled("do", JUNIPER, LOTUS, "confirm", "--json")
    assert said.code == 4
    assert [one["result"] for one in said.json["results"]] == ["refused", "done"]
    assert said.json["results"][1]["stage_after"] == "CONFIRMED"


def test_the_same_done_twice_is_told_with_who_was_faster(polled):
    polled("do", LOTUS, "mark_packed", "--set", "checklist=all")
    said = polled("do", LOTUS, "mark-packed", "--set", "checklist=all")
    assert said.code == 0
    assert re.fullmatch(f"{LOTUS}: You packed this (just now|\\d+ s ago). Nothing was done twice.\n", said.out)
    assert polled("do", LOTUS, "mark_packed", "--by", "Minh", "--json").json["results"][0]["already"] is True


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((LOTUS,), "Which command?"),
        (("confirm",), "Which order?"),
        ((LOTUS, "cofirm"), "Did you mean `confirm`?"),
        ((LOTUS, "confirm", "hold"), "One command at a time"),
        ((LOTUS, "record", "--set", "kind"), "is not KEY=VALUE"),
        ((LOTUS, "confirm", "--as", "Lan"), "Roles: viewer, packer, manager. Who does it is said with `--by Lan`"),
        ((LOTUS[-6:], "confirm"), f"`shipclock orders {LOTUS[-6:]}` lists them"),
        ((f"No such shop:{LOTUS}", "confirm"), 'There is no shop "No such shop"'),
    ],
)
def test_a_command_line_that_is_not_understood_ends_with_2(polled, words, told):
    said = polled("do", *words)
    assert said.code == 2
    assert told in said.err


def test_a_packer_may_not_take_an_entry_back(polled):
    key = polled("order", LOTUS, "--json").json["facts"][0]["key"]
    said = polled("do", LOTUS, "retract", "--as", "packer", "--set", f"fact_id={key}")
    assert said.code == 4
    assert "That is for a manager to do." in said.err
    assert "There is no entry `x`" in polled("do", LOTUS, "retract", "--as", "packer", "--set", "fact_id=x").err


@pytest.mark.row("T41")
def test_a_step_that_did_not_fail_is_run_again_only_when_it_is_named(polled):
    assert "No step of order" in polled("rerun", LOTUS).err
    assert polled("rerun", LOTUS, "confirm", "--json").json["where"] == "here"


def test_explain_tells_clocks_with_the_facts_behind_them(polled):
    told = polled("explain", LOTUS, "--json").json
    clock = next(clock for clock in told["deadlines"] if clock["id"] == "D02")
    kinds = {fact["source_key"]: fact["kind"] for fact in told["facts"]}
    assert clock["due_at"] == "2026-03-18T03:41:00Z"
    assert {kinds[key] for key in told["because"]["deadlines"][1]} >= {"order_placed"}


def test_explain_tells_an_earlier_moment_as_it_was_known_and_as_it_was(polled):
    told = polled("explain", LOTUS, "--at", "2026-03-15T12:00", "--json").json
    assert told["stage"] is None
    assert told["as_it_was"]["stage"] == "NEW"
    said = polled("explain", LOTUS, "--at", "2026-03-15T12:00").out
    assert "Nothing was known" in said
    assert "To check" in said


def facts_file(place, *facts: dict[str, str]):
    file = place / "facts.json"
    shop = {"handover": "pickup", "shipping": "seller", "timezone": "UTC"}
    file.write_text(json.dumps({"shop": shop, "facts": facts}), encoding="utf-8")
    return str(file)


def a_fact(kind, at):
    return {"kind": kind, "occurred_at": at, "authority": "platform"}


def test_explain_answers_for_facts_in_a_file_without_settings(place, shipclock):
    (place / "shipclock.toml").unlink()
    placed = [a_fact(kind, "2026-03-01T00:00:00Z") for kind in ("order_placed", "order_paid")]
    file = facts_file(place, *placed, a_fact("marked_shipped", "2026-03-04T00:01:00Z"))
    said = shipclock("explain", "--facts", file, "--now", "2026-03-04T08:00:00Z", "--policy", "article", "--json")
    clocks = {clock["id"]: clock for clock in said.json["deadlines"]}
    assert said.code == 0
    assert said.json["stage"] == "AWAITING_HANDOVER"
    assert clocks["D02"]["state"] == "MET_LATE"
    assert clocks["D02"]["breached_at"] == "2026-03-04T00:00:00Z"
    assert clocks["D04"]["due_at"] == "2026-03-06T00:01:00Z"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("explain",), "Give an order number, or --facts"),
        (("explain", "--facts", "facts.json"), "--facts needs --now"),
        (("explain", LOTUS, "--now", "2026-03-04"), "use --at"),
        (("explain", LOTUS, "--at", "soon"), "`soon` is not a time"),
        (("explain", "--facts", "facts.json", "--now", "2026-03-04", "--policy", "none"), "no policy 'none'"),
    ],
)
def test_explain_says_what_is_missing(place, polled, words, told):
    facts_file(place)
    said = polled(*words)
    assert said.code == 2
    assert told in said.err


def test_facts_that_are_none_are_told_with_their_place(place, shipclock):
    file = facts_file(place, a_fact("dance", "2026-03-01T00:00:00Z"))
    said = shipclock("explain", "--facts", file, "--now", "2026-03-02")
    assert said.code == 2
    assert "facts[0]" in said.err


def test_parse_prints_an_object_a_line_and_makes_no_database(homeless, deliver, shipclock):
    deliver("001", "070")
    said = shipclock("parse", "mail", "--config", "shipclock.toml", "--json")
    told = [json.loads(line) for line in said.out.splitlines()]
    assert (told[0]["disposition"], told[0]["order_id"]) == ("parsed", JUNIPER)
    assert told[1]["reason"] == "sender_unauthenticated"
    assert not (homeless / "home" / "shipclock.db").exists()


def test_parse_of_a_file_that_is_not_there_ends_with_2(shipclock):
    said = shipclock("parse", "nowhere.eml")
    assert (said.code, said.err) == (2, "There is no file or folder nowhere.eml.\n")


def test_check_says_ok_line_by_line(shipclock):
    said = shipclock("check")
    assert said.code == 0
    assert "PROBLEM" not in said.out
    assert "Database: version" in said.out


def test_check_says_what_to_do_about_a_mailbox_that_is_not_there(place, shipclock):
    (place / "mail").rmdir()
    said = shipclock("check", "--json")
    assert said.code == 1
    assert [one["name"] for one in said.json["checks"] if not one["ok"]] == ["Mailbox"]


def test_check_notices_that_another_server_writes_the_verdicts(place, deliver, shipclock):
    deliver("001")
    settings = place / "shipclock.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("mx.seller-inbox.example", "mx.google.com"), encoding="utf-8")
    said = shipclock("check")
    assert said.code == 1
    assert 'set authserv_id = "mx.seller-inbox.example"' in said.out


def test_check_notices_a_secret_that_others_can_read(place, shipclock):
    (place / ".env").write_text("SHIPCLOCK_PASSWORD_MAIN=x\n", encoding="utf-8")
    (place / ".env").chmod(0o644)
    said = shipclock("check")
    assert said.code == 1
    assert f"chmod 600 {place / '.env'}" in said.out


@pytest.mark.parametrize(
    ("command", "given", "told"),
    [
        ("switch_handover", "handover_mode=boat", "`handover_mode` must be one of: pickup, drop_off"),
        ("record", "kind=flown", "`kind` must be one of: order_placed"),
        ("confirm", "at=yesterday", "`at` is not a time"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_those_that_can(polled, command, given, told):
    polled("do", LOTUS, "mark_packed", "--set", "checklist=all")
    if command == "switch_handover":
        polled("do", LOTUS, "mark_shipped")
    said = polled("do", LOTUS, command, "--set", given)
    assert said.code == 4
    assert told in said.err


def test_a_key_that_the_command_does_not_take_is_refused_before_anything_is_done(polled):
    said = polled("do", LOTUS, "mark_packed", "--set", "checklist=all", "--set", "tracking=VN123")
    assert (said.code, said.out) == (2, "")
    assert "Known: checklist, stock, override, at, reason_code" in said.err
    assert polled("order", LOTUS, "--json").json["stage"] == "NEW"


def test_a_reason_or_number_that_may_be_a_buyers_is_refused_kindly_and_kept_nowhere(place, polled):
    said = polled("do", JUNIPER, "reject_cancel", "--reason", "call Lan at 0912 345 678")
    assert said.code == 4
    assert "must not name the buyer" in said.err
    assert "already packed" in said.err
    assert polled("do", LOTUS, "record", "--set", "kind=in_transit", "--set", "tracking_no=Tran Thi Lan").code == 4
    kept = (place / "home" / "shipclock.db").read_bytes()
    assert b"0912 345 678" not in kept
    assert b"Tran Thi Lan" not in kept


def test_a_reason_may_hold_the_orders_own_number(polled):
    assert polled("do", JUNIPER, "reject_cancel", "--reason", f"{JUNIPER} is packed").code == 0


@pytest.mark.row("T39")
def test_t39_another_persons_hold_is_told_with_its_key_and_its_holder(polled):
    polled("do", LOTUS, "hold", "--set", "hold=fraud_check", "--reason", "odd", "--by", "Minh")
    said = polled("do", LOTUS, "release")
    assert said.code == 4
    assert "It is on hold: possible fraud is being checked (fraud_check, by Minh)." in said.err
    assert polled("do", LOTUS, "release", "--set", "hold=fraud_check").code == 0


def test_what_cancelling_needs_is_told_with_the_reasons_there_are(polled):
    assert "`--reason` with one of: out_of_stock, damaged_goods, other" in polled("do", LOTUS, "seller_cancel").err


def test_every_command_says_which_keys_it_takes():
    assert set(KEYS) == set(CommandName)


@pytest.mark.parametrize("told", ["", "garbage{", "[]", '{"prefect_api_url": 7}'])
def test_a_run_file_that_is_not_whole_is_no_server(place, polled, told):
    (place / "home" / "run.json").write_text(told, encoding="utf-8")
    said = polled("rerun", LOTUS, "confirm")
    assert said.code == 0
    assert "no Prefect server answers" in said.out


def test_check_tells_a_wrong_key_and_a_strange_alert_address_by_its_place(place, shipclock, monkeypatch):
    monkeypatch.setenv("SHIPCLOCK_KEY", "nonsense")
    with (place / "shipclock.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[alerts]\naddresses = ["json://127.0.0.1/", "nowhere://token"]\n')
    said = shipclock("check")
    assert said.code == 1
    assert "SHIPCLOCK_KEY is not a key" in said.out
    assert "number 2" in said.out
    assert "token" not in said.out
