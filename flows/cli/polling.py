"""Reading one mailbox for the command line: progress on a terminal, what came of it in words."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import typer

from flows.cli.output import EXIT_BUSY, EXIT_FAULT, fail
from flows.office import Office
from ingest.errors import MailboxBusyError, MailboxError
from ingest.poll import PollResult, poll_mailbox
from models import formats
from models.catalogue import words
from models.settings import MailboxSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """How one look into one mailbox ended; `fault` is a code, None when it went well."""

    mailbox: str
    result: PollResult | None = None
    fault: str | None = None
    exit_code: int = 0
    words: str

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        result = self.result or PollResult()
        return {
            "mailbox": self.mailbox,
            "fault": self.fault,
            "mails": result.seen,
            "outcomes": {str(outcome): count for outcome, count in sorted(result.outcomes.items())},
            "orders": sorted({order_no for _, order_no in result.orders}),
            "new_orders": sorted({order_no for _, order_no in result.new_orders}),
        }


def chosen(office: Office, names: Sequence[str]) -> list[MailboxSettings]:
    """Give the mailboxes of these names, or all; an unknown name ends the command."""
    known = {mailbox.name: mailbox for mailbox in office.settings.mailbox}
    if unknown := [name for name in names if name not in known]:
        fail(words().text("cli.no_mailbox", given=unknown[0], known=", ".join(known)))
    return [known[name] for name in names] if names else list(known.values())


def poll_one(office: Office, mailbox: MailboxSettings) -> Poll:
    """Read what is new in one mailbox. A fault of it is told and holds up no other mailbox."""
    try:
        result = poll_mailbox(
            office.engine,
            mailbox,
            office.shops_of(mailbox.name),
            office.home,
            office.now,
            on_progress=_progress if sys.stderr.isatty() else None,
        )
    except MailboxBusyError as busy:
        return Poll(mailbox=mailbox.name, fault=busy.code, exit_code=EXIT_BUSY, words=str(busy))
    except MailboxError as fault:
        return Poll(mailbox=mailbox.name, fault=fault.code, exit_code=EXIT_FAULT, words=str(fault))
    return Poll(mailbox=mailbox.name, result=result, words=_told(mailbox.name, result))


def _told(mailbox: str, result: PollResult) -> str:
    text = words()
    if not result.seen:
        return text.text("cli.poll.nothing", mailbox=mailbox)
    counts = ", ".join(
        f"{formats.number(count)} {text.text(f'mail.outcomes.{outcome}')}"
        for outcome, count in sorted(result.outcomes.items())
    )
    line = text.text("cli.poll.read", mailbox=mailbox, count=result.seen, counts=counts, new=len(result.new_orders))
    return f"{line} {text.text('cli.poll.waiting')}" if result.quarantined else line


def _progress(folder: str, done: int, found: int) -> None:
    """Count up on one line of the terminal."""
    end = "\n" if done >= found else ""
    typer.echo(
        f"\r{words().text('cli.poll.progress', folder=folder, done=done, found=found)}{end}",
        err=True,
        nl=False,
    )
