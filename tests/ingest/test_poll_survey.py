"""The dry run before there are settings: what the mails would come to, counted, and nothing written."""

from __future__ import annotations

from datetime import timedelta

from ingest.poll import survey
from models.notification import IgnoreReason, NotificationKind, QuarantineReason
from tests.dovecot import Account
from tests.ingest.desk import NOW, RECEIVER, Desk, corpus

MAILS = ("001", "002", "030", "050", "070", "109")
MONTH = NOW - timedelta(days=30)


def test_mails_are_counted_by_what_they_are_about_before_any_shop_is_known(desk: Desk, account: Account):
    account.append(*corpus(*MAILS))

    found = survey(account.settings(**RECEIVER), (), desk.home, MONTH, now=NOW)

    assert found.mails == len(MAILS)
    assert found.kinds == {NotificationKind.NEW_ORDER: 3, NotificationKind.CANCEL_REQUESTED: 1}
    assert found.ignored == {IgnoreReason.MARKETING: 1}
    assert found.unclear == {QuarantineReason.SENDER_UNAUTHENTICATED: 1}
    assert {"Juniper & Pine Co.", "Foxglove Teas"} < set(found.shops)


def test_nothing_is_written_and_no_flag_changes(desk: Desk, account: Account):
    account.append(*corpus(*MAILS))
    flags = account.flags()

    survey(account.settings(**RECEIVER), desk.shops, desk.home, MONTH, now=NOW)

    assert (desk.ledger(), desk.orders(), account.flags()) == ([], {}, flags)


def test_mails_sent_before_the_days_asked_for_do_not_count(desk: Desk, account: Account):
    account.append(*corpus("001", "070"))  # of 14 and of 23 March

    found = survey(account.settings(**RECEIVER), desk.shops, desk.home, NOW, now=NOW)

    assert found.mails == 1
