"""One finding of `check`: what was looked at, whether it is as it must be, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.catalogue import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `advice` says what to do when it is not ok."""

    name: str
    ok: bool
    told: str
    advice: str = ""

    @property
    def line(self) -> str:
        """The finding for people."""
        mark = words().text("cli.check.ok" if self.ok else "cli.check.problem")
        lines = [*self.told.splitlines(), *filter(None, [self.advice])]
        return f"{mark:<8}  {self.name}: " + f"\n{' ' * 10}".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        return {"name": self.name, "ok": self.ok, "told": self.told, "advice": self.advice}


def good(name: str, **values: object) -> Finding:
    """Give a finding that is fine, in the words of `cli.check`."""
    told = words().text(f"cli.check.{name}", **values)
    return Finding(name=words().text(f"cli.check.names.{name}"), ok=True, told=told)


def bad(name: str, told: str, advice: str = "", **values: object) -> Finding:
    """Give a finding that is not, with the words of `cli.check` for what to do."""
    more = words().text(f"cli.check.{advice}", **values) if advice else ""
    return Finding(name=words().text(f"cli.check.names.{name}"), ok=False, told=told, advice=more)
