"""Sending what the outbox holds: at least once, grouped when many, without any buyer's data.

Alerts go to the Apprise addresses of the settings. Without addresses they count as told: they stand on the
dashboard. The words come from the catalogue; an alert carries order numbers and times alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from flows.office import Office
from models.catalogue import words
from models.db.alerts import due_alerts, mark_failed, mark_sent
from models.db.session import open_session
from models.db.tables import AlertRow

CLOCKS: Final = frozenset({"warned", "breached"})  # what they say of one order can be said of many
MANY: Final = 5  # [D] more than this many of one shop and rule go out as one message


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to send and the alerts it tells."""

    title: str
    body: str
    rows: tuple[AlertRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a round of sending came to."""

    alerts: int
    messages: int
    failed: int


def send_due(office: Office) -> Sent:
    """Send what is due; what cannot be sent is tried again later, with growing waits."""
    moment = office.now()
    with open_session(office.engine, read_only=True) as session:
        messages = compose(due_alerts(session, moment), moment)
    sent = failed = 0
    for message in messages:
        arrived = deliver(office.settings.alerts.addresses, message)
        with open_session(office.engine) as session:
            if arrived:
                mark_sent(session, [row.dedup_key for row in message.rows], moment)
                sent += len(message.rows)
            else:
                mark_failed(session, message.rows, moment)
                failed += len(message.rows)
            session.commit()
    return Sent(alerts=sent, messages=len(messages), failed=failed)


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
    if others and not clock and worst.order_no:
        body = f"{body} {text.text('alerts.more', count=others)}"
    return Message(title=text.text(f"alerts.titles.{known}"), body=body, rows=rows)


def deliver(addresses: Sequence[str], message: Message) -> bool:
    """Hand one message to Apprise; True when it went out, or when there is nowhere to send it."""
    if not addresses:
        return True
    from apprise import Apprise  # noqa: PLC0415  # slow to import, and only where there is something to send

    post = Apprise()
    post.add(list(addresses))
    return bool(post.notify(body=message.body, title=message.title))
