"""Running a step again because a person asks for it.

With a Prefect server at hand it becomes an order-stage run there, visible and on the worker; without one the step
runs here and now. Either way a done effect is not done again: the row, the facts and the shop's key guard it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import httpx

from flows.office import Office
from flows.steps import attempt, carry_out, claim_one
from models.db.audit import note
from models.db.session import open_session
from models.db.steps import requeue
from models.ids import order_id
from models.stage import Step

DEPLOYMENT: Final = "order-stage/order-stage"
# A server that is gone refuses at once; one that is busy answers late, and must not be taken for gone.
PATIENCE: Final = httpx.Timeout(30.0, connect=3.0)


class Where(StrEnum):
    """Where the step ran, or why it did not."""

    PREFECT = "prefect"
    HERE = "here"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RerunReport:
    """What came of asking again: for PREFECT the run's id, for HERE how it ended (`result`, `code`)."""

    where: Where
    flow_run_id: str | None = None
    result: str | None = None
    code: str | None = None

    @property
    def failed(self) -> bool:
        """Whether the step ran here and failed again."""
        return self.result in {"failed", "transient"}


def rerun_step(
    office: Office, shop_name: str, order_no: str, step: Step, *, by: str, reason: str | None = None
) -> RerunReport:
    """Run the step again; through Prefect where a server answers."""
    key = order_id(shop_name, order_no)
    with open_session(office.engine) as session:
        known = requeue(session, key, step, office.now())
        note(
            session,
            at=office.now(),
            actor=by,
            action=f"rerun {step}",
            order_id=key if known else None,
            reason=reason,
        )
        session.commit()
    if not known:
        return RerunReport(where=Where.NOT_NEEDED)
    if api := find_server(office):
        asked = {"shop": shop_name, "order_no": order_no, "step": step.value, "by": by}
        run = start_run(api, DEPLOYMENT, asked)
        if run is not None:
            return RerunReport(where=Where.PREFECT, flow_run_id=run)
    return _run_here(office, shop_name, order_no, step, by)


def find_server(office: Office) -> str | None:
    """Give the address of a Prefect API that answers: PREFECT_API_URL, else the one in run.json."""
    addresses = (office.home.environment.get("PREFECT_API_URL"), _from_run_file(office))
    return next((address for address in addresses if address and _answers(address)), None)


def run_address(office: Office, flow_run_id: str | None) -> str | None:
    """Give where Prefect shows a run; None where no page is known. Nobody is asked."""
    api = office.home.environment.get("PREFECT_API_URL") or _from_run_file(office)
    page = office.home.environment.get("PREFECT_UI_URL") or (api and api.removesuffix("/api"))
    return f"{page}/runs/flow-run/{flow_run_id}" if page and flow_run_id else None


def _from_run_file(office: Office) -> str | None:
    try:
        told = json.loads(office.home.run_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    address = told.get("prefect_api_url") if isinstance(told, dict) else None
    return address if isinstance(address, str) else None


def _answers(api: str) -> bool:
    try:
        return httpx.get(f"{api}/health", timeout=PATIENCE).is_success
    except httpx.HTTPError:
        return False


def start_run(api: str, deployment: str, parameters: Mapping[str, Any]) -> str | None:
    """Make a run of the deployment ("flow/deployment"); None when this server has none such."""
    try:
        with httpx.Client(base_url=api, timeout=PATIENCE) as client:
            found = client.get(f"/deployments/name/{deployment}")
            if found.is_error:
                return None
            path = f"/deployments/{found.json()['id']}/create_flow_run"
            made = client.post(path, json={"parameters": parameters, "state": {"type": "SCHEDULED"}})
            return None if made.is_error else str(made.json()["id"])
    except httpx.HTTPError:
        return None


def _run_here(office: Office, shop_name: str, order_no: str, step: Step, by: str) -> RerunReport:
    claimed = claim_one(office, shop_name, order_no, step, by=f"rerun by {by}")
    if claimed is None:
        return RerunReport(where=Where.NOT_NEEDED)
    done = attempt(office, claimed, lambda: carry_out(office, shop_name, order_no, step), run=None, by=by)
    return RerunReport(where=Where.HERE, result=done.ending.result, code=done.ending.code)
