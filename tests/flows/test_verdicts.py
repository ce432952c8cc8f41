"""What a packer's list comes to in one look is what each command would be told, and one broken order stops no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import col, update

from flows.commands import preview_of
from flows.office import Office, open_office
from flows.verdicts import BROKEN, verdicts
from models.answer import Command, Refused
from models.command_name import CommandName
from models.db.packing_rules import record_reading
from models.db.session import open_session
from models.db.tables import FactRow
from models.ids import order_id
from models.packing_verdict import NO_ORDER, OTHER_SHOP, Word
from models.stage import Role
from tests.dashboard import seed

WHO = "table"
NUMBERS = [life.order_no for life in seed.STORY]


@pytest.fixture
def office(tmp_path) -> Iterator[Office]:
    home = seed.make_home(tmp_path / "home")
    seed.seed(home, seed.STORY)
    office = open_office(home)
    with open_session(office.engine) as session:
        record_reading(session, [seed.SHOP], WHO, seed.NOW - timedelta(hours=1))
        session.commit()
    yield office
    office.engine.dispose()


def asked(name: CommandName) -> Command:
    return Command(name=name, actor=WHO, role=Role.PACKER, at=seed.NOW)


PACK, SHIP = asked(CommandName.MARK_PACKED), asked(CommandName.MARK_SHIPPED)


def test_each_order_of_a_list_comes_to_what_the_commands_themselves_are_told(office: Office):
    for one in verdicts(office, NUMBERS, "", pack=PACK, ship=SHIP):
        pack, ship = (preview_of(office, seed.SHOP, one.order_no, command) for command in (PACK, SHIP))
        assert one.against == (pack if isinstance(pack, Refused) else None)
        assert one.may_ship is not isinstance(ship, Refused)
        assert one.items


def test_numbers_come_back_in_their_sequence_and_those_that_are_not_here_stop(office: Office):
    numbers = ["999", seed.NEW.order_no, seed.PACKED.order_no]
    found = verdicts(office, numbers, "", pack=PACK, ship=SHIP)
    assert [one.order_no for one in found] == numbers
    assert [one.word for one in found] == [Word.STOP, Word.GO, Word.STOP]
    assert [one.may_ship for one in found] == [False, False, True]
    assert found[0].against == Refused(code=NO_ORDER)
    elsewhere = verdicts(office, numbers, "Another shop", pack=PACK, ship=SHIP)
    assert [one.against.code for one in elsewhere if one.against] == [NO_ORDER, OTHER_SHOP, OTHER_SHOP]


def test_an_order_that_cannot_be_read_stops_and_the_others_go_on(office: Office):
    broken = order_id(seed.SHOP, seed.TO_PACK.order_no)
    with open_session(office.engine) as session:
        session.connection().execute(update(FactRow).where(col(FactRow.order_id) == broken).values(kind="what is that"))
        session.commit()
    first, second = verdicts(office, [seed.TO_PACK.order_no, seed.NEW.order_no], "", pack=PACK, ship=SHIP)
    assert first.against == Refused(code=BROKEN)
    assert second.word is Word.GO
