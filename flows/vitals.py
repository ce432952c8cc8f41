"""Whether Shipclock itself is well, in words, as JSON and as Prometheus' text: one verdict for all who ask.

Pure but for reading its figures: `models.db.vitals` counts, and when a source counts as unread is the seller's rule
(D20). Failed steps and quarantined mails are figures, no reason: a person is asked for those, the machine is well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from flows.api_watch import PASSING
from flows.office import Office
from flows.shop.sync_figures import sync_figures
from flows.shop_watch import LOOK_EVERY
from ingest.errors import LoginRefusedError
from models.catalogue import words
from models.db.session import open_session
from models.db.vitals import Source, Vitals, read_vitals
from models.deadline import DeadlineState
from models.settings import Settings
from models.shop_clock import mailbox_read
from models.shop_figures import shop_figures

# [D] Well above what each takes on a busy machine, well below what a seller would notice.
NO_LOOK: Final = timedelta(minutes=10)
NO_WORKER: Final = timedelta(minutes=5)
LATE_ALERT: Final = timedelta(minutes=30)
LATE_WORK: Final = timedelta(minutes=30)
FOREIGN: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})  # what a label's value escapes


def vitals_of(office: Office) -> Vitals:
    """Read the figures of now."""
    with open_session(office.engine, read_only=True) as session:
        return read_vitals(session, office.settings, office.now())


def reasons(vitals: Vitals, settings: Settings) -> list[str]:
    """Say in words why all is not well; empty where it is."""
    return [*_silent(vitals), *_blind(vitals, settings), *_late(vitals)]


def _silent(vitals: Vitals) -> Iterator[str]:
    for what, moment, longest in (
        ("look", vitals.looked_at, NO_LOOK),
        ("worker", vitals.worker_seen_at, NO_WORKER),
    ):
        if moment is None:
            yield words().text(f"health.reasons.never_{what}")
        elif vitals.at - moment > longest:
            yield words().text(f"health.reasons.no_{what}", span=words().span(vitals.at - moment))


def _blind(vitals: Vitals, settings: Settings) -> Iterator[str]:
    """What is not read: a shop without an API is told by its mailbox."""
    for name, source in vitals.mailboxes.items():
        refused = source.error == LoginRefusedError.code
        yield from _unread("mailbox", name, source, LOOK_EVERY, vitals.at, refused=refused)
    passing = {kind.value for kind in PASSING}
    for shop in settings.shop:
        source = vitals.shops[shop.name]
        refused = source.error is not None and source.error not in passing
        if shop.api:
            yield from _unread("shop", shop.name, source, sync_figures().every, vitals.at, refused=refused)


def _unread(kind: str, name: str, source: Source, every: timedelta, at: datetime, *, refused: bool) -> Iterator[str]:
    clock = mailbox_read(source.read_at, every, shop_figures(), at)
    if refused or (source.read_at is None and source.error):
        yield words().text(f"health.reasons.{kind}_refused", name=name, code=source.error)
    elif clock is not None and clock.state is DeadlineState.BREACHED:
        yield words().text(f"health.reasons.{kind}", name=name, span=words().span(at - clock.start_at))


def _late(vitals: Vitals) -> Iterator[str]:
    for what, moment, longest in (
        ("outbox", vitals.oldest_alert_at, LATE_ALERT),
        ("due", vitals.oldest_due_at, LATE_WORK),
    ):
        if moment is not None and vitals.at - moment > longest:
            yield words().text(f"health.reasons.{what}", span=words().span(vitals.at - moment))


def as_json(vitals: Vitals, why: list[str]) -> dict[str, Any]:
    """Give what /healthz answers: ages in whole seconds, null for what never was."""
    return {
        "status": "degraded" if why else "ok",
        "reasons": why,
        "look_age_seconds": age(vitals, vitals.looked_at),
        "worker_seen_age_seconds": age(vitals, vitals.worker_seen_at),
        "mailboxes": {name: _source(vitals, source) for name, source in vitals.mailboxes.items()},
        "shops": {name: _source(vitals, source) for name, source in vitals.shops.items()},
        "outbox": {"waiting": vitals.alerts_waiting, "oldest_age_seconds": age(vitals, vitals.oldest_alert_at)},
        "quarantined_mails": vitals.quarantined,
        "failed_steps": vitals.failed_steps,
        "oldest_due_age_seconds": age(vitals, vitals.oldest_due_at),
    }


def _source(vitals: Vitals, source: Source) -> dict[str, Any]:
    return {"data_age_seconds": age(vitals, source.read_at), "error": source.error}


def age(vitals: Vitals, moment: datetime | None) -> int | None:
    """How long ago that was, in whole seconds; 0 for what a clock that was set back has in the future."""
    return None if moment is None else max(0, int((vitals.at - moment).total_seconds()))


def as_metrics(vitals: Vitals, why: list[str]) -> str:
    """Give Prometheus' text form (version 0.0.4); what never was has no line."""
    figures: Mapping[str, Mapping[str, int | None]] = {
        "healthy": {"": int(not why)},
        "look_age_seconds": {"": age(vitals, vitals.looked_at)},
        "worker_seen_age_seconds": {"": age(vitals, vitals.worker_seen_at)},
        "mailbox_data_age_seconds": {name: age(vitals, one.read_at) for name, one in vitals.mailboxes.items()},
        "shop_data_age_seconds": {name: age(vitals, one.read_at) for name, one in vitals.shops.items()},
        "alerts_waiting": {"": vitals.alerts_waiting},
        "oldest_alert_age_seconds": {"": age(vitals, vitals.oldest_alert_at) or 0},
        "quarantined_mails": {"": vitals.quarantined},
        "failed_steps": {"": vitals.failed_steps},
        "oldest_due_age_seconds": {"": age(vitals, vitals.oldest_due_at) or 0},
    }
    return "".join(line for name, values in figures.items() for line in _metric(name, values))


