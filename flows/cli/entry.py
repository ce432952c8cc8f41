"""Entering one order by hand: what was typed is checked, and stored once, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from flows.cli.exported import the_shop
from flows.cli.opening import local, opened
from flows.cli.outcome import actor
from flows.cli.output import fail
from flows.cli.reasons import moment
from flows.office import Office
from ingest.values import order_no_in
from models import formats
from models.catalogue import words
from models.db.audit import note
from models.db.facts import facts_of
from models.db.orders import record_facts
from models.db.session import open_session
from models.fact import Fact, FactKind
from models.ids import order_id
from models.merge import without_retracted
from models.order_entry import Entry, EntryFault, facts_of_entry, fault_of
from models.settings import ShopSettings
from models.stage import HandoverMode, ShippingMode, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The words of the command line, unread."""

    number: str
    shop: str | None
    placed_at: str
    paid: bool
    items: tuple[str, ...]
    promised_at: str | None
    ship_by: str | None
    handover: HandoverMode | None
    shipping: ShippingMode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of it: `code` is done, completed, again, or why it was refused. `advice` is what to look at."""

    order_no: str
    shop: str
    code: str
    stage: Stage | None = None
    words: str
    advice: str | None = None

    @property
    def done(self) -> bool:
        """Whether the order is entered as it was typed."""
        return self.code in {"done", "completed", "again"}

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        return {
            "order_no": self.order_no,
            "shop": self.shop,
            "result": "done" if self.done else "refused",
            "code": self.code,
            "stage": self.stage,
            "words": self.words,
            "advice": self.advice,
        }


def run(typed: Typed) -> Answer:
    """Enter the order; what can't be read ends the command. Raises UnknownShopError, DatabaseError."""
    office = opened()
    named, _, number = typed.number.rpartition(":")
    shop = the_shop(office, named or typed.shop)
    entry = _read(typed, number.strip(), shop)
    if fault := fault_of(entry, office.now()):
        return Answer(order_no=entry.order_no, shop=shop.name, code=fault.value, words=_why(fault, entry, shop))
    return _store(office, shop, entry)


def _read(typed: Typed, number: str, shop: ShopSettings) -> Entry:
    if order_no_in(number) != number:
        fail(words().text("export.enter.bad_number", given=number))
    return Entry(
        order_no=number,
        placed_at=moment(typed.placed_at, shop.zone),
        paid=typed.paid,
        items=dict(map(_item, typed.items)),
        promised_at=_moment(typed.promised_at, shop),
        ship_by=_moment(typed.ship_by, shop),
        handover_mode=typed.handover,
        shipping_mode=typed.shipping,
    )


def _item(text: str) -> tuple[str, int]:
    sku, _, quantity = text.rpartition("=")
    if not sku.strip() or not quantity.strip().isdecimal() or int(quantity) < 1:
        fail(words().text("export.enter.bad_item", given=text))
    return sku.strip(), int(quantity)


def _moment(text: str | None, shop: ShopSettings) -> datetime | None:
    return None if text is None else moment(text, shop.zone)


def _why(fault: EntryFault, entry: Entry, shop: ShopSettings) -> str:
    if fault is EntryFault.AHEAD:
        return words().text("export.enter.ahead", order_no=entry.order_no, at=local(entry.placed_at, shop.zone))
    what = words().text(f"export.enter.{fault}")
    return words().text("export.enter.too_early", order_no=entry.order_no, what=what)


def _store(office: Office, shop: ShopSettings, entry: Entry) -> Answer:
    """Look and store in one transaction: of two people who enter the same order the second is told."""
    now, by, key = office.now(), actor(), order_id(shop.name, entry.order_no)
    facts = facts_of_entry(entry, by, now)
    with open_session(office.engine) as session:
        stored = without_retracted(facts_of(session, key))
        known = {fact.source_key for fact in stored}
        if known.issuperset(fact.source_key for fact in facts):
            code, stage = "again", None
        elif any(fact.kind is FactKind.ORDER_PLACED for fact in stored):
            code, stage = "exists", None
        else:
            code, stage = "completed" if stored else "done", _record(session, shop, entry, facts, by, now)
    told = words().text(f"export.enter.{code}", order_no=entry.order_no, stage=stage and words().stage(stage))
    advice = None if code == "exists" else _advice(entry, shop)
    return Answer(order_no=entry.order_no, shop=shop.name, code=code, stage=stage, words=told, advice=advice)


def _advice(entry: Entry, shop: ShopSettings) -> str | None:
    """What to look at: from before the shop's beginning imports and mails leave an order out, so it may be a slip."""
    if shop.orders_from is None or not shop.is_history(entry.placed_at):
        return None
    return words().text("export.enter.history", order_no=entry.order_no, day=formats.full_date(shop.orders_from))


def _record(  # all of one entry
    session: Session, shop: ShopSettings, entry: Entry, facts: tuple[Fact, ...], by: str, now: datetime
) -> Stage:
    (change,) = record_facts(session, shop, [(entry.order_no, fact) for fact in facts], now)
    note(
        session,
        at=now,
        actor=by,
        action="enter",
        order_id=order_id(shop.name, entry.order_no),
        after={"stage": change.after},
    )
    session.commit()
    return change.after
