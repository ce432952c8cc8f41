"""An order's timeline: facts, commands, alarms and attempts as one list, who said or did what and when.

Pure: rows in, lines out. What others wrote is escaped; no line holds a rule's id.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.present import fault_words, reason_words, rule_name, step_name, when
from dashboard.words import capital, catalogue, plain, said, say
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
    entries += [_alert_entry(alert) for alert in file.alerts if not alert.suppressed or alert.sent_at]
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
    who = said(f"pages.actors.{line.actor}", line.actor)
    return Entry(at=line.at, who=plain(who), what=with_notes(what, [plain(line.reason)] if line.reason else []))


def _alert_entry(alert: AlertRow) -> Entry:
    key, _, conflict = alert.text_key.partition(".")
    if conflict:
        what = say("timeline.alert_conflict")
    elif key in {"warned", "breached"}:
        what = say(f"timeline.alert_{key}", rule=rule_name(alert.rule))
    else:
        what = say("timeline.alert")
    sent = say("timeline.sent") if alert.sent_at else say("timeline.unsent")
    return Entry(at=alert.created_at, who=say("actors.shipclock"), what=with_notes(what, [sent]))


def _attempt_entry(attempt: AttemptRow) -> Entry:
    what = say("timeline.attempt", step=step_name(attempt.step), result=say(f"results.{attempt.result}"))
    notes = [fault_words(attempt.error_code)] if attempt.error_code else []
    who = said(f"pages.actors.{attempt.by}", attempt.by)
    return Entry(at=attempt.started_at, who=plain(who), what=with_notes(what, notes))


def with_notes(what: str, notes: Iterable[str]) -> str:
    """Give a text with remarks behind it."""
    told = "; ".join(note for note in notes if note)
    return f"{what} ({told})" if told else what
