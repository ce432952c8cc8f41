"""Running many failed steps again at once: all of a class, of a shop, of some orders.

They are queued, each once, and then one drive-orders run carries them out; without a Prefect server the same is
done here and now. A shop is not stormed: steps go one after the other, each call waits for its place (shop.limit),
and one that does not answer three times in a row is left alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flows.claiming import Claiming
from flows.handful import carry_out_all, plainly
from flows.office import Office
from flows.prefect_api import find_server
from flows.rerun import Where
from flows.tally import Tally
from models.db.audit import note
from models.db.failed import Choice, count_failed, queue_failed
from models.db.session import open_session
from models.error_class import ErrorClass

DRIVE: Final = "drive-orders/drive-orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyReport:
    """How many steps were queued and where they run; `ended`, of those that ran HERE: how, in words."""

    queued: int
    where: Where = Where.NOT_NEEDED
    flow_run_id: str | None = None
    ended: str = ""
    failed: bool = False


def preview(office: Office, choice: Choice) -> Mapping[ErrorClass, int]:
    """Count what would run again, by class; nothing is done."""
    with open_session(office.engine, read_only=True) as session:
        return count_failed(session, choice, office.now())


def rerun_many(
    office: Office,
    choice: Choice,
    *,
    by: str,
    reason: str | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> ManyReport:
    """Queue the failed steps of the choice and have one run carry them out. `tell` hears how many are done here.

    A drive-orders run that is under way takes them along; what it leaves is due, and the next look finds it.
    """
    queued = queue_again(office, choice, by=by, reason=reason)
    if not queued:
        return ManyReport(queued=0)
    if api := find_server(office):
        run = api.start_run(DRIVE, {})
        if run is not None:
            return ManyReport(queued=queued, where=Where.PREFECT, flow_run_id=run)
    tally = _drive_here(office, by, tell)
    return ManyReport(queued=queued, where=Where.HERE, ended=tally.told, failed=tally.raised)


def queue_again(office: Office, choice: Choice, *, by: str, reason: str | None = None) -> int:
    """Queue the failed steps of the choice, each once, and note who asked and why; give how many."""
    queued = queue_failed(office.engine, choice, office.now(), by=by, reason=reason)
    with open_session(office.engine) as session:
        about = {"class": choice.error_class, "shop": choice.shop, "orders": len(choice.order_ids), "steps": queued}
        note(session, at=office.now(), actor=by, action="rerun_many", after=about, reason=reason)
        session.commit()
    return queued


def _drive_here(office: Office, by: str, tell: Callable[[int], None]) -> Tally:
    """Carry out what is due, as a drive-orders run would but to the end: a shop that is still down is left alone."""
    claiming = Claiming(office=office.keeping_shops(), by=f"rerun by {by}", seconds=math.inf)
    tally = Tally()
    for due in claiming.lists():
        for done in carry_out_all(claiming, due, plainly, run=None, by=by):
            tally.add(done)
            tell(tally.steps)
    return tally
