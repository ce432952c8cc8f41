"""Looking into the mailbox as a Prefect flow: mails become facts, facts become orders.

The work is `ingest.poll`; a run is short, may be killed anywhere and may run twice.
"""

from __future__ import annotations

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.office import Office, open_office
from ingest import backoff, poll
from ingest.errors import MailboxBusyError, MailboxError
from models.db.session import open_session


class PollFailed(Exception):  # noqa: N818  # names the outcome of a run
    """One or more mailboxes could not be read; the message holds their names and codes alone."""


@flow(name="poll-mailbox", flow_run_name="poll-mailbox")
def poll_mailbox(mailbox: str | None = None) -> State[object]:
    """Read what is new in one mailbox, or in all of them.

    Args:
        mailbox: The mailbox's name in shipclock.toml; empty for all whose servers may be asked now.

    """
    office, log = open_office(), get_run_logger()
    failed: list[str] = []
    told: list[str] = []
    for one in office.settings.mailbox:
        if mailbox not in {None, one.name}:
            continue
        if mailbox is None and _is_left_in_peace(office, one.name):
            told.append(f"{one.name}: left in peace for a while")
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


def _is_left_in_peace(office: Office, mailbox: str) -> bool:
    with open_session(office.engine, read_only=True) as session:
        return backoff.left_in_peace(session, mailbox, office.now()) is not None
