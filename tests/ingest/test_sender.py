"""Whose mail counts: what the receiving server said of the sender, and nothing the sender says."""

from __future__ import annotations

import pytest

from ingest.message import parse_message
from ingest.sender import Receiver, judge_sender, receiver_of
from models.notification import IgnoreReason, QuarantineReason
from models.settings import MailboxSettings

OURS = "mx.inbox.example"
RECEIVER = Receiver(authserv_id=OURS, allowed_from_domains=("shop.tiktok.com",))
MICROSOFT = Receiver(authserv_id=None, allowed_from_domains=("shop.tiktok.com",))
GMAIL = Receiver(authserv_id="mx.google.com", allowed_from_domains=("shop.tiktok.com",))
PASS = "dmarc=pass header.from=shop.tiktok.com"
FROM = "From: TikTok Shop <no-reply@shop.tiktok.com>"
OUTSIDE = (
    f"Received: from mta.example (mta.example [203.0.113.7]) by {OURS} with ESMTPS; Sat, 14 Mar 2026 10:00:00 +0000"
)
INSIDE = f"Received: from gate.inbox.example (gate [10.0.0.3]) by {OURS} with LMTP; Sat, 14 Mar 2026 10:00:00 +0000"


def judged(*headers: str, receiver=RECEIVER):
    return judge_sender(parse_message(("\n".join(headers) + "\n\nbody\n").encode()), receiver)


@pytest.mark.parametrize(
    "headers",
    [
        (f"Authentication-Results: {OURS}; {PASS}", OUTSIDE, FROM),
        (f"Authentication-Results: {OURS} 1; spf=pass; {PASS} (p=reject)", OUTSIDE, FROM),
        ("Authentication-Results: MX.Inbox.Example; DMARC=PASS header.from=SHOP.tiktok.com", OUTSIDE, FROM),
        (INSIDE, f"Authentication-Results: {OURS}; {PASS}", OUTSIDE, FROM),
        (f"Authentication-Results: {OURS}; {PASS}", OUTSIDE, "From: =?utf-8?q?TikTok?= <No-Reply@SHOP.TikTok.com>"),
    ],
)
def test_dmarc_pass_by_our_own_server_is_trusted(headers):
    assert judged(*headers).trusted


@pytest.mark.row("X12")
@pytest.mark.parametrize(
    "headers",
    [
        (OUTSIDE, FROM),
        (OUTSIDE, f"Authentication-Results: {OURS}; {PASS}", FROM),
        (f"Authentication-Results: {OURS}; dmarc=fail header.from=shop.tiktok.com", OUTSIDE,
         f"Authentication-Results: {OURS}; {PASS}", FROM),
        (f"Authentication-Results: mx.attacker.example; {PASS}", f"Authentication-Results: {OURS}; {PASS}", FROM),
        (f"Authentication-Results: {OURS}; spf=fail ({PASS}); dmarc=fail", OUTSIDE, FROM),
        (f"Authentication-Results: {OURS}; spf=fail (a (b) ; {PASS}; dmarc=pass", OUTSIDE, FROM),
        (f'Authentication-Results: {OURS}; spf=fail smtp.mailfrom="; {PASS}"; dmarc=none', OUTSIDE, FROM),
        (f"Authentication-Results: {OURS}; dmarc=bestguesspass header.from=shop.tiktok.com", OUTSIDE, FROM),
        (f"Authentication-Results: {OURS}; dmarc=pass header.from=shop.tiktok.com.evil.example", OUTSIDE, FROM),
        (f"Authentication-Results: {OURS}; dmarc=pass", OUTSIDE, FROM),
        (f"Authentication-Results: {OURS}; {PASS}; dmarc=fail header.from=shop.tiktok.com", OUTSIDE, FROM),
        (f"Authentication-Results: {OURS}; {PASS}", OUTSIDE, FROM, "From: x@evil.example"),
        (f"Authentication-Results: {OURS}; {PASS}", OUTSIDE, "From: no-reply@shop.tiktok.com, x@evil.example"),
        (f"Authentication-Results: {OURS}; {PASS}", OUTSIDE, "From: x@evil.example <no-reply@shop.tiktok.com>"),
        (f"Authentication-Results: {OURS}; {PASS}", OUTSIDE),
        (f"Authentication-Results: {OURS}.evil.example; {PASS}", OUTSIDE, FROM),
    ],
)  # fmt: skip
def test_a_claim_without_our_servers_pass_is_unauthenticated(headers):
    assert judged(*headers).quarantine is QuarantineReason.SENDER_UNAUTHENTICATED


