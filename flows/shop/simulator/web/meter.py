"""The simulator's own count of requests: how many in any second, how many in the mean, how many turned away.

In memory, by the machine's monotonic clock: rates are the one thing here that has to do with real time.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Final

SECOND: Final = 1.0
PAUSE: Final = 1.0  # seconds without a request end a stretch of load


@dataclass(slots=True)
class Gauge:
    """What one call of one shop has come to."""

    recent: deque[float] = field(default_factory=deque)
    total: int = 0
    most: int = 0
    began: float = 0.0
    last: float = 0.0
    stretch: int = 0
    longest: tuple[int, float] = (0, 0.0)  # requests and seconds of the stretch with the most requests

    def count(self, at: float) -> int:
        """Count a request; give how many there were in the second that ends with it."""
        self.recent.append(at)
        while self.recent[0] <= at - SECOND:
            self.recent.popleft()
        if not self.total or at - self.last > PAUSE:
            self.began, self.stretch = at, 0
        self.last, self.total, self.stretch = at, self.total + 1, self.stretch + 1
        if self.stretch > self.longest[0]:
            self.longest = (self.stretch, at - self.began)
        self.most = max(self.most, len(self.recent))
        return len(self.recent)

    def told(self) -> dict[str, Any]:
        """Give plain values: the mean is that of the stretch of load with the most requests."""
        requests, span = self.longest
        mean = (requests - 1) / span if span > SECOND else None
        return {"total": self.total, "most_in_a_second": self.most, "mean": mean and round(mean, 2)}


class Meter:
    """Counts requests by call and shop, and what was turned away by reason; safe between threads."""

    def __init__(self) -> None:
        """Start at nothing."""
        self._lock = threading.Lock()
        self._gauges: dict[tuple[str, str], Gauge] = {}
        self.refused: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def count(self, endpoint: str, shop: str, at: float) -> int:
        """Count a request (`at`: monotonic seconds); give how many of its kind the last second had."""
        with self._lock:
            return self._gauges.setdefault((endpoint, shop), Gauge()).count(at)

    def refuse(self, name: str) -> None:
        """Count a request that was turned away."""
        with self._lock:
            self.refused[name] += 1

    def fail(self, mode: str) -> None:
        """Count a request that a fault hit."""
        with self._lock:
            self.faults[mode] += 1

    def rates(self) -> list[dict[str, Any]]:
        """Give the counts by call and shop."""
        with self._lock:
            return [
                {"endpoint": endpoint, "shop": shop, **gauge.told()}
                for (endpoint, shop), gauge in sorted(self._gauges.items())
            ]
