"""Reading mail files for people and machines: `parse`. No database, nothing stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import scandir
from pathlib import Path
from typing import Any

from flows.cli.output import fail, note
from ingest.label_files import load_vocabulary
from ingest.message import MAX_BYTES
from ingest.reader import read_mail
from ingest.report import as_json
from ingest.sender import Receiver, receiver_of
from ingest.vocabulary import Vocabulary
from models.catalogue import words
from models.home import find_home
from models.notification import Quarantined, QuarantineReason, Reading
from models.settings import Settings, ShopSettings
from models.settings_file import load_settings, read_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Everything that a mail is read by."""

    receiver: Receiver
    shops: tuple[ShopSettings, ...]
    vocabulary: Vocabulary

    @classmethod
    def for_settings(cls, config: Path | None, mailbox: str | None) -> Reader:
        """Make the reader of one mailbox of a settings file; of this installation's without a file."""
        home = find_home()
        settings = load_settings(home) if config is None else read_settings(config)
        box = next((one for one in settings.mailbox if mailbox in {None, one.name}), None)
        if box is None:
            fail(words().text("cli.no_mailbox", given=mailbox, known=_names(settings)))
        shops = tuple(shop for shop in settings.shop if shop.mailbox == box.name)
        return cls(receiver=receiver_of(box), shops=shops, vocabulary=load_vocabulary(home.path / "labels"))

    def read(self, file: Path) -> dict[str, object]:
        """Tell what one file says, in the form of `shipclock parse --json`; a file that can't be read says so."""
        return as_json(self._reading_of(file), _printable(file.name), self.shops)

    def _reading_of(self, file: Path) -> Reading:
        try:
            if not file.is_file():  # a pipe would be waited for
                return Quarantined(reason=QuarantineReason.MALFORMED, detail="no file")
            if file.stat().st_size > MAX_BYTES:
                return Quarantined(reason=QuarantineReason.TOO_LARGE)
            raw = file.read_bytes()
        except OSError:
            note(words().text("cli.parse.unreadable", path=_printable(str(file))))
            return Quarantined(reason=QuarantineReason.READER_FAILED, detail="not readable")
        return read_mail(raw, self.receiver, self.shops, self.vocabulary, datetime.now(UTC))


def _printable(name: str) -> str:
    """Give a file's name as text that can be printed: a name may hold bytes that are no text."""
    return name.encode("utf-8", "replace").decode("utf-8")


def missing(paths: Sequence[Path]) -> list[Path]:
    """Give those of the paths that are not there, each told on stderr."""
    gone = [path for path in paths if not path.exists()]
    for path in gone:
        note(words().text("cli.no_file", path=_printable(str(path))))
    return gone


def files_in(paths: Sequence[Path]) -> Iterator[Path]:
    """Give the mail files of these paths, sorted within a folder; one folder at a time, however many there are."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        mails = _mails_below(path)
        first = next(mails, None)
        if first is not None:
            yield first
            yield from mails
        else:
            note(words().text("cli.no_mails", path=_printable(str(path))))


def _mails_below(folder: Path) -> Iterator[Path]:
    try:
        with scandir(folder) as listing:
            entries = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in listing)
    except OSError:
        note(words().text("cli.parse.unreadable", path=_printable(str(folder))))
        return
    for name, is_folder in entries:
        if is_folder:
            yield from _mails_below(folder / name)
        elif _is_mail(folder / name):
            yield folder / name


def _is_mail(file: Path) -> bool:
    """A mail is a file named .eml, or any file in a Maildir's cur and new."""
    return file.suffix.lower() == ".eml" or file.parent.name in {"cur", "new"}


def line_of(answer: Mapping[str, Any]) -> str:
    """Put one answer on one line."""
    text = words()
    numbers = answer.get("order_ids") or [answer.get("order_id")]
    orders = " ".join(str(number) for number in numbers if number)
    match answer["disposition"]:
        case "parsed":
            told = text.text(f"mail.kinds.{answer['kind']}")
        case "ignored":
            told = text.text("cli.parse.ignored", why=text.text(f"mail.ignored.{answer['reason']}"))
        case _:
            told = text.text("cli.parse.waits", why=text.text(f"mail.quarantine.{answer['reason']}.why"))
    return "  ".join(filter(None, (str(answer["file"]), told, orders)))


def _names(settings: Settings) -> str:
    return ", ".join(mailbox.name for mailbox in settings.mailbox)
