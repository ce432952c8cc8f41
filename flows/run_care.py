"""Prefect's records of our runs kept true: what is dead ends, what is stuck is let go, missed schedules become one.

Touches runs of our own pool and tag alone: the server may be the user's, with runs of others. No work is lost by it,
for what is due stands in our own database; the next look starts a run for it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from flows.server import PAGE, POOL, prefect_client

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun
    from prefect.events.schemas.automations import AutomationCore

TAG: Final = "shipclock"  # each deployment of prefect.yaml bears it, so each of its runs does
ZOMBIES: Final = "shipclock: a run whose process is gone ends as crashed"
SILENT_FOR: Final = timedelta(seconds=540)  # three heartbeats of 180 s, Prefect's own default
BEATS: Final = "prefect.flow-run.heartbeat"
ENDS: Final = frozenset(f"prefect.flow-run.{name}" for name in ("Completed", "Failed", "Cancelled", "Crashed"))
STUCK_SECONDS: Final = 180.0  # [D] from Pending to Running a run took 12 s, on a busy machine a minute
STUCK_FOR_SURE: Final = timedelta(hours=1)  # [D] by clocks of two machines that may have been set


@dataclass(frozen=True, slots=True, kw_only=True)
class Cared:
    """What was put right: runs that were stuck in Pending, and missed schedules that another run makes up for."""

    stuck: int = 0
    missed: int = 0


@dataclass(kw_only=True)
class RunCare:
    """Looks after our runs time after time. A Pending run is stuck if it was seen so for long by a clock nobody sets.

    That clock stands while the machine sleeps, so that a run which slept on its way is not taken for stuck.
    """

    api_url: str
    pending: dict[UUID, float] = field(default_factory=dict)  # since when, in seconds of the monotonic clock

    def tend(self, moment: float) -> Cared:
        """Put right what is wrong at `moment`. Raises what Prefect's client raises."""
        with prefect_client(self.api_url) as client:
            seen = _runs(client, {"type": {"any_": ["PENDING"]}})
            self.pending = {run.id: self.pending.get(run.id, moment) for run in seen}
            stuck = _let_go(client, seen, lambda run: moment - self.pending[run.id] > STUCK_SECONDS)
            return Cared(stuck=stuck, missed=collapse_missed(client))


def tend_now(client: SyncPrefectClient, now: datetime) -> Cared:
    """Put right what is wrong, by Prefect's own times: for whoever comes by once an hour. `now` is the real one."""

    def is_stuck(run: FlowRun) -> bool:
        return run.state is not None and now - run.state.timestamp > STUCK_FOR_SURE

    stuck = _let_go(client, _runs(client, {"type": {"any_": ["PENDING"]}}), is_stuck)
    return Cared(stuck=stuck, missed=collapse_missed(client))


def _let_go(client: SyncPrefectClient, runs: Iterable[FlowRun], is_stuck: Callable[[FlowRun], bool]) -> int:
    """End these runs as crashed: their slot is free then, and Retry works."""
    from prefect.states import Crashed  # noqa: PLC0415  # seconds of import

    stuck = [run.id for run in runs if is_stuck(run)]
    for run in stuck:
        client.set_flow_run_state(run, Crashed(message="It was stuck in Pending; nothing of it had begun."))
    return len(stuck)


def collapse_missed(client: SyncPrefectClient) -> int:
    """Of runs that schedules made for the same work and that are late, keep the oldest; return how many were cancelled.

    The oldest, because a worker takes that first. What a person started is never cancelled, and makes up for all.
    """
    from prefect.states import Cancelled  # noqa: PLC0415  # seconds of import

    late = _runs(client, {"name": {"any_": ["Scheduled", "Late"]}}, until=datetime.now(UTC))
    extra = [run.id for same in _by_work(late) for run in same[1:] if run.auto_scheduled]
    for run in extra:
        client.set_flow_run_state(run, Cancelled(message="Its time was missed; one run makes up for all of them."))
    return len(extra)


def _by_work(runs: Iterable[FlowRun]) -> Iterable[Sequence[FlowRun]]:
    """Put runs for the same together: a person's first, then the oldest."""
    groups: dict[tuple[object, str], list[FlowRun]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: (run.auto_scheduled, run.expected_start_time or run.created)):
        groups[run.deployment_id, json.dumps(run.parameters, sort_keys=True, default=str)].append(run)
    return groups.values()


def _runs(client: SyncPrefectClient, state: dict[str, Any], *, until: datetime | None = None) -> list[FlowRun]:
    """Give our runs in this state, the longest due first; one page, for the next look takes the rest."""
    from prefect.client.schemas.filters import FlowRunFilter, WorkPoolFilter  # noqa: PLC0415  # seconds of import
    from prefect.client.schemas.sorting import FlowRunSort  # noqa: PLC0415  # with it

    due = {"expected_start_time": {"before_": until}} if until else {}
    wanted = FlowRunFilter.model_validate({"state": state, "tags": {"all_": [TAG]}, **due})
    ours = WorkPoolFilter.model_validate({"name": {"any_": [POOL]}})
    order = FlowRunSort.EXPECTED_START_TIME_ASC
    return client.read_flow_runs(flow_run_filter=wanted, work_pool_filter=ours, sort=order, limit=PAGE)


def worker_seen(client: SyncPrefectClient) -> datetime | None:
    """Give when a worker of our pool was last heard of (UTC, Prefect's clock); None before the first."""
    workers = client.read_workers_for_work_pool(POOL)
    return max((one.last_heartbeat_time for one in workers if one.last_heartbeat_time), default=None)


def watch_for_zombies(client: SyncPrefectClient, silent_for: timedelta = SILENT_FOR) -> None:
    """Have Prefect end a run as crashed whose heartbeat stops: its worker died with it and cannot say so.

    Counts for runs that start from then on. Doing it again changes nothing; whoever disabled it, it stays disabled.
    """
    wanted = _automation(silent_for)
    found = client.read_automations_by_name(ZOMBIES)
    for double in found[1:]:  # two that started together
        client.delete_automation(double.id)
    if not found:
        client.create_automation(wanted)
    elif _essence(found[0]) != _essence(wanted):
        client.update_automation(found[0].id, wanted.model_copy(update={"enabled": found[0].enabled}))


def _automation(silent_for: timedelta) -> AutomationCore:
    from prefect.client.schemas.objects import StateType  # noqa: PLC0415  # with it
    from prefect.events.actions import ChangeFlowRunState  # noqa: PLC0415  # seconds of import
    from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture  # noqa: PLC0415  # with it
    from prefect.events.schemas.events import ResourceSpecification  # noqa: PLC0415  # with it

    ours = {"prefect.resource.id": f"prefect.tag.{TAG}", "prefect.resource.role": "tag"}
    trigger = EventTrigger(
        after={BEATS},
        expect={BEATS, *ENDS},
        match=ResourceSpecification.model_validate({"prefect.resource.id": "prefect.flow-run.*"}),
        match_related=ResourceSpecification.model_validate(ours),
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=silent_for,
    )
    told = "Its process gave no sign of life any more. What it did is kept; the rest is done by the next run."
    crash = ChangeFlowRunState(state=StateType.CRASHED, message=told)
    return AutomationCore(name=ZOMBIES, description=told, enabled=True, trigger=trigger, actions=[crash])


def _essence(automation: AutomationCore) -> object:
    """What an automation does, for comparing: without ids."""
    watches = {"after", "expect", "for_each", "match", "match_related", "posture", "within"}
    return automation.trigger.model_dump(include=watches), [one.model_dump() for one in automation.actions]
