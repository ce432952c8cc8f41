"""Which channel is told of what, by real mail servers: `levels` of [alerts]."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from flows import alarms
from flows.alarms import Standing
from flows.outbox import NOTHING
from tests.databases import ON_SQLITE
from tests.flows.alarm_place import SHOP, START, Place, alarm_place, missed, soon

Opening: TypeAlias = Callable[[str], Place]
PHONE_AND_MAIL = 'levels = { 1 = ["breach", "urgent"] }'
MAILBOX = replace(missed(1), subject="mailbox:main", rule="D22", level=0, text_key="quarantine", critical=False)
WAITING = replace(MAILBOX, order_no=None, shop_id=None, values={})

pytestmark = ON_SQLITE


@pytest.fixture
def place(tmp_path: Path, database: str) -> Iterator[Opening]:
    """Open the place with these lines of [alerts]."""
    with ExitStack() as stack:
        yield lambda more: stack.enter_context(alarm_place(tmp_path, database, f"digest = false\n{more}"))


def test_what_a_channel_does_not_hear_goes_to_the_next_one_that_does(place: Opening):
    both = place(PHONE_AND_MAIL)
    both.shout([missed(1), soon(2, START + 1), WAITING])
    assert both.send().alerts == 3
    assert len(both.first.bodies) == 1
    assert str(missed(1).order_no) in both.first.bodies[0]
    assert len(both.second.bodies) == 2


def test_a_message_of_many_goes_where_the_loudest_of_them_is_heard(place: Opening):
    both = place(PHONE_AND_MAIL)
    both.shout([missed(1), *(soon(number, START + 1) for number in range(2, 8))])
    both.send()
    assert [len(one.bodies) for one in (both.first, both.second)] == [1, 0]


def test_what_another_channel_hears_does_not_wait_while_that_one_is_down(place: Opening):
    both = place(PHONE_AND_MAIL)
    both.first.in_service = False
    both.shout([missed(1), soon(2, START + 1)])
    sent = both.send()
    assert (sent.alerts, sent.failed) == (1, 1)
    assert len(both.second.bodies) == 1
    assert both.send(START + 1 / 60).alerts == 0
    assert both.send(START + 4 / 60).alerts == 1  # the first failed three times: who hears it too is told
    assert len(both.second.bodies) == 2


def test_what_nobody_hears_is_not_sent_and_stands_on_the_dashboard(place: Opening):
    quiet = place('levels = { 1 = ["digest"], 2 = ["digest"] }')
    quiet.shout([missed(1), soon(2, START + 1)])
    quiet.send()
    assert quiet.told == []
    assert [line.standing for line in alarms.open_lines(quiet.office, 9)] == [Standing.TOLD]
    assert quiet.send() == NOTHING


def test_the_end_of_a_trouble_goes_where_the_trouble_was_told_at_any_level(place: Opening):
    both = place(PHONE_AND_MAIL)
    over = replace(WAITING, rule="D21", text_key="mail_again", values={"shop": SHOP, "span": "3 h"}, channel=0)
    both.shout([over])
    both.send()
    assert [len(one.bodies) for one in (both.first, both.second)] == [1, 0]
