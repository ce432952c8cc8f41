"""What people start in Prefect to mend things, as flows: failed steps run again, waiting mail read again.

The work is `flows.rerun_many` and `ingest.quarantine`; both may be started twice. Messages hold counts alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.office import open_office
from flows.rerun_many import preview, rerun_many
from ingest.quarantine import read_again
from ingest.recording import PollResult
from ingest.sealed import SealError
from models.db.failed import Choice
from models.error_class import ErrorClass
from models.notification import QuarantineReason


class RerunFailed(Exception):  # noqa: N818  # names the outcome of a run
    """Some steps failed again; the message holds counts and codes alone."""


class ReplayFailed(Exception):  # noqa: N818  # names the outcome of a run
    """No mail could be opened; the message says what to do about the key."""


@flow(name="rerun-failed", flow_run_name="rerun-failed")
def rerun_failed(
    error_class: ErrorClass | None = None,
    shop: str | None = None,
    dry_run: bool = True,  # noqa: FBT001, FBT002  # a switch on Prefect's form
    reason: str | None = None,
    by: str = "prefect",
) -> State[object]:
    """Run failed steps again, after their cause has passed; what is done is not done twice.

    Args:
        error_class: What failed them; empty for all faults. Steps that wait for a person's decision
            (access, refused) run again only when named here.
        shop: Only this shop, by its name in shipclock.toml; empty for all.
        dry_run: Only count them. Switch it off to run them again.
        reason: Why, for the audit; no names of buyers.
        by: Who asks for it, for the audit: a name or a role.

    """
    office, choice = open_office(), Choice(error_class=error_class and ErrorClass(error_class), shop=shop)
    if shop is not None:
        office.shop(shop)
    if dry_run:
        return Completed(message=f"would run again: {_listed(preview(office, choice))}. Nothing was done")
    report = rerun_many(office, choice, by=by, reason=reason)
    if report.failed:
        raise RerunFailed(report.ended) from None
    run = f", by drive-orders run {report.flow_run_id}" if report.flow_run_id else ""
    return Completed(message=f"{report.queued} steps run again{run}")


def _listed(counts: Mapping[ErrorClass, int]) -> str:
    return ", ".join(f"{error_class} x{count}" for error_class, count in counts.items()) or "no step"


@flow(name="replay-quarantine", flow_run_name="replay-quarantine")
def replay_quarantine(reason: QuarantineReason | None = None) -> State[object]:
    """Read the mails that wait again, with the wordings and shops of today.

    Args:
        reason: Only mails that wait for this reason; empty for all. Mails that may be replayed ones are
            left alone: a person releases them one by one.

    """
    office, why = open_office(), reason and QuarantineReason(reason)
    try:
        result = read_again(office.engine, office.settings, office.home, office.now(), reason=why)
    except SealError as fault:
        raise ReplayFailed(str(fault)) from None
    return Completed(message=replayed(result))


def replayed(result: PollResult) -> str:
    """Say what came of reading again, in counts."""
    return (
        f"{result.seen} mails read again: {result.seen - result.quarantined} handled, {result.quarantined} still wait"
    )
