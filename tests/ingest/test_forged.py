"""Forged mail: each way to write headers that a careless reader takes for the receiving server's word."""

from __future__ import annotations

import pytest

from ingest.message import parse_message
from ingest.sender import Receiver, judge_sender
from models.notification import QuarantineReason

OURS = "mx.inbox.example"
RECEIVER = Receiver(authserv_id=OURS, allowed_from_domains=("shop.tiktok.com",))
MICROSOFT = Receiver(authserv_id=None, allowed_from_domains=("shop.tiktok.com",))
PASS, FAIL = "dmarc=pass header.from=shop.tiktok.com", "dmarc=fail header.from=shop.tiktok.com"
FROM = "From: TikTok Shop <no-reply@shop.tiktok.com>"
EVIL = "From: TikTok Shop <x@evil.example>"
OUTSIDE = (
    f"Received: from mta.example (mta.example [203.0.113.7]) by {OURS} with ESMTPS; Sat, 14 Mar 2026 10:00:00 +0000"
)
GOOD = f"Authentication-Results: {OURS}; {PASS}"


def ours(told: str) -> str:
    return f"Authentication-Results: {OURS}; {told}"


def trusted(*headers: str, receiver: Receiver = RECEIVER) -> bool:
    raw = "\r\n".join(headers).encode("utf-8", "surrogateescape") + b"\r\n\r\nbody\r\n"
    return judge_sender(parse_message(raw), receiver).trusted


VERDICTS = {
    "pass within a reason": f'spf=fail reason="{PASS}"; {FAIL}',
    "pass within a reason, escaped quote": f'spf=fail reason="a\\"; {PASS}"; dmarc=none',
    "pass within an unclosed quote": f'spf=fail reason="; {PASS}',
    "pass within a quote that a comment opens": f'spf=fail (a " b); x="; {PASS}"; {FAIL}',
    "pass within a comment": f"spf=fail ({PASS}); {FAIL}",
    "pass within a nested comment": f"spf=fail (a (b (c; {PASS}) ; {PASS}); {PASS}); dmarc=none",
    "pass within a comment with an escaped bracket": f"spf=fail (a \\) ; {PASS}; ) ; dmarc=none",
    "pass within a comment 30 deep": f"spf=fail {'(' * 30}; {PASS}; {')' * 30}",
    "pass within an unclosed comment": f"spf=fail (; {PASS}",
    "pass within a comment behind a bracket in quotes": f'x=")" (a; {PASS}; b); dmarc=none',
    "pass as a property": "spf=fail smtp.dmarc=pass header.from=shop.tiktok.com",
    "pass of a longer method": "x-dmarc=pass header.from=shop.tiktok.com",
    "pass with a longer result": "dmarc=passed header.from=shop.tiktok.com",
    "pass joined to a word": "dmarc=pass-not header.from=shop.tiktok.com",
    "pass and fail": f"{PASS}; {FAIL}",
    "fail and pass": f"{FAIL}; {PASS}",
    "two domains, the first ours": f"{PASS} header.from=evil.example",
    "two domains, the last ours": "dmarc=pass header.from=evil.example header.from=shop.tiktok.com",
    "the domain within another property": "dmarc=pass smtp.header.from=shop.tiktok.com",
    "the domain in a comment": "dmarc=pass (header.from=shop.tiktok.com) header.from=evil.example",
    "the domain in quotes and another": 'dmarc=pass x="header.from=shop.tiktok.com" header.from=evil.example',
    "the domain of another result": "dmarc=pass; dkim=pass header.from=shop.tiktok.com",
    "an address in place of the domain": "dmarc=pass header.from=x@evil.example/shop.tiktok.com",
    "a suffix": "dmarc=pass header.from=shop.tiktok.com.evil.example",
    "a prefix": "dmarc=pass header.from=evilshop.tiktok.com",
    "look-alike letters": "dmarc=pass header.from=shop.tikt\u043ek.com",
    "a NUL in the domain": "dmarc=pass header.from=shop.tiktok.com\0.evil.example",
    "DKIM alone": "dkim=pass header.d=shop.tiktok.com",
    "SPF alone": "spf=pass smtp.mailfrom=shop.tiktok.com",
    "ARC alone": f"arc=pass ({PASS})",
    "best guess": "dmarc=bestguesspass action=none header.from=shop.tiktok.com",
    "composite alone": "compauth=pass reason=100 header.from=shop.tiktok.com",
    "temporary fault": "dmarc=temperror header.from=shop.tiktok.com",
    "none": "none",
}


