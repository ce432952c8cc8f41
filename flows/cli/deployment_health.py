"""What `check` looks at in Prefect: whether a server answers, and whether the deployments' folder is still there.

A deployment keeps the folder it was made from. Moved or deleted, each run fails before our code begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flows.cli.finding import Finding, bad, good
from flows.office import Office
from flows.prefect_api import PrefectApi, find_server
from flows.server import ROOT
from models.catalogue import words

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
OURS: Final = {"deployments": {"tags": {"all_": ["shipclock"]}}}
GOES_THERE: Final = "prefect.deployments.steps.set_working_directory"


def prefect_findings(office: Office) -> Iterator[Finding]:
    """Look at the server; it is needed by `up` and `demo` alone, so its absence is no problem.

    The folders of a server elsewhere are on other machines, so they are not looked for here.
    """
    server = find_server(office)
    if server is None:
        yield good("no_prefect")
        return
    yield good("prefect", server=server.address)
    if urlsplit(server.address).hostname in LOOPBACK:
        yield from _folders(server)


def _folders(server: PrefectApi) -> Iterator[Finding]:
    stored = _stored_folders(server)
    gone = {name: folder for name, folder in stored.items() if not Path(folder).is_dir()}
    for folder in sorted(set(gone.values())):
        names = ", ".join(sorted(name for name, kept in gone.items() if kept == folder))
        told = words().text("cli.check.folder_gone", names=names, folder=folder)
        yield bad("deployments", told, "folder_advice", root=ROOT)
    if stored and not gone:
        yield good("deployments", count=len(stored))


def _stored_folders(server: PrefectApi) -> Mapping[str, str]:
    """Give the folder that each of our deployments goes to; none where the server does not tell."""
    return {one["name"]: folder for one in server.deployments(OURS) if (folder := _folder(one))}


def _folder(deployment: Mapping[str, Any]) -> str | None:
    steps = [step[GOES_THERE] for step in deployment.get("pull_steps") or [] if GOES_THERE in step]
    return str(steps[-1].get("directory") or "") if steps else None
