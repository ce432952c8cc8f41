"""`init` and `check` with a real mail server: the login is tried, and a refused one is told and not repeated."""

from collections.abc import Iterator

import pytest

from models.settings_file import read_settings
from tests import dovecot as server
from tests.dovecot import PASSWORD, Account, Dovecot
from tests.flows.cli.conftest import MAIL, RECEIVER, Said, Shipclock


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    """One server for this module."""
    if reason := server.missing():
        pytest.skip(reason)
    with Dovecot() as running:
        yield running


@pytest.fixture
def account(dovecot) -> Account:
    """A mailbox with one new order."""
    account: Account = dovecot.account()
    account.append(*(file.read_bytes() for file in MAIL.glob("001_*.eml")))
    return account


@pytest.fixture
def init(place, account, shipclock: Shipclock, monkeypatch):
    """Run `init` for that mailbox with this password."""
    (place / "shipclock.toml").unlink()

    def init(password: str) -> Said:
        monkeypatch.setenv("SHIPCLOCK_PASSWORD_MAIN", password)
        where = ("--host", "localhost", "--port", str(account.server.port), "--ca-file", str(account.server.cert))
        who = ("--address", "shop@seller-inbox.example", "--user", account.user)
        shop = ("--shop", "Juniper & Pine Co.", "--market", "US", "--orders-from", "2026-03-01", "--yes")
        return shipclock("init", *where, *who, *shop)

    return init


def test_a_login_that_works_ends_in_settings_that_poll(place, init, shipclock):
    said = init(PASSWORD)
    assert said.code == 0
    assert "The login works." in said.err
    assert read_settings(place / "home" / "shipclock.toml").mailbox[0].authserv_id == RECEIVER
    assert "New orders: 1." in shipclock("poll").out
    assert shipclock("check").code == 0


def test_a_refused_login_is_told_and_nothing_is_written(place, init):
    said = init("wrong")
    assert said.code == 1
    assert "main" in said.err
    assert "wrong" not in said.err
    assert not (place / "home" / "shipclock.toml").exists()


def test_check_tries_a_refused_login_again_once_it_is_corrected(init, shipclock, monkeypatch):
    init(PASSWORD)
    monkeypatch.setenv("SHIPCLOCK_PASSWORD_MAIN", "wrong")
    assert [shipclock("poll").code for _ in range(3)] == [1, 1, 1]
    assert shipclock("check").code == 1
    monkeypatch.setenv("SHIPCLOCK_PASSWORD_MAIN", PASSWORD)
    assert shipclock("check").code == 0
    assert shipclock("poll").code == 0
