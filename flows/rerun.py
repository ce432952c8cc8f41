"""Running a step again because a person asks for it.

With a Prefect server at hand it becomes an order-stage run there, visible and on the worker; without one the step
runs here and now. Either way a done effect is not done again: the row, the facts and the shop's key guard it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flows.office import Office
from flows.prefect_api import find_server
from flows.steps import attempt, carry_out, claim_one
from models.db.audit import note
from models.db.session import open_session
from models.db.steps import requeue
from models.ids import order_id
from models.stage import Step

DEPLOYMENT: Final = "order-stage/order-stage"


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
        run = api.start_run(DEPLOYMENT, asked)
        if run is not None:
            return RerunReport(where=Where.PREFECT, flow_run_id=run)
    return _run_here(office, shop_name, order_no, step, by)


def _run_here(office: Office, shop_name: str, order_no: str, step: Step, by: str) -> RerunReport:
    claimed = claim_one(office, shop_name, order_no, step, by=f"rerun by {by}")
    if claimed is None:
        return RerunReport(where=Where.NOT_NEEDED)
    done = attempt(office, claimed, lambda: carry_out(office, shop_name, order_no, step), run=None, by=by)
    return RerunReport(where=Where.HERE, result=done.ending.result, code=done.ending.code)
