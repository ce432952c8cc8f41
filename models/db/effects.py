"""The rows of effects at a shop: written down before they are sent, ended when their outcome is known.

A row is taken by compare-and-set, so that of two workers one acts. Taken rows are given back with a code; one that
was never given back (its worker died) is free again when the lease is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlmodel import Session, col, or_, update

from models.db.insert import insert_new
from models.db.shop_tables import EffectRow

LEASE: Final = timedelta(minutes=5)  # longer than what comes between `keep_turn` and the outcome


class EffectState(StrEnum):
    """How an effect stands. Only DONE is for good: what was refused may be possible later."""

    INTENDED = "intended"  # with a code: an attempt ended without its outcome being known
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is to happen at a shop; `key` is its identity."""

    key: str
    shop_id: str
    order_no: str
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An effect that is ours until the lease ends; `attempt` counts from 1 and is our proof of it.

    `unclear`: an attempt before this one may have reached the shop.
    """

    key: str
    attempt: int
    unclear: bool


def done_effect(session: Session, key: str) -> EffectRow | None:
    """Give the row of an effect that was done; None while it was not."""
    row = session.get(EffectRow, key)
    return row if row is not None and row.state == EffectState.DONE else None


def take_turn(session: Session, intent: Intent, now: datetime, lease: timedelta = LEASE) -> Turn | None:
    """Write the intent down and take it; None while another worker has it, or when it was done just now."""
    fresh = EffectRow(
        key=intent.key,
        shop_id=intent.shop_id,
        order_no=intent.order_no,
        effect=intent.effect,
        state=EffectState.INTENDED.value,
        attempts=1,
        intended_at=now,
    )
    if insert_new(session, EffectRow, [fresh.model_dump()]):
        return Turn(key=intent.key, attempt=1, unclear=False)
    row = session.get_one(EffectRow, intent.key)
    attempt, unclear = row.attempts + 1, row.state == EffectState.INTENDED  # the row itself follows the update
    free = or_(
        col(EffectRow.state) == EffectState.REFUSED.value,
        (col(EffectRow.state) == EffectState.INTENDED.value)
        & or_(
            col(EffectRow.code).is_not(None),
            col(EffectRow.intended_at) <= now - lease,
            col(EffectRow.intended_at) > now + lease,  # taken before the clock was set back: it would last until then
        ),
    )
    taken = session.exec(
        update(EffectRow)
        .where(col(EffectRow.key) == intent.key, col(EffectRow.attempts) == row.attempts, free)
        .values(
            state=EffectState.INTENDED.value,
            code=None,
            effect=intent.effect,
            attempts=attempt,
            intended_at=now,
            finished_at=None,
        )
    ).rowcount
    return Turn(key=intent.key, attempt=attempt, unclear=unclear) if taken else None


def keep_turn(session: Session, turn: Turn, now: datetime) -> bool:
    """Begin the lease anew; False if the turn was lost to another worker meanwhile."""
    mine = (col(EffectRow.key) == turn.key) & (col(EffectRow.attempts) == turn.attempt)
    ours = mine & (col(EffectRow.state) == EffectState.INTENDED.value) & col(EffectRow.code).is_(None)
    return bool(session.exec(update(EffectRow).where(ours).values(intended_at=now)).rowcount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a turn ended; `told` is what the shop told, to be told again."""

    state: EffectState
    code: str | None = None
    request_id: str | None = None
    told: Sequence[dict[str, Any]] = ()


def end_turn(session: Session, turn: Turn, ended: Ended, now: datetime) -> bool:
    """Write the outcome down; False if the turn was lost to another worker, unless it is known to be done."""
    mine = (col(EffectRow.key) == turn.key) & (col(EffectRow.attempts) == turn.attempt)
    known = (col(EffectRow.key) == turn.key) & (col(EffectRow.state) != EffectState.DONE.value)
    where = known if ended.state is EffectState.DONE else mine & known
    values: dict[str, Any] = {
        "state": ended.state.value,
        "code": ended.code,
        "told": list(ended.told),
        "finished_at": None if ended.state is EffectState.INTENDED else now,
    }
    values |= {"request_id": ended.request_id} if ended.request_id else {}
    return bool(session.exec(update(EffectRow).where(where).values(**values)).rowcount)
