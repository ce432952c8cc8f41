"""Days that are read again: asked for in the transaction of their cause, done once all found in them is finished.

All SQL of the table `rescan`, and which folders a request concerns. Nothing here commits. A poll that is killed
in between finds the request still open and carries it out again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy
from sqlmodel import Session, col, delete, select, update

from ingest.mailbox import Mailbox
from models.db.alerts import Alert, raise_alerts
from models.db.mail_tables import RescanRow
from models.db.orders import Change
from models.db.stored import ORDERS
from models.mail_figures import rescan_figures
from models.rescan import RescanCause, after_gap, after_restore, for_order, routine
from models.settings import ShopSettings

MISSING_RULE: Final = "X11"  # order-lifecycle, section 8
EVERYWHERE: Final = frozenset({RescanCause.UNKNOWN_ORDER, RescanCause.RESTORED})  # folders that are not polled, too
ZONE_SLACK: Final = timedelta(days=1)  # SEARCH SINCE goes by the server's day


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One folder to look through from that day on; `elsewhere` is one that is not polled."""

    folder: str
    since: date
    elsewhere: bool = False


def ask(session: Session, mailbox: str, since: datetime, cause: RescanCause, now: datetime) -> None:
    """Have the mail that arrived from `since` to `now` read again by the next poll, or by this one."""
    session.add(RescanRow(mailbox=mailbox, since=since, until=now, cause=cause.value, asked_at=now))


def ask_after_gap(session: Session, mailbox: str, last_ok_at: datetime | None, now: datetime) -> bool:
    """The same if nobody read the mailbox for long; says whether it is so."""
    since = after_gap(last_ok_at, now, rescan_figures())
    if since is None:
        return False
    ask(session, mailbox, since, RescanCause.GAP, now)
    return True


def ask_for_first_mails(
    session: Session,
    shops: Mapping[str, ShopSettings],
    changes: Mapping[str, Sequence[Change]],
    told_at: datetime,
    now: datetime,
) -> None:
    """The same for the mailbox of each shop in which an order was opened by later news than its first mail."""
    opened = {shop for shop, made in changes.items() if any(one.created and one.order.incomplete for one in made)}
    since = for_order(min(told_at, now), rescan_figures())
    for mailbox in sorted({shops[shop].mailbox for shop in opened}):
        ask(session, mailbox, since, RescanCause.UNKNOWN_ORDER, now)


def ask_after_restore(session: Session, mailboxes: Collection[str], saved_at: datetime, now: datetime) -> None:
    """The same for all that came since the database was saved, in all folders: what was read then may be moved."""
    for mailbox in mailboxes:
        ask(session, mailbox, after_restore(saved_at, rescan_figures()), RescanCause.RESTORED, now)


def ask_as_routine(session: Session, mailbox: str, now: datetime) -> None:
    """The same for the last days, unless a request waits anyway; forget those done long ago."""
    figures = rescan_figures()
    if not is_asked(session, mailbox):
        ask(session, mailbox, routine(now, figures), RescanCause.ROUTINE, now)
    old = delete(RescanRow).where(col(RescanRow.mailbox) == mailbox, col(RescanRow.done_at) < now - figures.kept)
    session.connection().execute(old)


def is_asked(session: Session, mailbox: str, *, at_once: bool = False) -> bool:
    """Whether some days wait to be read again; `at_once`: for a cause that the poll by schedule comes too late for."""
    query = select(RescanRow.id).where(RescanRow.mailbox == mailbox, col(RescanRow.done_at).is_(None))
    if at_once:
        query = query.where(RescanRow.cause != RescanCause.ROUTINE)
    return session.exec(query.limit(1)).first() is not None


def asked(session: Session, mailbox: str) -> Sequence[RescanRow]:
    """The requests that are not done, oldest first."""
    query = select(RescanRow).where(RescanRow.mailbox == mailbox, col(RescanRow.done_at).is_(None))
    return session.exec(query.order_by(col(RescanRow.id))).all()


def parts(
    requests: Sequence[RescanRow], polled: Sequence[str], box: Mailbox, start: date | None, now: datetime
) -> Iterator[Part]:
    """What to look through for all of them at once: the polled folders, then for some causes the others.

    Nothing before `start`. Raises MailboxError.
    """
    if not requests:
        return
    since = _day(requests, start)
    for folder in polled:
        yield Part(folder=folder, since=since)
    wide = [one for one in requests if _goes_elsewhere(one, now)]
    if wide:
        since = _day(wide, start)
        for folder in sorted(set(box.folders()) - set(polled)):
            yield Part(folder=folder, since=since, elsewhere=True)


def _goes_elsewhere(request: RescanRow, now: datetime) -> bool:
    """What failed all day long must not keep this mailbox from being read to its end for ever."""
    return request.cause in EVERYWHERE and now - request.asked_at < rescan_figures().elsewhere


def _day(requests: Collection[RescanRow], start: date | None) -> date:
    first = min(one.since for one in requests).date() - ZONE_SLACK
    return max(first, start) if start is not None else first


def finish(session: Session, requests: Sequence[RescanRow], shops: Collection[ShopSettings], now: datetime) -> None:
    """All that was found is finished; tell of the orders whose first mail is in none of the folders."""
    done = update(RescanRow).where(col(RescanRow.id).in_([one.id for one in requests]))
    session.connection().execute(done.values(done_at=now))
    raise_alerts(session, [*_without_first_mail(session, requests, shops)], now)


def _without_first_mail(
    session: Session, requests: Sequence[RescanRow], shops: Collection[ShopSettings]
) -> Iterator[Alert]:
    """Shout of the orders that these requests were made for and that still lack it.

    Where the days begin before the shop's orders count, the mail may well be older: its to-do says enough.
    """
    wide = [one for one in requests if one.cause == RescanCause.UNKNOWN_ORDER]
    columns = ORDERS.c  # of thousands, on the first look at a mailbox: no objects are made of them
    query = sqlalchemy.select(columns.id, columns.shop_id, columns.order_no, columns.flags, columns.created_at).where(
        columns.created_at.in_({one.asked_at for one in wide}),
        columns.shop_id.in_([shop.name for shop in shops]),
        columns.terminal.is_(False),
    )
    starts = {shop.name: shop.orders_from for shop in shops}
    begun = {one.asked_at: one.since.date() for one in wide}
    for key, shop, order_no, flags, created_at in session.execute(query.order_by(columns.order_no)):
        start = starts[shop]
        if "incomplete" in flags and (start is None or begun[created_at] >= start):
            yield Alert(
                subject=key, rule=MISSING_RULE, level=0, text_key="mail_missing", shop_id=shop, order_no=order_no
            )
