"""Asking a Prefect server over HTTP: is it there, run this, where is that run shown.

Prefect's own client would do it too, but its import takes seconds, and the dashboard asks at a click. What that
client forgives is forgiven here: on SQLite a server answers 503 to each eighth request where two ask at once, and
keeps some waiting for half a minute.
"""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import httpx

from flows.office import Office

# A server that is gone refuses at once; one that is busy answers late, and must not be taken for gone.
PATIENCE: Final = httpx.Timeout(10.0, connect=3.0)
PASSES: Final = (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError)
BUSY: Final = frozenset(
    {
        httpx.codes.REQUEST_TIMEOUT,
        httpx.codes.TOO_MANY_REQUESTS,
        httpx.codes.BAD_GATEWAY,
        httpx.codes.SERVICE_UNAVAILABLE,  # its database is being written to by another request
    }
)
WAITS_SECONDS: Final = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.0, 3.0, 3.0, 3.0)  # before each try; somebody waits for it


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefectApi:
    """A server that answers, and how to ask it."""

    address: str
    headers: Mapping[str, str] = field(repr=False)

    def start_run(self, deployment: str, parameters: Mapping[str, Any]) -> str | None:
        """Make a run of the deployment ("flow/deployment") and give its id; None when this server makes none."""
        found = self._ask("GET", f"/deployments/name/{deployment}")
        if found is None:
            return None
        once = uuid4().hex  # an answer that was lost on its way made a run; asking again gives that one
        wanted = {"parameters": parameters, "state": {"type": "SCHEDULED"}, "idempotency_key": once}
        made = self._ask("POST", f"/deployments/{found['id']}/create_flow_run", wanted)
        return None if made is None else str(made["id"])

    def deployments(self, asked: Mapping[str, Any]) -> list[Any]:
        """Give the deployments that Prefect's filter `asked` lets through; none where the server does not tell."""
        return self._ask("POST", "/deployments/filter", asked) or []

    def answers(self) -> bool:
        """Whether a server is there."""
        return self._ask("GET", "/health", tries=3) is not None

    def _ask(  # the shape of its JSON only the caller knows
        self, method: str, path: str, body: Mapping[str, Any] | None = None, tries: int = len(WAITS_SECONDS)
    ) -> Any:  # noqa: ANN401  # as said
        """Ask until the server has time; None where it says no, is gone, or stays busy."""
        for seconds in WAITS_SECONDS[:tries]:
            # Nothing tells when it has time again. By chance, since two who collide would else collide at each try.
            time.sleep(seconds * (1 - random.random() / 2))  # noqa: S311  # no secret
            try:
                answer = httpx.request(
                    method, f"{self.address}{path}", json=body, headers=self.headers, timeout=PATIENCE
                )
            except PASSES:
                continue
            except httpx.HTTPError:
                return None
            if answer.status_code not in BUSY:
                return _told(answer)
        return None


def find_server(office: Office) -> PrefectApi | None:
    """Give the Prefect API that answers: at PREFECT_API_URL, else at the address in run.json."""
    headers = _key(office.home.environment)
    addresses = (office.home.environment.get("PREFECT_API_URL"), _from_run_file(office))
    servers = (PrefectApi(address=address, headers=headers) for address in addresses if address)
    return next((server for server in servers if server.answers()), None)


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


def _told(answer: httpx.Response) -> Any:  # noqa: ANN401  # as above
    """Give what the server said; None where it is a refusal, or no Prefect server at all."""
    try:
        return answer.json() if answer.is_success else None
    except ValueError:
        return None


def _key(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Give what a server that wants a key is shown, as Prefect's client does."""
    if both := environment.get("PREFECT_API_AUTH_STRING"):
        return {"Authorization": f"Basic {base64.b64encode(both.encode()).decode()}"}
    if key := environment.get("PREFECT_API_KEY"):
        return {"Authorization": f"Bearer {key}"}
    return {}
