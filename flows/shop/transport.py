"""How one call of a shop travels: signed over the bytes that are sent, in its turn, with the grant of the moment.

What can be mended is mended once and the call repeated: an ended token, a wrong cipher, a clock that goes wrong.
What passes by itself is tried again after growing waits, a write only where surely nothing was done: where that is
unsure, ApiError is of kind INTERNAL, and whoever asked reads back first.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import httpx

from flows.shop.api_error import ApiError, ErrorKind, before_the_call
from flows.shop.consent import App
from flows.shop.endpoint import Endpoint, endpoints
from flows.shop.grant import Grant
from flows.shop.limit import Limiter
from flows.shop.schema import AuthorisedShop, raw_list, taken
from flows.shop.signing import sign
from flows.shop.wire import Envelope, exchange

TRIES: Final = 4
FIRST_WAIT_SECONDS: Final = 0.5  # doubled with each try, and shortened by up to half so that processes spread out
TOKEN_HEADER: Final = "x-tts-access-token"  # noqa: S105  # the name of a header
LEAST_SKEW: Final = timedelta(seconds=5)  # the Date header has whole seconds, and the answer took its time


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One call as it is meant, before it is signed."""

    endpoint: Endpoint
    places: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a call that succeeded gave: raw data, for the schema's eyes alone."""

    data: dict[str, Any] = field(repr=False)
    request_id: str


class GrantSource(Protocol):
    """Where the grant of the moment comes from."""

    @property
    def shop(self) -> str:
        """Whose it is: each shop has its own limits."""

    def current(self, *, refused: str | None = None) -> Grant:
        """Give a grant whose token is another than the one `refused`. Raises ApiError."""

    def keep_cipher(self, cipher: str, *, seen: str) -> None:
        """Keep a cipher that was fetched again because `seen` was refused."""


@dataclass(kw_only=True)
class Transport:
    """The way to one shop at the platform; threads may share it."""

    app: App
    grants: GrantSource
    limiter: Limiter
    http: httpx.Client
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    offset: timedelta = field(default=timedelta(), init=False)  # of the platform's clock to ours, once learned
    skew: timedelta | None = field(default=None, init=False)  # what the last answer's Date said, for `check`

    def call(
        self,
        name: str,
        *,
        places: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Make a call and give its data. Raises ApiError."""
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() if body else b""
        question = Question(endpoint=endpoints()[name], places=places or {}, query=query or {}, body=raw)
        for tried in range(1, TRIES + 1):
            try:
                return self._mended(question)
            except ApiError as fault:
                if tried == TRIES or not _again(question.endpoint, fault):
                    raise
            self.sleep(FIRST_WAIT_SECONDS * 2 ** (tried - 1) * (1 - self.chance() / 2))
        raise AssertionError  # the last try returns or raises

    def _mended(self, question: Question) -> Reply:
        """Make the call; mend each kind of what can be mended once."""
        mended: set[ErrorKind] = set()
        while True:
            grant = self.grants.current()
            answer = self._exchange(question, grant)
            if answer.kind is None:
                return Reply(data=answer.data, request_id=answer.request_id)
            if answer.kind in mended or not self._mend(answer, grant):
                raise answer.fault()
            mended.add(answer.kind)

    def _mend(self, answer: Envelope, grant: Grant) -> bool:
        """Try to put right what the answer complains about; False where only a person can."""
        words = answer.message.casefold()
        match answer.kind:
            case ErrorKind.TOKEN_EXPIRED:
                self.grants.current(refused=grant.tokens.access)
            case ErrorKind.REQUEST_REFUSED if TOKEN_HEADER in words:  # not known any more: replaced, or taken back
                self.grants.current(refused=grant.tokens.access)
            case ErrorKind.CIPHER if answer.call != "authorised_shops":
                return self._fetch_cipher(grant)
            case ErrorKind.REQUEST_REFUSED if "timestamp" in words:
                return self._learn_clock(answer)
            case _:
                return False
        return True

    def _fetch_cipher(self, grant: Grant) -> bool:
        try:
            rows = raw_list(self.call("authorised_shops").data, "shops")
        except ApiError as fault:
            raise (before_the_call(fault) if fault.transient else fault) from None
        shops = taken(AuthorisedShop, rows)
        cipher = next((shop.cipher for shop in shops if shop.id == grant.platform_id), "")
        if cipher:
            self.grants.keep_cipher(cipher, seen=grant.cipher)
        return bool(cipher)

    def _learn_clock(self, answer: Envelope) -> bool:
        if answer.said_at is None:
            return False
        offset = answer.said_at - self.now()
        learned = abs(offset - self.offset) > LEAST_SKEW
        self.offset = offset if learned else self.offset
        return learned

    def _exchange(self, question: Question, grant: Grant) -> Envelope:
        name = question.endpoint.name
        with self.limiter.turn(f"{self.app.key} {self.grants.shop} {name}"):
            answer = exchange(self.http, name, self._request(question, grant))  # signed at the moment it is sent
        self.skew = answer.said_at - self.now() if answer.said_at else None
        return answer

    def _request(self, question: Question, grant: Grant) -> httpx.Request:
        endpoint = question.endpoint
        path = endpoint.path_for(question.places)
        query = {"app_key": self.app.key, "timestamp": str(self._timestamp()), **question.query}
        if endpoint.cipher:
            query["shop_cipher"] = grant.cipher
        query["sign"] = sign(path, query, question.body, self.app.secret)
        headers = {TOKEN_HEADER: grant.tokens.access, "content-type": "application/json"}
        return self.http.build_request(
            endpoint.method, self.app.api_url + path, params=query, headers=headers, content=question.body or None
        )

    def _timestamp(self) -> int:
        return int((self.now() + self.offset).timestamp())


def _again(endpoint: Endpoint, fault: ApiError) -> bool:
    """Whether the same call may be made again at once: a write only where surely nothing was done."""
    return fault.kind is ErrorKind.RETRY or (fault.kind is ErrorKind.INTERNAL and not endpoint.write)
