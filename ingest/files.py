"""A mailbox in files: a Maildir, or a folder of .eml files. Nothing in it is written or moved.

A file's uid comes from its name (for .eml also from size and time: people overwrite those), so it is the
same in every run. Uids do not grow: the ledger alone knows which are finished.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Final

from ingest.errors import FolderMissingError
from ingest.mailbox import BATCH_BYTES, BATCH_MAILS, MAX_MAIL_BYTES, FolderState, RawMessage
from ingest.special_folders import resolved
from models.notification import QuarantineReason

INBOX: Final = "INBOX"
UIDVALIDITY: Final = 1
RENAMES: Final = 3  # of one file while it is being read
_INFO_MARKS: Final = (":2,", ";2,", "!2,")  # what follows is flags, which people change; Windows has no colon


class FileMailbox:
    """The files of one mailbox; `find` sees what is there at that moment."""

    def __init__(self, name: str, path: Path, *, maildir: bool) -> None:
        """Take the mailbox's name in the settings and its path. Raises FolderMissingError."""
        self._name = name
        self._path = path
        self._maildir = maildir
        self._folder = INBOX
        self._files: Mapping[int, Path] = {}
        if not path.is_dir():
            raise FolderMissingError(f"Mailbox {name}: {path} is no folder. Check `path` in the settings.")

    def find_folders(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """The folders by name; files know no uses."""
        return resolved(wanted, ())

    def look(self, folder: str) -> FolderState:
        """The folder's state: `uidnext` is another one whenever a file came or went."""
        return _state(self._list(folder))

    def open(self, folder: str) -> FolderState:
        """Take stock of the folder."""
        self._folder = folder
        self._files = self._list(folder)
        return _state(self._files)

    def find(
        self,
        *,
        after: int = 0,
        since: date | None = None,  # noqa: ARG002  a file's time is no arrival
        senders: Collection[str] = (),  # noqa: ARG002  only reading it tells
    ) -> Sequence[int]:
        """All uids above `after`, by file name."""
        return [uid for uid in self._files if uid > after]

    def folders(self) -> Sequence[str]:
        """The Maildir's subfolders, or the folders beside the .eml files."""
        try:
            names = sorted(entry.name for entry in self._path.iterdir() if entry.is_dir())
        except OSError:
            return []
        if not self._maildir:
            return names
        return [name[1:].replace(".", "/") for name in names if name.startswith(".") and self._holds_mail(name)]

    def _holds_mail(self, name: str) -> bool:
        return all((self._path / name / part).is_dir() for part in ("new", "cur"))

    def fetch(self, uids: Sequence[int]) -> Iterator[Sequence[RawMessage]]:
        """Read the files, some at a time."""
        batch: list[RawMessage] = []
        weight = 0
        for uid in uids:
            message = self._read(uid)
            if message is None:
                continue
            batch.append(message)
            weight += message.size
            if len(batch) == BATCH_MAILS or weight > BATCH_BYTES - MAX_MAIL_BYTES:
                yield batch
                batch, weight = [], 0
        if batch:
            yield batch

    def close(self) -> None:
        """Nothing is held open."""

    def _read(self, uid: int) -> RawMessage | None:
        """The message; None if it was deleted. Mail programs rename a file when its flags change: look again."""
        for _ in range(RENAMES):
            if uid not in self._files:
                break
            try:
                return _message(uid, self._files[uid])
            except FileNotFoundError:
                self._files = self._list(self._folder)
        return None

    def _list(self, folder: str) -> dict[int, Path]:
        try:
            return _maildir_files(self._path, folder) if self._maildir else _eml_files(self._path, folder)
        except FileNotFoundError:
            raise FolderMissingError(
                f"Mailbox {self._name}: the folder {folder!r} is not there. Check `folders` in the settings."
            ) from None


def _maildir_files(path: Path, folder: str) -> dict[int, Path]:
    """Delivered messages by uid, oldest name first; `new` and `cur` alike, since a reader moves them."""
    root = path if folder == INBOX else path / f".{folder.replace('/', '.')}"
    files = [file for part in ("new", "cur") for file in (root / part).iterdir() if not file.name.startswith(".")]
    return {_uid(_unique_name(file)): file for file in sorted(files, key=_unique_name)}


def _unique_name(file: Path) -> str:
    for mark in _INFO_MARKS:
        unique, found, _ = file.name.partition(mark)
        if found:
            return unique
    return file.name


def _eml_files(path: Path, folder: str) -> dict[int, Path]:
    root = path if folder == INBOX else path / folder
    files: dict[int, Path] = {}
    for file in sorted(root.iterdir()):
        if file.suffix.lower() == ".eml" and file.is_file():
            with contextlib.suppress(FileNotFoundError):  # deleted this moment
                stat = file.stat()
                files[_uid(f"{file.name}\n{stat.st_size}\n{stat.st_mtime_ns}")] = file
    return files


def _uid(text: str) -> int:
    """63 bits: positive in every database, and no two files of a mailbox get the same."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest()) >> 1


def _state(files: Mapping[int, Path]) -> FolderState:
    fingerprint = 0
    for uid in files:
        fingerprint ^= uid
    return FolderState(uidvalidity=UIDVALIDITY, uidnext=fingerprint or 1, messages=len(files), uids_grow=False)


def _message(uid: int, file: Path) -> RawMessage:
    size = file.stat().st_size
    if size > MAX_MAIL_BYTES:
        return RawMessage(uid=uid, size=size, raw=None, refused=QuarantineReason.TOO_LARGE)
    try:
        return RawMessage(uid=uid, size=size, raw=file.read_bytes())
    except PermissionError:
        return RawMessage(uid=uid, size=size, raw=None, refused=QuarantineReason.INCOMPLETE)
