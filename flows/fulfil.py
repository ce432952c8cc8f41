"""Driving orders as Prefect flows: confirm -> pack -> hand over -> track.

One visible task run per order and step that is due; where very many are due, one for a chunk of them and one for each
that fails. A task does one effect and may be repeated at will: the row's lease, the order's own facts and the shop's
idempotency key guard it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from prefect import Task, flow, task
from prefect.client.schemas.objects import State, TaskRun
from prefect.runtime import flow_run
from prefect.states import Completed

from flows.claiming import Claiming, Due
from flows.handful import Do, Handful, carry_out_all, plainly
from flows.office import Office, open_office
from flows.shop.protocol import Answer
from flows.steps import StepFault, attempt, carry_out, claim_one
from flows.tally import Tally, ended
from models.db.session import open_session
from models.db.steps import Claim, failed_under, requeue
from models.ids import order_id
from models.stage import Step

EFFECT_SECONDS: Final = 60
RETRY_SECONDS: Final[list[float]] = [1, 4]  # longer waits are rows: next_attempt_at


class StepsFailed(Exception):  # noqa: N818  # names the outcome of a run
    """Some steps failed; the message holds counts and codes alone."""


class StepBusy(Exception):  # noqa: N818  # names the outcome of a run
    """Another run has this step, or the order does not need it."""


def is_transient(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether trying again within this run can help: an outage or a timeout, never a fault of ours."""
    failure = state.result(raise_on_failure=False)
    return isinstance(failure, TimeoutError) or bool(getattr(failure, "transient", False))


_at_work: ContextVar[Handful] = ContextVar("what the run that is under way has at hand")


@contextmanager
def _work_on(handful: Handful) -> Iterator[None]:
    """Let the tasks of this run share its office, and what it saw: opening and asking cost more than many a step."""
    token = _at_work.set(handful)
    try:
        yield
    finally:
        _at_work.reset(token)


def _step_task(step: Step) -> Task[[str, str], Answer]:
    def do(shop_name: str, order_no: str) -> Answer:
        hand = _at_work.get()
        return carry_out(hand.office, shop_name, order_no, step, hand.seen(shop_name, order_no, step))

    do.__doc__ = f"Carry out the step {step} of one order. Safe to repeat."
    as_task = task(
        name=step.value,
        task_run_name=f"{step}-{{order_no}}",
        retries=len(RETRY_SECONDS),
        retry_delay_seconds=RETRY_SECONDS,
        retry_jitter_factor=0.5,
        retry_condition_fn=is_transient,
        timeout_seconds=EFFECT_SECONDS,
        persist_result=False,
    )
    return as_task(do)


confirm = _step_task(Step.CONFIRM)
pack = _step_task(Step.PACK)
hand_over = _step_task(Step.HAND_OVER)
track = _step_task(Step.TRACK)

TASKS: Final[Mapping[Step, Task[[str, str], Answer]]] = MappingProxyType(
    {Step.CONFIRM: confirm, Step.PACK: pack, Step.HAND_OVER: hand_over, Step.TRACK: track}
)


@flow(name="drive-orders", flow_run_name="drive-orders")
def drive_orders() -> State[object]:
    """Carry out every step that is due. Ends as Failed when a step failed; the others are done all the same."""
    office, run = open_office().keeping_shops(), _run_id()
    if _again():
        _requeue_failed(office, run)
    driven = _Driven(Claiming(office=office, by=run), run)
    for due in driven.claiming.lists():
        if driven.claiming.is_backlog():
            driven.in_chunks(due)
        else:
            driven.one_by_one(due)
    if driven.tally.raised:
        raise StepsFailed(driven.tally.told) from None
    return Completed(message=driven.tally.told)


@dataclass(slots=True)
class _Driven:
    """What one run did so far, and how it ended."""

    claiming: Claiming
    run: str
    tally: Tally = field(default_factory=Tally)

    def one_by_one(self, due: Sequence[Due]) -> None:
        """Carry out each step in a task run of its own."""
        self._drive(due, _in_a_task, all_shown=True)

    def in_chunks(self, due: Sequence[Due]) -> None:
        """Carry out the steps of a kind in one task run; those that fail get one of their own besides."""
        for step in Step:
            chunk = [one for one in due if one[0].step == step]
            if chunk:
                self._in_one(step, chunk)

    def _in_one(self, step: Step, chunk: Sequence[Due]) -> None:
        def all_of_them() -> None:  # takes nothing: Prefect looks through whatever a task is given
            self._drive(chunk, plainly, all_shown=False)

        name = f"{step}-x{len(chunk)}"
        task(name=f"{step}-chunk", task_run_name=name, persist_result=False)(all_of_them)()

    def _drive(self, due: Sequence[Due], do: Do, *, all_shown: bool) -> None:
        """Carry out and count. `all_shown`: each step has a task run already, and what failed shows there."""
        for done in carry_out_all(self.claiming, due, do, run=self.run, by="schedule"):
            self.tally.add(done)
            if done.fault and (done.unwritten or not all_shown):
                _show(done.fault, done.claim)


def _in_a_task(handful: Handful, claimed: Claim) -> Answer:
    with _work_on(handful):
        try:
            return TASKS[claimed.step](claimed.shop_id, claimed.order_no)
        except TimeoutError:
            raise StepFault(claimed.step, claimed.order_no, "timeout", transient=True) from None


def _show(fault: StepFault, claimed: Claim) -> None:
    """Leave a failed task run under the step's and the order's name, as if the step had been carried out in it."""

    def failed() -> None:
        raise fault from None

    name = f"{claimed.step}-{claimed.order_no}"
    task(name=claimed.step.value, task_run_name=name, persist_result=False)(failed)(return_state=True)


@flow(name="order-stage", flow_run_name="{step}-{order_no}")
def order_stage(shop: str, order_no: str, step: Step, by: str = "hand") -> State[object]:
    """Carry out one step of one order, by hand.

    Args:
        shop: The shop's name in shipclock.toml.
        order_no: The order's number, as TikTok Shop writes it.
        step: Which step: check the stock, pack, set to shipped, or look where the parcel is.
        by: Who asks for it, for the order's history: a name or a role.

    """
    office, run = open_office().keeping_shops(), _run_id()
    with open_session(office.engine) as session:
        requeue(session, order_id(shop, order_no), Step(step), office.now())
        session.commit()
    claimed = claim_one(office, shop, order_no, Step(step), by=run)
    if claimed is None:
        message = f"{step} of order {order_no}: another run has it, or the order does not need it"
        raise StepBusy(message)
    handful = Handful(office=office, run=run, by=by)
    done = attempt(office, claimed, partial(_in_a_task, handful, claimed), run=run, by=by)
    if done.fault:
        raise done.fault from None
    return Completed(message=f"{step} of order {order_no}: {ended(done.ending)}")


def _run_id() -> str:
    return str(flow_run.id or "no-run")


def _again() -> bool:
    """Whether a person had Prefect run this run again."""
    return (flow_run.run_count or 1) > 1


def _requeue_failed(office: Office, run: str) -> None:
    """Queue what failed under this run, as whoever pressed Retry expects."""
    with open_session(office.engine) as session:
        for key, step in failed_under(session, run):
            requeue(session, key, step, office.now())
        session.commit()
