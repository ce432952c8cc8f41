"""Alerts in words: one message each, one for many of a kind, or one summary after a sleep.

The words come from the catalogue; a message carries order numbers and times alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from models.catalogue import words
from models.db.tables import AlertRow
from models.db.wake import Sleep

CLOCKS: Final = frozenset({"warned", "breached"})  # what they say of one order can be said of many
MANY: Final = 5  # [D] more than this many of one shop and rule go out as one message
MOST_LINES: Final = 10  # of a summary; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to send and the alerts it tells."""

    title: str
    body: str
    rows: tuple[AlertRow, ...]


def compose(rows: Sequence[AlertRow], moment: datetime) -> list[Message]:
    """Turn alerts into messages as of `moment`: one each, or one for all of a shop and rule when they are many.

    What is about no order (a mail that waits) says the same each time, and goes out as one message.
    """

    def group(row: AlertRow) -> tuple[str, str, str]:
        return row.shop_id or "", row.rule, row.text_key

    messages: list[Message] = []
    for _, same in groupby(sorted(rows, key=lambda row: (*group(row), row.created_at, row.dedup_key)), key=group):
        alike = tuple(same)
        as_one = len(alike) > MANY or alike[0].order_no is None
        batches: Iterable[tuple[AlertRow, ...]] = [alike] if as_one else [(row,) for row in alike]
        messages.extend(_message(batch, moment) for batch in batches)
    return messages


def _message(rows: tuple[AlertRow, ...], moment: datetime) -> Message:
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
        "step": text.text(f"pages.steps.{worst.values.get('step')}"),
    }
    known = title if f"alerts.titles.{title}" in text else "other"
    body = text.text(f"alerts.{title}", **values)
    more = "alerts.more" if worst.order_no else f"alerts.more_{worst.text_key}"
    if others and not clock and more in text:
        body = f"{body} {text.text(more, count=others)}"
    return Message(title=text.text(f"alerts.titles.{known}"), body=body, rows=rows)


def summary(rows: Sequence[AlertRow], slept: Sleep, zone: ZoneInfo, moment: datetime) -> Message:
    """Tell in one message what came up in a sleep, the worst first; times of the sleep in `zone`."""
    text = words()
    clocks = [(row,) for row in rows if row.text_key in CLOCKS]
    lines = [_message(batch, moment) for batch in clocks]
    lines += compose([row for row in rows if row.text_key not in CLOCKS], moment)
    lines.sort(key=_badness)
    counts = {key: sum(row.text_key == key for row in rows) for key in sorted(CLOCKS)}
    counts["others"] = len(lines) - len(clocks)
    told = [text.text(f"alerts.slept.{key}", count=count) for key, count in counts.items() if count]
    slept_from, slept_to = (f"{at.astimezone(zone):%d %b %H:%M}" for at in (slept.since, slept.until))
    head = text.text("alerts.slept.head", start=slept_from, end=slept_to, zone=zone.key, what="; ".join(told))
    left = len(lines) - MOST_LINES
    rest = [text.text("alerts.slept.more", count=left)] if left > 0 else []
    body = "\n".join((head, *(f"- {line.body}" for line in lines[:MOST_LINES]), *rest, text.text("alerts.slept.where")))
    return Message(title=text.text("alerts.titles.summary"), body=body, rows=tuple(rows))


def _badness(message: Message) -> tuple[bool, bool, str]:
    """What is critical first, warnings last, by due time."""
    row = message.rows[0]
    return not row.critical, row.text_key == "warned", row.values.get("due_at", "")
