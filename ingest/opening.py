"""Opening the mailbox that the settings describe."""

from __future__ import annotations

from pathlib import Path

from ingest.errors import FolderMissingError, PasswordMissingError
from ingest.files import FileMailbox
from ingest.imap import ImapMailbox
from ingest.mailbox import Mailbox
from models.home import password_name
from models.settings import MailboxSettings


def open_mailbox(settings: MailboxSettings, password: str | None) -> Mailbox:
    """Connect to the mailbox; files need no password. Raises MailboxError."""
    if settings.kind == "imap":
        if not password:
            raise PasswordMissingError(
                f"Mailbox {settings.name}: no password. "
                f"Set {password_name(settings.name)} in the environment or in .env."
            )
        return ImapMailbox(settings, password)
    return FileMailbox(settings.name, _path(settings), maildir=settings.kind == "maildir")


def _path(settings: MailboxSettings) -> Path:
    if settings.path is None:
        raise FolderMissingError(f"Mailbox {settings.name}: kind = {settings.kind!r} needs a `path`.")
    return settings.path
