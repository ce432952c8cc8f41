"""One measured value, its limit, and whether it is kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

WHOLE: Final = 100  # from here on without decimals


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value in its unit, its limit, and what was measured. `least`: the limit is the least allowed."""

    name: str
    value: float
    limit: float
    unit: str
    least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self.value >= self.limit if self.least else self.value <= self.limit

    @property
    def line(self) -> str:
        """The figure as a line: "rebuild of 100,000 stored orders: 1,812 orders/s (at least 1,500): holds"."""
        bound, verdict = "at least" if self.least else "at most", "holds" if self.holds else "BROKEN"
        return f"{self.name}: {_short(self.value)} {self.unit} ({bound} {_short(self.limit)}): {verdict}"

    def as_json(self) -> dict[str, str | float | bool]:
        """The figure for machines."""
        return {**asdict(self), "holds": self.holds}


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= WHOLE else f"{value:.2f}"


class BenchError(Exception):
    """What was measured is not what should have been measured; the message says what went wrong."""
