"""An order as one JSON object, and facts from one: what `shipclock explain` reads and answers.

Pure. Times are RFC 3339 in UTC; rules that never started are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from models.deadline import Deadline
from models.fact import Authority, Fact, FactKind
from models.order import Order

FLAGS: Final = ("late", "incomplete", "clock_estimated", "dropped_off", "review")
SHOP: Final = {"handover": "pickup", "shipping": "seller", "timezone": "UTC"}
FACT_KEYS: Final = frozenset({"kind", "occurred_at", "observed_at", "authority", "source_key", "payload", "estimated"})


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
        FactsError: for an entry that is no fact, or a shop with unknown keys.

    """
    shop = {
        "handover": "pickup",
        "shipping": "seller",
        "timezone": "UTC",
        **_mapping(data.get("shop", {}), "shop"),
    }
    if stray := set(shop) - set(SHOP):
        raise FactsError(f"shop: unknown {', '.join(sorted(stray))}")
    entries = data.get("facts")
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise FactsError("facts: a list is needed")
    facts = tuple(_fact(number, _mapping(entry, f"facts[{number}]")) for number, entry in enumerate(entries))
    return facts, {key: str(value) for key, value in shop.items()}


def _fact(number: int, entry: Mapping[str, Any]) -> Fact:
    where = f"facts[{number}]"
    if stray := set(entry) - FACT_KEYS:
        raise FactsError(f"{where}: unknown {', '.join(sorted(stray))}")
    try:
        occurred_at = _moment(entry["occurred_at"])
        return Fact(
            kind=FactKind(entry["kind"]),
            occurred_at=occurred_at,
            observed_at=_moment(entry["observed_at"]) if entry.get("observed_at") else occurred_at,
            authority=Authority(entry["authority"]),
            source_key=str(entry.get("source_key") or f"{where}:{entry['kind']}"),
            payload=dict(_mapping(entry.get("payload") or {}, where)),
            estimated=bool(entry.get("estimated", False)),
            source="file",
        )
    except KeyError as error:
        raise FactsError(f"{where}: {error.args[0]} is missing") from error
    except (TypeError, ValueError) as error:
        raise FactsError(f"{where}: {error}") from error


def _moment(text: str) -> datetime:
    """An RFC 3339 time in UTC; without a zone it is UTC."""
    stated = datetime.fromisoformat(text)
    return stated.replace(tzinfo=UTC) if stated.tzinfo is None else stated.astimezone(UTC)


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise FactsError(f"{where}: an object is needed")
    return value
