"""Restoring a backup into an empty place: all is unpacked, checked and made ready beside it; one move puts it there.

The database comes last. A restore that broke off before has left none: it is simply started again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlmodel import select

from flows import clock
from flows.backup.apart import Sealed, sealed_in, without_secrets
from flows.backup.archive import (
    DATABASE,
    SETTINGS,
    BackupError,
    BusyError,
    Manifest,
    RefusedError,
    read_manifest,
    unpack,
)
from flows.backup.taking import Tell
from flows.backup.workroom import put_into_place, workroom
from flows.stack import running
from ingest.rescan import ask_after_restore
from models.db.audit import note
from models.db.image import Store, store_of
from models.db.mail_tables import MailboxRow
from models.db.schema import knows, migrate
from models.db.session import make_engine, open_session
from models.home import Home

ASIDE: Final = "before-restore-%Y%m%dT%H%M%SZ"
FROM_BACKUP: Final = ".from-backup"  # a name that nothing reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore came to. `beside`: files that were there already and are others than those of the backup."""

    manifest: Manifest
    database: str
    kept: str | None
    version: str
    settings: Path | None
    beside: tuple[Path, ...]
    sealed: Sealed


def restore_backup(home: Home, file: Path, *, force: bool, by: str, tell: Tell) -> Restored:
    """Restore the backup here. Raises BackupError or DatabaseError; then what was here is as it was."""
    manifest = read_manifest(file)
    store = store_of(home.database_url)
    _check_fits(manifest, store)
    _check_free(home, store, force=force)
    with workroom(store.folder or home.path) as room:
        image = _image(file, manifest, room, tell)
        placed = _Files(home)
        try:
            for name, part in manifest.parts.items():
                if name != DATABASE:
                    content = BytesIO()
                    unpack(file, name, part, content, lambda _done, _size: None)
                    placed.put(name, content.getvalue())
            _check_runs_not(home)
            aside = datetime.now(UTC).strftime(ASIDE) if force else None
            kept = store.load(image, manifest.rows, partial(_make_ready, manifest, by), aside=aside)
        except BaseException:
            placed.take_back()
            raise
    return _restored(home, manifest, placed, kept)


def _check_fits(manifest: Manifest, store: Store) -> None:
    if manifest.engine != store.engine:
        raise BackupError("other_engine", of=_name(manifest.engine), here=_name(store.engine))
    if not knows(manifest.version):
        raise BackupError("newer_tables", program=manifest.program, version=manifest.version)


def _name(engine: str) -> str:
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(engine, engine)


def _check_free(home: Home, store: Store, *, force: bool) -> None:
    _check_runs_not(home)
    if store.holds_something() and not force:
        raise RefusedError("database_there")


def _check_runs_not(home: Home) -> None:
    if running(home):
        raise BusyError("runs", home=home.path)


def _image(file: Path, manifest: Manifest, room: Path, tell: Tell) -> Path:
    image = room / DATABASE
    with image.open("wb") as target:
        unpack(file, DATABASE, manifest.parts[DATABASE], target, lambda done, size: tell("unpacking", done, size))
    return image


def _make_ready(manifest: Manifest, by: str, engine: Engine) -> None:
    """Bring the tables up to date, and have read again what came since the backup."""
    migrate(engine)
    now = clock.now(engine)
    with open_session(engine) as session:
        mailboxes = session.exec(select(MailboxRow.name)).all()
        ask_after_restore(session, mailboxes, min(manifest.saved_at, now), now)
        note(session, at=now, actor=by, action="restore", after={"saved_at": manifest.saved_at.isoformat()})
        session.commit()


def _restored(home: Home, manifest: Manifest, placed: _Files, kept: str | None) -> Restored:
    engine = make_engine(home.database_url)
    try:
        version = migrate(engine).after
        sealed = sealed_in(engine, home)
    finally:
        engine.dispose()
    return Restored(
        manifest=manifest,
        database=engine.url.database or "" if manifest.engine == "sqlite" else engine.url.render_as_string(),
        kept=kept,
        version=version,
        settings=home.config if home.config.exists() else None,
        beside=tuple(placed.beside),
        sealed=sealed,
    )


def _same(file: Path, content: bytes) -> bool:
    """Whether the file is the backup's, or what the backup was made of."""
    here = file.read_bytes()
    return content in {here, without_secrets(here.decode(errors="replace"), file)[0].encode()}


class _Files:
    """Settings and own words: put where there are none, else beside those that are there, which are never changed."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.beside: list[Path] = []
        self._made: list[Callable[[], None]] = []

    def put(self, name: str, content: bytes) -> None:
        file = self.home.config if name == SETTINGS else self.home.path / name
        if file.exists() and _same(file, content):
            return
        if file.exists():
            file = file.with_name(file.name + FROM_BACKUP)
            self.beside.append(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(file.name + ".new")
        draft.write_bytes(content)
        put_into_place(draft, file)
        self._made.append(partial(file.unlink, missing_ok=True))

    def take_back(self) -> None:
        for undo in self._made:
            undo()
