"""A command, what it is judged by, and the two answers it can get.

Pure values. A refusal is a value with a code; its words live in a catalogue of texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.command_name import CommandName
from models.fact import Fact, FactKind
from models.order import Order
from models.stage import Role
from models.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What somebody wants done, at `at` (aware UTC).

    `reason` may be typed text: it is looked at and never stored; codes are. `values` are KEY=VALUE.
    """

    name: CommandName
    actor: str
    role: Role
    at: datetime
    reason: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The command may be carried out: these facts are to be stored."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The command is refused. `values` fill the words of `code`; `instead` is what is possible."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    instead: tuple[CommandName, ...] = ()


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

    def last(self, *kinds: FactKind) -> Fact | None:
        """The latest report of these kinds; None when there is none."""
        told = [fact for fact in self.facts if fact.kind in kinds]
        return max(told, key=lambda fact: (fact.occurred_at, fact.source_key), default=None)


def who_did(fact: Fact | None) -> dict[str, str]:
    """Who told it and when, for "Lan packed this already"; empty for nothing."""
    if fact is None:
        return {}
    return {"by": fact.text("actor") or fact.authority.value, "at": fact.occurred_at.isoformat()}
