"""Tidying up once an hour as a Prefect flow: does what is cached still follow from the facts; old sealed mails go.

Also asks whether mails are worded as before, has the last days of mail looked through again, and keeps Prefect's
records of our runs true.

Short, and safe to run twice: the sample goes on where it ended, and what is gone stays gone. What differs is
left for a person (`shipclock rebuild`); the run only tells it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.office import Office, open_office
from flows.people import forget_ended
from flows.run_care import tend_now, watch_for_zombies
from flows.wording_watch import watch_wording
from ingest.quarantine import purge_expired
from ingest.rescan import ask_as_routine
from models.db.difference import Difference
from models.db.sample import check_sample
from models.db.session import open_session

NAMED: Final = 10  # differences that a run's message names; `shipclock rebuild --check` tells all


class CacheDiffers(Exception):  # noqa: N818  # names the outcome of a run
    """Some stored values do not follow from the facts; the message names orders and columns alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep found: stored values that differ from the facts, and how many sealed mails had expired."""

    differences: Sequence[Difference]
    purged: int


@flow(name="sweep", flow_run_name="sweep")
def sweep() -> State[object]:
    """Compare some stored orders with their facts, and delete sealed mails whose time is over."""
    _keep_runs_true()
    swept = sweep_once(open_office())
    if swept.differences:
        named = "; ".join(f"{one.order_no}: {one.place}" for one in swept.differences[:NAMED])
        raise CacheDiffers(f"{len(swept.differences)} stored values differ from the facts: {named}") from None
    return Completed(message=f"no stored value differs from its facts, {swept.purged} sealed mails deleted")


def _keep_runs_true() -> None:
    """Do at Prefect what `up` does each minute: there may be none beside a server and worker of the user's own."""
    with get_client(sync_client=True) as client:
        watch_for_zombies(client)
        tend_now(client, datetime.now(UTC))  # Prefect's clock, in a demo too


def _have_mail_looked_through(office: Office) -> None:
    """Have the last days of each mailbox read again: a server may show a mail late, below those that were read."""
    with open_session(office.engine) as session:
        for mailbox in office.settings.mailbox:
            if mailbox.kind == "imap":  # of files each is asked for every time
                ask_as_routine(session, mailbox.name, office.now())
        session.commit()


def sweep_once(office: Office) -> Swept:
    """Do what is to be done each hour."""
    now = office.now()
    watch_wording(office)
    _have_mail_looked_through(office)
    purged = purge_expired(office.engine, now)
    forget_ended(office.engine)
    return Swept(differences=check_sample(office.engine, office.settings, now), purged=purged)
