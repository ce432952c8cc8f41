"""Large mail is judged in a process of its own: the same answer, and an end where there would be none."""

from __future__ import annotations

import pytest

from ingest.apart import SMALL, Judge, judging
from ingest.finding import context_for, judge
from ingest.mailbox import RawMessage
from models.notification import Notification, Quarantined, QuarantineReason
from models.settings import MailboxSettings
from tests.ingest.desk import NOW, RECEIVER, SHOPS, Desk, corpus, new_order


@pytest.fixture
def context(desk: Desk):
    mailbox = MailboxSettings.model_validate({"name": "main", "kind": "folder", "path": ".", **RECEIVER})
    return context_for(mailbox, SHOPS, desk.home, NOW)


def raw_message(raw: bytes) -> RawMessage:
    return RawMessage(uid=1, size=len(raw), raw=raw)


def large(number: int) -> bytes:
    return new_order(number) + b"\n" * SMALL


def test_a_large_mail_tells_the_same_from_a_process_of_its_own(context):
    message = raw_message(large(1))
    with judging(context) as apart_judge:
        found = apart_judge.judge(message)
    assert isinstance(found.reading, Notification)
    assert found == judge(message, context)


def test_a_mail_that_takes_too_long_is_quarantined_and_the_next_is_read(context):
    hasty = Judge(context, seconds=0)
    try:
        stopped = hasty.judge(raw_message(large(1)))
        small = hasty.judge(raw_message(new_order(2)))
    finally:
        hasty.close()
    assert isinstance(stopped.reading, Quarantined)
    assert stopped.reading.reason is QuarantineReason.READER_FAILED
    assert stopped.raw_hash is not None
    assert isinstance(small.reading, Notification)


def test_after_a_child_was_killed_the_next_large_mail_gets_a_new_one(context):
    with judging(context) as apart_judge:
        apart_judge.judge(raw_message(large(1)))
        assert apart_judge._child is not None  # noqa: SLF001  its death is the case
        apart_judge._child.process.kill()  # noqa: SLF001  the same
        apart_judge._child.process.wait()  # noqa: SLF001  the same
        lost = apart_judge.judge(raw_message(large(2)))
        found = apart_judge.judge(raw_message(large(3)))
    assert isinstance(lost.reading, Quarantined)
    assert isinstance(found.reading, Notification)


def test_no_child_is_started_for_mail_of_the_usual_size(context, monkeypatch):
    monkeypatch.setattr("ingest.apart.subprocess.Popen", None)
    with judging(context) as apart_judge:
        assert isinstance(apart_judge.judge(raw_message(corpus("001")[0])).reading, Notification)