def _metric(name: str, values: Mapping[str, int | None]) -> Iterator[str]:
    yield f"# HELP shipclock_{name} {words().text(f'health.metrics.{name}')}\n"
    yield f"# TYPE shipclock_{name} gauge\n"
    label = name.partition("_")[0]
    for source, value in values.items():
        of = f'{{{label}="{source.translate(FOREIGN)}"}}' if source else ""
        if value is not None:
            yield f"shipclock_{name}{of} {value}\n"


def lines(vitals: Vitals, why: list[str]) -> Iterator[str]:
    """Give the verdict and the figures for people."""
    yield words().text("health.degraded" if why else "health.ok")
    yield from (f"  {one}" for one in why)
    yield ""
    figures = {
        words().text("health.figures.looked"): _ago(vitals, vitals.looked_at),
        words().text("health.figures.worker"): _ago(vitals, vitals.worker_seen_at),
        **_read(vitals, "mailbox", vitals.mailboxes),
        **_read(vitals, "shop", vitals.shops),
        words().text("health.figures.outbox"): str(vitals.alerts_waiting),
        words().text("health.figures.quarantine"): str(vitals.quarantined),
        words().text("health.figures.failed"): str(vitals.failed_steps),
        words().text("health.figures.due"): _ago(vitals, vitals.oldest_due_at, never="none"),
    }
    width = max(map(len, figures))
    yield from (f"{name.ljust(width)}  {value}" for name, value in figures.items())


def _read(vitals: Vitals, kind: str, sources: Mapping[str, Source]) -> dict[str, str]:
    return {
        words().text(f"health.figures.{kind}", name=name): _ago(vitals, one.read_at) for name, one in sources.items()
    }


def _ago(vitals: Vitals, moment: datetime | None, never: str = "never") -> str:
    if moment is None:
        return words().text(f"health.{never}")
    return words().text("health.figures.ago", span=words().span(max(timedelta(0), vitals.at - moment)))
