"""A process that dies at a chosen point, as by a power cut."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any


def dying(function: Callable[..., Any], at: int, *, after: bool) -> Callable[..., Any]:
    """Give a function whose `at`th call kills this process, before or `after` it does its work."""
    calls = 0

    def counted(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # stands for any function
        nonlocal calls
        calls += 1
        if calls < at:
            return function(*args, **kwargs)
        if after:
            function(*args, **kwargs)
        return os.kill(os.getpid(), signal.SIGKILL)

    return counted
