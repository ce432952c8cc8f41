"""How the large providers write their verdicts, and how each way is attacked.

The forms are those of real mails; hosts and addresses are invented where they are not the provider's.
"""

from __future__ import annotations

import pytest

from ingest.authentication import is_receivers, own_results
from ingest.message import parse_message
from ingest.sender import Receiver, judge_sender

FROM = "From: TikTok Shop <no-reply@shop.tiktok.com>"
DKIM = "DKIM-Signature: v=1; d=shop.tiktok.com"
PASS, FAIL = "dmarc=pass header.from=shop.tiktok.com", "dmarc=fail header.from=shop.tiktok.com"

YAHOO = "*.yahoo.com"
YAHOO_ID = "atlas206.free.mail.ne1.yahoo.com"
YAHOO_IN = f"Received: from 10.222.142.150\n by {YAHOO_ID} with HTTPS; Sat, 14 Mar 2026 10:00:02 +0000"
YAHOO_SPF = "Received-SPF: pass (domain of shop.tiktok.com designates 203.0.113.7 as permitted sender)"
YAHOO_BORDER = (
    "Received: from 203.0.113.7 (EHLO mta.mail.yahoo.com)\n by 10.197.36.13 with SMTPs; Sat, 14 Mar 2026 10:00:01 +0000"
)

FASTMAIL = "*.messagingengine.com"
FASTMAIL_ID = "phl-mx-04.messagingengine.com"
FASTMAIL_IN = (
    "Received: from compute-02.internal (compute-02.internal [10.64.2.62])\n\t by slot03 (Cyrus 3.13) with LMTPA;",
    "Received: from phl-mx-04 ([10.202.2.203])\n  by compute-02.internal (LMTPProxy); Sat, 14 Mar 2026 10:00:03 -0400",
    f"Received: from mailmx.phl.internal (localhost [127.0.0.1])\n by {FASTMAIL_ID} (Authentication Milter) with ESMTP",
)
FASTMAIL_BORDER = (
    f"Received: from mta.example (mta.example [203.0.113.7])\n\t(using TLSv1.3)\n\tby {FASTMAIL_ID} (Postfix)"
)

ICLOUD = "*.icloud.com"
ICLOUD_IN = "Received: from st43p00im-1.me.com by p44-mailgateway-smtp-7-glq (mailgateway 2403B92)\n\twith SMTP id d8;"
ICLOUD_BORDER = "Received: from mta.example (mta.example [203.0.113.7])\n\tby st43p00im-1.me.com (Postfix) with ESMTPS"
ICLOUD_SPF = "Received-SPF: pass (spf.icloud.com: permitted sender) receiver=spf.icloud.com; client-ip=203.0.113.7"
ICLOUD_PODS = (
    "Received: from p00-icloudmta-smtpin-us-12 by p129-mailgateway-smtpin-yox (mailgateway 2513B25)\n\twith SMTP id d5",
    "Received: from mta.example (mta.example [203.0.113.7])\n\tby p00-icloudmta-smtpin-us-12 (Postfix) with ESMTPS",
)


def results(name, told):
    return f"Authentication-Results: {name}; {told}"


def icloud(dmarc):
    return (
        results("bimi.icloud.com", 'bimi=skipped reason="insufficient dmarc"'),
        "X-ARC-Info: policy=fail; arc=none",
        results("arc.icloud.com", "arc=none"),
        *([results("dmarc.icloud.com", dmarc)] if dmarc else []),
        "X-DMARC-Policy: v=DMARC1; p=reject",
        results("dkim-verifier.icloud.com", "dkim=pass header.d=shop.tiktok.com"),
        results("spf.icloud.com", "spf=pass smtp.mailfrom=shop.tiktok.com"),
    )


def fastmail(*told: str):
    return tuple(
        results(FASTMAIL_ID, one) for one in ("x-csa=none;\n    x-ptr=pass", "arc=none (no signatures)", *told)
    )


def trusts(receiver, *headers: str):
    mail = parse_message(("\n".join((*headers, DKIM, FROM)) + "\n\nbody\n").encode())
    return judge_sender(mail, Receiver(authserv_id=receiver, allowed_from_domains=("shop.tiktok.com",))).trusted


@pytest.mark.parametrize(
    ("receiver", "headers"),
    [
        (YAHOO, (YAHOO_IN, YAHOO_SPF, results(YAHOO_ID, f"dkim=pass; spf=pass; {PASS};"), YAHOO_BORDER)),
        (YAHOO, (YAHOO_IN, results("atlas-production.v2-mail-prod1-bf1.omega.yahoo.com",
                                   "dmarc=pass(p=REJECT) header.from=shop.tiktok.com;"), YAHOO_BORDER)),
        (FASTMAIL, (*FASTMAIL_IN, *fastmail(PASS), FASTMAIL_BORDER)),
        (FASTMAIL, (*FASTMAIL_IN, *fastmail(PASS), "Received-SPF: pass", FASTMAIL_BORDER)),
        (ICLOUD, (ICLOUD_IN, ICLOUD_BORDER, *icloud(PASS), ICLOUD_SPF)),
        (ICLOUD, (*ICLOUD_PODS, *icloud(PASS), ICLOUD_SPF)),
        (ICLOUD, (*ICLOUD_PODS, *icloud(PASS)[:-1], ICLOUD_SPF, icloud(PASS)[-1])),
    ],
)  # fmt: skip
def test_each_providers_way_of_saying_pass_is_understood(receiver, headers):
    assert trusts(receiver, *headers)


