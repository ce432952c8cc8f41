"""Taking a backup: an image of the database while Shipclock runs, with settings and own words, in one file.

The file appears under its name only when it was read back and is whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from flows.backup.apart import Apart, kept_apart, open_files, without_secrets
from flows.backup.archive import (
    DATABASE,
    OWN_WORDS,
    SETTINGS,
    BackupError,
    Manifest,
    RefusedError,
    read_manifest,
    unpack,
    write_archive,
)
from flows.backup.workroom import put_into_place, workroom
from models.db.image import store_of
from models.home import Home

Tell: TypeAlias = Callable[[str, int, int], None]  # what is done, bytes done, bytes in all
READ_AS: Final = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A backup that was made."""

    file: Path
    size: int
    manifest: Manifest
    apart: Apart
    settings_left_out: bool


def take_backup(home: Home, file: Path, *, force: bool, tell: Tell) -> Taken:
    """Write a backup of this home into `file` (mode 0600). Raises BackupError or DatabaseError; then there is none."""
    target = file.expanduser().absolute()
    _refuse_to_overwrite(target, force=force)
    store = store_of(home.database_url)
    with workroom(target.parent) as room:
        saved_at = datetime.now(UTC)  # before the copy's moment: what came between is read again, not missed
        saved = store.save(room / DATABASE, lambda done, size: tell("copying", done, size))
        settings, hidden = _settings(home)
        parts: dict[str, Path | bytes] = {DATABASE: room / DATABASE, **open_files(home.path, OWN_WORDS)}
        parts |= {SETTINGS: settings} if settings else {}
        manifest = Manifest(
            engine=store.engine,
            version=saved.version,
            program=version("shipclock"),
            saved_at=saved_at,
            rows=saved.rows,
            kept_apart=hidden,
        )
        draft = room / "backup.zip"
        manifest = write_archive(draft, manifest, parts, lambda done, size: tell("packing", done, size))
        _read_back(draft, manifest, tell)
        _refuse_to_overwrite(target, force=force)
        put_into_place(draft, target)
    return Taken(
        file=target,
        size=target.stat().st_size,
        manifest=manifest,
        apart=kept_apart(home),
        settings_left_out=home.config.exists() and not settings,
    )


def _refuse_to_overwrite(file: Path, *, force: bool) -> None:
    if file.is_dir():
        raise BackupError("folder", folder=file, file=file / "shipclock-backup.zip")
    if file.exists() and not force:
        raise RefusedError("file_there", file=file)


def _settings(home: Home) -> tuple[bytes, int]:
    if not home.config.exists():
        return b"", 0
    text, hidden = without_secrets(home.config.read_text(READ_AS, errors="replace"), home.config)
    return text.encode(READ_AS), hidden


def _read_back(draft: Path, manifest: Manifest, tell: Tell) -> None:
    """Read what was written as a restore would. Raises BackupError."""
    if read_manifest(draft) != manifest:
        raise BackupError("not_read_back")
    with Path(os.devnull).open("wb") as nowhere:
        sink: BinaryIO = nowhere
        for name, part in manifest.parts.items():
            unpack(draft, name, part, sink, lambda done, size: tell("checking", done, size))
