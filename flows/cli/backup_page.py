"""What `backup` and `restore` say: how far they are, what is kept apart and where, what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from flows.cli.output import emit, note, say
from models import formats
from models.catalogue import words

if TYPE_CHECKING:
    from flows.backup.restoring import Restored
    from flows.backup.taking import Taken, Tell

MIB: Final = 2**20
LARGE: Final = 64 * MIB  # what is smaller is done before anybody wonders
TENTH: Final = 10
UNIVERSAL: Final = ZoneInfo("UTC")


def progress(*, quiet: bool) -> Tell:
    """Give what tells on stderr how far a large piece of work is, a tenth at a time."""
    told = set[tuple[str, int]]()

    def tell(what: str, done: int, size: int) -> None:
        tenth = done * TENTH // max(size, 1)
        if quiet or size < LARGE or (what, tenth) in told:
            return
        told.add((what, tenth))
        note(words().text(f"cli.backup.{what}", percent=formats.percent(tenth / TENTH), size=round(size / MIB)))

    return tell


def show_taken(taken: Taken, *, as_json: bool) -> None:
    """Print what was saved, and what must be kept apart."""
    about = taken.manifest
    if as_json:
        emit(
            {
                "file": str(taken.file),
                "bytes": taken.size,
                "engine": about.engine,
                "version": about.version,
                "saved_at": about.saved_at,
                "rows": dict(about.rows),
                "not_in_it": {
                    "key": taken.apart.key,
                    "names": list(taken.apart.names),
                    "dotenv": str(taken.apart.dotenv or ""),
                    "addresses": about.kept_apart,
                },
            }
        )
        return
    values = {"file": taken.file, "orders": about.orders, "rows": sum(about.rows.values())}
    text = words()
    say(text.text("cli.backup.done", **values, size=round(taken.size / MIB, 1), when=_when(taken.manifest.saved_at)))
    say(text.text("cli.backup.apart"))
    for line in _apart(taken):
        say(f"  - {line}")
    say(text.text("cli.backup.next", file=taken.file))


def _apart(taken: Taken) -> Iterator[str]:
    text, apart = words(), taken.apart
    if apart.key is None:
        yield text.text("cli.backup.no_key")
    else:
        named = "cli.backup.key_name" if apart.key == "SHIPCLOCK_KEY" else "cli.backup.key_file"
        yield text.text(named, key=apart.key)
    if apart.names:
        yield text.text("cli.backup.names", names=", ".join(apart.names))
    if apart.dotenv:
        yield text.text("cli.backup.dotenv", file=apart.dotenv)
    if taken.manifest.kept_apart:
        yield text.text("cli.backup.addresses", count=taken.manifest.kept_apart)
    if taken.settings_left_out:
        yield text.text("cli.backup.settings_left_out")


def show_restored(restored: Restored, *, as_json: bool) -> None:
    """Print what was restored, what does not work yet, and what to do next."""
    about, sealed = restored.manifest, restored.sealed
    if as_json:
        emit(
            {
                "database": restored.database,
                "kept": restored.kept,
                "version": restored.version,
                "saved_at": about.saved_at,
                "rows": dict(about.rows),
                "beside": [str(file) for file in restored.beside],
                "sealed": asdict(sealed),
                "addresses_to_put_back": about.kept_apart,
            }
        )
        return
    text = words()
    values = {"orders": about.orders, "when": _when(about.saved_at), "database": restored.database}
    say(text.text("cli.restore.done", **values))
    if restored.kept:
        say(text.text("cli.restore.kept", kept=restored.kept))
    if about.version != restored.version:
        say(text.text("cli.database_updated", before=about.version, after=restored.version))
    for file in restored.beside:
        say(text.text("cli.restore.beside", file=file))
    say(text.text("cli.restore.next"))
    for number, line in enumerate(_steps(restored), start=1):
        say(f"  {number}. {line}")


def _steps(restored: Restored) -> Iterator[str]:
    text, sealed = words(), restored.sealed
    yield text.text("cli.restore.old_machine")
    if sealed.closed_mails or sealed.closed_sign_ins:
        yield text.text("cli.restore.key", mails=sealed.closed_mails, sign_ins=sealed.closed_sign_ins)
    yield text.text("cli.restore.secrets" if restored.settings else "cli.restore.no_settings")
    if restored.manifest.kept_apart and restored.settings and not restored.beside:
        yield text.text("cli.restore.addresses", count=restored.manifest.kept_apart, file=restored.settings)
    yield text.text("cli.restore.check")
    yield text.text("cli.restore.since", when=_when(restored.manifest.saved_at))


def _when(moment: datetime) -> str:
    return formats.full_moment(moment, UNIVERSAL)
