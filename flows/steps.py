"""Carrying out one step of one order: ask first, act once, write down what came of it.

Plain: Prefect's tasks call `carry_out`, and `attempt` wraps any such call with the row's bookkeeping.
Faults (ours, worth another try) and refusals (a decision is needed) are told apart here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from sqlmodel import Session, col, select

from flows.office import Office
from flows.shop.protocol import BY_A_PERSON, Answer, Outcome, Shop, ShopError, Told
from flows.trouble import class_of
from models.db.facts import source_keys_of
from models.db.orders import known_orders, lock_orders, record_facts
from models.db.session import DatabaseError, open_session
from models.db.steps import Claim, Ending, StepStatus, after_outage, claim, finish
from models.db.tables import OrderRow, StepRow
from models.fact import Authority, Fact, FactKind
from models.ids import order_id
from models.order import Order
from models.stage import RANK, Stage, Step

MOST_ATTEMPTS: Final = 3  # of faults that trying again may not help; an outage uses up none
PEOPLES_WORK: Final = frozenset({FactKind.STOCK_CONFIRMED, FactKind.PACKED, FactKind.DROPPED_OFF})
ALREADY_DONE: Final = Answer(outcome=Outcome.OK, code="already_done")


class StepFault(Exception):  # noqa: N818  # the house word for what is ours and can be run again
    """A step that did not finish; the message holds the step, the order number and a code only."""

    def __init__(self, step: Step, order_no: str, code: str, *, transient: bool) -> None:
        """Keep the code: it is what rows and people see."""
        super().__init__(f"{step} of order {order_no}: {code}")
        self.code = code
        self.transient = transient


Effect: TypeAlias = Callable[[Shop, Order, str, str], Answer]


def _confirm(shop: Shop, _order: Order, order_no: str, key: str) -> Answer:
    return shop.confirm(order_no, key=key)


def _pack(shop: Shop, _order: Order, order_no: str, key: str) -> Answer:
    return shop.pack(order_no, key=key)


def _hand_over(shop: Shop, order: Order, order_no: str, key: str) -> Answer:
    """Set to shipped; by itself not before somebody has looked at the stock, even where the label comes first."""
    if order.rank < RANK[Stage.CONFIRMED]:
        return BY_A_PERSON
    return shop.hand_over(order_no, mode=order.handover_mode, drop_off_point="", key=key)


def _track(shop: Shop, _order: Order, order_no: str, _key: str) -> Answer:
    return shop.track(order_no)


EFFECTS: Final[Mapping[Step, Effect]] = MappingProxyType(
    {Step.CONFIRM: _confirm, Step.PACK: _pack, Step.HAND_OVER: _hand_over, Step.TRACK: _track}
)


def carry_out(office: Office, shop_name: str, order_no: str, step: Step, order: Order | None = None) -> Answer:
    """Do the step if it is still due; what the shop tells is in the answer, to be written down. Safe to repeat.

    `order` is how the order was found just now, for who has looked already. The idempotency key is the order and the
    step, so whoever repeats it does not do it twice. Raises StepFault.
    """
    known = order or look_at(office, shop_name, [order_no])[order_no]
    if not is_due(step, known):
        return ALREADY_DONE
    try:
        return EFFECTS[step](office.open_shop(shop_name), known, order_no, f"{order_id(shop_name, order_no)}:{step}")
    except ShopError as fault:
        raise StepFault(step, order_no, fault.code, transient=fault.transient) from None


def look_at(office: Office, shop_name: str, order_nos: Collection[str]) -> dict[str, Order]:
    """Give these orders of a shop by number, as all facts say that are known now."""
    with open_session(office.engine, read_only=True) as session:
        return known_orders(session, office.shop(shop_name), order_nos, office.now())


def is_due(step: Step, order: Order) -> bool:
    """Whether the order still needs the step: the guard that makes any repetition safe."""
    return step in order.steps


def record_told(office: Office, shop_name: str, order_no: str, told: tuple[Told, ...], *, key: str) -> None:
    """Store what the shop told as facts, each once."""
    moment = office.now()
    if not told:
        return
    with open_session(office.engine) as session:
        facts = [(order_no, fact) for fact in told_facts(told, moment, key=key)]
        record_facts(session, office.shop(shop_name), facts, moment)
        session.commit()


def told_facts(told: tuple[Told, ...], observed_at: datetime, *, key: str) -> list[Fact]:
    """Turn what the shop told into facts; told again, it is the same facts."""
    return [
        Fact(
            kind=news.kind,
            occurred_at=news.occurred_at,
            observed_at=observed_at,
            authority=Authority.HUMAN if news.kind in PEOPLES_WORK else Authority.PLATFORM,
            source_key=f"shop:{key}:{news.kind}:{news.occurred_at.isoformat()}",
            payload=news.payload,
            source="shop",
        )
        for news in told
    ]


def claim_one(office: Office, shop_name: str, order_no: str, step: Step, *, by: str) -> Claim | None:
    """Take one step of one order, whatever its state; None if another run has it or it does not exist."""
    moment = office.now()
    with open_session(office.engine) as session:
        key = order_id(shop_name, order_no)
        row, order = session.get(StepRow, (key, step.value)), session.get(OrderRow, key)
        running = row is not None and row.lease_until is not None and row.lease_until > moment
        if row is None or order is None or running:
            return None
        taken = claim(session, row, order, by=by, now=moment)
        session.commit()
    return taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a claimed step, not yet written down: an answer, or the fault that there was."""

    claim: Claim
    result: Answer | StepFault

    @property
    def fault(self) -> StepFault | None:
        """The fault, when it failed."""
        return self.result if isinstance(self.result, StepFault) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What one attempt came to; `fault` is set when it failed, `unwritten` when only writing it down did."""

    claim: Claim
    ending: Ending
    fault: StepFault | None = None
    unwritten: bool = False


def attempt(office: Office, claimed: Claim, do: Callable[[], Answer], *, run: str | None, by: str) -> Attempt:
    """Run the claimed step and write down how it ended. Never raises on the step's own trouble."""
    return write_down(office, [try_step(claimed, do)], run=run, by=by)[0]


