"""The supervised look: once a minute ask what has work, and start a run of the deployment that does it.

Lives in the long process of `up`. It reads settings and passwords anew each time, so that a change counts
without a restart, and whatever goes wrong in one look is said once and tried again in the next.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from flows.good_round import awake_words, look_after_runs, tell_outside
from flows.look import Looked, Work, look
from flows.office import Office, open_office
from flows.processes import Tell
from flows.run_care import RunCare
from flows.server import DRIVE, prefect_client
from models.catalogue import words
from models.db.session import DatabaseError
from models.db.wake import Sleep
from models.home import find_home
from models.settings_file import SettingsError

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.responses import DeploymentResponse

LOOK_SECONDS: Final = 60.0
AFTER_WORK_SECONDS: Final = 15.0  # what a run leads to is seen sooner than in a minute
NOT_OVER: Final = ("SCHEDULED", "PENDING", "RUNNING", "CANCELLING")


@dataclass(kw_only=True)
class Supervisor:
    """Looks when it is time, in a thread of its own: a mail server that is silent holds up nobody else."""

    environment: Mapping[str, str]
    tell: Tell
    due_at: float = 0.0  # seconds of the monotonic clock
    told: dict[str, str] = field(default_factory=dict)
    started: list[Work] = field(default_factory=list)
    thread: threading.Thread | None = None
    waker_wanted: bool = False  # some mailbox of the settings wants to be waited on
    slept: Sleep | None = None  # its end is told when all of it has caught up
    care: RunCare = field(init=False)

    def __post_init__(self) -> None:
        """Know whom to look after."""
        self.care = RunCare(api_url=self.environment["PREFECT_API_URL"])

    def tend(self, moment: float) -> None:
        """Begin a look when it is time and the last one is over; returns at once. `moment` is monotonic."""
        if moment < self.due_at or (self.thread and self.thread.is_alive()):
            return
        self.due_at = moment + LOOK_SECONDS
        self.thread = threading.Thread(target=self.look_once, daemon=True)
        self.thread.start()

    def look_once(self) -> list[Work]:
        """Look now and start what has work; return what was started. Says what is wrong, raises nothing."""
        started: list[Work] = []
        faults: dict[str, str] = {}
        try:
            office = open_office(find_home(self.environment))
            self.waker_wanted = any(mailbox.idles for mailbox in office.settings.mailbox)
            try:
                faults.update(look_after_runs(self.care, office, self.tell))
                looked = look(office, lambda work: started.extend(self._start([work])))
                faults.update(self._still_told(looked), **looked.faults)
                self._tell_of_clocks(office, looked)
                started += self._start([one for one in looked.work if one not in started])
                faults.update(tell_outside(office, well=not faults))
            finally:
                office.engine.dispose()
        except (SettingsError, DatabaseError) as fault:
            faults["settings or database"] = str(fault)
        except Exception as fault:  # noqa: BLE001  # the next look comes in a minute, whatever happened
            faults["look"] = f"The look for work failed ({type(fault).__name__}); trying again in a minute."
        if started and started != self.started:  # what starts time after time waits for its minute
            self.due_at = min(self.due_at, time.monotonic() + AFTER_WORK_SECONDS)
        self.started = started
        self._say(faults)
        return started

    def _start(self, work: Iterable[Work]) -> list[Work]:
        return start_runs(work, self.environment["PREFECT_API_URL"])

    def _tell_of_clocks(self, office: Office, looked: Looked) -> None:
        if looked.set_back:
            self.tell(words().text("cli.set_back", span=words().span(looked.set_back)))
        if looked.slept:
            self.slept = looked.slept
            self.tell(words().text("cli.slept", span=words().span(looked.slept.until - looked.slept.since)))
        if self.slept and (told := awake_words(office, self.slept)):
            self.slept = None
            self.tell(told)

    def _still_told(self, looked: Looked) -> dict[str, str]:
        """What was said of mailboxes that are left in peace: nothing is known to be well again."""
        return {name: self.told[name] for name in looked.waiting if name in self.told}

    def _say(self, faults: dict[str, str]) -> None:
        """Say what is new: a fault once, and once that it is over."""
        for name, told in faults.items():
            if self.told.get(name) != told:
                self.tell(told)
        for name in self.told.keys() - faults.keys():
            self.tell(f"All is well again: {name}.")
        self.told = faults


def start_runs(work: Iterable[Work], api_url: str) -> list[Work]:
    """Start a run for each, unless one waits or is under way; return what was started. Waits for none.

    Several runs of drive-orders share what is due, where its deployment lets them: each call starts one more.
    """
    wanted = list(work)
    if not wanted:
        return []
    with prefect_client(api_url) as client:
        return [one for one in wanted if _start(client, one)]


def _start(client: SyncPrefectClient, work: Work) -> bool:
    deployment = client.read_deployment_by_name(f"{work.deployment}/{work.deployment}")
    if _under_way(client, deployment, work) >= _beside(deployment):
        return False
    client.create_flow_run_from_deployment(deployment.id, parameters=dict[str, Any](work.parameters))
    return True


def _beside(deployment: DeploymentResponse) -> int:
    """How many runs for the same may work beside each other."""
    limit = deployment.global_concurrency_limit
    return limit.limit if deployment.name == DRIVE and limit else 1


def _under_way(client: SyncPrefectClient, deployment: DeploymentResponse, work: Work) -> int:
    """How many runs for the same wait or run: a poll of one mailbox does not hold up another's."""
    from prefect.client.schemas.filters import DeploymentFilter, FlowRunFilter  # noqa: PLC0415  # slow

    by_now = {"before_": datetime.now(UTC)}  # Prefect's clock, in a demo too; what is due later does not count
    runs = FlowRunFilter.model_validate({"state": {"type": {"any_": NOT_OVER}}, "expected_start_time": by_now})
    this = DeploymentFilter.model_validate({"id": {"any_": [deployment.id]}})
    found = client.read_flow_runs(flow_run_filter=runs, deployment_filter=this)
    return sum(run.parameters == work.parameters for run in found)
