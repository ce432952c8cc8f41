"""A command, what it is judged by, and the two answers it can get.

Pure values. A refusal is a value with a code; its words live in a catalogue of texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from models.command_name import CommandName
from models.fact import Authority, Fact, FactKind
from models.merge import without_retracted
from models.order import Order
from models.packing_rules import UNREAD, Packing
from models.stage import Role
from models.terms import Terms

HELD_BY: Final = "held_by_"
"""How the values of a refusal that tell who placed a hold begin; the hold follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What somebody wants done, at `at` (aware UTC).

    `reason` may be typed text: no fact keeps it; codes are kept. `values` are KEY=VALUE. `packing` is what the
    packing list is judged by, `order_no` the one number that a reason may always hold.
    """

    name: CommandName
    actor: str
    role: Role
    at: datetime
    reason: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    packing: Packing = UNREAD
    order_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The command may be carried out: these facts are to be stored."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The command is refused. `values` fill the words of `code`; `instead` is what is possible.

    `already` says that what was wished stands: somebody was faster, and nothing is wrong. `entry` is the key of what
    they entered, where the command would have entered the same.
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    instead: tuple[CommandName, ...] = ()
    already: bool = False
    entry: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A command and all it is judged by. `facts` are the order's, retracted ones included."""

    order: Order
    facts: Sequence[Fact]
    command: Command
    terms: Terms

    def value(self, key: str) -> str:
        """The value given for `key`, without blanks around; empty when none."""
        return self.command.values.get(key, "").strip()

    @property
    def has_reason(self) -> bool:
        """Whether a reason was given, as text or as a code."""
        return bool((self.command.reason or "").strip() or self.value("reason_code"))

    @property
    def happened_at(self) -> datetime | None:
        """When it happened (UTC): the value `at`, else now; None when `at` cannot be read."""
        return self.moment("at") if self.value("at") else self.command.at

    def moment(self, key: str) -> datetime | None:
        """The time given for `key` in UTC, without a zone the shop's wall time; None when unreadable."""
        try:
            stated = datetime.fromisoformat(self.value(key))
        except ValueError:
            return None
        return (stated.replace(tzinfo=self.terms.timezone) if stated.tzinfo is None else stated).astimezone(UTC)

    def told(self, *kinds: FactKind, **payload: str) -> list[Fact]:
        """The reports of these kinds with these values that nobody took back, as they happened."""
        found = [fact for fact in without_retracted(self.facts) if fact.kind in kinds]
        named = [fact for fact in found if all(fact.text(key) == value for key, value in payload.items())]
        return sorted(named, key=lambda fact: (fact.occurred_at, fact.source_key))

    def last(self, *kinds: FactKind, **payload: str) -> Fact | None:
        """The latest of those reports; None when there is none."""
        return next(reversed(self.told(*kinds, **payload)), None)


def key_of(kind: FactKind, at: datetime, actor: str, about: str = "") -> str:
    """The source key of what a person tells: what, when and who, and what it is about."""
    return ":".join(part for part in (kind, at.isoformat(), actor, about) if part)


def is_word_of(fact: Fact, actor: str) -> bool:
    """Whether this person told it by a command."""
    mine = key_of(fact.kind, fact.occurred_at, actor)
    return fact.authority is Authority.HUMAN and f"{fact.source_key}:".startswith(f"{mine}:")


def who_did(fact: Fact | None) -> dict[str, str]:
    """Who told it and when, for "Lan packed this 20 s ago"; empty for nothing."""
    if fact is None:
        return {}
    return {"by": _teller(fact), "at": fact.occurred_at.isoformat()}


def _teller(fact: Fact) -> str:
    """A cancellation's `actor` is whose wish it was; who told it stands in the key."""
    if fact.authority is not Authority.HUMAN:
        return fact.authority.value
    return said_by(fact) or fact.text("actor") or fact.authority.value


def said_by(fact: Fact) -> str:
    """Who told it by a command, by the name they gave; empty for news that came in another way."""
    before = f"{key_of(fact.kind, fact.occurred_at, '')}:"
    if fact.authority is not Authority.HUMAN or not fact.source_key.startswith(before):
        return ""
    return fact.source_key.removeprefix(before).partition(":")[0]
