"""What a figure was measured on: processor, cores, versions. Nothing that names the machine or its owner."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path
from typing import Final

CPU_INFO: Final = Path("/proc/cpuinfo")
UNKNOWN: Final = "unknown processor"


def machine() -> dict[str, str]:
    """Give the processor's model, the cores that may be used, and the versions of Python and SQLite."""
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def _processor() -> str:
    """The model as Linux tells it; elsewhere as Python does."""
    lines = CPU_INFO.read_text("utf-8").splitlines() if CPU_INFO.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, "") or platform.processor() or UNKNOWN
