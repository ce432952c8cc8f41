"""Telling that a trouble is over: a mailbox or shop is read again, mail arrives again.

Once, and only where the trouble was told; one that was never told ends without a word. Who told of it tells of its end
(`channel`), and what shouts about it is told no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from sqlmodel import Session, col, select, update

from flows.office import Office
from ingest import ledger
from models.alert_channel import NOBODY
from models.catalogue import words
from models.db.alert_ends import subject_of
from models.db.alerts import OUTBOX, Alert, end_telling, raise_alerts
from models.db.mail_tables import MailboxRow
from models.db.session import open_session
from models.db.shop_sync import sync_rows
from models.db.tables import AlertRow
from models.deadline import RuleId

CLEAR_LEVEL: Final = 20  # above every alert that it ends
ENDS: Final = {  # what an alert's end is told with
    "blind": "seeing",
    "login_refused": "seeing",
    "sign_in": "seeing",
    "api_blind": "api_seeing",
    "api_refused": "api_seeing",
    "silent": "mail_again",
}


def tell_all_clear(office: Office) -> int:
    """Note each trouble that is over by now, and tell of it where it was told; give how many are told."""
    now = office.now()
    with open_session(office.engine, read_only=True) as session:
        if not (open_ones := _open(session)):
            return 0  # the usual case, and a cheap question
        over = [alike for alike in open_ones if _is_over(session, office, alike[0])]
    if not over:
        return 0
    with open_session(office.engine) as session:
        told = sum(_end(session, alike, now) for alike in over)
        session.commit()
    return told


def _open(session: Session) -> list[list[AlertRow]]:
    """The alerts of each trouble that is not over yet, by subject, rule and since when it lasts."""
    rules = (RuleId.D20.value, RuleId.D21.value)
    unfinished = (col(AlertRow.rule).in_(rules), col(AlertRow.over_at).is_(None), col(AlertRow.text_key).in_(ENDS))
    rows = session.exec(select(AlertRow).where(*unfinished)).all()
    ordered = sorted(rows, key=lambda row: (_trouble(row), row.level))
    return [list(alike) for _, alike in groupby(ordered, key=_trouble)]


def _trouble(row: AlertRow) -> tuple[str, str, str]:
    return subject_of(row), row.rule, row.about


def _is_over(session: Session, office: Office, row: AlertRow) -> bool:
    """Whether there is news since then; what left the settings troubles nobody any more."""
    kind, _, name = subject_of(row).partition(":")
    if kind == "mailbox":
        mailbox = session.get(MailboxRow, name)
        known = office.mailbox(name) is not None and mailbox is not None
        return not known or _read_since(mailbox.last_ok_at if mailbox else None, row)
    shop = office.settings.shop_named(name)
    if shop is None:
        return True
    if row.rule == RuleId.D21:
        return ledger.has_mail_since(session, shop.mailbox, shop.name, row.created_at)
    rows = sync_rows(session, shop.name).values()
    return not shop.api or all(one.last_error is None and _read_since(one.last_ok_at, row) for one in rows)


def _read_since(read_at: datetime | None, row: AlertRow) -> bool:
    return read_at is not None and (not row.about or read_at > datetime.fromisoformat(row.about))


def _end(session: Session, alike: Sequence[AlertRow], now: datetime) -> bool:
    """Write down the end; whether it is told."""
    keys = [row.dedup_key for row in alike]
    session.exec(update(AlertRow).where(col(AlertRow.dedup_key).in_(keys)).values(over_at=now))
    end_telling(session, OUTBOX.c.dedup_key.in_(keys))
    told = [row for row in alike if row.sent_at is not None and row.channel != NOBODY]
    if not told:
        return False
    last = max(told, key=lambda row: row.level)
    return bool(raise_alerts(session, [_all_clear(last, now)], now))


def _all_clear(row: AlertRow, now: datetime) -> Alert:
    since = datetime.fromisoformat(row.about) if row.about else row.created_at
    return Alert(
        subject=subject_of(row),
        rule=row.rule,
        level=CLEAR_LEVEL,
        text_key=ENDS[row.text_key],
        about=row.about,
        shop_id=row.shop_id,
        values={**row.values, "span": words().span(now - since)},
        channel=row.channel,
    )
