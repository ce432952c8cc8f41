"""Whatever is killed, and whenever: each order ends where it would have ended anyway.

The long form: `python -m tests.flows.chaos`, an hour and a hundred deaths.
"""

from __future__ import annotations

import pytest

from flows.demo.dovecot import missing
from tests.conftest import TOLD
from tests.flows.chaos import Plan, run, stages, told

pytestmark = pytest.mark.timeout(600)  # a server and a worker, both started again several times
DEATHS = 5


def test_nothing_shows_of_five_deaths(played, tmp_path, record_property):
    if reason := missing():
        pytest.skip(reason)
    outcome = run(tmp_path, Plan(minutes=1, kills=DEATHS, days=1, ends=20), twin=stages(played[0]))
    record_property(TOLD, told(outcome))
    assert outcome.good, told(outcome)
    assert outcome.kills.keys() == {"worker", "run", "server", "mail server"}
