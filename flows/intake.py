"""Looking into the mailbox as a Prefect flow: mails become facts, facts become orders.

The work is `ingest.poll`; a run is short, may be killed anywhere and may run twice.
"""

from __future__ import annotations

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.office import open_office
from ingest import poll
from ingest.errors import MailboxBusyError, MailboxError


class PollFailed(Exception):  # noqa: N818  # names the outcome of a run
    """One or more mailboxes could not be read; the message holds their names and codes alone."""


@flow(name="poll-mailbox", flow_run_name="poll-mailbox")
def poll_mailbox(mailbox: str | None = None) -> State[object]:
    """Read what is new in one mailbox, or in all of them.

    Args:
        mailbox: The mailbox's name in shipclock.toml; empty for all.

    """
    office, log = open_office(), get_run_logger()
    failed: list[str] = []
    told: list[str] = []
    for one in office.settings.mailbox:
        if mailbox not in {None, one.name}:
            continue
        try:
            result = poll.poll_mailbox(office.engine, one, office.shops_of(one.name), office.home, office.now)
        except MailboxBusyError:
            told.append(f"{one.name}: another run is reading it")
        except MailboxError as fault:
            log.error("mailbox %s: %s", one.name, fault.code)  # noqa: TRY400  # a trace could hold a mail's words
            failed.append(f"{one.name}: {fault.code}")
        else:
            told.append(f"{one.name}: {result.seen} mails, {len(result.orders)} orders")
    if failed:
        raise PollFailed("; ".join(failed))
    return Completed(message="; ".join(told) or "no mailbox")
