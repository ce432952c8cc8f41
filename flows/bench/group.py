"""What the processes of a group use, as Linux tells it in /proc: processor time and memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

# Fields of proc(5)'s stat that follow the name.
GROUP: Final = 2
TIMES: Final = slice(11, 15)  # utime, stime, cutime, cstime: its own and that of children it has buried
BYTES: Final = 1024


def cpu_seconds(leader: int) -> float:
    """How much processor time the group has used by now, with what its buried children had used."""
    ticks = sum(sum(map(int, fields[TIMES])) for _, fields in _members(leader))
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(leader: int) -> int:
    """Bytes that the group holds; what processes share counts in parts (PSS)."""
    return sum(_pss(process) for process, _ in _members(leader))


def _members(leader: int) -> Iterator[tuple[Path, list[str]]]:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile
            fields = (process / "stat").read_text("utf-8").rpartition(")")[2].split()
            if int(fields[GROUP]) == leader:
                yield process, fields


def _pss(process: Path) -> int:
    with suppress(OSError):
        lines = (process / "smaps_rollup").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * BYTES
    return 0
