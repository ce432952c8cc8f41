"""Fixtures of the mail server, for each folder of tests that asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import dovecot as server
from tests.dovecot import Account, Dovecot, DovecotBySignIn
from tests.sign_in_server import SignInServer


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


@pytest.fixture(scope="module")
def mail_server() -> Iterator[DovecotBySignIn]:
    """A mail server that lets in who has signed in."""
    if reason := server.missing():
        pytest.skip(reason)
    with DovecotBySignIn() as running:
        yield running


@pytest.fixture
def sign_in(mail_server: DovecotBySignIn) -> Iterator[SignInServer]:
    """The server where one signs in, which the mail server asks."""
    with SignInServer(mail_server.cert, mail_server.home / "key.pem") as running:
        mail_server.ask(running.introspection)
        yield running
