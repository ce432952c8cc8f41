"""Whatever is killed, and whenever: each order ends where it would have ended anyway.

The long form: `python -m tests.flows.chaos`, an hour and a hundred deaths.
"""

from __future__ import annotations

import pytest

from flows.demo.dovecot import missing
from tests.conftest import TOLD
from tests.flows.chaos import run, told

pytestmark = [
    pytest.mark.long,  # ten minutes and more: too much for each change
    pytest.mark.timeout(3600),
]
DEATHS = 5  # one of each kind, by the killer's first shuffles
NAMES = ("SHIPCLOCK_HOME", "SHIPCLOCK_CONFIG", "SHIPCLOCK_DATABASE_URL", "PREFECT_API_URL", "SHIPCLOCK_TIKTOK_SECRET")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The play tells the processes it starts where it lives; the tests that follow must not hear it."""
    for name in NAMES:
        monkeypatch.setenv(name, "")


def test_nothing_shows_of_five_deaths(tmp_path, record_property):
    if reason := missing():
        pytest.skip(reason)
    outcome = run(tmp_path, minutes=1, kills=DEATHS, days=1)
    record_property(TOLD, told(outcome))
    assert outcome.good, told(outcome)
    assert outcome.kills.total() == DEATHS
