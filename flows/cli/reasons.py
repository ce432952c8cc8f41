"""Why we say what we say about an order: its fold at a moment, with the facts behind each part.

Two views of one moment: as it was known then (news that had reached us), and as it truly was (all that we
know today of what had happened by then).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flows.cli.opening import local, opened, shop_of, the_order
from flows.cli.output import fail
from models.catalogue import words
from models.db.facts import facts_of
from models.db.orders import terms_of
from models.db.session import open_session
from models.explain import FactsError, explained, facts_from_json, told
from models.fact import FIRST_YEAR, LAST_YEAR, Fact
from models.history import read_history
from models.order import Order, fold
from models.origin import origin, origin_words
from models.policy_files import load_policy
from models.reason import reasons
from models.stage import HandoverMode, ShippingMode
from models.terms import Terms


def of_file(file: Path, now: str, policy: str, *, in_words: bool = False) -> tuple[dict[str, Any], datetime]:
    """Explain the facts of a JSON file at `now`; give the moment too. Raises FactsError, PolicyError, OSError.

    With `in_words` the answer says, for people, what each part of it rests on.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        raise FactsError(f"{file} is not JSON: {fault}") from None
    if not isinstance(data, dict):
        raise FactsError(f'{file} must hold an object {{"shop": ..., "facts": [...]}}')
    facts, shop = facts_from_json(data)
    then = moment(now, ZoneInfo("UTC"))
    terms = _terms(shop, policy)
    return (_view(facts, terms, then) if in_words else explained(fold(facts, terms, then))), then


def _terms(shop: dict[str, str], policy: str) -> Terms:
    figures = load_policy(policy)
    try:
        return Terms(
            timezone=ZoneInfo(shop["timezone"]),
            handover=HandoverMode(shop["handover"]),
            shipping=ShippingMode(shop["shipping"]),
            policy=figures,
        )
    except (KeyError, OSError, ValueError):
        raise FactsError(f"shop.timezone: there is no zone {shop['timezone']!r}. Example: Asia/Ho_Chi_Minh") from None


def of_order(number: str, at: str | None, shop_name: str | None) -> tuple[dict[str, Any], datetime]:
    """Explain an order of ours, now or at an earlier moment; give the moment too."""
    office = opened()
    with open_session(office.engine, read_only=True) as session:
        row = the_order(session, office, number, shop_name)
        shop = shop_of(office, row)
        facts, terms = facts_of(session, row.id), terms_of(session, shop, row.policy)
    then = moment(at, shop.zone) if at else office.now()
    known = [fact for fact in facts if fact.observed_at <= then]
    happened = [replace(f, observed_at=min(f.observed_at, then)) for f in facts if f.occurred_at <= then]
    if not known and not happened:
        fail(words().text("cli.explain.nothing_known", order_no=row.order_no, at=local(then, shop.zone)))
    answer: dict[str, Any] = {
        "order_no": row.order_no,
        "shop": shop.name,
        "timezone": shop.timezone,
        "at": told(then),
        **(_view(known, terms, then) if known else {"stage": None}),
    }
    if at:
        answer["as_it_was"] = _view(happened, terms, then, told_by=facts) if happened else None
    return answer, then


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Read a time; without a zone it is `zone`'s wall time. An unreadable one ends the command."""
    try:
        stated = datetime.fromisoformat(text)
        at = (stated.replace(tzinfo=zone) if stated.tzinfo is None else stated).astimezone(UTC)
    except (ValueError, OverflowError):
        fail(words().text("cli.no_time", given=text))
    if not FIRST_YEAR <= at.year < LAST_YEAR:
        fail(words().text("cli.no_time", given=text))
    return at


def _view(facts: Sequence[Fact], terms: Terms, at: datetime, told_by: Sequence[Fact] | None = None) -> dict[str, Any]:
    """Fold the facts; `told_by` are the same facts with the times at which we really heard of them."""
    order = fold(facts, terms, at)
    keys = {fact.source_key for fact in facts}
    return {
        **explained(order),
        "because": _because(order, facts, terms, at),
        "facts": [_fact(fact) for fact in _by_time(told_by or facts) if fact.source_key in keys],
    }


def _because(order: Order, facts: Sequence[Fact], terms: Terms, at: datetime) -> dict[str, Any]:
    """Name the facts behind the stage, and behind each clock, case and conflict in their order; and whose times are."""
    why = reasons(order, read_history(facts, terms, at))
    parts = {"deadlines": why.deadlines, "cases": why.cases, "conflicts": why.conflicts}
    return {
        "stage": _keys(why.stage),
        **{name: [_keys(behind) for behind in part] for name, part in parts.items()},
        "origins": [origin_words(origin(clock, terms.policy, order.promised_at)) for clock in order.deadlines],
    }


def _keys(facts: Iterable[Fact]) -> list[str]:
    return list(dict.fromkeys(fact.source_key for fact in facts))


def _by_time(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: (fact.occurred_at, fact.kind, fact.source_key))


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "source_key": fact.source_key,
        "kind": fact.kind.value,
        "occurred_at": told(fact.occurred_at),
        "observed_at": told(fact.observed_at),
        "authority": fact.authority.value,
        "estimated": fact.estimated,
        "source": fact.source,
    }