def try_step(claimed: Claim, do: Callable[[], Answer]) -> Tried:
    """Run the claimed step. Raises DatabaseError alone: then the lease lapses and the step comes back."""
    try:
        return Tried(claim=claimed, result=do())
    except StepFault as fault:
        return Tried(claim=claimed, result=fault)
    except DatabaseError:
        raise
    except Exception as bug:  # noqa: BLE001  # one poisoned order must not hold up the others
        return _poisoned(claimed, bug)


def _poisoned(claimed: Claim, bug: Exception) -> Tried:
    fault = StepFault(claimed.step, claimed.order_no, type(bug).__name__, transient=False)
    return Tried(claim=claimed, result=fault)


def write_down(office: Office, tried: Sequence[Tried], *, run: str | None, by: str) -> list[Attempt]:
    """Store what the shop told and how each step ended, in one transaction; one that cannot be stored fails alone.

    Raises DatabaseError when nothing can be written down: then the leases lapse and the steps come back.
    """
    if not tried:
        return []
    try:
        return _written(office, tried, run=run, by=by)
    except Exception as bug:  # whichever of them it is: all was undone, and each alone shows it
        if len(tried) > 1:
            return [done for one in tried for done in write_down(office, [one], run=run, by=by)]
        if isinstance(bug, DatabaseError) or tried[0].fault:
            raise
        failed = _written(office, [_poisoned(tried[0].claim, bug)], run=run, by=by)
        return [replace(one, unwritten=True) for one in failed]


def _written(office: Office, tried: Sequence[Tried], *, run: str | None, by: str) -> list[Attempt]:
    moment, keys = office.now(), {one.claim.order_id for one in tried}
    with open_session(office.engine) as session:
        lock_orders(session, keys)  # else news that another stores just now would be seen by neither
        known = source_keys_of(session, keys)
        _record(session, office, tried, known, moment)
        rows = session.exec(select(StepRow).where(col(StepRow.order_id).in_(keys))).all()
        by_key = {(row.order_id, row.step): row for row in rows}
        done = [_ended(one, by_key[one.claim.order_id, one.claim.step], known, moment) for one in tried]
        for one in done:
            finish(session, one.claim, one.ending, run=run, by=by, now=moment)
        session.commit()
    return done


def _record(
    session: Session, office: Office, tried: Sequence[Tried], known: Mapping[str, set[str]], moment: datetime
) -> None:
    """Store the news among what the shops told, and count them as known."""
    by_shop: dict[str, list[tuple[str, Fact]]] = {}
    for one in tried:
        claimed, stored = one.claim, known[one.claim.order_id]
        told = () if isinstance(one.result, StepFault) else one.result.told
        for fact in told_facts(told, moment, key=f"{claimed.order_id}:{claimed.step}"):
            if fact.source_key not in stored:
                stored.add(fact.source_key)
                by_shop.setdefault(claimed.shop_id, []).append((claimed.order_no, fact))
    for shop_name, news in sorted(by_shop.items()):
        record_facts(session, office.shop(shop_name), news, moment)


def _ended(one: Tried, row: StepRow, known: Mapping[str, set[str]], moment: datetime) -> Attempt:
    """Say how the step ended. Who waits for news, and some came while it was under way, looks again at once."""
    result = one.result
    ending = _failing(result, row, moment) if isinstance(result, StepFault) else _ending(result, moment)
    ending = replace(ending, error_class=class_of(ending.result, ending.code))
    waits = ending.status is StepStatus.WAITING and ending.next_attempt_at is None
    if waits and len(known[one.claim.order_id]) > one.claim.facts:
        ending = replace(ending, next_attempt_at=moment)
    return Attempt(claim=one.claim, ending=ending, fault=one.fault)


ENDINGS: Final[Mapping[Outcome, StepStatus]] = MappingProxyType(
    {
        Outcome.OK: StepStatus.DONE,
        Outcome.WAITING: StepStatus.WAITING,
        Outcome.REFUSED: StepStatus.WAITING,
        Outcome.BUSINESS_FAILURE: StepStatus.WAITING,
    }
)


def _ending(answer: Answer, moment: datetime) -> Ending:
    return Ending(
        status=ENDINGS[answer.outcome],
        result=answer.outcome.value,
        outcome=answer.outcome.value,
        code=answer.code or None,
        next_attempt_at=moment + answer.again_in if answer.again_in else None,
    )


def _failing(fault: StepFault, row: StepRow, moment: datetime) -> Ending:
    """Say when to try again: an outage may last a day [D], anything else gets a few attempts."""
    if fault.transient:
        again = after_outage(row.first_failed_at, moment)
        status = StepStatus.QUEUED if again else StepStatus.DEAD
        return Ending(status=status, result="transient", code=fault.code, next_attempt_at=again)
    if row.attempts + 1 >= MOST_ATTEMPTS:
        return Ending(status=StepStatus.DEAD, result="failed", code=fault.code)
    return Ending(
        status=StepStatus.QUEUED, result="failed", code=fault.code, next_attempt_at=after_outage(None, moment)
    )