@pytest.mark.parametrize(
    ("receiver", "headers"),
    [
        (YAHOO, (YAHOO_IN, results(YAHOO_ID, FAIL), YAHOO_BORDER, results(YAHOO_ID, PASS))),
        (YAHOO, (YAHOO_IN, results(YAHOO_ID, "dmarc=unknown header.from=shop.tiktok.com"), YAHOO_BORDER)),
        (YAHOO, (YAHOO_IN, YAHOO_BORDER, results(YAHOO_ID, PASS))),
        (YAHOO, (YAHOO_IN, results("evil.example", PASS), results(YAHOO_ID, PASS), YAHOO_BORDER)),
        (YAHOO, (YAHOO_IN, results(YAHOO_ID, "spf=pass"), results("evil.example", PASS), YAHOO_BORDER)),
        (YAHOO, (YAHOO_IN, results("yahoo.com.evil.example", PASS), YAHOO_BORDER)),
        (YAHOO, (YAHOO_IN, results("notyahoo.com", PASS), YAHOO_BORDER)),
        (YAHOO, (YAHOO_IN, results("yahoo.com", PASS), YAHOO_BORDER)),
        (YAHOO, (results("evil.example", PASS), "Received: from 10.0.0.1 by evil.example with SMTP", YAHOO_BORDER)),
        (FASTMAIL, (*FASTMAIL_IN, *fastmail(FAIL, PASS), FASTMAIL_BORDER)),
        (FASTMAIL, (*FASTMAIL_IN, *fastmail(PASS, FAIL), FASTMAIL_BORDER)),
        (FASTMAIL, (*FASTMAIL_IN, *fastmail("spf=pass"), FASTMAIL_BORDER, results(FASTMAIL_ID, PASS))),
        (FASTMAIL, (*FASTMAIL_IN, *fastmail(), results("mail.evil.example", "x=y"), results(FASTMAIL_ID, PASS),
                    FASTMAIL_BORDER)),
        (FASTMAIL, (*FASTMAIL_IN, *fastmail(), results(FASTMAIL_ID, PASS))),
        (ICLOUD, (ICLOUD_IN, ICLOUD_BORDER, *icloud(FAIL), results("dmarc.icloud.com", PASS), ICLOUD_SPF)),
        (ICLOUD, (ICLOUD_IN, ICLOUD_BORDER, *icloud(None), ICLOUD_SPF, results("dmarc.icloud.com", PASS))),
        (ICLOUD, (ICLOUD_IN, ICLOUD_BORDER, *icloud(FAIL), results("dmarc.icloud.com", PASS))),
        (ICLOUD, (ICLOUD_IN, ICLOUD_BORDER, *icloud(None), results("spf.icloud.com", PASS))),
        (ICLOUD, (ICLOUD_IN, ICLOUD_BORDER, ICLOUD_BORDER, *icloud(PASS))),
        (ICLOUD, (ICLOUD_IN, ICLOUD_BORDER, "Received: from a.me.com by b.me.com with SMTP", *icloud(PASS))),
        (ICLOUD, (ICLOUD_IN, ICLOUD_BORDER.replace("st43p00im-1.me.com (", "mx.evil.example ("), *icloud(PASS))),
        ("mx.google.com", ("Received: from mta.example (mta.example. [203.0.113.7]) by mx.google.com with ESMTPS id x",
                           "Received-SPF: pass", results("mx.google.com", "spf=pass"), results("mx.google.com", PASS))),
    ],
)  # fmt: skip
def test_a_forged_or_contradicted_verdict_never_counts(receiver, headers):
    assert not trusts(receiver, *headers)


@pytest.mark.parametrize(
    "hop",
    [
        "from [10.0.0.5] (evil.example [203.0.113.7])",
        "from mx1.messagingengine.com (unknown [203.0.113.7])",
        "from mx1.messagingengine.com (203.0.113.7)",
        "from [203.0.113.7] (helo=mx1.messagingengine.com)",
        "from 203.0.113.7 (EHLO mx1.messagingengine.com)",
        "from evil.example ([203.0.113.7] helo=mx1.messagingengine.com)",
        "from localhost (evil.example [203.0.113.7])",
    ],
)
def test_a_stranger_who_greets_with_one_of_our_names_is_still_outside(hop):
    border = f"Received: {hop}\n\tby {FASTMAIL_ID} (Postfix) with ESMTPS id 1"
    assert not trusts(FASTMAIL, border, *fastmail(PASS), FASTMAIL_BORDER)


def test_a_server_of_ones_own_may_write_several_headers_above_its_only_received():
    name, border = "mx.inbox.example", "Received: from mta.example (mta.example [203.0.113.7]) by mx.inbox.example"
    local = "Received: from gate.inbox.example (gate [10.0.0.3]) by mx.inbox.example with LMTP"
    spf, dmarc = results(name, "spf=pass"), results(name, PASS)
    assert trusts(name, spf, dmarc, border)
    assert trusts(name, local, dmarc, spf, border)
    assert not trusts(name, local, spf, dmarc, border), "where the border is not sure the topmost speaks alone"


@pytest.mark.parametrize(
    ("written", "configured", "same"),
    [
        ("mx.google.com", "mx.google.com", True), ("mx1.google.com", "mx.google.com", False),
        ("a.yahoo.com", YAHOO, True), ("a.b.yahoo.com", YAHOO, True), ("yahoo.com", YAHOO, False),
        (".yahoo.com", YAHOO, False), ("notyahoo.com", YAHOO, False), ("yahoo.com.evil.example", YAHOO, False),
        (None, None, True), (None, YAHOO, False), ("a.yahoo.com", None, False),
    ],
)  # fmt: skip
def test_a_pattern_means_every_host_below_its_domain_and_nothing_else(written, configured, same):
    assert is_receivers(written, configured) is same


def test_nothing_is_owned_in_a_mail_without_verdicts():
    assert own_results([("received", "from a by b")], YAHOO) is None
