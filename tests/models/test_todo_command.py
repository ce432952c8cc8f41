"""The commands that end a to-do: whoever types them as they stand is not refused."""

from __future__ import annotations

import re
import shlex

import pytest
from hypothesis import given

from flows.cli.keys import known_keys
from models.case import Case
from models.catalogue import words
from models.command import Command, CommandName, Refused, decide
from models.order import Order, fold
from models.packing_rules import VERSION, Packing, RulesRead
from models.stage import Role
from models.todo import Todo, TodoKind
from models.todo_command import command_lines
from tests.models.lives import Life, lives
from tests.models.makers import a_fact, an_order, placed

ORDER_NO = "576461413038785752"
SHIPPED = (*placed(), a_fact("marked_shipped", 3))


def typed(line: str, life: Life) -> list[Command]:
    """The commands of `do` that a line names, with something for what is in capitals."""
    key = next((fact.source_key for fact in life.known), "")
    fills = {"TIME": life.now.isoformat(), "KEY": key, "WHY": "settled", "TRACKING": "A1"}
    found = []
    for name, options in re.findall(rf"`shipclock do {ORDER_NO} (\w+)([^`]*)`", line):
        parts = shlex.split(options)
        given_options = list(zip(parts[::2], parts[1::2], strict=True))
        pairs = (value.split("=", 1) for option, value in given_options if option == "--set")
        found.append(
            Command(
                name=CommandName(name),
                actor="lan",
                role=Role.MANAGER,
                at=life.now,
                reason=next((fills.get(value, value) for option, value in given_options if option == "--reason"), None),
                values={key: fills.get(value, value) for key, value in pairs},
                packing=Packing(read=RulesRead(version=VERSION, read_at=life.now)),
            )
        )
    return found


@given(lives())
def test_what_a_todo_says_to_type_is_not_refused(life: Life):
    for todo in fold(life.known, life.shop, life.now).todos:
        for line in command_lines(words(), todo, ORDER_NO):
            for command in typed(line, life):
                answer = decide(fold(life.known, life.shop, life.now), life.known, command, life.shop)
                assert not isinstance(answer, Refused) or answer.already, (todo, command, answer)
                assert set(command.values) <= set(known_keys(command.name))


@pytest.mark.parametrize("kind", TodoKind)
def test_every_todo_names_the_command_that_ends_it(kind):
    told = "\n".join(command_lines(words(), Todo(kind=kind), ORDER_NO))
    assert f"`shipclock do {ORDER_NO} " in told


def lines_of(order: Order, kind: str) -> str:
    return "\n".join(command_lines(words(), next(todo for todo in order.todos if todo.kind == kind), ORDER_NO))


@pytest.mark.row("T07")
def test_t07_a_step_of_our_own_cancelling_needs_no_case():
    started = (*placed(), a_fact("seller_cancel_started", 5, by="human", reason_code="out_of_stock"))
    assert "claim_step --set step=notify`" in lines_of(an_order(6, *started), "tell_buyer")


@pytest.mark.row("T33")
def test_t33_of_a_parcel_that_is_away_rejecting_is_named_first():
    told = lines_of(an_order(6, *SHIPPED, a_fact("cancel_requested", 5, request_no="R1")), "answer_cancel")
    assert told.index("reject_cancel --set case_id=cancel_request:R1") < told.index("override=parcel_recalled")


def test_a_case_whose_name_a_shell_would_break_is_quoted():
    returned = (*SHIPPED, a_fact("delivered", 4), a_fact("return_requested", 5, return_no="no 7"))
    case: Case = an_order(6, *returned).cases[0]
    assert f"--set 'case_id={case.case_id}'" in lines_of(an_order(6, *returned), "answer_return")


def test_whether_a_dropped_off_parcel_was_scanned_is_answered_with_its_scan():
    dropped = (*placed(handover_mode="drop_off"), a_fact("marked_shipped", 3), a_fact("dropped_off", 5, by="human"))
    order = an_order(40, *dropped, seen={})
    told = lines_of(order, "ask_collected")
    assert "record --set kind=in_transit" in told
    assert "file_complaint" not in told


def test_of_a_time_that_is_missing_what_stopped_the_clock_is_recorded():
    order = an_order(201, *placed(), a_fact("delivered", 200))
    assert "record --set kind=marked_shipped --set at=TIME" in lines_of(order, "state_time")
