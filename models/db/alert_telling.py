"""Carrying out a plan of alerts: taking them, keeping them back, writing down what was told and which way.

An alert is taken by compare-and-set before it is sent, for LEASE: of two runs one tells it, and one that dies leaves it
to the next. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, case, or_
from sqlmodel import Session, col, delete, select, update

from models.alert_channel import Channel
from models.alert_figures import AlertFigures
from models.alert_plan import Group, Plan, Waiting, next_repeat
from models.db.alert_ends import subject_of
from models.db.alert_tables import ChannelRow, GroupRow
from models.db.alerts import AT_A_TIME, DUE, OUTBOX, end_telling
from models.db.insert import insert_new
from models.db.tables import AlertRow

LEASE: Final = timedelta(minutes=2)  # longer than a server is waited for, shorter than anybody notices
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
ONCE: Final = -1  # of what is not critical: never again
MOST: Final = 20_000  # alerts looked at in one round; the others follow in the next


def anything_due(session: Session, now: datetime) -> bool:
    """Whether an alert is to be told, told once more, or looked at again."""
    return session.exec(select(AlertRow.dedup_key).where(_is_due(now)).limit(1)).first() is not None


def due_now(session: Session, now: datetime) -> Sequence[AlertRow]:
    """Give what is to be told, or told once more, the oldest first."""
    query = select(AlertRow).where(_is_due(now)).order_by(col(AlertRow.created_at), col(AlertRow.dedup_key))
    return session.exec(query.limit(MOST)).all()


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(col(AlertRow.next_attempt_at) <= now, col(AlertRow.repeat_at) <= now)


def waiting_of(row: AlertRow, over: Collection[str] = ()) -> Waiting:
    """Give the row as the plan sees it; `over` are the keys of what has ended by itself."""
    due = row.values.get(DUE)
    return Waiting(
        key=row.dedup_key,
        subject=subject_of(row),
        rule=row.rule,
        text_key=row.text_key,
        created_at=row.created_at,
        shop=row.shop_id or "",
        order_no=row.order_no,
        critical=row.critical,
        due_at=datetime.fromisoformat(due) if due else None,
        told_at=row.sent_at,
        acknowledged=row.acknowledged_at is not None,
        over=row.dedup_key in over,
        channel=None if row.sent_at else row.channel,
    )


def keep_back(session: Session, plan: Plan) -> None:
    """Write down what is not told now, why, and when that is looked at again; what ended is told no more."""
    for part in _parts(plan.ended):
        end_telling(session, OUTBOX.c.dedup_key.in_(part))
    reasons = sorted(plan.kept.items(), key=lambda one: (one[1].why, one[1].until))
    for kept, keys in groupby(reasons, key=lambda one: one[1]):
        for part in _parts([key for key, _ in keys]):
            for column in (OUTBOX.c.next_attempt_at, OUTBOX.c.repeat_at):
                theirs = update(OUTBOX).where(OUTBOX.c.dedup_key.in_(part), column.is_not(None))
                session.execute(theirs.values({column.name: kept.until, "held_by": kept.why.value}))


def take(session: Session, rows: Sequence[AlertRow], now: datetime) -> list[AlertRow]:
    """Take alerts to tell them; those that another run has, or that need nobody since, are left out."""
    taken = set[str]()
    ordered = sorted(rows, key=lambda row: (_told(row), _seen(row).isoformat()))
    for (again, seen), same in groupby(ordered, key=lambda row: (_told(row), _seen(row))):
        column = OUTBOX.c.repeat_at if again else OUTBOX.c.next_attempt_at
        for part in _parts([row.dedup_key for row in same]):
            mine = (OUTBOX.c.dedup_key.in_(part), column == seen, OUTBOX.c.acknowledged_at.is_(None))
            take_them = update(OUTBOX).where(*mine).values({column.name: now + LEASE})
            taken.update(session.execute(take_them.returning(OUTBOX.c.dedup_key)).scalars())
    return [row for row in rows if row.dedup_key in taken]


def _told(row: AlertRow) -> bool:
    return row.sent_at is not None


def _seen(row: AlertRow) -> datetime:
    """The moment by which it was found: whoever took it since has moved that."""
    return (row.repeat_at if _told(row) else row.next_attempt_at) or row.created_at


def mark_told(session: Session, rows: Sequence[AlertRow], place: int, figures: AlertFigures, now: datetime) -> None:
    """Record that these went out, by which channel, and when what is critical is told once more."""
    told = {"told_at": now, "channel": place, "next_attempt_at": None, "held_by": None}
    first = case((OUTBOX.c.sent_at.is_(None), now), else_=OUTBOX.c.sent_at)
    for count, same in groupby(sorted(rows, key=_next_count), key=_next_count):
        again = {"repeat_at": None, "repeats": 0} if count == ONCE else _again(count, figures, now)
        for part in _parts([row.dedup_key for row in same]):
            theirs = update(OUTBOX).where(OUTBOX.c.dedup_key.in_(part))
            session.execute(theirs.values(sent_at=first, **told, **again))


def _again(count: int, figures: AlertFigures, now: datetime) -> dict[str, Any]:
    """When it is told once more, unless somebody has acknowledged it while it was under way."""
    unheard = case((OUTBOX.c.acknowledged_at.is_(None), now + next_repeat(count, figures)), else_=None)
    return {"repeat_at": unheard, "repeats": count}


def _next_count(row: AlertRow) -> int:
    """How often it was told again, once this is told."""
    if not row.critical:
        return ONCE
    return row.repeats + 1 if _told(row) else 0


def mark_failed(session: Session, rows: Sequence[AlertRow], now: datetime) -> None:
    """Record a failed try; the next comes after a growing wait, of at most an hour, for ever."""
    for row in rows:
        wait = min(FIRST_WAIT * 2 ** min(row.attempts, 8), LONGEST_WAIT)
        when = "repeat_at" if _told(row) else "next_attempt_at"
        values = {"attempts": row.attempts + 1, "held_by": None, when: now + wait}
        session.execute(update(OUTBOX).where(OUTBOX.c.dedup_key == row.dedup_key).values(values))


def channels(session: Session, count: int) -> list[Channel]:
    """Give how the channels of the settings do, in order."""
    failing = {row.place: row for row in session.exec(select(ChannelRow))}
    return [_channel(place, failing.get(place)) for place in range(count)]


def _channel(place: int, row: ChannelRow | None) -> Channel:
    if row is None:
        return Channel(place=place)
    since, rest = row.failing_since, row.not_before
    return Channel(place=place, failures=row.failures, failing_since=since, not_before=rest)


def note_channel(session: Session, channel: Channel) -> None:
    """Write down how a channel does after a try."""
    if not channel.failures:
        session.exec(delete(ChannelRow).where(col(ChannelRow.place) == channel.place))
        return
    values: dict[str, Any] = {"failures": channel.failures, "failing_since": channel.failing_since}
    values["not_before"] = channel.not_before
    if not insert_new(session, ChannelRow, [{"place": channel.place, **values}]):
        session.exec(update(ChannelRow).where(col(ChannelRow.place) == channel.place).values(**values))


def groups_told(session: Session, since: datetime) -> dict[Group, datetime]:
    """Give when many of a shop and rule went out as one message, after `since`."""
    rows = session.exec(select(GroupRow).where(col(GroupRow.told_at) > since))
    return {(row.shop_id, row.rule): row.told_at for row in rows}


def note_group(session: Session, group: Group, now: datetime) -> None:
    """Write down that many of a shop and rule went out as one message."""
    shop, rule = group
    if not insert_new(session, GroupRow, [{"shop_id": shop, "rule": rule, "told_at": now}]):
        theirs = (col(GroupRow.shop_id) == shop, col(GroupRow.rule) == rule)
        session.exec(update(GroupRow).where(*theirs).values(told_at=now))


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + AT_A_TIME] for start in range(0, len(keys), AT_A_TIME))
