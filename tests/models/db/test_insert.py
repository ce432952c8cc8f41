"""How many rows were new is told truly on each engine: compare-and-set rests on it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, bindparam, update

from models.db.columns import table_of
from models.db.insert import execute_all, insert_new, insert_new_keys
from models.db.session import open_session
from models.db.tables import MetaRow

META = table_of(MetaRow)


def some(*numbers: int) -> list[dict[str, str]]:
    return [{"key": str(number), "value": "x"} for number in numbers]


@pytest.mark.parametrize("count", [1, 2, 2500])  # drivers send one, some and very many in ways of their own
def test_of_rows_inserted_again_none_is_new_and_of_others_each(engine: Engine, count: int):
    with open_session(engine) as session:
        assert insert_new(session, MetaRow, some(*range(count))) == count
        assert insert_new(session, MetaRow, some(*range(count))) == 0
        assert insert_new(session, MetaRow, some(*range(count + 3))) == 3
        assert insert_new_keys(session, MetaRow, some(*range(count + 5)), "key") == {str(count + 3), str(count + 4)}


@pytest.mark.parametrize("count", [1, 2, 2500])
def test_of_rows_changed_only_those_that_are_there_count(engine: Engine, count: int):
    change = update(META).where(META.c.key == bindparam("this")).values(value="y")
    with open_session(engine) as session:
        insert_new(session, MetaRow, some(*range(count)))
        assert execute_all(session, change, [{"this": str(number)} for number in range(count + 7)]) == count
