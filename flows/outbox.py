"""Sending what the outbox holds: at least once, grouped when many, after a sleep in one summary.

Alerts go to the Apprise addresses of the settings. Without addresses they count as told: they stand on the
dashboard. The words are `flows.telling`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from flows.office import Office
from flows.telling import Message, compose, summary
from models.db.alerts import due_alerts, mark_failed, mark_sent, waiting_alerts
from models.db.session import open_session
from models.db.wake import Sleep, caught_up, forget_sleep, note_look, untold_sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a round of sending came to."""

    alerts: int
    messages: int
    failed: int

    def __add__(self, other: Sent) -> Sent:
        """Give what both rounds came to."""
        return Sent(
            alerts=self.alerts + other.alerts,
            messages=self.messages + other.messages,
            failed=self.failed + other.failed,
        )


NOTHING: Final = Sent(alerts=0, messages=0, failed=0)


def send_due(office: Office) -> Sent:
    """Send what is due; what cannot be sent is tried again later, with growing waits.

    After a sleep nothing goes out until mail and clocks have caught up, and then all of it as one message.
    """
    moment = office.now()
    with open_session(office.engine) as session:
        note_look(session, moment)
        slept = untold_sleep(session)
        ready = slept is None or caught_up(session, slept, [one.name for one in office.settings.mailbox], moment)
        session.commit()
    if slept is not None:
        return _tell_sleep(office, slept, moment) if ready else NOTHING
    with open_session(office.engine, read_only=True) as session:
        messages = compose(due_alerts(session, moment), moment)
    return sum((_send(office, message, moment) for message in messages), start=NOTHING)


def _tell_sleep(office: Office, slept: Sleep, moment: datetime) -> Sent:
    """Send one message for all that waits; the sleep is over when it arrived, or when nothing waits."""
    with open_session(office.engine, read_only=True) as session:
        rows = waiting_alerts(session)
        due = bool(due_alerts(session, moment, limit=1))
    if rows and not due:
        return NOTHING  # it could not be sent, and its next try has not come
    zone = office.settings.shop[0].zone if office.settings.shop else ZoneInfo("UTC")
    if rows:
        return _send(office, summary(rows, slept, zone, moment), moment, slept)
    with open_session(office.engine) as session:
        forget_sleep(session, slept)
        session.commit()
    return NOTHING


def _send(office: Office, message: Message, moment: datetime, slept: Sleep | None = None) -> Sent:
    arrived = deliver(office.settings.alerts.addresses, message)
    with open_session(office.engine) as session:
        if arrived:
            mark_sent(session, [row.dedup_key for row in message.rows], moment)
        else:
            mark_failed(session, message.rows, moment)
        if arrived and slept is not None:
            forget_sleep(session, slept)
        session.commit()
    count = len(message.rows)
    return Sent(alerts=count if arrived else 0, messages=1, failed=0 if arrived else count)


def deliver(addresses: Sequence[str], message: Message) -> bool:
    """Hand one message to Apprise; True when it went out, or when there is nowhere to send it."""
    if not addresses:
        return True
    from apprise import Apprise  # noqa: PLC0415  # slow to import, and only where there is something to send

    post = Apprise()
    post.add(list(addresses))
    return bool(post.notify(body=message.body, title=message.title))
