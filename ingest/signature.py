"""The second opinion on a sender: whether the mail's own signature (DKIM) fits the domain it claims.

It never decides alone: the receiving server's verdict does (`ingest.sender`). A signature that does not fit a mail
which that server passed is shown and costs no order. Total: whatever the mail holds, an opinion or None comes out.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from models.settings_key import SHARED_ENDINGS

MAX_BYTES: Final = 512 * 1024  # a larger mail is not asked: its hash would hold up the others
MAX_SIGNATURES: Final = 3  # each may ask for another key
MAX_SIGNATURE: Final = 4 * 1024  # bytes
SHORTEST_KEY: Final = 1024  # bits (RFC 8301)
ALGORITHM: Final = b"rsa-sha256"  # RFC 8301: sha1 proves nothing any more; Ed25519 always comes beside this one
_LONG_GAP: Final = b" " * 200  # dkimpy's patterns take the square of a run of spaces
_LABEL: Final = re.compile(rb"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,200}[A-Za-z0-9_])?")
_NAME: Final = b"dkim-signature"
_SILENT: Final = logging.getLogger("shipclock.dkim")  # dkimpy's words hold parts of the mail
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False

LookUp = Callable[..., bytes | None]  # (name, timeout) -> the TXT record at that name; None: there is none


class NoAnswerError(Exception):
    """The name servers cannot be asked now."""


class Opinion(StrEnum):
    """What a mail's own signature says of its sender."""

    PASS = "pass"  # noqa: S105  no password
    FAIL = "fail"
    NONE = "none"  # no signature of that domain


def opinion_on(raw: bytes, domain: str, look_up: LookUp) -> Opinion | None:
    """Whether a signature of `domain` or its house fits the mail; None where that cannot be found out."""
    if _NAME not in raw.lower():
        return Opinion.NONE
    if len(raw) > MAX_BYTES or _LONG_GAP in raw.replace(b"\t", b" "):
        return None
    try:
        signed = dkim.DKIM(raw, logger=_SILENT, minkey=SHORTEST_KEY)
        return _best(signed, domain, look_up)
    except NoAnswerError:
        return None
    except Exception:  # noqa: BLE001  the parsers raise anything on hostile input
        return Opinion.FAIL


def _best(signed: dkim.DKIM, domain: str, look_up: LookUp) -> Opinion:
    opinion = Opinion.NONE
    for number, (at, fields) in enumerate(_aligned(signed, domain)):
        if number == MAX_SIGNATURES:
            break
        if _may_count(fields) and _fits(signed, at, look_up):
            return Opinion.PASS
        opinion = Opinion.FAIL
    return opinion


def _aligned(signed: dkim.DKIM, domain: str) -> Iterator[tuple[int, dict[bytes, bytes]]]:
    """Yield the place and the fields of each signature by the house of `domain`."""
    values = [value for name, value in signed.headers if name.lower() == _NAME]
    for at, value in enumerate(values):
        fields = _fields(value)
        signer = fields.get(b"d", b"").decode("ascii", "replace").lower().strip(".")
        if signer and _house(signer) == _house(domain):
            yield at, fields


def _fields(value: bytes) -> dict[bytes, bytes]:
    if len(value) > MAX_SIGNATURE:
        return {}
    try:
        fields: dict[bytes, bytes] = parse_tag_value(value)
    except InvalidTagValueList:
        return {}
    return fields


def _may_count(fields: dict[bytes, bytes]) -> bool:
    """Tell whether a signature proves the whole mail: all of its text, its From, by an algorithm that holds."""
    names = {name.strip().lower() for name in fields.get(b"h", b"").split(b":")}
    asked = (fields.get(b"s", b""), fields.get(b"d", b""))
    return (
        b"l" not in fields
        and b"from" in names
        and fields.get(b"a") == ALGORITHM
        and all(_LABEL.fullmatch(part) for part in asked)
    )


def _fits(signed: dkim.DKIM, at: int, look_up: LookUp) -> bool:
    try:
        return bool(signed.verify(idx=at, dnsfunc=look_up))
    except dkim.DKIMException:
        return False


def _house(domain: str) -> str:
    """Return who owns a domain, for comparing: its last two labels, three where the registry has two."""
    labels = domain.split(".")
    of_registry = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SHARED_ENDINGS  # noqa: PLR2004  says itself
    return ".".join(labels[-3 if of_registry else -2 :])
