"""Letters as bytes: headers, encodings and the receiving server's word on the sender.

Pure: the same letter gives the same bytes. Marketing noise and forgeries are written here too.
"""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import Final

from flows.shop.simulator.cast import Cast
from flows.shop.simulator.letter import Letter, Sender
from flows.shop.simulator.page import body, subject
from flows.shop.simulator.script import LAYOUTS, OrderPlan
from flows.shop.simulator.wording import Wording, read_template

RECEIVER: Final = "mx.shipclock.example"  # the demo mailbox's authserv_id
MAILBOX: Final = "orders@shipclock.example"
PLATFORM_ADDRESS: Final = "no-reply@shop.tiktok.com"
LOOKALIKE_ADDRESS: Final = "no-reply@shop-tiktok.example"
FORGED: Final = "spf=fail smtp.mailfrom=bounce.shop.tiktok.com; dmarc=fail header.from=shop.tiktok.com"
POLICY: Final = SMTP  # line ends as on the wire: by IMAP or from the file, it is the same mail to the byte


def write_mail(letter: Letter, plan: OrderPlan) -> bytes:
    """Give the bytes of a letter about an order."""
    layout = _layout(letter, plan)
    wording = Wording(plan.cast.language, layout, plan.cast.zone, plan.cast.money)
    address = LOOKALIKE_ADDRESS if letter.sender is Sender.LOOKALIKE else PLATFORM_ADDRESS
    message = _headers(
        address=address,
        verdict=FORGED if letter.sender is Sender.FORGER else _passes(address),
        subject=subject(letter, wording),
        sent_at=letter.sent_at.astimezone(plan.cast.zone),
        received_at=letter.received_at,
        identity=f"{letter.kind}/{letter.order_no}/{letter.sent_at.isoformat()}/{letter.copy}/{letter.sender}",
    )
    _fill(message, letter, plan, wording)
    return message.as_bytes(policy=POLICY)


def write_noise(number: int, cast: Cast, received_at: datetime) -> bytes:
    """Give the bytes of a mail of the platform that concerns no order."""
    choices = read_template(cast.language)["noise"]
    words = choices[number % len(choices)]
    message = _headers(
        address=words["sender"],
        verdict=_passes(words["sender"]),
        subject=words["subject"],
        sent_at=received_at.astimezone(cast.zone),
        received_at=received_at,
        identity=f"noise/{cast.key}/{number}/{received_at.isoformat()}",
    )
    html = f"<html><body><p>{words['body']}</p></body></html>\n"
    message.set_content(html, subtype="html", charset="utf-8", cte="quoted-printable")
    return message.as_bytes(policy=POLICY)


def _layout(letter: Letter, plan: OrderPlan) -> str:
    """Give the order's own layout; a second copy looks different, a broken one is a table."""
    if letter.cut:
        return "table"
    return LAYOUTS[(LAYOUTS.index(plan.layout) + letter.copy) % len(LAYOUTS)]


def _headers(
    *, address: str, verdict: str, subject: str, sent_at: datetime, received_at: datetime, identity: str
) -> EmailMessage:
    digest = sha256(identity.encode()).hexdigest()
    domain = address.partition("@")[2]
    message = EmailMessage(policy=POLICY)
    message["Authentication-Results"] = f"{RECEIVER}; {verdict}"
    message["Received"] = (
        f"from mta.{domain} (mta.{domain} [192.0.2.{int(digest[:2], 16)}]) by {RECEIVER} with ESMTPS"
        f" id {digest[:10]}; {format_datetime(received_at)}"
    )
    message["From"] = f"TikTok Shop <{address}>"
    message["To"] = MAILBOX
    message["Subject"] = subject
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{digest[:24]}@{domain}>"
    return message


def _passes(address: str) -> str:
    domain = address.partition("@")[2]
    return (
        f"spf=pass smtp.mailfrom=bounce.{domain}; dkim=pass header.d={domain} header.s=s1;"
        f" dmarc=pass header.from={domain}"
    )


def _fill(message: EmailMessage, letter: Letter, plan: OrderPlan, wording: Wording) -> None:
    if letter.cut:
        html = body(letter, plan, wording, "table")
        half = html[: html.index(plan.lines[0].good.sku) - 20]
        message.set_content(half, subtype="html", charset="utf-8", cte="quoted-printable")
    elif wording.layout == "plain":
        message.set_content(body(letter, plan, wording, "plain"), charset="utf-8", cte="base64")
    elif wording.layout == "both":
        message.set_content(body(letter, plan, wording, "plain"), charset="utf-8", cte="quoted-printable")
        html = body(letter, plan, wording, "table")
        message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
        message.set_boundary(f"=_{letter.kind}_{letter.order_no}")
    else:
        cte = "quoted-printable" if wording.layout == "table" else "base64"
        html = body(letter, plan, wording, wording.layout)
        message.set_content(html, subtype="html", charset="utf-8", cte=cte)
