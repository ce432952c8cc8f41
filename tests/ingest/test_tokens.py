"""Mailboxes that are opened by token: Dovecot asks a sign-in server whether it may let us in (XOAUTH2)."""

from __future__ import annotations

import logging
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlmodel import select

from ingest.errors import SignInNeededError, ThrottledError, UnreachableError
from ingest.oauth import Tokens, app_of
from ingest.opening import connected
from ingest.tokens import access_token, store
from models.db.mail_tables import TokenRow
from models.db.session import open_session
from models.settings import MailboxSettings
from tests.dovecot import Account, DovecotBySignIn
from tests.ingest.desk import RECEIVER, Desk, new_order
from tests.ingest.fake_server import refusing_server
from tests.planted import search_files
from tests.sign_in_server import SignInServer
from tests.waiting import PATIENCE

PROVIDERS = pytest.mark.parametrize("provider", ["microsoft", "google"])


@pytest.fixture
def account(mail_server: DovecotBySignIn, sign_in: SignInServer) -> Account:
    made = mail_server.account()
    sign_in.user = made.user
    return made


def signing_in(account: Account, sign_in: SignInServer, provider: str = "microsoft") -> MailboxSettings:
    return account.settings(auth=provider, client_id="our-app", authority=sign_in.authority, **RECEIVER)


def signed_in(desk: Desk, mailbox: MailboxSettings, sign_in: SignInServer) -> Tokens:
    """What a person's sign-in leaves behind."""
    given = sign_in.grant()
    ends = datetime.now(UTC) + timedelta(seconds=sign_in.lasts)
    tokens = Tokens(given["access_token"], given["refresh_token"], ends)
    store(desk.engine, mailbox, desk.home, tokens)
    return tokens


def row(desk: Desk) -> TokenRow:
    with open_session(desk.engine, read_only=True) as session:
        return session.exec(select(TokenRow)).one()


def opened(desk: Desk, mailbox: MailboxSettings) -> None:
    with connected(desk.engine, mailbox, desk.home) as box:
        box.look("INBOX")


@PROVIDERS
def test_a_mailbox_is_read_with_a_token_and_without_a_password(desk, account, sign_in, provider):
    account.append(new_order(1))
    mailbox = signing_in(account, sign_in, provider)
    signed_in(desk, mailbox, sign_in)
    passwordless = replace(desk, home=replace(desk.home, environment={}))
    assert passwordless.poll(mailbox).parsed == 1


@PROVIDERS
def test_a_token_that_ends_within_minutes_is_refreshed_and_the_new_refresh_token_is_kept(
    desk, account, sign_in, provider
):
    mailbox = signing_in(account, sign_in, provider)
    sign_in.lasts = 240
    first = signed_in(desk, mailbox, sign_in)
    second = access_token(desk.engine, mailbox, desk.home)
    third = access_token(desk.engine, mailbox, desk.home)  # with a refresh token that works once
    assert len({first.access, second, third}) == 3


def test_a_refresh_token_goes_on_where_the_provider_gives_no_new_one(desk, account, sign_in):
    mailbox = signing_in(account, sign_in, "google")
    sign_in.lasts, sign_in.rotates = 240, False
    signed_in(desk, mailbox, sign_in)
    assert access_token(desk.engine, mailbox, desk.home) != access_token(desk.engine, mailbox, desk.home)


def test_a_token_that_lasts_is_used_without_asking_anybody(desk, account, sign_in):
    mailbox = signing_in(account, sign_in)
    tokens = signed_in(desk, mailbox, sign_in)
    assert access_token(desk.engine, mailbox, desk.home) == tokens.access
    assert not sign_in.asked


def test_a_token_that_the_mail_server_refuses_is_refreshed_once_and_opens_the_mailbox(desk, account, sign_in):
    mailbox = signing_in(account, sign_in)
    sign_in.revoke(signed_in(desk, mailbox, sign_in).access)
    opened(desk, mailbox)
    assert (sign_in.asked["token"], row(desk).refused_at) == (1, None)


def test_a_fresh_token_that_is_refused_needs_a_person_and_nobody_is_asked_again(desk, account, sign_in):
    mailbox = signing_in(account, sign_in)
    signed_in(desk, mailbox, sign_in)
    sign_in.user = "somebody-else"
    with pytest.raises(SignInNeededError, match="shipclock auth microsoft main"):
        opened(desk, mailbox)
    asked = dict(sign_in.asked)
    assert asked["introspect"] == 2
    for _ in range(3):
        with pytest.raises(SignInNeededError, match="not asked again"):
            opened(desk, mailbox)
        with pytest.raises(SignInNeededError), connected(desk.engine, mailbox, desk.home, insist=True):
            pass
    assert dict(sign_in.asked) == asked
    assert row(desk).refused_at is not None


@PROVIDERS
def test_a_sign_in_that_was_taken_back_is_asked_for_once(desk, account, sign_in, provider):
    mailbox = signing_in(account, sign_in, provider)
    signed_in(desk, mailbox, sign_in)
    sign_in.revoke()
    for _ in range(3):
        with pytest.raises(SignInNeededError, match=f"shipclock auth {provider} main"):
            desk.poll(mailbox)
    assert sign_in.asked["token"] == 1
    assert desk.mailbox().last_error == "sign_in"


def test_after_a_new_sign_in_the_mailbox_is_read_again(desk, account, sign_in):
    mailbox = signing_in(account, sign_in)
    signed_in(desk, mailbox, sign_in)
    sign_in.revoke()
    with pytest.raises(SignInNeededError):
        desk.poll(mailbox)
    signed_in(desk, mailbox, sign_in)
    desk.poll(mailbox)
    assert (row(desk).refused_at, desk.mailbox().last_error) == (None, None)