def test_microsoft_writes_no_id_and_only_its_topmost_header_counts():
    passed = (
        "Authentication-Results: spf=pass (sender IP is 203.0.113.7)\n smtp.mailfrom=x; "
        "dmarc=pass action=none header.from=shop.tiktok.com;compauth=pass reason=100"
    )
    failed = "Authentication-Results: spf=fail; dmarc=fail action=oreject header.from=shop.tiktok.com"
    assert judged(passed, OUTSIDE, FROM, receiver=MICROSOFT).trusted
    assert not judged(failed, passed, OUTSIDE, FROM, receiver=MICROSOFT).trusted
    assert not judged(f"Authentication-Results: {OURS}; {PASS}", OUTSIDE, FROM, receiver=MICROSOFT).trusted
    assert not judged(passed, OUTSIDE, FROM).trusted


def test_gmail_writes_its_result_below_its_own_outermost_hop():
    top = "Received: by 2002:a05:6a10:1 with SMTP id x; Sat, 14 Mar 2026 10:00:01 -0700"
    gate = "Received: from mta.example (mta.example. [203.0.113.7]) by mx.google.com; Sat, 14 Mar 2026 10:00:00 -0700"
    result = f"Authentication-Results: mx.google.com; {PASS}"
    assert judged(top, gate, result, FROM, receiver=GMAIL).trusted
    assert not judged(top, gate, OUTSIDE, result, FROM, receiver=GMAIL).trusted


@pytest.mark.row("X12")
@pytest.mark.parametrize(
    "sender",
    [
        "no-reply@shop-tiktok.example", "no-reply@shop.tiktok.com.seller.example", "no-reply@nottiktok.com",
        "no-reply@shop.t1ktok.example", "no-reply@shop.tikt0k.com", "no-reply@xn--shop-tktok-x9a.example",
        "TikTok Shop <orders@notices.example>", '"no-reply@shop.tiktok.com" <x@evil.example>',
        "=?utf-8?b?VGlrVG9rIFNob3AgPG5vLXJlcGx5QHNob3AudGlrdG9rLmNvbT4=?= <x@evil.example>",
    ],
)  # fmt: skip
def test_whatever_looks_like_tiktok_shop_and_is_not_is_a_lookalike(sender):
    verdict = judged(f"Authentication-Results: {OURS}; dmarc=pass header.from=evil.example", OUTSIDE, f"From: {sender}")
    assert verdict.quarantine is QuarantineReason.LOOKALIKE_SENDER


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (("From: billing@boxes.example",), IgnoreReason.NOT_MARKETPLACE),
        (("From: pat@colleague.example", "Auto-Submitted: auto-replied"), IgnoreReason.AUTO_REPLY),
        (("From: pat@colleague.example", "Subject: Out of office: You have a new order"), IgnoreReason.AUTO_REPLY),
        (("From: MAILER-DAEMON@mx.example", "Subject: Undelivered"), IgnoreReason.BOUNCE),
        ((f"Authentication-Results: {OURS}; dmarc=pass header.from=service.tiktok.com", OUTSIDE,
          "From: notification@service.tiktok.com"), IgnoreReason.NOT_MARKETPLACE),
    ],
)  # fmt: skip
def test_others_mail_is_none_of_our_business(headers, reason):
    assert judged(*headers).ignore is reason


@pytest.mark.row("X12")
def test_a_redirected_copy_that_fails_waits_for_a_person():
    failed = f"Authentication-Results: {OURS}; dmarc=fail header.from=shop.tiktok.com"
    assert judged(failed, OUTSIDE, "X-Forwarded-To: b@x.example", FROM).quarantine is QuarantineReason.FORWARDED


def test_an_empty_authserv_id_means_microsoft_and_domains_compare_in_idna():
    mailbox = MailboxSettings(name="orders", allowed_from_domains=("SHOP.TikTok.com", "bücher.example"))
    assert receiver_of(mailbox) == Receiver(
        authserv_id=None, allowed_from_domains=("shop.tiktok.com", "xn--bcher-kva.example")
    )
