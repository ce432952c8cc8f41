"""Whatever is killed, and whenever: each order ends where it would have ended anyway.

The long form: `python -m tests.flows.chaos`, an hour and a hundred deaths.
"""

from __future__ import annotations

import pytest

from flows.demo.dovecot import missing
from tests.conftest import TOLD
from tests.flows.chaos import Plan, run, told
from tests.flows.demo.conftest import HALT

pytestmark = pytest.mark.timeout(1200)  # a server and a worker, both started again several times
ON_A_FILE = {"worker", "run", "server", "mail server"}
KILLED = {"sqlite": ON_A_FILE, "postgresql": {*ON_A_FILE, "database connection"}}


@pytest.mark.parametrize("database", [pytest.param("sqlite", marks=pytest.mark.long), "postgresql"], indirect=True)
def test_nothing_shows_of_five_deaths(played, database, tmp_path, record_property):
    """Half a day in which eight orders are at every stage from new to on their way; then the days to their end."""
    if reason := missing():
        pytest.skip(reason)
    kinds = KILLED[database.partition(":")[0]]
    plan = Plan(minutes=0.5, kills=5, begins=1, days=0.5, ends=HALT, url=database)
    outcome = run(tmp_path, plan, twin=played[2])
    record_property(TOLD, told(outcome))
    assert outcome.good, told(outcome)
    assert outcome.kills.keys() == kinds
