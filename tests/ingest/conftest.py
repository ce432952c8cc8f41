"""What the tests of mailboxes and polls share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.settings import MailboxSettings
from tests.databases import database, postgres, thorough
from tests.ingest.desk import RECEIVER, Desk
from tests.ingest.three_shops import THREE, USER
from tests.mail_server import account, dovecot, mail_server, sign_in

__all__ = ["account", "database", "desk", "dovecot", "mail_server", "postgres", "sign_in", "thorough"]


@pytest.fixture
def desk(tmp_path: Path, database: str) -> Iterator[Desk]:
    """A new installation."""
    desk = Desk.at(tmp_path, database)
    yield desk
    desk.engine.dispose()


@pytest.fixture
def shared(desk: Desk) -> MailboxSettings:
    """A mailbox of files that three shops share."""
    desk.shops = THREE
    folder = desk.home.path / "mails"
    folder.mkdir()
    return MailboxSettings(name="main", kind="folder", path=folder, user=USER, **RECEIVER)
