"""The mail server that mailbox and poll tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import dovecot as server
from tests.dovecot import Account, Dovecot
from tests.ingest.desk import Desk


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
