"""`poll`, `orders`, `todo`, `order`, `quarantine`: what came by mail is shown, and nothing of the buyer."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flows.office import open_office
from models.db.orders import record_facts
from models.db.session import open_session
from tests.flows.cli.conftest import BUYERS, JUNIPER, LOTUS
from tests.models.makers import a_fact

ROOT = Path(__file__).parents[3]
TIMES = "\N{MULTIPLICATION SIGN}"


@pytest.fixture
def polled(deliver, shipclock):
    deliver("001", "004", "030", "070")
    assert shipclock("poll").code == 0
    return shipclock


@pytest.mark.usefixtures("homeless")
def test_a_new_database_is_told_on_stderr_alone(shipclock):
    said = shipclock("orders")
    assert said.err.startswith("Made a new database")
    assert said.out == "No orders yet. `shipclock poll` reads the mailbox.\n"


def test_a_poll_tells_what_came_of_the_mails(deliver, shipclock):
    deliver("001", "004", "070", "082")
    said = shipclock("poll")
    assert said.code == 0
    assert "New orders: 2." in said.out
    assert "1 waits for you" in said.out


def test_a_second_poll_finds_nothing_new(polled):
    assert polled("poll", "--json").json["mailboxes"][0]["mails"] == 0


def test_an_unknown_mailbox_is_told_with_the_known_ones(shipclock):
    said = shipclock("poll", "second")
    assert (said.code, said.err.splitlines()[-1]) == (
        2,
        "There is no mailbox `second` in the settings. Known: main",
    )


def test_orders_are_listed_with_stage_and_time_left_in_words(polled):
    said = polled("orders")
    assert "To check" in said.out
    assert "late by" in said.out
    assert "D02" not in said.out


def test_orders_can_be_found_by_the_end_of_their_number(polled):
    found = polled("orders", LOTUS[-6:], "--json").json
    assert [order["order_no"] for order in found["orders"]] == [LOTUS]


@pytest.mark.parametrize("stage", ["to-check", "NEW", "new"])
def test_a_stage_is_named_by_its_id_or_a_packers_word(polled, stage):
    found = polled("orders", "--stage", stage, "--json").json
    assert [order["order_no"] for order in found["orders"]] == [LOTUS]


def test_an_unknown_stage_is_told_with_the_known_ones(shipclock):
    said = shipclock("orders", "--stage", "sent")
    assert said.code == 2
    assert "awaiting-handover" in said.err


def test_todos_are_worst_first_and_tell_the_clicks_when_asked(polled):
    assert JUNIPER in polled("todo").out.splitlines()[1]
    assert "Seller Center > Orders" in polled("todo", "--clicks").out


@pytest.mark.parametrize("command", [("todo", "--clicks"), ("order", LOTUS), ("order", JUNIPER)])
def test_a_todo_ends_with_the_command_to_type_and_never_with_a_button_that_is_not_there(polled, command):
    told = polled(*command).out
    assert "`shipclock do 57" in told
    assert not re.search(r"\bpress\b", told, re.IGNORECASE)


def test_a_machine_reads_which_command_ends_a_todo_of_an_order(polled):
    (todo,) = polled("order", LOTUS, "--json").json["todos"]
    assert (todo["kind"], todo["command"], todo["case_id"]) == ("confirm", "confirm", None)


def test_todo_warns_of_a_mailbox_that_was_never_read(shipclock):
    assert "Mailbox main was never read" in shipclock("todo").err


def test_one_order_is_told_in_full(polled):
    said = polled("order", f"Juniper & Pine Co.:{JUNIPER}")
    assert said.code == 0
    for words in ("Cancelled (probably, please check)", "buyer wants to cancel", "What happened", "ordered"):
        assert words in said.out


@pytest.mark.parametrize("command", [("order", "1"), ("do", "1", "confirm"), ("explain", "1"), ("rerun", "1")])
def test_an_unknown_number_says_so_and_what_to_do(shipclock, command):
    said = shipclock(*command)
    assert said.code == 2
    assert "No order 1 here. Check the number" in said.err


def test_the_end_of_a_number_points_to_the_list_that_finds_it(polled):
    said = polled("order", LOTUS[-6:])
    assert said.code == 2
    assert f"begin or end so: 1. `shipclock orders {LOTUS[-6:]}` lists them." in said.err


def test_a_waiting_mail_tells_reason_and_advice(polled):
    said = polled("quarantine")
    assert "could not confirm that" in said.out
    assert "dismiss the mail" in said.out


def test_a_dismissed_mail_waits_no_more(polled):
    (mail,) = polled("quarantine", "--json").json["mails"]
    assert polled("quarantine", "dismiss", str(mail["mail"])).code == 0
    assert polled("quarantine", "--json").json["mails"] == []
    assert polled("quarantine", "dismiss", str(mail["mail"])).code == 4


def test_a_released_mail_becomes_an_order_on_ones_own_word(polled):
    (mail,) = polled("quarantine", "--json").json["mails"]
    assert polled("quarantine", "release", str(mail["mail"])).code == 0
    told = polled("order", mail["order_no"], "--json").json
    assert {fact["authority"] for fact in told["facts"]} == {"human"}


def test_reading_again_is_told_in_numbers(polled):
    assert polled("quarantine", "read-again").out == "1 read again: 0 are settled, 1 still wait.\n"


@pytest.mark.parametrize(
    "command",
    [
        ("orders",),
        ("orders", "--json"),
        ("todo", "--clicks"),
        ("todo", "--json"),
        ("order", JUNIPER),
        ("order", JUNIPER, "--json"),
        ("quarantine",),
        ("quarantine", "--json"),
        ("explain", JUNIPER, "--json"),
        ("parse", "mail", "--json"),
    ],
)
def test_nothing_of_the_buyer_is_printed(polled, command):
    said = polled(*command)
    assert said.code == 0
    assert not [buyer for buyer in BUYERS if buyer in said.out + said.err]


@pytest.mark.parametrize("command", ["orders", "poll", "todo", "check --offline", "quarantine", "order 1"])
def test_the_daily_commands_never_load_prefect(place, command):
    program = (
        f"import sys; from flows.__main__ import run; run({command.split()!r}); sys.exit('prefect' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=place, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_help_loads_neither_database_nor_tables_nor_settings(place):
    program = (
        "import sys; from flows.__main__ import run; run(['--help']); "
        "sys.exit(bool({'sqlalchemy', 'rich', 'pydantic', 'prefect'} & set(sys.modules)))"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], cwd=place, env=env, check=False, capture_output=True)
    assert done.returncode == 0, done.stdout


def test_in_a_narrow_window_each_order_is_lines_of_its_own(polled, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    said = polled("orders", JUNIPER)
    assert f"Order      {JUNIPER}\n" in said.out
    assert "Time left  late by" in said.out


def test_a_kind_of_todo_that_there_is_not_is_no_empty_list(polled):
    said = polled("todo", "--kind", "pakc")
    assert (said.code, said.out) == (2, "")
    assert "pack" in said.err


def announce_again(shipclock, order_no, shop, payload):
    """Let another new-order mail tell something else about the order."""
    office = open_office()
    with open_session(office.engine) as session:
        record_facts(session, office.shop(shop), [(order_no, a_fact("order_placed", 400, **payload))], office.now())
        session.commit()
    return shipclock


def test_an_order_is_told_with_its_items(polled):
    said = polled("order", LOTUS).out
    items = polled("order", LOTUS, "--json").json["items"]
    assert items
    assert all(f"{item['quantity']} {TIMES}  {item['title']}" in said and item["sku"] in said for item in items)


@pytest.mark.row("X03")
def test_x03_both_versions_are_shown_with_the_key_that_takes_one_back_and_the_conflict_can_be_closed(polled):
    announce_again(polled, LOTUS, "Lotus Lane Home", {"items": [{"sku": "OTHER-1", "title": "Lamp", "quantity": 7}]})
    said, told = polled("order", LOTUS).out, polled("order", LOTUS, "--json").json
    keys = [fact["key"] for fact in told["facts"] if fact["kind"] == "order_placed"]
    assert f"7 {TIMES} Lamp (OTHER-1)" in said
    assert all(f"\n{key}  " in said for key in keys)
    assert [(case["case_id"], case["open"]) for case in told["cases"] if case["kind"] == "conflict"] == [
        ("conflict:X03", True)
    ]
    assert polled("do", LOTUS, "close_case", "--reason", "compared").code == 0
    assert "announced twice with different items, amount or count  closed" in polled("order", LOTUS).out


def test_of_several_open_cases_the_refusal_names_each(polled):
    announce_again(polled, JUNIPER, "Juniper & Pine Co.", {"amount": "1.00", "currency": "USD"})
    said = polled("do", JUNIPER, "close_case", "--reason", "settled")
    assert said.code == 4
    assert "conflict:X03" in said.err
    assert "cancel_request:" in said.err
