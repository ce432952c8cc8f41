"""The failed steps as a list, and running many of them again: counted first, then by one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flows.cli.opening import local, opened, the_order, zone_of
from flows.cli.outcome import actor
from flows.cli.output import EXIT_FAULT, emit, fail, note, say, table
from flows.office import Office
from flows.prefect_api import run_address
from flows.rerun import Where
from flows.rerun_many import ManyReport, preview, rerun_many
from models import formats
from models.catalogue import words
from models.db.failed import Choice
from models.db.reading import Problem, problems
from models.db.session import open_session
from models.error_class import REFUSALS, ErrorClass
from models.fault_words import fault_words

COLUMNS: Final = ("order", "shop", "step", "kind", "class", "reason", "seen")
TOLD_EACH: Final = 100  # steps done between two lines of progress


def show_failed(choice: Choice, limit: int, *, as_json: bool) -> None:
    """List the failed steps, the latest first, faults and refusals apart."""
    office = opened()
    with open_session(office.engine, read_only=True) as session:
        found = problems(session, choice.error_class, choice.shop, limit=limit)
    if as_json:
        emit({"failed": [_as_json(office, one) for one in found]})
    elif not found:
        say(words().text("cli.rerun.none"))
    else:
        table([words().text(f"cli.columns.{name}") for name in COLUMNS], [_line(office, one) for one in found])
        note(words().text("cli.rerun.how"))


def _line(office: Office, one: Problem) -> list[str]:
    kind = words().text(f"pages.troubles.{'refusal' if one.refused else 'fault'}")
    seen = local(one.updated_at, zone_of(office, one.shop_id))
    reason = fault_words(words(), one.error_code)
    return [one.order_no, one.shop_id, one.step.replace("_", " "), kind, one.error_class.value, reason, seen]


def _as_json(office: Office, one: Problem) -> dict[str, Any]:
    names = ("order_no", "step", "status", "attempts", "next_attempt_at", "flow_run_id", "updated_at")
    told = {name: getattr(one, name) for name in names}
    code = {"class": one.error_class, "code": one.error_code, "decision_needed": one.refused}
    return {"shop": one.shop_id, **told, **code, "run": run_address(office, one.flow_run_id)}


def choice_of(error_class: ErrorClass | None, shop: str | None, numbers: Sequence[str]) -> Choice:
    """Give the choice that the options mean; a shop or an order that is not known ends the command."""
    office = opened()
    if shop is not None:
        office.shop(shop)
    with open_session(office.engine, read_only=True) as session:
        orders = tuple(the_order(session, office, number, shop).id for number in numbers)
    return Choice(error_class=error_class, shop=shop, order_ids=orders)


def count_only(choice: Choice, *, as_json: bool) -> None:
    """Say how many steps of which class would run again; nothing is done."""
    counts = preview(opened(), choice)
    total = sum(counts.values())
    if as_json:
        emit({"count": total, "classes": dict(counts)})
        return
    say(words().text("cli.rerun.would", count=total))
    for error_class, count in counts.items():
        say(f"  {formats.number(count):>6}  {words().text(f'pages.classes.{error_class}')} ({error_class})")
    _tell_of_refusals(choice)


def run_many(choice: Choice, *, reason: str | None, as_json: bool) -> None:
    """Run the failed steps of the choice again; ends with 1 when some failed again."""
    report = rerun_many(opened(), choice, by=actor(), reason=reason, tell=_progress)
    if as_json:
        emit({"count": report.queued, "where": report.where.value, "flow_run_id": report.flow_run_id})
    else:
        say(_told(report))
        _tell_of_refusals(choice)
    if report.failed:
        fail(words().text("cli.rerun.still"), EXIT_FAULT)


def _told(report: ManyReport) -> str:
    key = "nothing" if report.where is Where.NOT_NEEDED else f"many_{report.where.value}"
    return words().text(f"cli.rerun.{key}", count=report.queued, run=report.flow_run_id, ended=report.ended)


def _tell_of_refusals(choice: Choice) -> None:
    """Say which steps were left alone because they wait for a decision."""
    if choice.error_class or choice.order_ids:
        return
    waiting: Mapping[ErrorClass, int] = {
        refusal: count
        for refusal in sorted(REFUSALS)
        for count in preview(opened(), Choice(error_class=refusal, shop=choice.shop)).values()
    }
    if waiting:
        note(words().text("cli.rerun.left", count=sum(waiting.values()), classes=", ".join(waiting)))


def _progress(done: int) -> None:
    if done % TOLD_EACH == 0:
        note(words().text("cli.rerun.progress", done=done))
