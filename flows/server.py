"""The Prefect server of one home: its settings, the commands around it, its pool, what it left behind.

Nothing is imported from Prefect before it is needed. A server named by PREFECT_API_URL is used as it is.
"""

from __future__ import annotations

import os
import shlex
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.error import URLError
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from dotenv import dotenv_values

import flows
from flows.ports import ANSWER_SECONDS, HOST
from models.home import Home

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

ROOT: Final = Path(flows.__file__).resolve().parent.parent  # where prefect.yaml and dashboard/ are
POOL: Final = "shipclock"
PREFECT_PORT: Final = 4200
RUNS_AT_A_TIME: Final = 4
PAGE: Final = 200  # Prefect's own limit
WORKERS: Final = "SHIPCLOCK_WORKERS"
DRIVE: Final = "drive-orders"

CLIENT_SETTINGS: Final[Mapping[str, str]] = {
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",  # a wrong address fails loudly
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_WORKER_QUERY_SECONDS": "2",
    "PREFECT_API_REQUEST_TIMEOUT": "20",
    "PREFECT_RUNNER_AUTO_INSTALL_DEPENDENCIES": "false",  # else uv, where installed, rebuilds the environment
}
SERVER_SETTINGS: Final[Mapping[str, str]] = {
    # Runs, their states and logs are stored without it; what it stores besides, each change once more, nobody reads.
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "1209600",  # 14 days
    # Kept in memory, the slot of a run that was under way when the server died would stay taken for ever.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
}


def given_server(home: Home) -> str | None:
    """Give the address of the user's own Prefect API, from PREFECT_API_URL; None: we start one."""
    return home.environment.get("PREFECT_API_URL") or None


def environment_for(home: Home, api_url: str) -> dict[str, str]:
    """Give the environment of every process of this home: where things are, and how to reach Prefect.

    A password of the `.env` beside the settings is left there, so that a run reads the one of today.
    """
    beside = dotenv_values(home.dotenv)
    given = {**os.environ, **home.environment}
    ours = {
        "SHIPCLOCK_HOME": str(home.path),
        "SHIPCLOCK_CONFIG": str(home.config),
        "SHIPCLOCK_DATABASE_URL": home.database_url,
        "PWD": str(ROOT),  # prefect.yaml asks for it
        **CLIENT_SETTINGS,
        **({"PREFECT_API_URL": api_url} if api_url else {}),
    }
    kept = {name: value for name, value in given.items() if not _read_anew(name, value, beside)}
    if given_server(home):
        return {**kept, **ours}
    return {**kept, **ours, **SERVER_SETTINGS, "PREFECT_HOME": str(home.path / "prefect")}


def _read_anew(name: str, value: str, beside: Mapping[str, str | None]) -> bool:
    return name.startswith("SHIPCLOCK_") and beside.get(name) == value


def server_command(port: int) -> list[str]:
    """Give the command that starts a Prefect server on the loopback address."""
    return _prefect("server", "start", "--host", HOST, "--port", str(port))


def worker_command() -> list[str]:
    """Give the command that starts a worker.

    The pool limits it: with a limit of its own a worker (3.8.8) dies when a run that just ended is run again.
    """
    return _prefect("worker", "start", "--pool", POOL, "--type", "process")


def deploy_command() -> list[str]:
    """Give the command that deploys prefect.yaml; doing it again changes nothing."""
    return _prefect("--no-prompt", "deploy", "--all", "--prefect-file", str(ROOT / "prefect.yaml"))


def _prefect(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "prefect", *arguments]


@contextmanager
def prefect_client(api_url: str) -> Iterator[SyncPrefectClient]:
    """Give a client of that server; what else it needs (a key) is in Prefect's own settings."""
    from prefect.client.orchestration import get_client  # noqa: PLC0415  # seconds of import
    from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415  # with it

    with temporary_settings({PREFECT_API_URL: api_url}), get_client(sync_client=True) as client:
        yield client


def make_pool(api_url: str, limit: int = RUNS_AT_A_TIME) -> None:
    """Make the work pool, or bring it up to date; at most `limit` of its runs at a time, each a process.

    Its runs stay in the worker's process group: by default each gets a session of its own, which outlives
    a worker that is killed. It also saves importing Prefect twice for each run.
    """
    from prefect.client.schemas.actions import WorkPoolCreate  # noqa: PLC0415  # seconds of import
    from prefect.workers.process import ProcessWorker  # noqa: PLC0415  # with it

    template = ProcessWorker.get_default_base_job_template()
    engine = [sys.executable, "-m", "prefect.engine"]
    joined = subprocess.list2cmdline(engine) if sys.platform == "win32" else shlex.join(engine)
    template["variables"]["properties"]["command"]["default"] = joined
    pool = WorkPoolCreate(name=POOL, type="process", base_job_template=template, concurrency_limit=limit)
    with prefect_client(api_url) as client:
        client.create_work_pool(pool, overwrite=True)


def let_drive(api_url: str, runs: int) -> None:
    """Let so many runs of drive-orders work beside each other; prefect.yaml alone has one, as on a laptop."""
    from prefect.client.schemas.actions import DeploymentUpdate  # noqa: PLC0415  # seconds of import

    with prefect_client(api_url) as client:
        found = client.read_deployment_by_name(f"{DRIVE}/{DRIVE}")
        client.update_deployment(found.id, DeploymentUpdate(concurrency_limit=runs))


def put_schedules_to_rest(api_url: str) -> None:
    """Let the server make no runs by itself: of a deployment that runs alone, one of them would cancel another."""
    with prefect_client(api_url) as client:
        for deployment in client.read_deployments():
            for schedule in deployment.schedules:
                client.update_deployment_schedule(deployment.id, schedule.id, active=False)


@cache
def _believing() -> ssl.SSLContext:
    """What believes any certificate. To make one costs 20 ms; whoever waits for a server asks ten times a second."""
    made = ssl.create_default_context()
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE  # made for the name that others use
    return made


def answers(url: str) -> bool:
    """Whether something answers at this address with a success; for whom its certificate is made is not asked."""
    try:
        opener = build_opener(ProxyHandler({}), HTTPSHandler(context=_believing()))
        with opener.open(url, timeout=ANSWER_SECONDS) as reply:
            return bool(reply.status == 200)  # noqa: PLR2004  # HTTP's OK
    except (URLError, OSError, ValueError):
        return False
