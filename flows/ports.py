"""Ports on the loopback address: which is free, and whose it will be.

A server takes tens of seconds from its start until it listens; meanwhile its port looks free. So each Shipclock
claims its ports with a lock that ends with the process, and two that start together do not meet on one port.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

HOST: Final = "127.0.0.1"  # nobody outside this machine sees orders
PORTS_TRIED: Final = 200
ANSWER_SECONDS: Final = 2.0


class NoFreePortError(OSError):
    """Not one port of many was free."""


@dataclass(frozen=True, slots=True)
class ClaimedPort:
    """A free port that no other Shipclock of this user takes until it is given up, or this process ends."""

    number: int
    lock: IO[str]

    def give_up(self) -> None:
        """Let others have it."""
        self.lock.close()


def claim_port(wanted: int) -> ClaimedPort:
    """Claim the first free port from `wanted` upwards. Raises NoFreePortError."""
    for number in range(wanted, min(wanted + PORTS_TRIED, 2**16)):
        lock = _lock(number)
        if lock is None:
            continue
        if not _taken(number):
            return ClaimedPort(number, lock)
        lock.close()
    raise NoFreePortError(f"no free port from {wanted} upwards")


def _lock(port: int) -> IO[str] | None:
    """Lock the file that stands for the port; None if another process has it."""
    user = os.getuid() if sys.platform != "win32" else "user"
    lock = Path(tempfile.gettempdir(), f"shipclock-{user}-port-{port}.lock").open("a", encoding="utf-8")  # noqa: SIM115  # open as long as claimed
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  # this system's own

            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415  # this system's own

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


def _taken(port: int) -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as asking:
        asking.settimeout(ANSWER_SECONDS)
        if asking.connect_ex((HOST, port)) == 0:
            return True
    with socket.socket() as trying:
        if os.name == "posix":  # a port whose last connections are fading away is free
            trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((HOST, port))
        except OSError:
            return True
    return False
