"""Where the simulated platform's mails go: a Maildir, as a mail server would keep it.

Writing the same mail for the same moment again changes nothing, so a play that was killed goes on.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol


class MailDrop(Protocol):
    """Takes mails for the shop's mailbox."""

    def deliver(self, raw: bytes, at: datetime) -> None:
        """Put a mail that arrived at `at` (aware) into the mailbox."""


class MaildirDrop:
    """A Maildir: written to tmp/, then renamed into new/."""

    def __init__(self, path: Path) -> None:
        """Make the Maildir's folders where they are missing."""
        self.path = path
        for folder in ("tmp", "new", "cur"):
            (path / folder).mkdir(parents=True, exist_ok=True)

    def deliver(self, raw: bytes, at: datetime) -> None:
        """Put the mail into new/ under a name made of its moment and its content."""
        name = f"{int(at.timestamp())}.{sha256(raw).hexdigest()[:20]}.shipclock"
        draft = self.path / "tmp" / name
        draft.write_bytes(raw)
        draft.rename(self.path / "new" / name)
