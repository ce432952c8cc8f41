"""A folder for what is half done, beside where the whole will stand; and putting a file into place in one move."""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from flows.processes import birth

HOST: Final = re.sub(r"[^\w]", "_", socket.gethostname())
BEGIN: Final = f".shipclock-{HOST}-"
END: Final = ".partial"


@contextmanager
def workroom(beside: Path) -> Iterator[Path]:
    """Give a folder (mode 0700) that is gone after the block, and clear away those of processes that were killed."""
    beside.mkdir(parents=True, exist_ok=True)
    _clear(beside)
    room = Path(tempfile.mkdtemp(prefix=f"{BEGIN}{os.getpid()}-", suffix=END, dir=beside))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _clear(beside: Path) -> None:
    if birth(os.getpid()) is None:  # this system does not tell who lives
        return
    for left in beside.glob(f"{BEGIN}*{END}"):
        pid = left.name.removeprefix(BEGIN).partition("-")[0]
        if pid.isdigit() and birth(int(pid)) is None:
            shutil.rmtree(left, ignore_errors=True)


def put_into_place(draft: Path, file: Path) -> None:
    """Move the finished draft to its name, so that a power cut leaves the old one or the new one, whole."""
    with draft.open("rb+") as stream:
        os.fsync(stream.fileno())
    draft.chmod(0o600)
    draft.replace(file)
    if os.name == "posix":
        handle = os.open(file.parent, os.O_RDONLY)
        with suppress(OSError):  # some network drives cannot
            os.fsync(handle)
        os.close(handle)
