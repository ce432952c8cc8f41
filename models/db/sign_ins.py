"""Who is signed in at the dashboard, and the door that shuts after wrong PINs.

A try is counted before the PIN is looked at, by compare-and-set: a thousand guesses at once are as slow as one after
the other. Times are the wall clock's, in a demo too. Nothing here commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, delete, select, update

from models.db.insert import insert_new
from models.db.people_tables import PersonRow, SignInRow, SignInTryRow
from models.person import FORGOTTEN_AFTER, FREE_TRIES, FREE_TRIES_FROM, Person, wait_after
from models.stage import Role

ROUNDS: Final = 3  # others may try from the same address in this moment
BY_NAME: Final = "person:"
FROM: Final = "from:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """Whether a PIN may be looked at; `shuts` when the door stays shut after this one if it is wrong."""

    may: bool
    shuts: bool = False


def take_try(session: Session, subject: str, now: datetime) -> Try:
    """Count a try of this subject, and tell whether its PIN may be looked at."""
    fresh = {"subject": subject, "failures": 0, "shut_until": None, "turned_away": 0, "last_at": now}
    insert_new(session, SignInTryRow, [fresh])
    for _ in range(ROUNDS):
        told = _count(session, subject, now)
        if told is not None:
            return told
    return Try(may=False)


def _count(session: Session, subject: str, now: datetime) -> Try | None:
    """Count it if nobody else did so meanwhile; None if somebody did."""
    columns = (col(SignInTryRow.failures), col(SignInTryRow.shut_until), col(SignInTryRow.last_at))
    asked = session.connection().execute(select(*columns).where(col(SignInTryRow.subject) == subject))
    failures, shut_until, last_at = asked.one()
    row = update(SignInTryRow).where(col(SignInTryRow.subject) == subject)
    if shut_until and now < shut_until:
        session.exec(row.values(turned_away=col(SignInTryRow.turned_away) + 1))
        return Try(may=False)
    counted = 1 if now - last_at >= FORGOTTEN_AFTER else failures + 1
    wait = wait_after(counted, FREE_TRIES if subject.startswith(BY_NAME) else FREE_TRIES_FROM)
    values = {"failures": counted, "shut_until": now + wait if wait else None, "last_at": now}
    unchanged = (col(SignInTryRow.failures) == failures, col(SignInTryRow.last_at) == last_at)
    done = session.exec(row.where(*unchanged).values(**values)).rowcount
    return Try(may=True, shuts=bool(wait)) if done else None


def clear_tries(session: Session, *subjects: str) -> int:
    """Open the door again: the PIN was right, or a manager says so. How many subjects had tries."""
    return session.exec(delete(SignInTryRow).where(col(SignInTryRow.subject).in_(subjects))).rowcount


def shut_until(session: Session, now: datetime) -> dict[str, datetime]:
    """Give the subjects whose door is shut, each with until when."""
    found = session.exec(select(SignInTryRow).where(col(SignInTryRow.shut_until) > now)).all()
    return {row.subject: row.shut_until for row in found if row.shut_until}


def sign_in(session: Session, token: str, person: str, now: datetime, lasts: timedelta) -> None:
    """Keep that a browser (by its token's digest) is a person's (by their key) from now on."""
    session.add(SignInRow(token=token, person=person, made_at=now, ends_at=now + lasts))


def signed_in(session: Session, token: str, now: datetime) -> Person | None:
    """Tell who is signed in with the token of this digest; None if nobody is any more."""
    there = (col(SignInRow.token) == token, col(SignInRow.ends_at) > now, col(PersonRow.left_at).is_(None))
    asked = select(PersonRow.name, PersonRow.role, PersonRow.email).join(
        SignInRow, col(SignInRow.person) == col(PersonRow.key)
    )
    found = session.exec(asked.where(*there)).first()
    return Person(name=found[0], role=Role(found[1]), email=found[2]) if found else None


def sign_out(session: Session, token: str) -> None:
    """Forget a browser."""
    session.exec(delete(SignInRow).where(col(SignInRow.token) == token))


def sign_out_person(session: Session, person: str) -> int:
    """Forget all browsers of a person (by their key); how many they were."""
    return session.exec(delete(SignInRow).where(col(SignInRow.person) == person)).rowcount


def purge_sign_ins(session: Session, now: datetime) -> int:
    """Delete what ended, and tries that no longer count; how many rows they were."""
    ended = session.exec(delete(SignInRow).where(col(SignInRow.ends_at) <= now)).rowcount
    old = delete(SignInTryRow).where(col(SignInTryRow.last_at) <= now - FORGOTTEN_AFTER)
    return ended + session.exec(old).rowcount
