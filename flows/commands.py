"""Carrying out what a person asks for: guards first, then the shop, then the facts and the audit.

A refusal is a value with a reason. An effect at the shop has an idempotency key made of the order and the
command, so that a crash between effect and facts is mended by asking again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final, TypeAlias

from sqlmodel import Session

from flows.office import Office
from flows.shop.protocol import BY_A_PERSON, Answer, Outcome, Shop
from flows.steps import record_told, told_facts
from models.case import CaseStep
from models.command import Accepted, Command, Refused, decide
from models.command_name import CommandName
from models.db.audit import note
from models.db.facts import facts_of
from models.db.orders import folded, locked_row, record_facts, terms_of
from models.db.packing_rules import rules_read
from models.db.session import open_session
from models.db.tables import OrderRow
from models.explain import told as written
from models.fact import Fact, Json
from models.guard import SHIP_ANYWAY
from models.ids import order_id
from models.order import Order
from models.packing_rules import Packing
from models.preview import Aspect, Preview, Standing, compare, preview
from models.settings import ShopSettings
from models.stage import HandoverMode, Stage, Step
from models.terms import Terms

UNKNOWN_ORDER: Final = "unknown_order"
PEOPLES_WORK: Final = frozenset({CommandName.CONFIRM, CommandName.MARK_PACKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """A command that was carried out: the facts it left, where the order stands now, a code the shop gave with it."""

    order_no: str
    before: Stage
    after: Stage
    facts: tuple[Fact, ...]
    code: str = ""


AtShop: TypeAlias = Callable[[Shop, Order, str, Command, str], Answer]


def _confirm(shop: Shop, _order: Order, order_no: str, _command: Command, key: str) -> Answer:
    return shop.confirm(order_no, key=f"{key}:{Step.CONFIRM}")


def _pack(shop: Shop, _order: Order, order_no: str, _command: Command, key: str) -> Answer:
    return shop.pack(order_no, key=f"{key}:{Step.PACK}")


def _hand_over(shop: Shop, order: Order, order_no: str, command: Command, key: str) -> Answer:
    return shop.hand_over(
        order_no,
        mode=HandoverMode(command.values.get("handover_mode") or order.handover_mode),
        drop_off_point=command.values.get("drop_off_point", ""),
        key=f"{key}:{Step.HAND_OVER}",
        tracking_no=command.values.get("tracking_no", ""),
        anyway=command.values.get("override") == SHIP_ANYWAY,
    )


def _approve(shop: Shop, _order: Order, order_no: str, command: Command, key: str) -> Answer:
    return _answer(shop, order_no, command, key, approve=True)


def _reject(shop: Shop, _order: Order, order_no: str, command: Command, key: str) -> Answer:
    return _answer(shop, order_no, command, key, approve=False)


def _answer(shop: Shop, order_no: str, command: Command, key: str, *, approve: bool) -> Answer:
    number = command.values.get("request_no", "")
    reason = command.values.get("reason_code") or command.reason or ""
    about = f"{key}:answer:{number}"
    return shop.answer_cancel(order_no, approve=approve, reason=reason, key=about, request_no=number)


def _complain(shop: Shop, _order: Order, order_no: str, _command: Command, key: str) -> Answer:
    return shop.complain(order_no, key=f"{key}:complain")


def _claim_step(shop: Shop, order: Order, order_no: str, command: Command, key: str) -> Answer:
    """Do the case's next step: cancel, tell the buyer, or ask for the refund."""
    case = order.case(command.values.get("case_id", "")) or next((c for c in order.open_cases if c.next_step), None)
    step = command.values.get("step") or (case.next_step if case else "") or ""
    reason = (case.reason if case else None) or "other"
    about = f"{key}:{case.case_id if case else ''}:{step}"
    doing: Mapping[str, Callable[[], Answer]] = {
        CaseStep.CANCEL: lambda: shop.cancel(order_no, reason=reason, key=about),
        CaseStep.NOTIFY: lambda: shop.message_buyer(order_no, topic=reason, key=about),
        CaseStep.REQUEST_REFUND: lambda: shop.request_refund(order_no, key=about),
    }
    return doing[step]() if step in doing else Answer(outcome=Outcome.OK)


AT_SHOP: Final[Mapping[CommandName, AtShop]] = MappingProxyType(
    {
        CommandName.CONFIRM: _confirm,
        CommandName.MARK_PACKED: _pack,
        CommandName.MARK_SHIPPED: _hand_over,
        CommandName.APPROVE_CANCEL: _approve,
        CommandName.REJECT_CANCEL: _reject,
        CommandName.FILE_COMPLAINT: _complain,
        CommandName.CLAIM_STEP: _claim_step,
    }
)


