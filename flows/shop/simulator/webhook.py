"""The platform's webhooks: signed, answered within 3 seconds, or sent again at growing intervals.

`post` speaks HTTP to the configured address and is called while no transaction is open; when news are sent is
`post`'s and `marketplace`'s. The intervals run on the play's clock.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import httpx

from flows.shop.signing import webhook_sign
from flows.shop.simulator.store import Event, Play, seconds
from models.fact import Json

WAITS: Final = (timedelta(minutes=2), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))  # then none
ANSWER_WITHIN: Final = 3.0  # seconds, of the real clock
UNREACHABLE: Final = 0  # in place of a status


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """Where news go, and with which keys they are signed."""

    url: str
    app_key: str
    secret: str = field(repr=False)
    _http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=ANSWER_WITHIN), repr=False, compare=False)

    def post(self, body: Json) -> int:
        """Send news; give the HTTP status, 0 when nobody answered in time."""
        raw = json.dumps(body, separators=(",", ":")).encode()
        headers = {
            "content-type": "application/json",
            "authorization": webhook_sign(self.app_key, raw, self.secret),
        }
        try:
            return self._http.post(self.url, content=raw, headers=headers).status_code
        except httpx.HTTPError:
            return UNREACHABLE

    @staticmethod
    def record(play: Play, event: Event, status: int | None) -> None:
        """Keep what was answered; what was not taken is sent again, four times at most."""
        tries = int(str(event.detail["tries"]))
        play.sql(
            "insert into webhook (at, body, tries, status) values (?, ?, ?, ?)",
            seconds(event.at),
            json.dumps(event.detail["body"]),
            tries + 1,
            status or UNREACHABLE,
        )
        if status != HTTPStatus.OK and tries < len(WAITS):
            detail: dict[str, Json] = {**event.detail, "tries": tries + 1}
            play.schedule(replace(event, event_id=0, at=event.at + WAITS[tries], detail=detail))
