"""The mail server that mailbox and poll tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.settings import MailboxSettings
from tests import dovecot as server
from tests.dovecot import Account, Dovecot
from tests.ingest.desk import RECEIVER, Desk
from tests.ingest.three_shops import THREE, USER


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One server for the session."""
    if reason := server.missing():
        pytest.skip(reason)
    with Dovecot() as running:
        yield running


@pytest.fixture
def account(dovecot: Dovecot) -> Account:
    """A new, empty mailbox on it."""
    return dovecot.account()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A new installation."""
    desk = Desk.at(tmp_path)
    yield desk
    desk.engine.dispose()


@pytest.fixture
def shared(desk: Desk) -> MailboxSettings:
    """A mailbox of files that three shops share."""
    desk.shops = THREE
    folder = desk.home.path / "mails"
    folder.mkdir()
    return MailboxSettings(name="main", kind="folder", path=folder, user=USER, **RECEIVER)
