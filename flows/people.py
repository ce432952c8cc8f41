"""Signing people in at the dashboard, by name and PIN.

A PIN is kept as Argon2id makes it, with the least that OWASP asks for (19 MiB, two rounds). A name that nobody has
costs as much time as one that somebody has. Times are the wall clock's: a demo's virtual hours sign nobody out.
"""

from __future__ import annotations

import os
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import Engine
from sqlmodel import Session

from models.db.audit import note
from models.db.people import find_person
from models.db.people_tables import PersonRow
from models.db.session import open_session
from models.db.sign_ins import BY_NAME, FROM, Try, clear_tries, purge_sign_ins, sign_in, signed_in, take_try
from models.person import PIN_LENGTHS, Person, pin_fault

MEMORY: Final = 19 * 1024  # KiB
ROUNDS: Final = 2
NOBODY: Final = "$argon2id$v=19$m=19456,t=2,p=1$c2hpcGNsb2NrIG5vYm9keQ$kMYvEOJHtCwpP2YyDMs1u08hKKpCPTWsdUII0wGTzZs"
_ONE_AT_A_TIME: Final = threading.Lock()  # a hash fills a core for 30 ms, the pages need it too


class NoEntry(StrEnum):
    """Why nobody was signed in."""

    WRONG = "wrong"  # the name or the PIN, nobody is told which
    SHUT = "shut"  # too many wrong ones; no PIN was looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who came in, and the token that their browser shows from now on until `ends_at`."""

    person: str
    token: str
    ends_at: datetime


def hashed(pin: str) -> str:
    """Give what is kept of a PIN."""
    maker = Argon2id(salt=os.urandom(16), length=32, iterations=ROUNDS, lanes=1, memory_cost=MEMORY)
    with _ONE_AT_A_TIME:
        return maker.derive_phc_encoded(pin.encode())


def fits(pin: str, kept: str) -> bool:
    """Tell whether a PIN is the one of which that is kept."""
    if len(pin) not in PIN_LENGTHS:
        return False
    with _ONE_AT_A_TIME:
        try:
            Argon2id.verify_phc_encoded(pin.encode(), kept)
        except InvalidKey:
            return False
    return True


def made_pin() -> str:
    """Make up a PIN that nobody can guess, for somebody who is handed it."""
    while True:
        pin = f"{secrets.randbelow(10**PIN_LENGTHS.start):0{PIN_LENGTHS.start}}"
        if pin_fault(pin) is None:
            return pin


def enter(engine: Engine, name: str, pin: str, address: str, lasts: timedelta) -> Entry | NoEntry:
    """Sign a person in who writes from that network address; every wrong try is counted and in the audit."""
    now = datetime.now(UTC)
    with open_session(engine) as session:
        row = find_person(session, name)
        subjects = [subject_of(address), *([BY_NAME + row.key] if row else [])]
        tries = _tries(session, subjects, now)
        session.commit()
    if not tries[-1].may:
        return NoEntry.SHUT
    right = fits(pin, (row.pin if row else None) or NOBODY)
    with open_session(engine) as session:
        if row is None or not right:
            _tell_wrong(session, row, address, now, shuts=any(one.shuts for one in tries))
            session.commit()
            return NoEntry.WRONG
        clear_tries(session, *subjects)
        entry = _let_in(session, row, now, lasts)
        session.commit()
        return entry


def _tries(session: Session, subjects: list[str], now: datetime) -> list[Try]:
    """Count the try of each subject up to the first whose door is shut: a stranger shuts no door of others for it."""
    tries: list[Try] = []
    for subject in subjects:
        tries.append(take_try(session, subject, now))
        if not tries[-1].may:
            break
    return tries


def _tell_wrong(session: Session, row: PersonRow | None, address: str, now: datetime, *, shuts: bool) -> None:
    """Put a wrong try into the audit; a name that nobody has is not kept, it may be a PIN in the wrong field."""
    actor = row.name if row else "unknown"
    note(session, at=now, actor=actor, action="sign-in refused", after={"from": address, "shut": shuts})


def _let_in(session: Session, row: PersonRow, now: datetime, lasts: timedelta) -> Entry:
    token = secrets.token_urlsafe(32)
    sign_in(session, digest(token), row.key, now, lasts)
    note(session, at=now, actor=row.name, action="signed in")
    return Entry(person=row.name, token=token, ends_at=now + lasts)


def who(engine: Engine, token: str) -> Person | None:
    """Tell who shows that token; None if nobody is signed in with it any more."""
    with open_session(engine, read_only=True) as session:
        return signed_in(session, digest(token), datetime.now(UTC))


def forget_ended(engine: Engine) -> None:
    """Delete the sign-ins that ended and the tries that no longer count."""
    with open_session(engine) as session:
        purge_sign_ins(session, datetime.now(UTC))
        session.commit()


def digest(token: str) -> str:
    """Give what is kept of a token: whoever reads the database cannot sign in by it."""
    return sha256(token.encode()).hexdigest()


def subject_of(address: str) -> str:
    """Give what counts as one place in the network: an address, for IPv6 all that one connection is given.

    A server that listens at `::` is told an IPv4 address in the words of IPv6.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return FROM + "unknown"
    if isinstance(found, IPv6Address):
        return FROM + str(found.ipv4_mapped or ip_network(f"{found}/64", strict=False))
    return FROM + str(found)
