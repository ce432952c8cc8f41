"""Two ways to read the same mailbox that a programmer in a hurry would write, to compare ours with.

Both log in, download everything, look whether DMARC passed, find labelled values beside their labels, and commit
what each mail tells of its order. Neither proves the sender, knows hidden text, other layouts or languages than
these labels', keeps a ledger that survives a crash, or folds an order: they are meant to be quick to write (`plain`)
and quick to run (`bare`).
"""

from __future__ import annotations

import email
import imaplib
import re
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from email import policy
from email.message import Message
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Any, Final

from bs4 import BeautifulSoup
from imapclient import IMAPClient
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import JSON, Engine, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from models.settings import MailboxSettings

BATCH: Final = 100
Labels = Mapping[str, str]  # label in small letters: name of the field
_ORDER_NO: Final = re.compile(r"(?<!\d)\d{17,20}(?!\d)")


class Base(DeclarativeBase):
    """What a hurried programmer's tables are made of."""


class Told(Base):
    """What one mail told."""

    __tablename__ = "told"

    uid: Mapped[int] = mapped_column(primary_key=True)
    passed: Mapped[bool]
    subject: Mapped[str]
    sent_at: Mapped[str]
    order_no: Mapped[str | None]
    fields: Mapped[dict[str, str]] = mapped_column(JSON)


def plain(mailbox: MailboxSettings, password: str, labels: Labels, engine: Engine) -> int:
    """Read mail by mail: imaplib, `email` with policy.default, BeautifulSoup, one ORM commit each; give how many."""
    context = ssl.create_default_context(cafile=str(mailbox.ca_file))
    server = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context)
    server.login(mailbox.user, password)
    server.select("INBOX", readonly=True)
    uids = server.uid("SEARCH", "ALL")[1][0].split()
    for uid in uids:
        raw = server.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1]
        with Session(engine) as session:
            session.add(Told(**_plainly(int(uid), raw, labels)))
            session.commit()
    server.logout()
    return len(uids)


def _plainly(uid: int, raw: bytes, labels: Labels) -> dict[str, Any]:
    message = email.message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("html", "plain"))
    text = body.get_content() if body else ""
    if body is not None and body.get_content_subtype() == "html":
        soup = BeautifulSoup(text, "html.parser")
        rows: Iterable[Sequence[str]] = (
            [cell.get_text(" ", strip=True) for cell in row.find_all(["td", "th"], recursive=False)]
            for row in soup.find_all("tr")
        )
        lines = soup.get_text("\n", strip=True).splitlines()
    else:
        rows, lines = (), text.splitlines()
    return _told(uid, message, rows, lines, labels)


def bare(mailbox: MailboxSettings, password: str, labels: Labels, engine: Engine) -> int:
    """Read in batches of 100: IMAPClient, `email` as it was, selectolax, one statement a batch; give how many."""
    context = ssl.create_default_context(cafile=str(mailbox.ca_file))
    with IMAPClient(mailbox.host, mailbox.port, ssl_context=context) as server:
        server.login(mailbox.user, password)
        server.select_folder("INBOX", readonly=True)
        uids = server.search()
        for start in range(0, len(uids), BATCH):
            answer = server.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"])
            rows = [_barely(uid, answer[uid][b"BODY[]"], labels) for uid in uids[start : start + BATCH]]
            with engine.begin() as connection:
                connection.execute(insert(Told), rows)
    return len(uids)


def _barely(uid: int, raw: bytes, labels: Labels) -> dict[str, Any]:
    message = email.message_from_bytes(raw)
    parts = {part.get_content_type(): part for part in message.walk() if part.get_content_maintype() == "text"}
    if "text/html" in parts:
        tree = LexborHTMLParser(_decoded(parts["text/html"]))
        rows: Iterable[Sequence[str]] = _cells(tree)
        lines = tree.body.text(separator="\n", strip=True).splitlines() if tree.body else []
    else:
        rows, lines = (), _decoded(parts["text/plain"]).splitlines() if "text/plain" in parts else []
    return _told(uid, message, rows, lines, labels)


def _cells(tree: LexborHTMLParser) -> Iterator[Sequence[str]]:
    for row in tree.css("tr"):
        yield [cell.text(separator=" ", strip=True) for cell in row.iter() if cell.tag in {"td", "th"}]


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode(part.get_content_charset() or "utf-8", "replace") if isinstance(payload, bytes) else ""


def _told(
    uid: int, message: Message, rows: Iterable[Sequence[str]], lines: Sequence[str], labels: Labels
) -> dict[str, Any]:
    """What both find: labels in cells beside their values, or before a colon; the first long number."""
    fields: dict[str, str] = {}
    for cells in rows:
        for label, value in pairwise(cells):
            if name := labels.get(label.lower()):
                fields.setdefault(name, value)
    for line in lines:
        label, colon, value = line.partition(":")
        if colon and (name := labels.get(label.strip().lower())):
            fields.setdefault(name, value.strip())
    number = _ORDER_NO.search(fields.get("order_no", "")) or _ORDER_NO.search("\n".join(lines))
    return {
        "uid": uid,
        "passed": "dmarc=pass" in str(message["Authentication-Results"]),
        "subject": str(email.header.make_header(email.header.decode_header(str(message["Subject"])))),
        "sent_at": parsedate_to_datetime(str(message["Date"])).isoformat(),
        "order_no": number[0] if number else None,
        "fields": fields,
    }


Peer = Callable[[MailboxSettings, str, Labels, Engine], int]
PEERS: Final[Mapping[str, Peer]] = {"plain": plain, "bare": bare}
