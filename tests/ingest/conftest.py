"""What the tests of mailboxes and polls share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ingest.desk import Desk
from tests.mail_server import account, dovecot

__all__ = ["account", "desk", "dovecot"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A new installation."""
    desk = Desk.at(tmp_path)
    yield desk
    desk.engine.dispose()