@PROVIDERS
@pytest.mark.parametrize("where", ["", "token"])
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param((503, "no"), id="server error"),
        pytest.param((429, '{"error": "invalid_grant"}'), id="too many requests"),
        pytest.param((200, "<html>Hotel Wi-Fi</html>"), id="somebody else's page"),
        pytest.param((400, '{"error": "temporarily_unavailable"}'), id="says that it passes"),
    ],
)
def test_trouble_at_the_sign_in_server_passes_by_itself(desk, account, sign_in, provider, fault, where):
    mailbox = signing_in(account, sign_in, provider)
    sign_in.revoke(signed_in(desk, mailbox, sign_in).access)
    sign_in.fault, sign_in.fault_at = fault, where
    with pytest.raises(UnreachableError) as told:
        access_token(desk.engine, mailbox, desk.home, refused=sign_in.secrets[0])
    assert told.value.transient
    assert row(desk).refused_at is None
    sign_in.fault = None
    opened(desk, mailbox)


@PROVIDERS
def test_a_sign_in_server_that_is_not_there_passes_by_itself(desk, account, sign_in, provider):
    mailbox = signing_in(account, sign_in, provider).model_copy(update={"authority": "https://localhost:1/common"})
    sign_in.lasts = 0
    signed_in(desk, mailbox, sign_in)
    with pytest.raises(UnreachableError):
        desk.poll(mailbox)
    assert desk.mailbox().last_error == "unreachable"


@PROVIDERS
def test_two_that_refresh_at_once_both_get_in_though_each_refresh_token_works_once(desk, account, sign_in, provider):
    mailbox = signing_in(account, sign_in, provider)
    sign_in.lasts = 0
    signed_in(desk, mailbox, sign_in)
    sign_in.lasts = 3600
    sign_in.second.clear()  # whoever comes first is answered only once the second was refused
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(access_token, desk.engine, mailbox, desk.home) for _ in range(2)]
        assert len({one.result() for one in both}) == 1
    assert row(desk).refused_at is None
    opened(desk, mailbox)


def test_a_person_who_signs_in_while_it_is_refreshed_has_the_last_word(desk, account, sign_in):
    mailbox = signing_in(account, sign_in)
    sign_in.lasts = 0
    signed_in(desk, mailbox, sign_in)
    sign_in.lasts = 3600
    sign_in.second.clear()
    with ThreadPoolExecutor(1) as pool:
        refreshed = pool.submit(access_token, desk.engine, mailbox, desk.home)
        sign_in.waits.wait(PATIENCE)
        newest = signed_in(desk, mailbox, sign_in)
        sign_in.second.set()
        assert refreshed.result() != newest.access
    assert access_token(desk.engine, mailbox, desk.home) == newest.access


def test_a_mailbox_that_nobody_signed_in_for_says_what_to_type(desk, account, sign_in):
    with pytest.raises(SignInNeededError, match="shipclock auth google main"):
        desk.poll(signing_in(account, sign_in, "google"))
    assert not sign_in.asked


def test_without_an_app_it_says_where_to_learn_how_one_is_made(desk, account):
    with pytest.raises(SignInNeededError, match="shipclock auth microsoft --help"):
        app_of(account.settings(auth="microsoft"), desk.home)


def test_a_key_that_was_changed_means_signing_in_anew_and_loses_nothing(desk, account, sign_in):
    mailbox = signing_in(account, sign_in)
    signed_in(desk, mailbox, sign_in)
    other = replace(desk.home, environment={"SHIPCLOCK_KEY": Fernet.generate_key().decode()})
    with pytest.raises(SignInNeededError, match="old key"):
        access_token(desk.engine, mailbox, other)
    opened(desk, mailbox)


@pytest.mark.parametrize(
    ("verdict", "fault"),
    [
        (b"NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", SignInNeededError),
        (b"NO [UNAVAILABLE] try later", ThrottledError),
    ],
)
def test_a_server_that_explains_its_refusal_is_answered_with_an_empty_line(desk, account, sign_in, verdict, fault):
    mailbox = signing_in(account, sign_in)
    tokens = signed_in(desk, mailbox, sign_in)
    with refusing_server(verdict) as (port, heard):
        there = mailbox.model_copy(
            update={"host": "127.0.0.1", "port": port, "tls": False, "ca_file": account.server.cert}
        )
        with pytest.raises(fault):
            opened(desk, there)
    assert b64decode(heard[0]) == f"user={account.user}\1auth=Bearer {tokens.access}\1\1".encode()
    assert heard[1] == b""
    assert (row(desk).refused_at is None) == (fault is ThrottledError)


@PROVIDERS
def test_no_token_stands_in_the_database_a_log_or_an_error(desk, account, sign_in, provider, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    mailbox = signing_in(account, sign_in, provider)
    sign_in.lasts = 0
    told = [repr(signed_in(desk, mailbox, sign_in))]
    opened(desk, mailbox)
    sign_in.user = "somebody-else"
    for _ in range(2):
        with pytest.raises(SignInNeededError) as fault:
            opened(desk, mailbox)
        told += [str(fault.value), repr(fault.value)]
    assert len(sign_in.secrets) >= 6
    desk.engine.dispose()
    assert search_files(tmp_path, sign_in.secrets) == []
    assert not [secret for secret in sign_in.secrets if secret in caplog.text + "".join(told)]
