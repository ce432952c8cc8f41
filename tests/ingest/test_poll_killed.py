"""A poll killed at any point and started again: no order lost, none twice, the mailbox as it was."""

from __future__ import annotations

import os
import signal
from collections import Counter

import pytest

from ingest.mailbox import BATCH_MAILS
from tests.conftest import TOLD
from tests.dovecot import Account
from tests.forks import forks
from tests.ingest.desk import RECEIVER, Desk, new_order, order_no
from tests.ingest.killed_poll import poll_and_die

if os.name != "posix":
    pytest.skip("needs SIGKILL: the systems of .ci/install-debian have it", allow_module_level=True)

# The deaths of each batch of mails: before its bodies come, while it is read, while it is written; the
# last one after its commit, so that the next batch's turn comes.
FEW = [("fetch", 1), ("read", 25), ("commit", 1), ("mark", 1)]
MANY = [("fetch", 1), ("read", 1), ("commit", 1), ("fetch", 1), ("commit", 1), ("read", 50), *FEW]
BATCHES = 3
MAILS = (BATCHES + 1) * BATCH_MAILS


@pytest.fixture
def deaths(request: pytest.FixtureRequest, thorough) -> list[tuple[str, int]]:
    """Four in each batch, ten with `--long`."""
    return (MANY if request.config.getoption("long") else FEW) * (BATCHES if thorough else 1)


def test_a_poll_killed_at_any_point_loses_no_order_and_doubles_none(
    desk: Desk, account: Account, deaths: list[tuple[str, int]], record_property
):
    account.fill([new_order(number) for number in range(MAILS)])
    mailbox = account.settings(**RECEIVER)
    flags = account.flags()
    died: Counter[str] = Counter()

    for point, at in deaths:
        process = forks().Process(target=poll_and_die, args=(desk.home, mailbox, point, at))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL, f"the poll was to die at {point} {at}"
        died[point] += 1
    left = desk.poll(mailbox)

    counts = ", ".join(f"{count} at {point}" for point, count in died.items())
    record_property(TOLD, f"poll killed {died.total()} times: {counts}; the last poll read {left.seen} mails")
    assert died.keys() == {point for point, _ in FEW}
    assert set(desk.orders()) == {order_no(number) for number in range(MAILS)}
    assert desk.outcomes() == {("parsed", None): MAILS}
    assert account.flags() == flags
    assert desk.poll(mailbox).seen == 0
