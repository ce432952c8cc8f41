"""Made-up mails to measure with: the simulator's letters in the shell that real senders put around them.

15 to 40 kB each, mostly of style and markup, as shop mails are; two kinds of body, in the languages of the simulator.
The same number makes the same mail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from functools import cache
from random import Random
from typing import Final

from flows.shop.simulator.letter import Letter
from flows.shop.simulator.mails import POLICY, write_mail, write_noise
from flows.shop.simulator.script import OrderPlan, write_script
from models.notification import NotificationKind as Kind

SEED: Final = 11
START: Final = datetime(2026, 3, 2, tzinfo=UTC)
LEAST_BYTES, MOST_BYTES = 15_000, 40_000
KINDS: Final = (Kind.NEW_ORDER, Kind.NEW_ORDER, Kind.SHIPPED, Kind.IN_TRANSIT, Kind.DELIVERED)
NOISE_EVERY: Final = 10  # one mail in so many is none of an order
FIRST_NUMBER: Final = 570_000_000_000_000_000
_STYLE: Final = "".join(
    f".s{n}{{margin:0;padding:{n % 9}px {n % 13}px;font:400 {12 + n % 5}px/1.5 Arial,sans-serif}}\n" for n in range(40)
)
_SHELL: Final = (
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'
    ' style="border-collapse:collapse;mso-table-lspace:0pt;mso-table-rspace:0pt"><tr>'
    '<td align="left" style="padding:8px 24px;font-family:Arial,sans-serif">'
    '<a href="https://links.example/ls/click?upn={token}" style="text-decoration:none;color:#161823" target="_blank">'
    '<img src="https://pictures.example/{token}.png" width="24" height="24" alt="" style="display:block;border:0"></a>'
    '</td><td style="padding:8px 24px;font-size:12px;line-height:18px;color:#8a8b91">{words}</td></tr></table>\n'
)
_WORDS: Final = (
    "You can find answers to many questions in Seller Center.",
    "This message was sent automatically. Please do not reply.",
    "Keep your account safe: never share a code with anybody.",
    "Follow what is new for sellers, week after week.",
)


def made_up_mails(count: int) -> Iterator[bytes]:
    """Give `count` mails, most of them about orders of their own."""
    plans = write_script(SEED, START).plans
    for number in range(count):
        yield _in_shell(_letter(number, plans[number % len(plans)]), Random(number))  # noqa: S311  # repeatable


def _letter(number: int, plan: OrderPlan) -> bytes:
    """One letter; each order gets some of the kinds."""
    at = START + timedelta(minutes=number)
    if number % NOISE_EVERY == NOISE_EVERY - 1:
        return write_noise(number, plan.cast, at)
    order_no = str(FIRST_NUMBER + number // len(KINDS))
    letter = Letter(kind=KINDS[number % len(KINDS)], order_no=order_no, event_at=at, sent_at=at, received_at=at)
    return write_mail(letter, replace(plan, order_no=order_no, placed_at=at, paid_at=at))


def _in_shell(raw: bytes, dice: Random) -> bytes:
    """The same mail with a style sheet, links and pictures around its text, until it has the size it shall have."""
    message = _parsed(raw)
    part = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
    wanted = dice.randint(LEAST_BYTES, MOST_BYTES)
    if part is None:  # a plain letter becomes one of two bodies
        text = message.get_content()
        message.add_alternative(_dressed(f"<html><body><pre>{text}</pre></body></html>", wanted, dice), subtype="html")
    else:
        part.set_content(_dressed(part.get_content(), wanted, dice), subtype="html", cte="quoted-printable")
    if message.is_multipart():
        message.set_boundary(f"=_{wanted}")  # else it would be another one each time
    return message.as_bytes(policy=POLICY)


def _parsed(raw: bytes) -> EmailMessage:
    return BytesParser(policy=SMTP.clone(linesep="\n")).parsebytes(raw)


def _dressed(html: str, wanted: int, dice: Random) -> str:
    """`html` with so much around its text that it is of about `wanted` bytes once it is encoded."""
    blocks: list[str] = []
    size = len(_style()) + len(html)
    while size * 1.12 < wanted:
        blocks.append(_SHELL.format(token=f"{dice.getrandbits(400):0100x}", words=dice.choice(_WORDS)))
        size += len(blocks[-1])
    half = len(blocks) // 2
    head, _, rest = html.partition("<body>")
    inner, _, tail = rest.rpartition("</body>")
    return f"{head}<body>{_style()}{''.join(blocks[:half])}{inner}{''.join(blocks[half:])}</body>{tail}"


@cache
def _style() -> str:
    return f"<style>{_STYLE}</style>"