@pytest.mark.row("X12")
@pytest.mark.parametrize("told", VERDICTS.values(), ids=VERDICTS)
def test_what_only_looks_like_a_pass_proves_no_sender(told):
    assert not trusted(ours(told), OUTSIDE, FROM)
    assert not trusted(f"Authentication-Results: {told}", OUTSIDE, FROM, receiver=MICROSOFT)


HEADERS = {
    "below the hop that took it in": (OUTSIDE, GOOD, FROM),
    "below a failure": (ours(FAIL), OUTSIDE, GOOD, FROM),
    "ARC's copy": (OUTSIDE, f"ARC-Authentication-Results: i=1; {OURS}; {PASS}", FROM),
    "ARC's copy on top": (f"ARC-Authentication-Results: i=1; {OURS}; {PASS}", OUTSIDE, FROM),
    "an X- header": (f"X-Authentication-Results: {OURS}; {PASS}", OUTSIDE, FROM),
    "an original-results header": (f"Authentication-Results-Original: {OURS}; {PASS}", OUTSIDE, FROM),
    "a space before the colon, below": (OUTSIDE, f"Authentication-Results : {OURS}; {PASS}", FROM),
    "folded into another header": (f"X-A: b\r\n Authentication-Results: {OURS}; {PASS}", OUTSIDE, FROM),
    "another server's": (f"Authentication-Results: mx.evil.example; {PASS}", OUTSIDE, FROM),
    "our name as a prefix": (f"Authentication-Results: {OURS}.evil.example; {PASS}", OUTSIDE, FROM),
    "our name in a comment": (f"Authentication-Results: ({OURS}) mx.evil.example; {PASS}", OUTSIDE, FROM),
    "our name in an encoded word": (f"Authentication-Results: =?utf-8?q?{OURS}?=; {PASS}", OUTSIDE, FROM),
    "the verdict in an encoded word": (
        f"Authentication-Results: {OURS}; =?utf-8?q?dmarc=3Dpass_header.from=3Dshop.tiktok.com?=", OUTSIDE, FROM),
    "no semicolon": (f"Authentication-Results: {OURS} {PASS}", OUTSIDE, FROM),
    "two From": (GOOD, OUTSIDE, FROM, EVIL),
    "two From, the other first": (GOOD, OUTSIDE, EVIL, FROM),
    "a From with a space before the colon": (GOOD, OUTSIDE, FROM, "From : x@evil.example"),
    "two addresses": (GOOD, OUTSIDE, "From: no-reply@shop.tiktok.com, x@evil.example"),
    "two addresses, folded": (GOOD, OUTSIDE, "From: no-reply@shop.tiktok.com,\r\n x@evil.example"),
    "a group": (GOOD, OUTSIDE, "From: Shop: no-reply@shop.tiktok.com, x@evil.example;"),
    "an empty group": (GOOD, OUTSIDE, "From: no-reply@shop.tiktok.com:;"),
    "an address as a name": (GOOD, OUTSIDE, "From: x@evil.example <no-reply@shop.tiktok.com>"),
    "two angle addresses": (GOOD, OUTSIDE, "From: <no-reply@shop.tiktok.com> <x@evil.example>"),
    "a route": (GOOD, OUTSIDE, "From: <@shop.tiktok.com:x@evil.example>"),
    "a quoted at sign": (GOOD, OUTSIDE, 'From: "no-reply@shop.tiktok.com"@evil.example'),
    "an at sign in the local part": (GOOD, OUTSIDE, "From: x@evil.example@shop.tiktok.com"),
    "a comment in the domain": (GOOD, OUTSIDE, "From: x@evil.example(@shop.tiktok.com)"),
    "a NUL in the address": (GOOD, OUTSIDE, "From: x@evil.example\0@shop.tiktok.com"),
    "a NUL behind the domain": (GOOD, OUTSIDE, "From: x@shop.tiktok.com\0.evil.example"),
    "a bare CR in From": (GOOD, OUTSIDE, "From: x@evil.example\r <no-reply@shop.tiktok.com>"),
    "no From, a true Sender": (GOOD, OUTSIDE, "Sender: no-reply@shop.tiktok.com"),
    "another From, a true Sender": (GOOD, OUTSIDE, "From: x@evil.example", "Sender: no-reply@shop.tiktok.com"),
    "no From, a true Resent-From": (GOOD, OUTSIDE, "Resent-From: no-reply@shop.tiktok.com"),
    "another From, a true Reply-To": (GOOD, OUTSIDE, "From: x@evil.example", "Reply-To: no-reply@shop.tiktok.com"),
    "look-alike letters": (GOOD, OUTSIDE, "From: no-reply@shop.tikt\u043ek.com"),
    "a full-width dot": (GOOD, OUTSIDE, "From: no-reply@shop.tiktok.com\uff0eevil.example"),
    "a zero-width space": (GOOD, OUTSIDE, "From: no-reply@shop.tik\u200btok.com"),
    "a subdomain": (GOOD, OUTSIDE, "From: no-reply@x.shop.tiktok.com"),
    "the parent": (GOOD, OUTSIDE, "From: no-reply@tiktok.com"),
    "an address literal": (GOOD, OUTSIDE, "From: no-reply@[shop.tiktok.com]"),
    "comments 9,000 deep": (GOOD, OUTSIDE, "From: " + "(" * 9_000 + ")" * 9_000 + " <no-reply@shop.tiktok.com>"),
    "no address": (GOOD, OUTSIDE, "From: shop.tiktok.com"),
    "headers below an empty line": (OUTSIDE, "", GOOD, FROM),
}  # fmt: skip


