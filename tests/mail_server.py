"""Fixtures of the mail server, for each folder of tests that asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import dovecot as server
from tests.dovecot import Account, Dovecot


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
