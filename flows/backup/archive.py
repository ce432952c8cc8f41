"""A backup is one zip file: `manifest.json`, the image of the database, settings and words of the user.

The manifest says what each part must be, byte for byte; a part that it does not name is not looked at.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final

from models.catalogue import words
from models.db.image import Progress

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "database"
SETTINGS: Final = "shipclock.toml"
OWN_WORDS: Final = ("labels", "columns")  # folders of the home
PARTS: Final = re.compile(rf"{DATABASE}|{re.escape(SETTINGS)}|({'|'.join(OWN_WORDS)})/\w[\w.-]*\.toml")
CHUNK: Final = 4 * 2**20
MOST_MANIFEST: Final = 2**20
UNREADABLE: Final = (
    zipfile.BadZipFile,  # another file, or its sums are wrong
    zlib.error,  # what was packed is no longer that
    EOFError,  # cut off within a part
    RuntimeError,  # locked with a password, or packed in a way that we never use: another's file
)


class BackupError(Exception):
    """A backup cannot be made or used; the message, `faults.backup.<key>`, says why and what to do."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(words().text(f"faults.backup.{key}", **values))


class RefusedError(BackupError):
    """It was not done because something would be lost; the message says how to have it all the same."""


class BusyError(BackupError):
    """Shipclock runs there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a part of the file must be."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself. `kept_apart`: how many secrets were taken out of the settings."""

    engine: str
    version: str  # of the tables
    program: str
    saved_at: datetime
    rows: Mapping[str, int]
    kept_apart: int = 0
    parts: Mapping[str, Part] = field(default_factory=dict)

    @property
    def orders(self) -> int:
        """How many orders are in it."""
        return self.rows.get("orders", 0)


def write_archive(file: Path, manifest: Manifest, parts: Mapping[str, Path | bytes], progress: Progress) -> Manifest:
    """Write the file anew; give the manifest with its parts."""
    known: dict[str, Part] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            size = len(content) if isinstance(content, bytes) else content.stat().st_size
            with archive.open(name, "w", force_zip64=True) as target, _opened(content) as source:
                known[name] = _copy(source, target, size, progress)
        whole = Manifest(**{**_shallow(manifest), "parts": known})
        archive.writestr(MANIFEST, json.dumps(_json_of(whole), indent=2) + "\n")
    return whole


def read_manifest(file: Path) -> Manifest:
    """Give what the backup says of itself. Raises BackupError."""
    with _archive(file) as archive:
        try:
            with archive.open(MANIFEST) as source:
                told = json.loads(source.read(MOST_MANIFEST))
            if told["format"] > FORMAT:
                raise BackupError("newer_file", file=file, program=told["program"])
            return _manifest_of(told)
        except (KeyError, ValueError, TypeError):
            raise BackupError("not_ours", file=file) from None


def unpack(file: Path, name: str, part: Part, target: IO[bytes], progress: Progress) -> None:
    """Write the part into `target`. Raises BackupError if it is not what the manifest says."""
    with _archive(file) as archive:
        try:
            with archive.open(name) as source:
                found = _copy(source, target, part.size, progress)
        except KeyError:
            found = None
    if found != part:
        raise _damaged(file)


@contextmanager
def _archive(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except UNREADABLE:
        raise _damaged(file) from None


def _damaged(file: Path) -> BackupError:
    return BackupError("not_whole", file=file)


def _opened(content: Path | bytes) -> IO[bytes]:
    return BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _copy(source: IO[bytes], target: IO[bytes], size: int, progress: Progress) -> Part:
    digest, done = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        target.write(chunk)
        done += len(chunk)
        progress(done, size)
    return Part(size=done, sha256=digest.hexdigest())


def _shallow(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in manifest.__dataclass_fields__}


def _json_of(manifest: Manifest) -> dict[str, Any]:
    return {"format": FORMAT, **asdict(manifest), "saved_at": manifest.saved_at.isoformat()}


def _manifest_of(told: Mapping[str, Any]) -> Manifest:
    parts = {
        str(name): Part(size=int(part["size"]), sha256=str(part["sha256"])) for name, part in told["parts"].items()
    }
    if DATABASE not in parts or not all(PARTS.fullmatch(name) for name in parts):  # nothing lands elsewhere
        raise ValueError(MANIFEST)
    return Manifest(
        engine=str(told["engine"]),
        version=str(told["version"]),
        program=str(told["program"]),
        saved_at=datetime.fromisoformat(told["saved_at"]),
        rows={str(name): int(count) for name, count in told["rows"].items()},
        kept_apart=int(told["kept_apart"]),
        parts=parts,
    )
