"""Where the keys of signatures are looked up: DNS, asked seldom and never for long.

An answer is kept for some time, also that there is none. Name servers that do not answer are left alone for a
while, so that a poll waits for them once and not for each mail.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from dns import exception, rdatatype, resolver

from ingest.signature import NoAnswerError

SECONDS: Final = 2.0  # for one question
KEPT_SECONDS: Final = 3600.0  # a day's mails are signed with one key
PATIENCE_SECONDS: Final = 600.0  # until silent name servers are asked again
MOST_KEPT: Final = 200

Ask = Callable[[str, float], bytes | None]  # name, seconds -> its TXT record, None if there is none


def ask_dns(name: str, seconds: float, by: resolver.Resolver | None = None) -> bytes | None:
    """Return the TXT record at `name`; None if there is none. Asks the machine's name servers. Raises NoAnswerError."""
    try:
        answer = (by or resolver.Resolver()).resolve(name, "TXT", lifetime=seconds, search=False)
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return None
    except (exception.DNSException, OSError):  # no servers, no answer in time, an answer that cannot be read
        raise NoAnswerError from None
    texts = [b"".join(record.strings) for record in answer if record.rdtype == rdatatype.TXT]
    return texts[0] if texts else None


class KeyLookup:
    """Remembers what was answered, and who was silent. Threads may share one."""

    def __init__(self, ask: Ask = ask_dns, clock: Callable[[], float] = time.monotonic) -> None:
        """Ask by `ask`; `clock` gives seconds that only grow."""
        self._ask = ask
        self._clock = clock
        self._kept: dict[str, tuple[float, bytes | None]] = {}
        self._silent_until = float("-inf")
        self._lock = threading.Lock()

    def __call__(self, name: bytes, timeout: float = SECONDS) -> bytes | None:  # noqa: ARG002  dkimpy's way to call it
        """The TXT record at `name`; None if there is none. Raises NoAnswerError."""
        asked = name.decode("ascii").lower()
        with self._lock:
            now = self._clock()
            until, known = self._kept.get(asked, (float("-inf"), None))
            if until > now:
                return known
            if self._silent_until > now:
                raise NoAnswerError
            try:
                found = self._ask(asked, SECONDS)
            except NoAnswerError:
                self._silent_until = self._clock() + PATIENCE_SECONDS
                raise
            self._keep(asked, found, now)
            return found

    def _keep(self, name: str, found: bytes | None, now: float) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()  # selectors are the sender's to choose: nobody fills our memory with them
        self._kept[name] = (now + KEPT_SECONDS, found)


KEYS: Final = KeyLookup()  # of this process
