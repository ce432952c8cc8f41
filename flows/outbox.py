"""Sending what the outbox holds: at least once, as `models.alert_plan` decides, by the first channel that takes it.

Alerts go to the Apprise addresses of the settings. Without addresses they count as told: they stand on the
dashboard. The words are `flows.telling`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from sqlmodel import Session

from flows.channels import Post
from flows.circumstances import around, hidden_while_blind
from flows.digest import digest
from flows.office import Office
from flows.telling import Message, Setting, message_of, summary
from models.alert_channel import NOBODY
from models.alert_figures import alert_figures
from models.alert_plan import DIGEST, Around, Batch, Group, How, Plan, plan
from models.db.alert_danger import note_dangers
from models.db.alert_ends import over_among
from models.db.alert_telling import (
    due_now,
    keep_back,
    mark_failed,
    mark_told,
    note_group,
    take,
    waiting_of,
)
from models.db.alerts import due_alerts, waiting_alerts
from models.db.session import open_session
from models.db.tables import AlertRow
from models.db.wake import Sleep, caught_up, forget_sleep, note_look, untold_sleep
from models.deadline import RuleId


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
        rows = due_now(session, moment)
    round_of = _Round(office, moment)
    return sum((round_of.tell(batch) for batch in round_of.plan(rows)), start=NOTHING)


def _tell_sleep(office: Office, slept: Sleep, moment: datetime) -> Sent:
    """Send one message for all that waits and may be told; the sleep is over when it arrived, or when nothing waits.

    That a trouble is over is a message of its own, for those who heard of the trouble.
    """
    with open_session(office.engine, read_only=True) as session:
        rows = waiting_alerts(session)
        due = bool(due_alerts(session, moment, limit=1))
    if not due and any(row.held_by is None for row in rows):
        return NOTHING  # it could not be sent, and its next try has not come
    round_of = _Round(office, moment)
    batches = round_of.plan(rows)
    sent = sum((round_of.tell(batch) for batch in batches if batch.channel is not None), start=NOTHING)
    for_all = (one for batch in batches for one in batch.alerts if batch.channel is None)
    if waking := tuple(one for one in for_all if one.text_key != DIGEST):
        return sent + round_of.tell(Batch(how=How.SINGLE, alerts=waking), slept)
    with open_session(office.engine) as session:
        forget_sleep(session, slept)
        session.commit()
    return sent


class _Round:
    """One round of sending as of one moment: what is planned, and each message of it on its way."""

    def __init__(self, office: Office, moment: datetime) -> None:
        self.office, self.moment = office, moment
        self.post = Post(office, deliver)
        self.rows: dict[str, AlertRow] = {}
        self.around = Around(figures=alert_figures())

    def plan(self, rows: Sequence[AlertRow]) -> tuple[Batch, ...]:
        """Decide on these alerts and write down what is not told now; give what is."""
        if not rows:
            return ()
        self.rows = {row.dedup_key: row for row in rows}
        with open_session(self.office.engine, read_only=True) as session:
            self.around = around(session, self.office, self.moment)
            over = over_among(session, rows)
        planned = plan([waiting_of(row, over) for row in rows], self.around, self.moment)
        self._keep_back(planned)
        return planned.batches

    def _keep_back(self, planned: Plan) -> None:
        if planned.kept or planned.ended:
            with open_session(self.office.engine) as session:
                keep_back(session, planned)
                session.commit()

    def tell(self, batch: Batch, slept: Sleep | None = None) -> Sent:
        """Take the alerts of a message, send it, and write down what came of it."""
        if not self.post.can_send(batch.alerts, batch.channel):
            return NOTHING
        with open_session(self.office.engine) as session:
            rows = take(session, [self.rows[one.key] for one in batch.alerts], self.office.now())
            session.commit()
        if not rows:
            return NOTHING
        place = self.post.send(self._worded(batch, rows, slept), batch.channel)
        with open_session(self.office.engine) as session:
            self._record(session, batch, rows, place)
            if place is not None and slept is not None:
                forget_sleep(session, slept)
            session.commit()
        count = len(rows)
        arrived = place is not None
        return Sent(alerts=count if arrived else 0, messages=1, failed=0 if arrived else count)

    def _record(self, session: Session, batch: Batch, rows: Sequence[AlertRow], place: int | None) -> None:
        now = self.office.now()
        if place is None:
            mark_failed(session, rows, now)
            return
        mark_told(session, rows, place, self.around.figures, now)
        if batch.how is How.MANY:
            for group in {one.group for one in batch.alerts}:
                note_group(session, group, now)
        if place != NOBODY:
            self._note_dangers(session, rows, place, now)

    def _note_dangers(self, session: Session, rows: Sequence[AlertRow], place: int, now: datetime) -> None:
        """Write down of a shop's many orders that are close to one time that people were told so."""
        close = sorted((row for row in rows if row.text_key == "warned"), key=_group)
        for _, alike in groupby(close, key=_group):
            if len(of_group := list(alike)) > self.around.figures.many:
                note_dangers(session, of_group, place, now)

    def _worded(self, batch: Batch, rows: Sequence[AlertRow], slept: Sleep | None) -> Message:
        if slept is not None:
            return summary(rows, slept, self._first_zone(), self.moment)
        if rows[0].text_key == DIGEST:
            return digest(self.office, rows[0], self.moment)
        hidden = self._hidden() if rows[0].rule == RuleId.D20 else {}
        return message_of(batch.how, rows, Setting(moment=self.moment, quiet=self.around.quiet, hidden=hidden))

    def _hidden(self) -> Mapping[str, int]:
        with open_session(self.office.engine, read_only=True) as session:
            return hidden_while_blind(session, self.office)

    def _first_zone(self) -> ZoneInfo:
        shops = self.office.settings.shop
        return shops[0].zone if shops else ZoneInfo("UTC")


def _group(row: AlertRow) -> Group:
    return row.shop_id or "", row.rule


def deliver(addresses: Sequence[str], message: Message) -> bool:
    """Hand one message to Apprise; True when an address took it, or when there is nowhere to send it."""
    if not addresses:
        return True
    arrived = [_hand_over(one, message) for one in addresses]  # each of them, also after one took it
    return any(arrived)


def _hand_over(address: str, message: Message) -> bool:
    from apprise import Apprise  # noqa: PLC0415  # slow to import, and only where there is something to send

    post = Apprise()
    post.add(address)
    return bool(post.notify(body=message.body, title=message.title))
