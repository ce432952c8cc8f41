"""A server in trouble is asked less and less often; what a person must mend, or asks for, never waits."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from ingest import backoff
from ingest.backoff import JITTER, LONGEST, PAUSES, left_in_peace, pause
from ingest.errors import (
    CertificateRefusedError,
    FolderMissingError,
    LoginRefusedError,
    MailboxError,
    PasswordMissingError,
    ThrottledError,
    TimedOutError,
    UnreachableError,
)
from ingest.imap_faults import error_for
from ingest.ledger import mailbox_row
from models.db.session import open_session
from models.settings import MailboxSettings
from tests.dovecot import Account
from tests.ingest.desk import NOW, RECEIVER, Desk, new_order
from tests.ingest.fake_server import scripted_server

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("kind", [UnreachableError, TimedOutError, ThrottledError])
def test_failures_in_a_row_lengthen_the_pause_up_to_a_last_one(kind: type[MailboxError]):
    pauses = [pause(failures, kind(""), 0) for failures in range(1, 20)]
    assert all(earlier <= later for earlier, later in pairwise(pauses))
    assert (pauses[0], pauses[-1]) == (PAUSES[kind.code][0], PAUSES[kind.code][-1])
    assert pauses[-1] > pauses[0]


def test_one_failure_alone_costs_nothing_but_a_throttled_mailbox_waits_at_once():
    assert pause(1, UnreachableError(""), 1) == timedelta()
    assert pause(1, ThrottledError(""), 0) == 5 * MINUTE


@pytest.mark.parametrize("kind", [LoginRefusedError, PasswordMissingError, FolderMissingError, CertificateRefusedError])
def test_what_only_a_person_can_mend_counts_as_soon_as_it_is_mended(kind: type[MailboxError]):
    assert pause(9, kind(""), 1) == timedelta()


def test_mailboxes_that_failed_together_do_not_come_back_together():
    usual = pause(3, TimedOutError(""), 0)
    assert usual < pause(3, TimedOutError(""), 0.5) < pause(3, TimedOutError(""), 1) == usual * (1 + JITTER)


@pytest.mark.parametrize(
    "fault",
    [
        LoginError("[ALERT] Too many simultaneous connections. (Failure)"),  # Gmail
        IMAPClientError("[OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)"),  # Gmail
        IMAPClientAbortError("[UNAVAILABLE] Temporary System Error"),  # Gmail's BYE
        LoginError("[UNAVAILABLE] Maximum number of connections from user+IP exceeded"),  # Dovecot
        IMAPClientError("select failed: User is authenticated but not connected."),  # Office 365
        IMAPClientAbortError("Connection closed. 14"),  # Office 365's BYE
        LoginError("[LIMIT] LOGIN Rate limit hit."),  # Yahoo
    ],
)
def test_a_server_that_asks_for_patience_is_understood(fault: Exception):
    assert isinstance(error_for(fault, "main", None), ThrottledError)


def test_a_server_that_says_for_how_long_is_obeyed_up_to_an_hour():
    said = "Request is throttled. Suggested Backoff Time: {} milliseconds"
    told = [error_for(IMAPClientError(said.format(number)), "main", None) for number in (89_117, 2_400_000, 10**9)]
    assert [pause(1, fault, 0) for fault in told] == [5 * MINUTE, 40 * MINUTE, LONGEST]


def test_the_row_says_until_when_and_a_success_ends_it(desk: Desk, account: Account):
    account.append(new_order(1))
    mailbox = account.settings(**RECEIVER)
    silent = MailboxSettings(name="main", host="127.0.0.1", port=1, tls=False, user="shop", **RECEIVER)
    for failures, peace in ((1, None), (2, "unreachable")):
        with pytest.raises(UnreachableError):
            desk.poll(silent)
        assert desk.mailbox().failures == failures
        with open_session(desk.engine, read_only=True) as session:
            assert left_in_peace(session, "main", NOW) == peace

    assert desk.poll(mailbox).parsed == 1  # a person's poll does not ask whether it is time
    assert (desk.mailbox().failures, desk.mailbox().not_before) == (0, None)


def test_peace_is_over_when_its_time_has_come_or_if_a_wrong_clock_wrote_it(desk: Desk):
    with open_session(desk.engine) as session:
        mailbox_row(session, "main")
        for _ in range(3):
            backoff.note_fault(session, "main", ThrottledError(""), NOW)
        session.commit()
    until = desk.mailbox().not_before
    assert until is not None
    with open_session(desk.engine, read_only=True) as session:
        asked = [left_in_peace(session, "main", now) for now in (NOW, until, NOW - timedelta(days=1))]
    assert asked == ["throttled", None, None]


def test_a_throttled_login_is_no_refused_one(desk: Desk):
    with scripted_server({b"LOGIN": b"% NO [ALERT] Too many simultaneous connections. (Failure)\r\n"}) as port:
        silent = MailboxSettings(name="main", host="127.0.0.1", port=port, tls=False, user="shop", **RECEIVER)
        with pytest.raises(ThrottledError):
            desk.poll(silent)
    assert (desk.mailbox().refused_logins, desk.mailbox().failures) == (0, 1)
