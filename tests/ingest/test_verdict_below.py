"""A server of one's own that writes its verdict below its own Received header, and how that place is attacked."""

from __future__ import annotations

import pytest

from ingest.message import parse_message
from ingest.sender import Receiver, judge_sender, receiver_of
from models.settings import MailboxSettings

FROM = "From: TikTok Shop <no-reply@shop.tiktok.com>"
PASS, FAIL = "dmarc=pass header.from=shop.tiktok.com", "dmarc=fail header.from=shop.tiktok.com"
OURS = "mx.inbox.example"
BORDER = f"Received: from mta.example (mta.example [203.0.113.7])\n\tby {OURS} (Postfix) with ESMTPS id 4F"
STORE = f"Received: from {OURS} (localhost [127.0.0.1])\n\tby {OURS} (Dovecot) with LMTP id 5A"
FOREIGN = "Received: from a.example (a.example [203.0.113.9])\n\tby mx.evil.invalid (Postfix) with ESMTPS id 6B"
DELIVERED = ("Return-Path: <bounce@em.shop.tiktok.com>", "Delivered-To: orders@inbox.example")


def results(name, told):
    return f"Authentication-Results: {name}; {told}"


def verdict(receiver, place, *headers: str):
    mail = parse_message(("\n".join((*headers, FROM)) + "\n\nbody\n").encode())
    return judge_sender(mail, Receiver(authserv_id=receiver, allowed_from_domains=("shop.tiktok.com",), verdict=place))


def trusts(*headers: str, receiver=OURS):
    return verdict(receiver, "below", *headers).trusted


@pytest.mark.parametrize(
    ("receiver", "headers"),
    [
        (OURS, (*DELIVERED, BORDER, results(OURS, PASS))),
        (OURS, (BORDER, results(OURS, f"dkim=pass header.d=shop.tiktok.com; {PASS}"), "X-Spam: no")),
        ("filter.inbox.example", (BORDER, results("filter.inbox.example", PASS))),
        ("*.inbox.example", (BORDER, results("dmarc.inbox.example", PASS), results("spf.inbox.example", "spf=pass"))),
        (OURS, (BORDER, results(OURS, PASS), results("mx.evil.invalid", FAIL))),
        (OURS, (BORDER, results(OURS, PASS), "X-Header: x", results(OURS, FAIL))),
    ],
)
def test_a_pass_directly_below_the_servers_own_hop_counts_when_the_settings_say_so(receiver, headers):
    assert trusts(*headers, receiver=receiver)


@pytest.mark.parametrize(
    "headers",
    [
        (BORDER, results(OURS, PASS)),
        (*DELIVERED, BORDER, results(OURS, PASS)),
        (BORDER, results(OURS, PASS), results(OURS, PASS)),
    ],
)
def test_by_itself_no_verdict_counts_that_stands_below(headers):
    told = verdict(OURS, "above", *headers)
    assert not told.trusted
    assert 'verdict = "below" in [[mailbox]]' in told.detail
    assert "removes such headers that come from outside" in told.detail


@pytest.mark.parametrize(
    "headers",
    [
        (BORDER, "X-Spam: no", results(OURS, PASS)),  # forged, with none of the server's own
        (BORDER, "Received-SPF: pass", results(OURS, PASS)),
        (BORDER, "DKIM-Signature: v=1; d=shop.tiktok.com", results(OURS, PASS)),
        (BORDER, results("mx.evil.invalid", PASS), results(OURS, PASS)),
        (BORDER, results(OURS, FAIL), results(OURS, PASS)),  # forged below a real one
        (BORDER, results(OURS, "spf=pass"), results(OURS, PASS)),
        (BORDER, results(OURS, "dmarc=none header.from=shop.tiktok.com"), results(OURS, PASS)),
        (BORDER, results(OURS, FAIL), "X-Header: x", results(OURS, PASS)),  # with others between
        (BORDER, results(OURS, "dmarc=pass header.from=evil.example"), results(OURS, PASS)),
        (BORDER, results(OURS, f"spf=pass ({PASS})")),
        (BORDER, FOREIGN, results(OURS, PASS)),  # two hops
        (BORDER, BORDER, results(OURS, PASS)),
        (STORE, BORDER, "X-Header: x", results(OURS, PASS)),
        (BORDER, results(OURS, FAIL), BORDER, results(OURS, PASS)),
        (FOREIGN, results(OURS, PASS)),  # a stranger's hop on top
        (FOREIGN, BORDER, results(OURS, PASS)),
        (FOREIGN.replace("mx.evil.invalid", f"{OURS}.evil.invalid"), results(OURS, PASS)),
        (FOREIGN.replace("by mx.evil.invalid", "for <a@b.example>"), results(OURS, PASS)),
        (results(OURS, FAIL), BORDER, results(OURS, PASS)),  # the server's own stands above
        (results("mx.evil.invalid", PASS), BORDER, results(OURS, PASS)),
        (results(OURS, PASS),),
    ],
)
def test_no_other_arrangement_of_headers_counts_below(headers):
    assert not trusts(*headers)


def test_below_a_pattern_only_the_first_header_of_each_name_counts_and_the_topmost_tells_dmarc():
    house = "*.inbox.example"
    mine = results("dmarc.inbox.example", FAIL), results("dmarc.inbox.example", PASS)
    assert not trusts(BORDER, *mine, receiver=house)
    assert not trusts(BORDER, results("spf.inbox.example", "spf=pass"), mine[1], receiver=house)


def test_a_server_without_a_name_has_no_verdict_below():
    assert not trusts(BORDER, f"Authentication-Results: {PASS}", receiver=None)


def test_a_verdict_above_where_no_sender_can_write_counts_in_any_case():
    assert trusts(results(OURS, PASS), BORDER)
    assert trusts(results(OURS, PASS), BORDER, results(OURS, FAIL))


def test_no_setting_is_named_where_none_would_help():
    assert verdict(OURS, "above", BORDER, results(OURS, FAIL)).detail == "no dmarc=pass by the receiving server"
    assert verdict(OURS, "above", results(OURS, FAIL), BORDER, results(OURS, PASS)).detail == (
        "no dmarc=pass by the receiving server"
    )


def test_the_mailbox_settings_say_where_the_verdict_stands():
    box = MailboxSettings(name="main", kind="folder", path="mail", authserv_id=OURS)
    assert receiver_of(box).verdict == "above"
    assert receiver_of(box.model_copy(update={"verdict": "below"})).verdict == "below"
