"""Telling an outside watcher (a dead-man's switch such as Healthchecks) that all is well: a dead machine cannot.

The address is a secret, for whoever knows it can say so too: only its host is ever told.
"""

from __future__ import annotations

from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from models.catalogue import words

PATIENCE: Final = 10.0  # seconds for each answer of it; the next round comes in a minute


def ping(address: str) -> str | None:
    """Ask for the address, with no data; None if that went well, else in words what came back. Raises nothing."""
    try:
        with urlopen(address, timeout=PATIENCE) as reply:  # noqa: S310  # the settings take https alone, http here
            reply.read(1)
    except HTTPError as refused:
        return _unheard(address, str(refused.code))
    except (OSError, HTTPException, ValueError) as fault:
        return _unheard(address, type(fault).__name__)
    return None


def _unheard(address: str, code: str) -> str:
    return words().text("cli.ping", host=urlsplit(address).hostname, code=code)