@pytest.mark.row("X12")
@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_no_arrangement_of_headers_makes_a_stranger_tiktok_shop(headers):
    assert not trusted(*headers)


GENUINE = {
    "upper case": ("AUTHENTICATION-RESULTS: MX.INBOX.EXAMPLE; DMARC=PASS HEADER.FROM=SHOP.TIKTOK.COM", OUTSIDE,
                   "FROM: TikTok <NO-REPLY@SHOP.TIKTOK.COM>"),
    "folded": ((f"Authentication-Results: {OURS};\r\n\tspf=pass smtp.mailfrom=x;\r\n\tdmarc=pass"
               "\r\n\t header.from=shop.tiktok.com"), OUTSIDE, FROM),
    "a dot at the end of the domain": (ours("dmarc=pass header.from=shop.tiktok.com."), OUTSIDE, FROM),
    "a comment before the result": (ours("(x) dmarc (y) = (z) pass (p=reject dis=none) header.from = shop.tiktok.com"),
                                    OUTSIDE, FROM),
    "a quoted domain": (ours('dmarc=pass header.from="shop.tiktok.com"'), OUTSIDE, FROM),
    "a version": (f"Authentication-Results: {OURS} 1; dmarc/1=pass header.from=shop.tiktok.com", OUTSIDE, FROM),
    "no display name": (GOOD, OUTSIDE, "From: no-reply@shop.tiktok.com"),
    "an encoded display name": (GOOD, OUTSIDE, "From: =?utf-8?b?VGlrVG9rIFNob3A=?= <no-reply@shop.tiktok.com>"),
    "a quoted display name": (GOOD, OUTSIDE, 'From: "TikTok, Shop" <no-reply@shop.tiktok.com>'),
    "a comment behind": (GOOD, OUTSIDE, "From: no-reply@shop.tiktok.com (TikTok Shop)"),
    "a folded From": (GOOD, OUTSIDE, "From: TikTok Shop\r\n <no-reply@shop.tiktok.com>"),
    "other checks that failed": (ours(f"spf=fail; dkim=fail header.d=esp.example; {PASS}"), OUTSIDE, FROM),
    "the same result twice": (ours(f"{PASS}; {PASS}"), OUTSIDE, FROM),
}  # fmt: skip


def test_a_from_that_the_parser_breaks_on_is_unauthenticated_and_no_fault_of_ours():
    message = parse_message("\r\n".join((GOOD, OUTSIDE, "From: " + "a:" * 9_000, "", "body")).encode())
    assert judge_sender(message, RECEIVER).quarantine is QuarantineReason.SENDER_UNAUTHENTICATED


@pytest.mark.parametrize("headers", GENUINE.values(), ids=GENUINE)
def test_however_our_server_writes_a_pass_it_is_believed(headers):
    assert trusted(*headers)
