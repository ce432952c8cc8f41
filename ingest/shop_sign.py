"""The signs that were taught: by which name or address a mailbox's mail is known to be a shop's.

All SQL of signs. Nothing here commits; the rules that use them are in `ingest.shop_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, or_, select, update

from ingest.ledger import Outcome
from ingest.shop_of import Sign, SignKind, with_signs
from ingest.text import fold
from models.db.insert import insert_new
from models.db.mail_tables import MessageRow, ShopSignRow
from models.notification import NotificationKind
from models.settings import ShopSettings


def list_signs(session: Session, mailbox: str | None = None) -> Sequence[ShopSignRow]:
    """The signs of one mailbox, or of all, in the order they were taught."""
    query = select(ShopSignRow).order_by(col(ShopSignRow.taught_at), col(ShopSignRow.value))
    return session.exec(query if mailbox is None else query.where(ShopSignRow.mailbox == mailbox)).all()


def taught_shops(session: Session, mailbox: str, shops: Iterable[ShopSettings]) -> list[ShopSettings]:
    """The shops whose mail arrives in the mailbox, each with the names and addresses that were taught for it."""
    signs = [(sign_of(row), row.shop_id) for row in list_signs(session, mailbox)]
    return with_signs([shop for shop in shops if shop.mailbox == mailbox], signs)


def sign_of(row: ShopSignRow) -> Sign:
    """The sign of a row."""
    return Sign(kind=SignKind(row.kind), value=row.value)


def keep_sign(session: Session, row: ShopSignRow, known: Iterable[str]) -> bool:
    """Keep the sign; False if it stands already for another shop that is among the `known`."""
    if insert_new(session, ShopSignRow, [row.model_dump()]):
        return True
    of_no_shop_now = col(ShopSignRow.shop_id).not_in(list(known))
    here = (col(ShopSignRow.mailbox) == row.mailbox, col(ShopSignRow.kind) == row.kind)
    same = (*here, col(ShopSignRow.value) == row.value, or_(of_no_shop_now, ShopSignRow.shop_id == row.shop_id))
    values = {"shop_id": row.shop_id, "taught_by": row.taught_by, "taught_at": row.taught_at}
    return session.connection().execute(update(ShopSignRow).where(*same).values(**values)).rowcount == 1


def signs_like(session: Session, value: str, mailbox: str | None = None) -> list[ShopSignRow]:
    """The signs that `value` means, written with capitals or not."""
    return [row for row in list_signs(session, mailbox) if fold(row.value) == fold(value)]


def orders_since(session: Session, sign: ShopSignRow) -> list[str]:
    """The numbers of the shop's orders that mail of the mailbox began since the sign was taught.

    Which of them came by this very sign is not kept, so that all are to be looked at.
    """
    since = or_(col(MessageRow.seen_at) >= sign.taught_at, col(MessageRow.handled_at) >= sign.taught_at)
    query = select(MessageRow.order_nos).where(
        MessageRow.mailbox == sign.mailbox,
        MessageRow.shop_id == sign.shop_id,
        MessageRow.outcome == Outcome.PARSED,
        MessageRow.kind == NotificationKind.NEW_ORDER,
        since,
    )
    return list(
        dict.fromkeys(number for numbers in session.exec(query.order_by(col(MessageRow.id))) for number in numbers)
    )
