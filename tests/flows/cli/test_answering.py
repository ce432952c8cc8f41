"""`todo` and `answer`: what no mail ever tells is one line a day, answered for all orders but those named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from flows import clock
from flows.office import open_office
from models.db.orders import record_facts
from models.db.session import open_session
from models.stage import HandoverMode
from tests.flows.cli.conftest import Said
from tests.models.makers import a_fact, placed, t

LOTUS, JUNIPER = "Lotus Lane Home", "Juniper & Pine Co."
FIRST, SECOND, THIRD = (f"57709420011774482{n}" for n in range(3))


@pytest.fixture
def ask(shipclock: Callable[..., Said]) -> Callable[..., None]:
    """Hand parcels over on Sunday the first of March; two days later nobody knows what became of them."""
    assert shipclock("orders").code == 0

    def ask(shop: str, *numbers: str) -> None:
        office = open_office()
        pickup = office.shop(shop).model_copy(update={"handover": HandoverMode.PICKUP, "policy": "article"})
        with open_session(office.engine) as session:
            for hours, number in enumerate(numbers):
                facts = (*placed(0), a_fact("marked_shipped", 1 + hours, by="human"))
                record_facts(session, pickup, [(number, fact) for fact in facts], t(52))
            session.commit()
        clock.set_virtual(office.engine, t(76) + timedelta(minutes=5))
        office.engine.dispose()

    return ask


def test_many_orders_are_one_line_with_the_command_that_answers_it(ask, shipclock):
    ask(LOTUS, FIRST, SECOND)
    (line,) = [line for line in shipclock("todo").out.splitlines() if "collected" in line]
    assert "All collected? 2 handed over, no news by Tue 3 Mar (`shipclock answer collected`)" in line
    assert "--until 2026-03-03 --shop 'Lotus Lane Home' --yes" in shipclock("todo", "--clicks").out


@pytest.mark.parametrize("kind", ["gathered", "ask_collected"])
def test_a_machine_reads_the_numbers(ask, shipclock, kind):
    ask(LOTUS, FIRST, SECOND)
    (todo,) = shipclock("todo", "--json", "--kind", kind).json["todos"]
    assert (todo["collected"], todo["delivered"], todo["until"]) == ([FIRST, SECOND], [], "2026-03-03")


def test_without_yes_the_orders_are_listed_and_nothing_is_noted(ask, shipclock):
    ask(LOTUS, FIRST, SECOND)
    assert FIRST in shipclock("answer", "collected").out
    assert len(shipclock("todo", "--json", "--kind", "gathered").json["todos"]) == 1


def test_those_named_stay_asked_with_what_to_do_about_them(ask, shipclock):
    ask(LOTUS, FIRST, SECOND, THIRD)
    said = shipclock("answer", "collected", "--until", "2026-03-03", "--yes", "--except", SECOND)
    assert said.code == 0
    assert "Noted as collected: 2." in said.out
    assert f"asked again: {SECOND}. Complain about the logistics provider" in said.out
    assert shipclock("todo", "--json", "--kind", "gathered").json["todos"][0]["collected"] == [SECOND]
    facts = shipclock("order", FIRST, "--json").json["facts"]
    (told,) = [fact for fact in facts if fact["kind"] == "picked_up"]
    assert (told["occurred_at"], told["estimated"], told["authority"]) == ("2026-03-03T01:00:00Z", True, "human")


def test_an_answer_tells_machines_what_came_of_each_order(ask, shipclock):
    ask(LOTUS, FIRST, SECOND)
    told = shipclock("answer", "collected", "--yes", "--except", FIRST, "--json").json
    assert told["results"] == [{"order_no": SECOND, "result": "done", "code": None}]
    assert told["still_asked"] == [FIRST]


def test_a_number_that_is_not_asked_about_stops_the_answer(ask, shipclock):
    ask(LOTUS, FIRST, SECOND)
    said = shipclock("answer", "collected", "--yes", "--except", THIRD)
    assert (said.code, THIRD in said.err) == (2, True)
    assert shipclock("todo", "--json", "--kind", "gathered").json["todos"][0]["collected"] == [FIRST, SECOND]


def test_two_shops_are_answered_one_at_a_time(ask, shipclock):
    ask(LOTUS, FIRST)
    ask(JUNIPER, SECOND)
    said = shipclock("answer", "collected", "--yes")
    assert (said.code, "Name one with --shop" in said.err) == (2, True)
    assert shipclock("answer", "collected", "--yes", "--shop", LOTUS).code == 0
    assert len(shipclock("todo", "--json", "--kind", "gathered").json["todos"]) == 1


def test_nothing_asked_and_no_such_question_are_told_apart(shipclock):
    assert shipclock("answer", "delivered").out == "Nothing of that is asked now.\n"
    assert shipclock("answer", "weighed").code == 2


def test_a_day_that_is_none_is_told_with_how_to_write_one(shipclock):
    said = shipclock("answer", "collected", "--until", "foo")
    assert (said.code, said.out) == (2, "")
    assert "`foo` is not a day. Write it like 2026-11-22" in said.err
