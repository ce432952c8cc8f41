"""Where very many steps are due, one task run does many of them, and each that fails has a failed one of its own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import claiming, clock, fulfil
from flows.handful import Handful
from flows.office import open_office
from flows.shop.protocol import Answer, Outcome
from flows.stack import Stack
from flows.steps import StepFault
from models.db.orders import record_facts
from models.db.reading import problems
from models.db.session import open_session
from models.db.steps import Claim
from models.stage import Step
from tests.flows.prefect_server import a_home
from tests.models.makers import T0, placed
from tests.waiting import PATIENCE, wait_for

SHOP = "Tre Viet Store"
BROKEN, *WELL = (f"5764614130387000{number:02d}" for number in range(4))
CHUNK = f"{Step.CONFIRM}-x4"


def breaks_one(_handful: Handful, claimed: Claim) -> Answer:
    if claimed.order_no == BROKEN and claimed.step is Step.CONFIRM:
        raise StepFault(claimed.step, claimed.order_no, "broken", transient=False)
    return Answer(outcome=Outcome.WAITING)


def test_a_backlog_is_taken_in_chunks_and_only_what_fails_has_a_task_run_of_its_own(
    prefect_stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home = a_home(tmp_path)
    monkeypatch.setenv("SHIPCLOCK_HOME", str(home.path))
    monkeypatch.setenv("SHIPCLOCK_CONFIG", str(home.config))
    office = open_office(home)
    clock.set_virtual(office.engine, T0 + timedelta(hours=1))
    with open_session(office.engine) as session:
        told = [(order_no, fact) for order_no in (BROKEN, *WELL) for fact in placed(0)]
        record_facts(session, office.shop(SHOP), told, office.now())
        session.commit()
    monkeypatch.setattr(claiming, "BACKLOG", 4)
    monkeypatch.setattr(fulfil, "plainly", breaks_one)

    with (
        temporary_settings({PREFECT_API_URL: prefect_stack.api_url}),
        pytest.raises(fulfil.StepsFailed, match="broken x1"),
    ):
        fulfil.drive_orders()

    with open_session(office.engine, read_only=True) as session:
        assert [problem.order_no for problem in problems(session)] == [BROKEN]
    office.engine.dispose()
    broken = f"{Step.CONFIRM}-{BROKEN}"
    assert wait_for(lambda: states(prefect_stack, CHUNK), "the task run of the chunk") == ["COMPLETED"]
    assert wait_for(lambda: states(prefect_stack, broken), "the task run of what failed") == ["FAILED"]
    assert not [name for order_no in WELL if (name := states(prefect_stack, f"{Step.CONFIRM}-{order_no}"))]


def states(stack: Stack, name: str) -> list[str]:
    """Give the last states of the task runs of that name; Prefect records them a little later."""
    wanted = {"task_runs": {"name": {"any_": [name]}}}
    found = httpx.post(f"{stack.api_url}/task_runs/filter", json=wanted, timeout=PATIENCE).json()
    ended = ("COMPLETED", "FAILED")
    return [one["state"]["type"] for one in found if one["state"] and one["state"]["type"] in ended]
