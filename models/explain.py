"""An order as one JSON object, and facts from one: what `shipclock explain` reads and answers.

Pure. Times are RFC 3339 in UTC; rules that never started are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from models.deadline import Deadline
from models.fact import FIRST_YEAR, LAST_YEAR, Authority, Fact, FactKind
from models.order import Order
from models.stage import HandoverMode, ShippingMode

FLAGS: Final = ("late", "incomplete", "clock_estimated", "dropped_off", "review")
SHOP: Final = {"handover": "pickup", "shipping": "seller", "timezone": "UTC"}
FACT_KEYS: Final = frozenset({"kind", "occurred_at", "observed_at", "authority", "source_key", "payload", "estimated"})


Word = TypeVar("Word", bound=StrEnum)


class FactsError(ValueError):
    """The object is no shop with facts; the message names the entry."""


def explained(order: Order) -> dict[str, Any]:
    """The order's stage, flags, holds, cases, conflicts and clocks as one JSON object."""
    return {
        "stage": order.stage.value,
        "presumed": order.presumed,
        "flags": [flag for flag in FLAGS if getattr(order, flag)],
        "holds": sorted(hold.value for hold in order.holds),
        "failed_attempts": order.failed_attempts,
        "cases": [{"kind": case.kind.value, "state": "open" if case.open else "closed"} for case in order.cases],
        "conflicts": [conflict.id for conflict in order.conflicts],
        "deadlines": [_clock(clock) for clock in order.deadlines],
    }


def _clock(clock: Deadline) -> dict[str, Any]:
    return {
        "id": clock.rule.value,
        "state": clock.state.value,
        "start_at": told(clock.start_at),
        "due_at": told(clock.due_at),
        "warn_level": clock.warn_level,
        "breached_at": told(clock.breached_at),
        "stated": clock.stated,
    }


def told(moment: datetime | None) -> str | None:
    """The moment in RFC 3339, UTC; None stays None."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def facts_from_json(data: Mapping[str, Any]) -> tuple[tuple[Fact, ...], dict[str, str]]:
    """The facts in the object, and its shop's handover, shipping and timezone with defaults filled in.

    `observed_at` is `occurred_at` where it is left out, `source_key` the entry's place in the list.

    Raises:
        FactsError: for an entry that is no fact, or a shop that is none; it names the entry and what is allowed.

    """
    shop = {**SHOP, **_mapping(data.get("shop", {}), "shop")}
    _known(shop, frozenset(SHOP), "shop")
    for key, words in (("handover", HandoverMode), ("shipping", ShippingMode)):
        _word(words, shop[key], f"shop.{key}")
    entries = data.get("facts")
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise FactsError('facts: a list is needed. Example: "facts": [{"kind": "order_placed", ...}]')
    facts = tuple(_fact(f"facts[{number}]", entry) for number, entry in enumerate(entries))
    return facts, {key: str(value) for key, value in shop.items()}


def _fact(where: str, told: object) -> Fact:
    entry = _mapping(told, where)
    _known(entry, FACT_KEYS, where)
    if missing := [key for key in ("kind", "occurred_at", "authority") if key not in entry]:
        raise FactsError(f"{where}: {', '.join(missing)} is missing")
    occurred_at = _moment(entry["occurred_at"], f"{where}.occurred_at")
    heard = "observed_at" if entry.get("observed_at") else "occurred_at"
    kind = _word(FactKind, entry["kind"], f"{where}.kind")
    seen_at = _sane(_moment(entry[heard], f"{where}.{heard}"), f"{where}.{heard}")
    authority = _word(Authority, entry["authority"], f"{where}.authority")
    payload = dict(_mapping(entry.get("payload") or {}, f"{where}.payload"))
    try:
        return Fact(
            kind=kind,
            occurred_at=occurred_at,
            observed_at=seen_at,
            authority=authority,
            source_key=str(entry.get("source_key") or f"{where}:{kind}"),
            payload=payload,
            estimated=bool(entry.get("estimated", False)),
            source="file",
        )
    except ValueError as error:  # a payload key outside the allow-list
        raise FactsError(f"{where}: {error}") from error


def _moment(text: object, where: str) -> datetime:
    """An RFC 3339 time in UTC; without a zone it is UTC."""
    try:
        stated = datetime.fromisoformat(str(text))
        return stated.replace(tzinfo=UTC) if stated.tzinfo is None else stated.astimezone(UTC)
    except (ValueError, OverflowError):
        raise FactsError(f"{where}: {text!r} is no time. Example: 2026-03-01T00:00:00Z") from None


def _sane(seen_at: datetime, where: str) -> datetime:
    """When we saw something is read off our own clock, and all clocks run from there."""
    if not FIRST_YEAR <= seen_at.year < LAST_YEAR:
        raise FactsError(f"{where}: {told(seen_at)} cannot be; years from {FIRST_YEAR} to {LAST_YEAR - 1} can")
    return seen_at


def _word(words: type[Word], text: object, where: str) -> Word:
    try:
        return words(str(text))
    except ValueError:
        raise FactsError(f"{where}: {text!r} is not one of {', '.join(words)}") from None


def _known(entry: Mapping[str, Any], keys: frozenset[str], where: str) -> None:
    if stray := set(entry) - keys:
        raise FactsError(f"{where}: unknown {', '.join(sorted(stray))}; there are {', '.join(sorted(keys))}")


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise FactsError(f"{where}: an object is needed")
    return value
