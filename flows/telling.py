"""Alerts in words: one message each, one for many of a kind, one reminder, or one summary after a sleep or a night.

The words come from the catalogue; a message carries order numbers and times alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from models import formats
from models.alert_figures import alert_figures
from models.alert_plan import CLOCKS, How, group_alerts
from models.catalogue import words
from models.db.alert_ends import subject_of
from models.db.alert_telling import waiting_of
from models.db.tables import AlertRow
from models.db.wake import Sleep
from models.quiet_hours import QuietHours

MOST_LINES: Final = 10  # of a summary; the rest is counted
COUNTS: Final = ("safe", "missed")
LASTING: Final = frozenset({"blind", "api_blind", "silent"})  # since the moment that they are about


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to send and the alerts it tells."""

    title: str
    body: str
    rows: tuple[AlertRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a message's words depend on beside its alerts: quiet hours by shop, and how much is hidden by subject."""

    moment: datetime
    quiet: Mapping[str, QuietHours] = field(default_factory=dict)
    hidden: Mapping[str, int] = field(default_factory=dict)


def compose(rows: Sequence[AlertRow], moment: datetime) -> list[Message]:
    """Turn alerts into messages as of `moment`, as they are told for the first time."""
    known = {row.dedup_key: row for row in rows}
    batches = group_alerts(map(waiting_of, rows), alert_figures().many)
    return [_message([known[one.key] for one in batch.alerts], moment) for batch in batches]


def message_of(how: How, rows: Sequence[AlertRow], setting: Setting) -> Message:
    """Word the message that tells these alerts in that way."""
    if how is How.AFTER_QUIET:
        return _after_quiet(rows, setting)
    message = _message(rows, setting.moment)
    if hidden := setting.hidden.get(subject_of(rows[0])):
        message = replace(message, body=f"{message.body} {words().text('alerts.hidden', count=hidden)}")
    return _still(message, setting.moment) if how is How.STILL else message


def line_of(row: AlertRow, moment: datetime) -> str:
    """Say what one alert tells, as of `moment`."""
    return _message([row], moment).body


def _still(message: Message, moment: datetime) -> Message:
    """Say once more what was told, and for how long that is."""
    text = words()
    first = min(row.sent_at or moment for row in message.rows)
    body = text.text("alerts.still", text=message.body, span=text.span(moment - first))
    return replace(message, body=body, title=text.text("alerts.titles.still", title=message.title))


def _message(rows: Sequence[AlertRow], moment: datetime) -> Message:
    """Word one message; of several alerts the one that is due first is named."""
    worst = min(rows, key=lambda row: row.values.get("due_at", ""))
    text, due = words(), worst.values.get("due_at")
    clock, others = worst.text_key in CLOCKS, len(rows) - 1
    title = "grouped" if clock and others else worst.text_key
    values = {
        "shop": worst.shop_id or "",
        "order_no": worst.order_no or "",
        "rule": text.text(f"rules.{worst.rule}.name"),
        "missed": text.text(f"rules.{worst.rule}.missed"),
        "time_left": text.time_left(datetime.fromisoformat(due) if due else None, moment),
        "count": len(rows),
        **worst.values,
        **_summed(rows),
        **_lasting(worst, moment),
        "step": text.text(f"pages.steps.{worst.values.get('step')}"),
    }
    known = title if f"alerts.titles.{title}" in text else "other"
    body = text.text(f"alerts.{title}", **values)
    more = "alerts.more" if worst.order_no else f"alerts.more_{worst.text_key}"
    if others and not clock and more in text:
        body = f"{body} {text.text(more, count=others)}"
    return Message(title=text.text(f"alerts.titles.{known}"), body=body, rows=tuple(rows))


def _summed(rows: Sequence[AlertRow]) -> dict[str, str]:
    """The numbers of all of them together: several all-clears that waited are one message."""
    names = [name for name in COUNTS if name in rows[0].values]
    return {name: str(sum(int(row.values[name]) for row in rows)) for name in names}


def _lasting(row: AlertRow, moment: datetime) -> dict[str, str]:
    """For how long it lasts by now: it may be told long after it was noticed, and told once more."""
    if row.text_key not in LASTING or not row.about:
        return {}
    return {"span": words().span(moment - datetime.fromisoformat(row.about))}


def summary(rows: Sequence[AlertRow], slept: Sleep, zone: ZoneInfo, moment: datetime) -> Message:
    """Tell in one message what came up in a sleep, the worst first; times of the sleep in `zone`."""
    slept_from, slept_to = (formats.moment(at, zone) for at in (slept.since, slept.until))
    values = {"start": slept_from, "end": slept_to, "zone": zone.key}
    return _listed("slept", rows, values, moment)


def _after_quiet(rows: Sequence[AlertRow], setting: Setting) -> Message:
    """Tell in one message what a shop's quiet hours kept back."""
    hours = setting.quiet[rows[0].shop_id or ""]
    values = {"start": formats.clock(hours.start), "end": formats.clock(hours.end), "zone": hours.zone.key}
    return _listed("quiet", rows, {**values, "shop": rows[0].shop_id or ""}, setting.moment)


def _listed(kind: str, rows: Sequence[AlertRow], values: Mapping[str, str], moment: datetime) -> Message:
    """Give a head that counts, a line each for what is worst, and where the rest is."""
    text = words()
    clocks = [(row,) for row in rows if row.text_key in CLOCKS]
    lines = [_message(batch, moment) for batch in clocks]
    lines += compose([row for row in rows if row.text_key not in CLOCKS], moment)
    lines.sort(key=_badness)
    counts = {key: sum(row.text_key == key for row in rows) for key in sorted(CLOCKS)}
    counts["others"] = len(lines) - len(clocks)
    told = [text.text(f"alerts.slept.{key}", count=count) for key, count in counts.items() if count]
    head = text.text(f"alerts.{kind}.head", what="; ".join(told), **values)
    left = len(lines) - MOST_LINES
    rest = [text.text("alerts.slept.more", count=left)] if left > 0 else []
    body = "\n".join((head, *(f"- {line.body}" for line in lines[:MOST_LINES]), *rest, text.text("alerts.slept.where")))
    title = "summary" if kind == "slept" else kind
    return Message(title=text.text(f"alerts.titles.{title}"), body=body, rows=tuple(rows))


def _badness(message: Message) -> tuple[bool, bool, str]:
    """What is critical first, warnings last, by due time."""
    row = message.rows[0]
    return not row.critical, row.text_key == "warned", row.values.get("due_at", "")
