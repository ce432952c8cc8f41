"""The last line of defence: every error becomes one sentence, what to do, and an exit code.

0 done, 1 fault, 2 usage or settings, 3 busy, 4 refused. What nobody expected is written to the home's fault
log as places in the code, without values: they might hold a buyer's data.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from flows.cli.output import EXIT_BUSY, EXIT_FAULT, EXIT_REFUSED, EXIT_USAGE, note

DEBUG: Final = "--debug"

# Errors whose message is made for people. By name: an error that was raised is imported already, and
# `--help` must not wait for the modules of the others.
EXPECTED: Final[Mapping[str, int]] = {
    "models.settings_file.SettingsError": EXIT_USAGE,
    "models.policy.PolicyError": EXIT_USAGE,
    "models.explain.FactsError": EXIT_USAGE,
    "ingest.vocabulary.VocabularyError": EXIT_USAGE,
    "ingest.export_fault.ExportError": EXIT_USAGE,
    "flows.office.UnknownShopError": EXIT_USAGE,
    "flows.backup.archive.RefusedError": EXIT_REFUSED,
    "flows.backup.archive.BusyError": EXIT_BUSY,
    "flows.backup.archive.BackupError": EXIT_FAULT,
    "models.db.image.InUseError": EXIT_BUSY,
    "models.db.image.TakenError": EXIT_REFUSED,
    "ingest.sealed.SealError": EXIT_FAULT,
    "flows.shop.protocol.ShopError": EXIT_FAULT,
    "flows.shop.api_error.ApiError": EXIT_FAULT,
    "ingest.errors.MailboxBusyError": EXIT_BUSY,
    "ingest.errors.MailboxError": EXIT_FAULT,
    "models.db.session.DatabaseError": EXIT_FAULT,
}


def guarded(command: Callable[[], None], *, debug: bool) -> int:
    """Run a command; give its exit code. With `debug` a fault shows its traceback."""
    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else EXIT_FAULT
    except KeyboardInterrupt:
        note(_said("stopped"))
        return 130
    except Exception as fault:  # noqa: BLE001  # the user gets a sentence, whatever happened
        if debug:
            traceback.print_exc()
        return _told(fault, debug=debug)
    return 0


def _told(fault: Exception, *, debug: bool) -> int:
    for kind in type(fault).__mro__:
        code = EXPECTED.get(f"{kind.__module__}.{kind.__qualname__}")
        if code is not None:
            note(str(fault))
            return code
    if isinstance(fault, OSError) and fault.filename:
        note(_said("file", file=fault.filename, why=fault.strerror))
        return EXIT_FAULT
    note(_unexpected(fault, debug=debug))
    return EXIT_FAULT


def _unexpected(fault: Exception, *, debug: bool) -> str:
    what = _said("unexpected", kind=type(fault).__name__)
    if debug:
        return what
    file = _written_down(fault)
    where = _said("written_down", file=file) if file else _said("not_written_down")
    return f"{what} {where} {_said('debug', option=DEBUG)}"


def _said(key: str, **values: object) -> str:
    """Say a text of the catalogue. Where that cannot be read itself, the values alone are better than silence."""
    from models.catalogue import words

    try:
        return words().text(f"faults.command.{key}", **values)
    except (OSError, ValueError):  # no file can be opened, or it is no TOML
        return " ".join(map(str, values.values()))


def _written_down(fault: Exception) -> Path | None:
    """Append the places of a fault to the fault log; None if that fails too."""
    from models.home import find_home

    frames = traceback.extract_tb(fault.__traceback__)
    lines = [f"{datetime.now(UTC).isoformat()} {type(fault).__name__}"]
    lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    file = find_home().log_file
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as log:
            log.write("\n".join(lines) + "\n")
    except OSError:
        return None
    return file


def debug_asked(arguments: list[str]) -> bool:
    """Take --debug out of the arguments, wherever it stands; `test` passes its own on to pytest."""
    if DEBUG not in arguments or arguments[:1] == ["test"]:
        return False
    arguments.remove(DEBUG)
    return True


def close_output() -> None:
    """Let a reader that went away (`| head`) be no error."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
