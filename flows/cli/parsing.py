"""Reading mail files for people and machines: `parse`. No database, nothing stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.cli.output import fail, note
from ingest.reader import read_mail
from ingest.report import as_json
from ingest.sender import Receiver, receiver_of
from ingest.vocabulary import Vocabulary, load_vocabulary
from models.catalogue import words
from models.home import find_home
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
        """Tell what one file says, in the form of `shipclock parse --json`."""
        reading = read_mail(file.read_bytes(), self.receiver, self.shops, self.vocabulary, datetime.now(UTC))
        return as_json(reading, file.name, self.shops)


def files_in(paths: Sequence[Path]) -> Iterator[Path]:
    """Give the mail files of these paths, sorted within a folder; a path that is not there ends the command."""
    for path in paths:
        if path.is_dir():
            mails = sorted(file for file in path.rglob("*") if _is_mail(file))
            if not mails:
                note(words().text("cli.no_mails", path=path))
            yield from mails
        elif path.exists():
            yield path
        else:
            fail(words().text("cli.no_file", path=path))


def _is_mail(file: Path) -> bool:
    """A mail is a file named .eml, or any file in a Maildir's cur and new."""
    return file.is_file() and (file.suffix.lower() == ".eml" or file.parent.name in {"cur", "new"})


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
