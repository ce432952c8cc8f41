"""An order's timeline: facts, commands, alarms, what people said to them, and attempts, who did what and when.

Pure: rows in, lines out. What others wrote is escaped; no line holds a rule's id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.present import fault_words, reason_words, rule_name, step_name, when
from dashboard.words import capital, catalogue, plain, said, say
from flows.alarms import covers, reason_of
from models.alert_channel import NOBODY
from models.alert_plan import Silence
from models.db.alert_tables import SilenceRow
from models.db.alert_telling import waiting_of
from models.db.reading import OrderFile
from models.db.tables import AlertRow, AttemptRow, AuditRow, FactRow

SECRETIVE: Final = timedelta(hours=1)  # from which delay on the timeline says when we heard of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of an order's timeline; `fact_id` is set where it is an entry that can be taken back."""

    at: datetime
    who: str
    what: str
    fact_id: str | None = None


def timeline(file: OrderFile, now: datetime, zone: ZoneInfo) -> list[Entry]:
    """Give what happened to an order, who said or did it and when, the newest first."""
    taken_back = {str(fact.payload.get("fact_id")) for fact in file.facts if fact.kind == "retraction"}
    entries = [fact_entry(fact, zone, taken_back=fact.source_key in taken_back) for fact in file.facts]
    entries += [_audit_entry(line) for line in file.audit]
    entries += [_alert_entry(alert) for alert in file.alerts if _matters(alert)]
    entries += [_acknowledged(alert) for alert in file.alerts if alert.acknowledged_at]
    entries += _silenced(file, zone)
    entries += [_attempt_entry(attempt) for attempt in file.attempts]
    return sorted((entry for entry in entries if entry.at <= now), key=lambda entry: entry.at, reverse=True)


def fact_entry(fact: FactRow, zone: ZoneInfo, *, taken_back: bool) -> Entry:
    """Say what a fact tells, whose word it is, and what is doubtful about it."""
    notes = [plain(str(fact.payload[key])) for key in ("carrier", "tracking_no") if fact.payload.get(key)]
    if reason := fact.payload.get("reason_code"):
        notes.append(reason_words(str(reason)))
    if fact.estimated:
        notes.append(say("timeline.estimated"))
    if fact.observed_at - fact.occurred_at > SECRETIVE:
        notes.append(say("timeline.heard", when=when(fact.observed_at, zone)))
    if taken_back:
        notes.append(say("timeline.taken_back"))
    what = capital(catalogue().text(f"facts.{fact.kind}"))
    who = catalogue().text(f"facts.authority.{fact.authority}")
    fact_id = None if taken_back else fact.source_key
    return Entry(at=fact.occurred_at, who=capital(who), what=with_notes(what, notes), fact_id=fact_id)


def _audit_entry(line: AuditRow) -> Entry:
    verb, _, rest = line.action.partition(" ")
    if line.action.startswith("breach "):
        what = say(f"audit.breach_{rest}", rule=rule_name(str(line.after.get("rule") or "")))
    elif verb == "rerun":
        what = say("audit.rerun", step=step_name(rest))
    else:
        what = say("audit.command", command=said(f"facts.commands.{line.action}", line.action.replace("_", " ")))
    return Entry(
        at=line.at, who=_name_of(line.actor), what=with_notes(what, [plain(line.reason)] if line.reason else [])
    )


def _matters(alert: AlertRow) -> bool:
    """Whether people heard of it, will, or said something to it: one that was over before that is no news."""
    return not alert.suppressed or alert.sent_at is not None or alert.acknowledged_at is not None


def _alert_entry(alert: AlertRow) -> Entry:
    heard = alert.sent_at is not None and alert.channel != NOBODY
    sent = say("timeline.sent") if heard else say("timeline.unsent")
    return Entry(at=alert.created_at, who=say("actors.shipclock"), what=with_notes(_alert_words(alert), [sent]))


def _alert_words(alert: AlertRow) -> str:
    key, _, conflict = alert.text_key.partition(".")
    if conflict:
        return say("timeline.alert_conflict")
    if key in {"warned", "breached"}:
        return say(f"timeline.alert_{key}", rule=rule_name(alert.rule))
    return say("timeline.alert")


def _acknowledged(alert: AlertRow) -> Entry:
    what = say("timeline.acknowledged", alert=_alert_words(alert))
    return Entry(at=alert.acknowledged_at or alert.created_at, who=_name_of(alert.acknowledged_by), what=what)


def _silenced(file: OrderFile, zone: ZoneInfo) -> Iterator[Entry]:
    """Say who kept back alerts of this order, and who let them out again; other silences of its shop are left out."""
    for row in file.silences:
        if not any(_kept_back(row, alert) for alert in file.alerts):
            continue
        what = plain(covers(row.shop_id, row.rule))
        until = say("timeline.silenced", what=what, until=when(row.until, zone))
        yield Entry(at=row.since, who=_name_of(row.by), what=with_notes(until, [plain(reason_of(row))]))
        if row.lifted_at:
            yield Entry(at=row.lifted_at, who=_name_of(row.lifted_by), what=say("timeline.unsilenced", what=what))


def _kept_back(row: SilenceRow, alert: AlertRow) -> bool:
    """Whether a silence covered the alert at a time when that was to be told."""
    silence = Silence(shop=row.shop_id, rule=row.rule, until=row.lifted_at or row.until)
    waits = alert.next_attempt_at or alert.repeat_at
    last = alert.acknowledged_at or alert.told_at or alert.created_at
    return silence.covers(waiting_of(alert), alert.created_at) and (waits is not None or row.since <= last)


def _attempt_entry(attempt: AttemptRow) -> Entry:
    what = say("timeline.attempt", step=step_name(attempt.step), result=say(f"results.{attempt.result}"))
    notes = [fault_words(attempt.error_code)] if attempt.error_code else []
    return Entry(at=attempt.started_at, who=_name_of(attempt.by), what=with_notes(what, notes))


def _name_of(actor: str | None) -> str:
    """Give a person's name, or what we call the part of ours that did it."""
    return plain(said(f"pages.actors.{actor}", actor or ""))


def with_notes(what: str, notes: Iterable[str]) -> str:
    """Give a text with remarks behind it."""
    told = "; ".join(note for note in notes if note)
    return f"{what} ({told})" if told else what
