"""Doing something at a shop exactly once: intent, look, send, outcome.

The intent is a committed row before anything is sent. Then the shop is asked what is: whatever became of an attempt
that died or whose answer was lost shows there, and only what the shop says was not done is sent, once. A row that
is done answers from then on without a call.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine

from flows.shop.api_error import ApiError
from flows.shop.protocol import Answer, Outcome, ShopError, Told
from flows.shop.reaction import Does, answer_to, code_of, fault_of, reaction_to
from models.db.effects import LEASE, EffectState, Ended, Intent, Turn, done_effect, end_turn, keep_turn, take_turn
from models.db.session import open_session
from models.fact import FactKind

BUSY: Final = "being_done"  # another worker is at it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the shop answered: its request's id, a code worth showing, and what must be true from now on."""

    request_id: str
    code: str = ""
    told: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One effect: how to see whether it is done, and how to do it.

    `look` gives OK with what the shop tells when it is done, another answer when it cannot be done now, None when
    it was not done and may be. `send` raises ApiError, or Stopped. `unseen` is the answer for what can't be seen at
    the shop, when an attempt may have reached it.
    """

    intent: Intent
    look: Callable[[], Answer | None]
    send: Callable[[], Sent]
    unseen: Answer | None = None


class Stopped(Exception):  # noqa: N818  # it is an answer, found while about to send
    """Nothing was sent, for `answer`."""

    def __init__(self, answer: Answer) -> None:
        """Keep the answer."""
        super().__init__(answer.code)
        self.answer = answer


def carry_out(engine: Engine, effect: Effect, now: Callable[[], datetime], lease: timedelta = LEASE) -> Answer:
    """Do it unless it was done; tell what the shop told, again and again the same.

    Raises ShopError, always transient: another worker is at it, the shop is not reachable, or what became of an
    attempt could not be seen yet.
    """
    intent = effect.intent
    with open_session(engine, read_only=True) as session:
        if row := done_effect(session, intent.key):
            return Answer(outcome=Outcome.OK, code=row.code or "", told=_told_of(row.told))
    with open_session(engine) as session:
        turn = take_turn(session, intent, now(), lease)
        session.commit()
    if turn is None:
        raise ShopError(intent.effect, intent.order_no, BUSY, transient=True)
    return _Attempt(engine, effect, turn, now).run()


@dataclass(frozen=True, slots=True)
class _Attempt:
    engine: Engine
    effect: Effect
    turn: Turn
    now: Callable[[], datetime]

    def run(self) -> Answer:
        if self.turn.unclear and self.effect.unseen is not None:
            return self._unsure(self.effect.unseen)
        seen = self._look()
        return self._end(seen) if seen is not None else self._send()

    def _look(self) -> Answer | None:
        """Ask the shop. Raises ShopError, with the row given back, when it does not tell."""
        try:
            return self.effect.look()
        except ApiError as error:
            return self._unless_transient(error)
        except ShopError as fault:
            self._give_back(fault.code)
            raise

    def _unless_transient(self, error: ApiError) -> Answer:
        try:
            return answer_to(error, self.effect.intent.order_no)
        except ShopError as fault:
            self._give_back(fault.code)
            raise

    def _send(self) -> Answer:
        with open_session(self.engine) as session:
            kept = keep_turn(session, self.turn, self.now())
            session.commit()
        if not kept:  # looking took longer than the lease
            raise ShopError(self.effect.intent.effect, self.effect.intent.order_no, BUSY, transient=True)
        try:
            sent = self.effect.send()
        except Stopped as stop:
            return self._end(stop.answer)
        except ApiError as error:
            return self._after(error)
        return self._end(self._seen_after(sent), sent.request_id)

    def _seen_after(self, sent: Sent) -> Answer:
        """Give what the shop tells of what was done just now; where it does not show it yet, what must be true."""
        seen = None
        with suppress(ApiError, ShopError):  # it is done all the same
            seen = self.effect.look() if self.effect.unseen is None else None
        told = seen.told if seen is not None and seen.outcome is Outcome.OK and seen.told else sent.told
        return Answer(outcome=Outcome.OK, code=sent.code, told=told)

    def _after(self, error: ApiError) -> Answer:
        """Settle what the error left open by what the shop says; else by the table."""
        row = reaction_to(error)
        if row.does is not Does.LOOK:
            return self._end(self._unless_transient(error), error.request_id)
        if self.effect.unseen is not None and row.unseen_again:
            return self._unsure(self.effect.unseen)
        seen = self._look()
        if seen is not None:
            return self._end(seen, error.request_id)
        if row.unseen_again:
            self._give_back(code_of(error), unclear=True)
            raise fault_of(error, self.effect.intent.order_no) from None
        return self._end(answer_to(error, self.effect.intent.order_no))

    def _end(self, answer: Answer, request_id: str = "") -> Answer:
        done = answer.outcome is Outcome.OK
        ended = Ended(
            state=EffectState.DONE if done else EffectState.REFUSED,
            code=answer.code or None,
            request_id=request_id or None,
            told=[_row_of(one) for one in answer.told],
        )
        self._write(ended)
        return answer

    def _unsure(self, answer: Answer) -> Answer:
        """Leave it open for good: nobody can see whether it was done, so it is never sent again."""
        self._give_back(answer.code, unclear=True)
        return answer

    def _give_back(self, code: str, *, unclear: bool = False) -> None:
        """Let another attempt begin at once. `unclear`: this one may have reached the shop."""
        unclear = unclear or self.turn.unclear
        self._write(Ended(state=EffectState.INTENDED if unclear else EffectState.REFUSED, code=code))

    def _write(self, ended: Ended) -> None:
        with open_session(self.engine) as session:
            end_turn(session, self.turn, ended, self.now())
            session.commit()


def _row_of(told: Told) -> dict[str, Any]:
    return {"kind": told.kind.value, "at": told.occurred_at.isoformat(), "payload": dict(told.payload)}


def _told_of(rows: list[dict[str, Any]]) -> tuple[Told, ...]:
    return tuple(
        Told(kind=FactKind(row["kind"]), occurred_at=datetime.fromisoformat(row["at"]), payload=row["payload"])
        for row in rows
    )