def perform(office: Office, shop_name: str, order_no: str, command: Command) -> Performed | Refused:
    """Carry out one command on one order. Raises ShopError if the shop was not reached: nothing was stored."""
    shop = office.shop(shop_name)
    considered = _consider(office, shop, order_no, command)
    if isinstance(considered, Refused):
        return considered
    answer = _at_shop(office, shop_name, order_no, considered.order, command)
    about = f"{order_id(shop_name, order_no)}:{command.name}"
    if _not_done(command, answer):
        record_told(office, shop_name, order_no, answer.told, key=about)  # what stands against it
        return _by_shop(office, shop, order_no, command, answer.code)
    done = _store(office, shop, order_no, command, told_facts(answer.told, command.at, key=about))
    return done if isinstance(done, Refused) else replace(done, code=answer.code)


def _not_done(command: Command, answer: Answer) -> bool:
    """Whether the shop did not do it. What people's hands do, their word is good for, whatever it waits for there."""
    if answer.outcome is Outcome.WAITING:
        return command.name not in PEOPLES_WORK and answer.code != BY_A_PERSON.code
    return answer.outcome is not Outcome.OK


def preview_of(office: Office, shop_name: str, order_no: str, command: Command) -> Preview | Refused:
    """Tell what a command would change, or why it is refused; nothing is done."""
    considered = _consider(office, office.shop(shop_name), order_no, command)
    if isinstance(considered, Refused):
        return considered
    return preview(considered.facts, considered.new, considered.terms, command.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Considered:
    """An order as it is, and the facts that an accepted command would add."""

    order: Order
    facts: Sequence[Fact]
    new: Sequence[Fact]
    terms: Terms


def _consider(office: Office, shop: ShopSettings, order_no: str, command: Command) -> _Considered | Refused:
    with open_session(office.engine, read_only=True) as session:
        row = session.get(OrderRow, order_id(shop.name, order_no))
        if row is None:
            return Refused(code=UNKNOWN_ORDER, values={"order_no": order_no})
        order = folded(session, shop, row, command.at)
        decided = _decided(session, shop, row, order, command)
        if isinstance(decided, Refused):
            return decided
        facts, terms = facts_of(session, row.id), terms_of(session, shop, row.policy)
    return _Considered(order=order, facts=facts, new=decided.facts, terms=terms)


def _by_shop(office: Office, shop: ShopSettings, order_no: str, command: Command, code: str) -> Refused:
    """Say why the shop refused; if another hand was faster in the meantime, that is why."""
    considered = _consider(office, shop, order_no, command)
    return considered if isinstance(considered, Refused) else Refused(code=code, values={"order_no": order_no})


def _decided(session: Session, shop: ShopSettings, row: OrderRow, order: Order, command: Command) -> Accepted | Refused:
    asked = replace(command, packing=packing_of(session, shop, command.actor), order_no=row.order_no)
    return decide(order, facts_of(session, row.id), asked, terms_of(session, shop, row.policy))


def packing_of(session: Session, shop: ShopSettings, actor: str) -> Packing:
    """Give what this person's packing for this shop is judged by."""
    return Packing(
        careful_skus=shop.careful_skus,
        shift=timedelta(hours=shop.shift_hours),
        read=rules_read(session, shop.name, actor),
    )


def _at_shop(office: Office, shop_name: str, order_no: str, order: Order, command: Command) -> Answer:
    """Do what the command does at the shop; where people act themselves, they have done it."""
    shop, effect = office.open_shop(shop_name), AT_SHOP.get(command.name)
    if not shop.acts or effect is None:
        return Answer(outcome=Outcome.OK)
    return effect(shop, order, order_no, command, order_id(shop_name, order_no))


def _store(
    office: Office, shop: ShopSettings, order_no: str, command: Command, told: Sequence[Fact]
) -> Performed | Refused:
    """Decide again with the order locked, for another hand may have been faster, and store all facts at once.

    What the shop told is true in either case.
    """
    with open_session(office.engine) as session:
        row = locked_row(session, order_id(shop.name, order_no))
        order = folded(session, shop, row, command.at)
        decided = _decided(session, shop, row, order, command)
        facts = (*(decided.facts if isinstance(decided, Accepted) else ()), *told)
        changes = record_facts(session, shop, [(order_no, fact) for fact in facts], command.at)
        after = changes[0].order if changes else order
        if isinstance(decided, Accepted):
            _note(session, row.id, command, order, after)
        session.commit()
    if isinstance(decided, Refused):
        return decided
    return Performed(order_no=order_no, before=order.stage, after=after.stage, facts=decided.facts)


def _note(session: Session, key: str, command: Command, before: Order, after: Order) -> None:
    """Write down who did it, with the stage and each clock that changed, as they were and as they are."""
    clocks = [row for row in compare(before, after).differences if row.aspect is Aspect.CLOCK]
    note(
        session,
        at=command.at,
        actor=command.actor,
        action=command.name,
        order_id=key,
        before={"stage": before.stage, "clocks": {row.about: _clock(row.before) for row in clocks}},
        after={"stage": after.stage, "clocks": {row.about: _clock(row.after) for row in clocks}},
        reason=command.reason,
    )


def _clock(clock: Standing | None) -> Json:
    return {"state": clock.code, "due_at": written(clock.due_at)} if clock else None
