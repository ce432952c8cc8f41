"""What a round of the supervisor does beside its look: Prefect's runs, the end of a sleep, a word to the outside.

Each returns what is to be said; nothing here stops a round.
"""

from __future__ import annotations

import time
from typing import Final
from zoneinfo import ZoneInfo

import httpx

from flows.office import Office
from flows.ping import ping
from flows.processes import Tell
from flows.run_care import Cared, RunCare, worker_seen
from flows.server import prefect_client
from flows.vitals import reasons, vitals_of
from models import formats
from models.catalogue import words
from models.db.session import open_session
from models.db.vitals import note_worker
from models.db.wake import Sleep, caught_up, orders_caught_up

PREFECT: Final = "Prefect"
OUTSIDE: Final = "the outside watcher"


def look_after_runs(care: RunCare, office: Office, tell: Tell) -> dict[str, str]:
    """Keep Prefect's records of our runs true, and note when a worker was heard of; give what is wrong."""
    if not care.api_url:
        return {}
    try:
        _tell_cared(care.tend(time.monotonic()), tell)
        with prefect_client(care.api_url) as client:
            seen_at = worker_seen(client)
    except httpx.HTTPError as fault:  # mails are read into the ledger all the same
        return {PREFECT: words().text("cli.no_prefect", code=type(fault).__name__)}
    if seen_at:
        with open_session(office.engine) as session:
            note_worker(session, seen_at)
            session.commit()
    return {}


def _tell_cared(cared: Cared, tell: Tell) -> None:
    for name, count in (("stuck", cared.stuck), ("missed", cared.missed)):
        if count:
            tell(words().text(f"cli.{name}", count=count))


def awake_words(office: Office, slept: Sleep) -> str | None:
    """Say from when to when we slept, in the shop's own time, and what was caught up; None as long as that lasts."""
    mailboxes = [mailbox.name for mailbox in office.settings.mailbox]
    with open_session(office.engine, read_only=True) as session:
        if not caught_up(session, slept, mailboxes, office.now()):
            return None
        count = orders_caught_up(session, slept)
    zone = office.settings.shop[0].zone if office.settings.shop else ZoneInfo("UTC")
    since, until = slept.since.astimezone(zone), slept.until.astimezone(zone)
    one_day = since.date() == until.date()
    start, end = (formats.clock(at) if one_day else formats.moment(at, zone) for at in (since, until))
    orders = words().text(f"cli.orders_caught_up.{('none', 'one')[count] if count < 2 else 'many'}", count=count)  # noqa: PLR2004  # none and one
    return words().text("cli.awake", start=start, end=end, orders=orders)


def tell_outside(office: Office, *, well: bool) -> dict[str, str]:
    """Call the outside watcher's address after a good round; give what is wrong with that."""
    address = office.settings.watch.ping
    if address is None or not well or reasons(vitals_of(office), office.settings):
        return {}
    fault = ping(address)
    return {OUTSIDE: fault} if fault else {}
