"""What all tests of flows share."""

from __future__ import annotations

import pytest

from flows import outbox
from flows.telling import Message
from tests.databases import database, postgres, thorough
from tests.flows.prefect_server import prefect_stack
from tests.mail_server import account, dovecot

__all__ = ["account", "database", "dovecot", "postgres", "prefect_stack", "thorough", "told"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What was sent, as if to an address."""
    sent: list[Message] = []

    def deliver(_: object, message: Message) -> bool:
        sent.append(message)
        return True

    monkeypatch.setattr(outbox, "deliver", deliver)
    return sent
