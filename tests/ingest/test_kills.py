"""Polls broken off in every way, while mail arrives: each mail has one outcome, no order is lost or doubled."""

from __future__ import annotations

import os

import pytest

from tests.conftest import TOLD
from tests.dovecot import Account
from tests.ingest.desk import Desk
from tests.ingest.kills import LONG, WAYS, run

if os.name != "posix":
    pytest.skip("needs SIGKILL: the systems of .ci/install-debian have it", allow_module_level=True)


@pytest.mark.timeout(1800)
def test_however_a_poll_ends_each_mail_has_one_outcome_and_each_order_is_there_once(
    desk: Desk, account: Account, thorough, request: pytest.FixtureRequest, record_property
):
    rounds = 3 if thorough else 1
    tally = run(desk, account, LONG if request.config.getoption("long") else rounds * len(WAYS))
    record_property(TOLD, str(tally))
    assert not tally.wrong
    assert {"step", "server", "wire", "disk"} <= set(tally.ways)
