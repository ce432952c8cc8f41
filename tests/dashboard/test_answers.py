"""The buttons of a to-do: each gives a command that the order takes, once what it asks for is filled in."""

from __future__ import annotations

import pytest

from dashboard import queries, who
from dashboard.answers import answers_to
from models.answer import Refused
from models.command import Command, decide
from models.db.orders import terms_of
from models.db.session import open_session
from models.ids import order_id
from tests.dashboard import seed

FILLED = {"checklist": "all", "reason_code": "other"}
DEFAULTS = {"kind": "delivered", "at": seed.NOW.isoformat()}
# Refusals that tell of the order, not of a value that the button forgot.
OF_THE_ORDER = {"stock_not_ok", "not_packed", "on_hold", "hold_first"}


@pytest.mark.parametrize("life", seed.STORY, ids=lambda life: life.order_no)
@pytest.mark.usefixtures("home")
def test_each_button_gives_a_command_that_the_order_takes(life):
    office, key = queries.office(), order_id(seed.SHOP, life.order_no)
    row = queries.find_orders(life.order_no)[0]
    order, facts = queries.order_now(row, seed.NOW), queries.facts(key)
    assert order is not None
    with open_session(office.engine, read_only=True) as session:
        terms = terms_of(session, office.settings.shop[0])
    for todo in queries.todos(order_no=life.order_no):
        for answer in answers_to(todo):
            known = DEFAULTS if answer.command == "record" else {"fact_id": facts[0].source_key}
            values = {**FILLED, **known, **answer.values}
            command = Command(
                name=answer.command,
                actor=who.AT_THIS_MACHINE.name,
                role=who.AT_THIS_MACHINE.role,
                at=seed.NOW,
                reason="other",
                values=values,
            )
            decided = decide(order, facts, command, terms)
            assert not isinstance(decided, Refused) or decided.code in OF_THE_ORDER, (todo.kind, answer, decided)
