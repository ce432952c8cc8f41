"""A step that hangs is really interrupted, and ends as an outage: queued again, no attempt used up."""

from __future__ import annotations

from threading import Event

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import fulfil
from flows.office import Office, open_office
from flows.shop.protocol import Answer
from flows.stack import Stack
from flows.steps import StepFault
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.tables import StepRow
from models.ids import order_id
from models.stage import Step
from tests.models.makers import placed

SHOP = "Tre Viet Store"
NO = "576461413038785777"
HANGS_SECONDS = 60

pytestmark = pytest.mark.timeout(0)  # pytest's own alarm and the one that interrupts a task are the same alarm


def hangs(_office: Office, _shop: str, _order_no: str, _step: Step, _order: None) -> Answer:
    Event().wait(HANGS_SECONDS)
    raise AssertionError("it was not interrupted")


def test_a_step_that_hangs_is_interrupted_and_waits_for_another_try(
    prefect_stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = prefect_stack.home
    monkeypatch.setenv("SHIPCLOCK_HOME", str(home.path))
    monkeypatch.setenv("SHIPCLOCK_CONFIG", str(home.config))
    office = open_office(home)
    with open_session(office.engine) as session:
        record_facts(session, office.shop(SHOP), [(NO, fact) for fact in placed(0)], office.now())
        session.commit()
    monkeypatch.setattr(fulfil, "carry_out", hangs)
    impatient = fulfil.confirm.with_options(timeout_seconds=1, retries=0)
    monkeypatch.setattr(fulfil, "TASKS", {Step.CONFIRM: impatient})

    with temporary_settings({PREFECT_API_URL: prefect_stack.api_url}), pytest.raises(StepFault, match="timeout"):
        fulfil.order_stage(SHOP, NO, Step.CONFIRM)

    with open_session(office.engine, read_only=True) as session:
        row = session.get_one(StepRow, (order_id(SHOP, NO), Step.CONFIRM.value))
    assert (row.status, row.error_code, row.attempts) == ("queued", "timeout", 0)
    assert row.next_attempt_at is not None
    office.engine.dispose()
