"""Running one step of one order again, and saying what came of it."""

from __future__ import annotations

from typing import Any, Final

from flows.cli.opening import opened, the_order
from flows.cli.outcome import actor
from flows.cli.output import fail
from flows.rerun import RerunReport, rerun_step
from models.catalogue import words
from models.db.reading import problems
from models.db.session import open_session
from models.fault_words import fault_words
from models.stage import Step

MOST: Final = 10_000


def run_again(
    number: str, *, step: Step | None, reason: str | None, shop: str | None
) -> tuple[dict[str, Any], str, bool]:
    """Run the step again; give what came of it for machines, in words, and whether it failed again."""
    office = opened()
    with open_session(office.engine, read_only=True) as session:
        row = the_order(session, office, number, shop)
        failing = [problem.step for problem in problems(session, limit=MOST) if problem.order_id == row.id]
    if step is None and not failing:
        fail(words().text("cli.nothing_failed", order_no=row.order_no, known=", ".join(Step)))
    chosen = step or Step(failing[0])
    report = rerun_step(office, row.shop_id, row.order_no, chosen, by=actor(), reason=reason)
    answer = {
        "shop": row.shop_id,
        "order_no": row.order_no,
        "step": chosen.value,
        "where": report.where.value,
        "flow_run_id": report.flow_run_id,
        "result": report.result,
        "code": report.code,
    }
    return answer, _told(report, row.order_no, chosen), report.failed


def _told(report: RerunReport, order_no: str, step: Step) -> str:
    key = "failed" if report.failed else report.where.value
    values = {"order_no": order_no, "step": step.replace("_", " "), "run": report.flow_run_id}
    result = words().text(f"pages.results.{report.result}")  # "waits": for a person, or for the carrier
    return words().text(f"cli.rerun.{key}", **values, result=result, why=fault_words(words(), report.code))
