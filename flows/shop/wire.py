"""One exchange with the platform over HTTP: what was sent, what came back, and nothing of it in any error or log.

Addresses hold the app's secret and tokens, headers hold tokens, answers hold buyers: an error that leaves here names
the call and a code, and has no cause that could tell more.
"""

from __future__ import annotations

import json
import logging
import re
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Final

import httpx

from flows.shop.api_error import ApiError, ErrorKind, kind_of

# httpx tells each address at INFO, httpcore each header at DEBUG; an address holds the app's secret.
for chatty in ("httpx", "httpcore"):
    logging.getLogger(chatty).setLevel(logging.WARNING)

log: Final = logging.getLogger("shipclock.shop")

TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)  # seconds
NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
ODD: Final = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What came back: code and data as the platform sent them. Its words are looked at, never kept."""

    call: str
    code: int
    kind: ErrorKind | None  # None: it was done
    request_id: str
    message: str = field(repr=False)
    data: dict[str, Any] = field(repr=False)
    said_at: datetime | None  # the platform's clock

    def fault(self) -> ApiError:
        """Give what to raise for an answer that is an error."""
        return ApiError(self.call, self.code, self.kind or ErrorKind.UNKNOWN, request_id=self.request_id)


def open_http(timeout: httpx.Timeout = TIMEOUT) -> httpx.Client:
    """Open a client that follows nobody elsewhere: its headers are for the platform alone."""
    return httpx.Client(verify=_trusted(), timeout=timeout, follow_redirects=False)


def exchange(http: httpx.Client, call: str, request: httpx.Request) -> Envelope:
    """Send a request and read its answer. Raises ApiError where none came that could be read."""
    response = _sent(http, request)
    if isinstance(response, ErrorKind):
        log.info("%s: no answer (%s)", call, response)
        raise ApiError(call, 0, response)
    envelope = _read(call, response)
    log.info("%s: %s, request %s", call, envelope.code, envelope.request_id or "-")
    return envelope


def _sent(http: httpx.Client, request: httpx.Request) -> httpx.Response | ErrorKind:
    """Send it; of what goes wrong on the way only the kind, so that no error drags the request along."""
    try:
        return http.send(request)
    except NOTHING_SENT:
        return ErrorKind.RETRY
    except Exception:  # noqa: BLE001  # httpx, ssl and zlib raise their own; each may hold the request
        return ErrorKind.INTERNAL


def _read(call: str, response: httpx.Response) -> Envelope:
    body = _object(response)
    code, kind = _told(body.get("code"), response)
    data = body.get("data")
    return Envelope(
        call=call,
        code=code,
        kind=kind,
        request_id=ODD.sub("", str(body.get("request_id") or ""))[:64],
        message=str(body.get("message") or ""),
        data=data if isinstance(data, dict) else {},
        said_at=_date(response),
    )


def _told(code: object, response: httpx.Response) -> tuple[int, ErrorKind | None]:
    """Say which code an answer has and what it means; HTTP 200 alone is no success."""
    if isinstance(code, int) and not isinstance(code, bool) and not (code == 0 and response.is_error):
        return code, kind_of(code, response.status_code) if code else None
    status = response.status_code  # no answer of the platform's own
    return status, ErrorKind.INTERNAL if response.is_success else kind_of(0, status)


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _date(response: httpx.Response) -> datetime | None:
    try:
        said = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return said if said.tzinfo else None


@cache
def _trusted() -> ssl.SSLContext:
    """Trust what this machine trusts; reading it costs tens of milliseconds, so once."""
    return ssl.create_default_context()
