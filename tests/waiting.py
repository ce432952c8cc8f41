"""How long a test waits for what must come: only what never comes fails, however slow or busy a machine is.

How fast something is, no test asks; `shipclock bench` prints it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

import pytest

PATIENCE: Final = 300.0  # seconds; under pytest's `timeout`, so that a wait in vain says what it waited for
TICK: Final = 0.2  # seconds between two questions
Found = TypeVar("Found")


def wait_for(ask: Callable[[], Found | None], what: str, tick: float = TICK) -> Found:
    """Ask until there is an answer and give it; fails after PATIENCE seconds."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := ask():
            return found
        time.sleep(tick)  # what is asked for comes from another process, which needs the core more than the question
    pytest.fail(f"waited {PATIENCE:.0f} s for {what}")
