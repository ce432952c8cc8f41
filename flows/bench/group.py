"""What the processes of a group use, as Linux tells it in /proc: processor time and memory."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from flows.processes import members

TIMES: Final = slice(11, 15)  # of proc(5)'s stat after the name: utime, stime, cutime, cstime (of buried children)
BYTES: Final = 1024
MIB: Final = 1024 * 1024


def cpu_seconds(leader: int) -> float:
    """How much processor time the group has used by now, with what its buried children had used."""
    ticks = sum(sum(map(int, fields[TIMES])) for _, fields in members(leader))
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(leader: int) -> int:
    """Bytes that the group holds; what processes share counts in parts (PSS)."""
    return sum(_pss(process) for process, _ in members(leader))


def _pss(process: Path) -> int:
    with suppress(OSError):
        lines = (process / "smaps_rollup").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * BYTES
    return 0
