"""The second opinion on a sender (DKIM): what passes, what does not, and that DNS never holds up a poll."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from ingest.key_lookup import KEPT_SECONDS, PATIENCE_SECONDS, KeyLookup, ask_dns
from ingest.poll import poll_mailbox
from ingest.quarantine import list_quarantined
from ingest.signature import NoAnswerError, Opinion, opinion_on
from models.db.session import open_session
from tests.dovecot import Account
from tests.ingest.desk import RECEIVER, Desk, corpus
from tests.ingest.signed import DOMAIN, NAME, key, keys, name_server, signed

RAW = corpus("001")[0].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def opinion(raw: bytes, *, at: str = NAME, bits: int = 2048, record: bytes | None = None):
    return opinion_on(raw, DOMAIN, keys({at: record or key(bits)[1]}))


def test_an_untouched_mail_signed_by_the_senders_domain_passes():
    assert opinion(signed(RAW)) is Opinion.PASS


def test_a_signature_of_the_domains_own_house_counts():
    assert opinion(signed(RAW, domain="tiktok.com"), at="s1._domainkey.tiktok.com.") is Opinion.PASS
    assert opinion(signed(RAW, domain="m.tiktok.com"), at="s1._domainkey.m.tiktok.com.") is Opinion.PASS


@pytest.mark.parametrize("domain", ["evil.example", "tiktok.com.evil.example", "nottiktok.com", "com"])
def test_a_signature_of_somebody_else_is_none(domain):
    assert opinion(signed(RAW, domain=domain), at=f"s1._domainkey.{domain}.") is Opinion.NONE


def test_a_mail_without_signature_is_none_and_asks_nobody():
    assert opinion_on(RAW, DOMAIN, None) is Opinion.NONE  # type: ignore[arg-type]  # it would break if it were called


@pytest.mark.parametrize(
    ("changed", "to"),
    [
        (b"576461413038785752", b"576461413038785753"),
        (b"From: TikTok Shop <", b"From: Somebody <"),
        (b"d=shop.tiktok.com", b"d=tiktok.com"),
        (b"a=rsa-sha256", b"a=rsa-sha1"),
        (b"bh=", b"bh=AAAA"),
        (b"v=1;", b"v=2;"),
        (b" s=s1;", b" s=s2;"),
        (b" s=s1;", b" s=../s1;"),
        (b" b=", b" b=!"),
    ],
)
def test_a_changed_mail_or_signature_fails(changed, to):
    raw = signed(RAW)
    assert changed in raw
    assert opinion(raw.replace(changed, to)) is Opinion.FAIL


def test_a_signature_over_a_part_of_the_text_is_refused():
    assert opinion(signed(RAW, length=True)) is Opinion.FAIL
    assert opinion(signed(RAW, length=True) + b"more\r\n") is Opinion.FAIL


def test_a_second_from_under_a_signature_fails():
    assert opinion(b"From: x@evil.example\r\n" + signed(RAW)) is Opinion.FAIL


def test_a_short_key_proves_nothing():
    assert opinion(signed(RAW, bits=1024), bits=1024) is Opinion.PASS
    assert opinion(signed(RAW), record=b"v=DKIM1; k=rsa; p=") is Opinion.FAIL
    assert opinion(signed(RAW), record=b"v=DKIM1; k=ed25519; p=AAAA") is Opinion.FAIL
    assert opinion(signed(RAW), record=b"\xff\x00") is Opinion.FAIL


def test_one_good_signature_among_several_is_enough_and_not_all_are_tried():
    bad = signed(RAW).replace(b" s=s1;", b" s=old;").partition(b"From:")[0].partition(b"Return-Path")[0]
    assert opinion(bad + signed(RAW)) is Opinion.PASS
    assert opinion(bad * 3 + signed(RAW)) is Opinion.FAIL


@pytest.mark.parametrize("raw", [b"", b" ", b"\0", b"DKIM-Signature: d=shop.tiktok.com", b"\xff: x\r\n\r\n", b"x" * 9])
def test_whatever_the_bytes_are_there_is_an_opinion(raw):
    assert opinion(raw) in {Opinion.FAIL, Opinion.NONE}


def test_what_would_take_long_is_not_asked():
    assert opinion(signed(RAW) + b" " * 300) is None
    assert opinion(signed(RAW) + b"x" * 600_000) is None


def test_the_key_is_asked_of_a_name_server_once_for_many_mails():
    with name_server({NAME: key()[1]}) as (by, asked):
        look_up = KeyLookup(partial(ask_dns, by=by))
        assert [opinion_on(signed(RAW), DOMAIN, look_up) for _ in range(3)] == [Opinion.PASS] * 3
        assert asked == [NAME]


def test_a_key_that_is_not_there_fails_and_is_not_asked_again():
    with name_server({}) as (by, asked):
        look_up = KeyLookup(partial(ask_dns, by=by))
        assert [opinion_on(signed(RAW), DOMAIN, look_up) for _ in range(2)] == [Opinion.FAIL] * 2
        assert len(asked) == 1


def test_a_silent_name_server_gives_no_opinion():
    with name_server({}, silent=True) as (by, _):
        assert opinion_on(signed(RAW), DOMAIN, KeyLookup(lambda name, _: ask_dns(name, 0.1, by))) is None


def test_silent_name_servers_are_left_alone_for_a_while():
    moments = iter([0.0, 1.0, 2.0, PATIENCE_SECONDS, PATIENCE_SECONDS + 1.5])
    asked: list[str] = []

    def ask(name: str, _: float) -> bytes | None:
        asked.append(name)
        if len(asked) == 1:
            raise NoAnswerError
        return key()[1]

    look_up = KeyLookup(ask, lambda: next(moments))
    opinions = [opinion_on(signed(RAW), DOMAIN, look_up) for _ in range(4)]
    assert opinions == [None, None, None, Opinion.PASS]
    assert len(asked) == 2


def test_an_answer_is_kept_for_an_hour():
    moments = iter([0.0, KEPT_SECONDS - 1, KEPT_SECONDS])
    asked: list[str] = []
    look_up = KeyLookup(lambda name, _: asked.append(name), lambda: next(moments))
    assert [look_up(b"a."), look_up(b"A."), look_up(b"a.")] == [None] * 3
    assert asked == ["a.", "a."]


def polled(desk: Desk, account: Account, raw: bytes, records, **settings: Any):  # noqa: ANN401  keys of the settings
    account.append(raw)
    mailbox = account.settings(**RECEIVER, **settings)
    arrived = datetime(2026, 3, 14, 17, 0, tzinfo=UTC)
    poll_mailbox(desk.engine, mailbox, desk.shops, desk.home, lambda: arrived, look_up=keys(records))
    return desk.ledger()[-1]


@pytest.mark.parametrize(
    ("raw", "opinion"),
    [(signed(RAW), "pass"), (signed(RAW).replace(b"Cedar", b"Cider"), "fail"), (RAW, "none")],
    ids=["whole", "changed", "unsigned"],  # the bytes are others in each of pytest's processes
)
def test_an_order_is_begun_whatever_the_signature_says_and_the_ledger_keeps_it(
    desk: Desk, account: Account, raw: bytes, opinion: str
):
    row = polled(desk, account, raw, {NAME: key()[1]})
    assert (row.outcome, row.dkim) == ("parsed", opinion)
    assert len(desk.orders()) == 1


def test_a_forged_mail_is_not_let_in_by_its_signature(desk: Desk, account: Account):
    row = polled(desk, account, signed(RAW).replace(b"dmarc=pass", b"dmarc=fail"), {NAME: key()[1]})
    assert (row.outcome, row.reason, row.dkim) == ("quarantined", "sender_unauthenticated", "pass")
    with open_session(desk.engine, read_only=True) as session:
        assert [mail.dkim for mail in list_quarantined(session)] == ["pass"]


def test_others_mail_mail_of_last_month_and_a_mailbox_that_says_no_are_not_asked(desk: Desk, account: Account):
    stranger = RAW.replace(b"@shop.tiktok.com>", b"@boxes.example>").replace(b"TikTok Shop <", b"Boxes <")
    assert polled(desk, account, stranger, None).dkim is None
    assert polled(desk, account, signed(RAW), None, dkim=False).dkim is None
    old = RAW.replace(b"14 Mar 2026 09:06:12", b"14 Feb 2026 09:06:12").replace(b"Sat, 14 Feb", b"Sat, 14 Feb")
    assert polled(desk, account, signed(old), None).dkim is None
