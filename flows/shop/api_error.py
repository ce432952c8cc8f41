"""What goes wrong at the Open API, in kinds that can be acted on; which code is of which kind is `errors.toml`'s.

An error names the call, the code and the platform's request id: never an address, a token or the platform's words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final


class ErrorKind(StrEnum):
    """What an answer means for whoever asked: one table of errors.toml each."""

    RETRY = "retry"
    INTERNAL = "internal"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105  # where it leaves the client: the seller must consent again
    REQUEST_REFUSED = "request_refused"
    SIGNATURE = "signature"
    CIPHER = "cipher"
    PERMISSION = "permission"
    VERSION = "version"
    ALREADY_DONE = "already_done"
    CANCEL_OPEN = "cancel_open"
    CANCELLED = "cancelled"
    ON_HOLD = "on_hold"
    SLOT = "slot"
    TRACKING_NUMBER = "tracking_number"
    TOO_LATE = "too_late"
    ADDRESS = "address"
    NOT_READY = "not_ready"
    NO_LABEL = "no_label"
    ALREADY_CANCELLED = "already_cancelled"
    NO_LONGER = "no_longer"
    CANCEL_REASON = "cancel_reason"
    SHIPPED = "shipped"
    CONVERSATION = "conversation"
    NO_PROVIDERS = "no_providers"
    UNKNOWN = "unknown"


PASSING: Final = frozenset({ErrorKind.RETRY, ErrorKind.INTERNAL})
LEAVING_OPEN: Final = frozenset({ErrorKind.INTERNAL, ErrorKind.UNKNOWN})


class ApiError(Exception):
    """A call that failed. `code` is the platform's, else the HTTP status, else 0; `told`: what a person should do.

    Kind RETRY with code 0: nothing was sent. Kind INTERNAL with code 0: the answer was lost, it may have been done.
    """

    def __init__(self, call: str, code: int, kind: ErrorKind, *, request_id: str = "", told: str = "") -> None:
        """Make the message of what may be shown to anybody."""
        request = f", request {request_id}" if request_id else ""
        super().__init__(told or f"TikTok Shop refused {call}: {kind} ({code}{request}).")
        self.call = call
        self.code = code
        self.kind = kind
        self.request_id = request_id

    @property
    def transient(self) -> bool:
        """Whether trying again can help; a write of kind INTERNAL is read back before."""
        return self.kind in PASSING


def before_the_call(fault: ApiError) -> ApiError:
    """Give the fault of a call that had to come first: of the call itself surely nothing was done."""
    return ApiError(fault.call, fault.code, ErrorKind.RETRY, request_id=fault.request_id)


def kind_of(code: int, status: int = 200) -> ErrorKind:
    """Say what a code means; one that leaves open what was done is told by the HTTP status that came with it."""
    codes, statuses = _kinds()
    kind = codes.get(code, ErrorKind.UNKNOWN)
    return statuses.get(status, kind) if kind in LEAVING_OPEN else kind


@cache
def _kinds() -> tuple[Mapping[int, ErrorKind], Mapping[int, ErrorKind]]:
    told: dict[str, dict[str, Any]] = tomllib.loads(
        (files("flows.shop") / "errors.toml").read_text(encoding="utf-8"),
    )
    codes = {code: ErrorKind(kind) for kind, row in told.items() for code in row["codes"]}
    statuses = {status: ErrorKind(kind) for kind, row in told.items() for status in row.get("http", [])}
    return codes, statuses
