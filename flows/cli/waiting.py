"""The mails that wait for a person, for the command line: as lines, and what came of handling them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from flows.cli.opening import local, opened
from flows.cli.outcome import actor
from flows.cli.output import note, say
from flows.office import Office
from ingest import quarantine
from ingest.quarantine import Waiting
from ingest.recording import PollResult
from models.catalogue import words
from models.db.session import open_session


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One waiting mail; `arrived` is in the zone of the mailbox's first shop."""

    mail: Waiting
    arrived: str

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        names = ("mailbox", "reason", "detail", "order_no", "sent_at", "seen_at", "attempts", "readable", "dkim")
        return {"mail": self.mail.message_id, **{name: getattr(self.mail, name) for name in names}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What came of handling mail; `done` is False when it still waits, or waited no more."""

    mail: int | None = None
    done: bool
    words: str
    outcomes: Mapping[str, int] = field(default_factory=dict)
    orders: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        told = {"done": self.done, "outcomes": dict(self.outcomes), "orders": list(self.orders)}
        return told if self.mail is None else {"mail": self.mail, **told}


def lines(limit: int) -> list[Line]:
    """Give the mails that wait, the oldest first."""
    office = opened()
    with open_session(office.engine, read_only=True) as session:
        mails = quarantine.list_quarantined(session, limit=limit)
    return [Line(mail=mail, arrived=_arrived(office, mail)) for mail in mails]


def show(mails: Sequence[Line]) -> None:
    """Print each mail with its reason and what to do."""
    text = words()
    if not mails:
        say(text.text("cli.quarantine.empty"))
    for line in mails:
        mail, key = line.mail, f"mail.quarantine.{line.mail.reason}"
        order = text.text("cli.quarantine.order", order_no=mail.order_no) if mail.order_no else ""
        say(text.text("cli.quarantine.head", mail=mail.message_id, mailbox=mail.mailbox, arrived=line.arrived) + order)
        say(f"  {text.text(f'{key}.why')}" + (f" ({mail.detail})" if mail.detail else ""))
        say(f"  {text.text(f'{key}.do')}")
        if mail.dkim is not None:
            say(f"  {text.text(f'mail.signature.{mail.dkim}')}")
        if not mail.readable:
            say(f"  {text.text('cli.quarantine.unreadable')}")
    if any(line.mail.readable for line in mails):
        note(text.text("cli.quarantine.learn"))


def read_again(mails: Sequence[int] | None) -> Handled:
    """Read these mails again, or all that can be."""
    office = opened()
    chosen: Sequence[int | None] = mails or [None]
    results = [
        quarantine.read_again(office.engine, office.settings, office.home, office.now(), mail) for mail in chosen
    ]
    result = sum(results, start=PollResult())
    told = words().text(
        "cli.quarantine.read_again",
        seen=result.seen,
        waiting=result.quarantined,
        passed=result.seen - result.quarantined,
    )
    return _handled(None, result, told, done=True)


def release(mail: int) -> Handled:
    """Vouch for one mail; it still waits if it cannot be understood."""
    office = opened()
    result = quarantine.release(office.engine, office.settings, office.home, office.now(), mail, by=actor())
    key = "gone" if not result.seen else "not_understood" if result.quarantined else "released"
    orders = ", ".join(sorted({order_no for _, order_no in result.orders}))
    told = words().text(f"cli.quarantine.{key}", mail=mail, orders=orders)
    return _handled(mail, result, told, done=key == "released")


def dismiss(mail: int) -> Handled:
    """Take one mail off the list."""
    office = opened()
    done = quarantine.dismiss(office.engine, office.now(), mail, by=actor())
    told = words().text(f"cli.quarantine.{'dismissed' if done else 'gone'}", mail=mail)
    return Handled(mail=mail, done=done, words=told)


def _handled(mail: int | None, result: PollResult, told: str, *, done: bool) -> Handled:
    return Handled(
        mail=mail,
        done=done,
        words=told,
        outcomes={str(outcome): count for outcome, count in sorted(result.outcomes.items())},
        orders=sorted({order_no for _, order_no in result.orders}),
    )


def _arrived(office: Office, mail: Waiting) -> str:
    shops = office.shops_of(mail.mailbox)
    return local(mail.seen_at, shops[0].zone if shops else ZoneInfo("UTC"))
