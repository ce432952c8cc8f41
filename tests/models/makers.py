"""Facts and terms with harmless defaults: a test names only what matters to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from models.command import Accepted, Command, CommandName, Refused, decide
from models.fact import Authority, Fact, FactKind, Json
from models.order import Order, fold
from models.policy_files import load_policy
from models.stage import HandoverMode, Role, ShippingMode
from models.terms import Terms

T0 = datetime(2026, 3, 1, tzinfo=UTC)  # a Sunday

Given: TypeAlias = Any
"""What a test may name: payload values, times, a shop's terms."""

_numbers = count()


def t(hours: float) -> datetime:
    """So many hours after T0."""
    return T0 + timedelta(hours=hours)


def a_fact(kind: str | FactKind, hours: float = 0, **changes: Given) -> Fact:
    """A fact told by the platform so many hours after T0 and seen at once.

    `seen` is when it was observed in hours after T0, `by` its authority, `key` its source key; the rest is payload.
    """
    seen, by, key = (
        changes.pop("seen", hours),
        changes.pop("by", Authority.PLATFORM),
        changes.pop("key", None),
    )
    estimated = changes.pop("estimated", False)
    payload: dict[str, Json] = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in changes.items()
    }
    return Fact(
        kind=FactKind(kind),
        occurred_at=t(hours),
        observed_at=t(seen),
        authority=Authority(by),
        source_key=key or f"{kind}:{hours}:{next(_numbers)}",
        payload=payload,
        estimated=estimated,
    )


def placed(hours: float = 0, **payload: Given) -> tuple[Fact, ...]:
    """A new order that is paid."""
    return (a_fact("order_placed", hours, **payload), a_fact("order_paid", hours))


def terms(**changes: Given) -> Terms:
    """A shop in UTC that ships itself by pickup, with the article's figures."""
    usual = Terms(
        timezone=ZoneInfo("UTC"),
        handover=HandoverMode.PICKUP,
        shipping=ShippingMode.SELLER,
        policy=load_policy("article"),
    )
    return replace(usual, **changes)


def an_order(now: float, *facts: Fact, **shop: Given) -> Order:
    """The order so many hours after T0."""
    return fold(facts, terms(**shop), t(now))


def a_command(name: str, hours: float, **given: Given) -> Command:
    """A command of a packer called Lan so many hours after T0; `role`, `reason`, `actor`, `order_no` may be given."""
    role, reason = Role(given.pop("role", Role.PACKER)), given.pop("reason", None)
    actor, order_no = given.pop("actor", "lan"), given.pop("order_no", "")
    name, at = CommandName(name), t(hours)
    return Command(name=name, actor=actor, role=role, at=at, reason=reason, values={**given}, order_no=order_no)


def answer_to(facts: tuple[Fact, ...], name: str, hours: float, **given: Given) -> Accepted | Refused:
    """What comes of a command on these facts, in a shop of `terms(**shop)`."""
    shop = terms(**given.pop("shop", {}))
    order = fold(facts, shop, t(hours))
    return decide(order, facts, a_command(name, hours, **given), shop)


def after(facts: tuple[Fact, ...], name: str, hours: float, **given: Given) -> tuple[Fact, ...]:
    """The facts with those of the command, which must be accepted."""
    answer = answer_to(facts, name, hours, **given)
    assert isinstance(answer, Accepted), answer
    return (*facts, *answer.facts)


def code_of(facts: tuple[Fact, ...], name: str, hours: float, **given: Given) -> str:
    """Why the command is refused; "accepted" when it is not."""
    answer = answer_to(facts, name, hours, **given)
    return answer.code if isinstance(answer, Refused) else "accepted"
