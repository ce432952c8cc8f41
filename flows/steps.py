"""Carrying out one step of one order: ask first, act once, write down what came of it.

Plain: Prefect's tasks call `carry_out`, and `attempt` wraps any such call with the row's bookkeeping.
Faults (ours, worth another try) and refusals (a decision is needed) are told apart here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from flows.office import Office
from flows.shop.protocol import BY_A_PERSON, Answer, Outcome, Shop, ShopError, Told
from flows.trouble import class_of
from models.db.facts import facts_of
from models.db.orders import record_facts, terms_of
from models.db.session import DatabaseError, open_session
from models.db.steps import Claim, Ending, StepStatus, after_outage, claim, finish
from models.db.tables import OrderRow, StepRow
from models.fact import Authority, Fact, FactKind
from models.ids import order_id
from models.order import Order, fold
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


def carry_out(office: Office, shop_name: str, order_no: str, step: Step) -> Answer:
    """Do the step if it is still due, and store what the shop tells. Safe to repeat.

    The idempotency key is the order and the step, so whoever repeats it does not do it twice.
    Raises StepFault.
    """
    shop = office.shop(shop_name)
    key = order_id(shop_name, order_no)
    with open_session(office.engine, read_only=True) as session:
        facts, terms = facts_of(session, key), terms_of(session, shop, session.get_one(OrderRow, key).policy)
    order = fold(facts, terms, office.now())
    if not is_due(step, order):
        return ALREADY_DONE
    try:
        answer = EFFECTS[step](office.open_shop(shop_name), order, order_no, f"{key}:{step}")
    except ShopError as fault:
        raise StepFault(step, order_no, fault.code, transient=fault.transient) from None
    known = {fact.source_key for fact in facts}
    record_told(office, shop_name, order_no, answer.told, key=f"{key}:{step}", known=known)
    return answer


def is_due(step: Step, order: Order) -> bool:
    """Whether the order still needs the step: the guard that makes any repetition safe."""
    return step in order.steps


def record_told(  # what is told of whom, all keywords
    office: Office, shop_name: str, order_no: str, told: tuple[Told, ...], *, key: str, known: Collection[str] = ()
) -> None:
    """Store what the shop told as facts, each once; `known` are keys of facts that are stored already."""
    moment = office.now()
    facts = [(order_no, fact) for fact in told_facts(told, moment, key=key) if fact.source_key not in known]
    if not facts:
        return
    with open_session(office.engine) as session:
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
class Attempt:
    """What one attempt came to; `fault` is set when it failed."""

    claim: Claim
    ending: Ending
    fault: StepFault | None = None


def attempt(office: Office, claimed: Claim, do: Callable[[], Answer], *, run: str | None, by: str) -> Attempt:
    """Run the claimed step and write down how it ended. Never raises on the step's own trouble."""
    fault = None
    try:
        ending = _ending(do(), office.now())
    except StepFault as raised:
        fault = raised
        ending = _failing(office, claimed, raised)
    except DatabaseError:
        raise  # nothing can be written down: the lease lapses and the step comes back
    except Exception as bug:  # noqa: BLE001  # one poisoned order must not hold up the others
        fault = StepFault(claimed.step, claimed.order_no, type(bug).__name__, transient=False)
        ending = _failing(office, claimed, fault)
    ending = replace(ending, error_class=class_of(ending.result, ending.code))
    with open_session(office.engine) as session:
        finish(session, claimed, ending, run=run, by=by, now=office.now())
        session.commit()
    return Attempt(claim=claimed, ending=ending, fault=fault)


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


def _failing(office: Office, claimed: Claim, fault: StepFault) -> Ending:
    """Say when to try again: an outage may last a day [D], anything else gets a few attempts."""
    moment = office.now()
    with open_session(office.engine, read_only=True) as session:
        row = session.get_one(StepRow, (claimed.order_id, claimed.step.value))
    if fault.transient:
        again = after_outage(row.first_failed_at, moment)
        status = StepStatus.QUEUED if again else StepStatus.DEAD
        return Ending(status=status, result="transient", code=fault.code, next_attempt_at=again)
    if row.attempts + 1 >= MOST_ATTEMPTS:
        return Ending(status=StepStatus.DEAD, result="failed", code=fault.code)
    return Ending(
        status=StepStatus.QUEUED, result="failed", code=fault.code, next_attempt_at=after_outage(None, moment)
    )
