"""No buyer's name, phone, address or words are found in anything that Shipclock leaves behind.

Mails that succeed, whose step fails, whose command is refused, that are quarantined or malformed go through the
real server and worker; then every file and every column is searched, Prefect's included.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlmodel import select

from flows.commands import perform
from flows.office import open_office
from flows.stack import Stack
from models.command import Command, Refused
from models.command_name import CommandName
from models.db.audit import note
from models.db.mail_tables import MessageRow, SealedMailRow
from models.db.session import open_session
from models.stage import Role
from tests.flows.prefect_server import run_to_end
from tests.planted import Found, packed, search_files
from tests.waiting import wait_for

SHOP: Final = "Tre Viet Store"
NAME, PHONE, STREET = "Zelphira Quandt-Oduya", "+84 555 0172 9934", "77 Marrowbone Quay"
WORDS: Final = "please wrap it for my granny Thessaly"
USER: Final = "z***a_quandt"
PLANTED: Final = (NAME, PHONE, STREET, WORDS, USER, "Đặng Thị Nguyệt Hằng")
CONTROLS: Final = ("Control Marker Aubergine", "Control Marker Rutabaga", "Control Marker Cauliflower")

HEAD: Final = """Authentication-Results: spf=pass; dkim=pass header.d=shop.tiktok.com;
 dmarc={verdict} header.from=shop.tiktok.com
From: TikTok Shop <no-reply@shop.tiktok.com>
To: {name} <orders@seller.example>
Subject: {subject} for {name}
Date: Sun, 15 Mar 2026 10:44:00 +0700
Message-ID: <{number}@shop.tiktok.com>
MIME-Version: 1.0
Content-Type: {type}

"""
PERSON: Final = f"""Buyer: {USER}
Recipient: {NAME} / Đặng Thị Nguyệt Hằng
Phone: {PHONE}
Address: {STREET}
Note: {WORDS}
"""
ORDER: Final = """You have a new order

Order ID: {number}
Order time: 15/03/2026 10:41
Shop: {shop}
{person}
Items
1. Bamboo tray L
   Seller SKU: TV-TRAY-L
   Qty: 1
   Unit price: 239.000 ₫

Order total: 239.000 ₫
Payment: paid
"""
CANCEL: Final = """A buyer has asked to cancel.

Order ID: {number}
Shop: {shop}
Requested on: 15/03/2026 11:41
Reason: {words}
{person}
"""
PLAIN: Final = "text/plain; charset=utf-8"


def a_mail(number: str, body: str, *, verdict: str = "pass", kind: str = PLAIN, subject: str = "New order") -> bytes:
    head = HEAD.format(verdict=verdict, number=number, name=NAME, type=kind, subject=f"{subject} {number}")
    return (head + body.format(number=number, shop=SHOP, person=PERSON, words=WORDS)).encode()


MAILS: Final = {
    "succeeds": a_mail("577094200117744001", ORDER),
    "cancel": a_mail("577094200117744001", CANCEL, subject="Action required: buyer requested to cancel order"),
    "forged": a_mail("577094200117744002", ORDER, verdict="fail"),
    "cut": a_mail("577094200117744003", ORDER, kind='multipart/mixed; boundary="never-closed"'),
    "no body": a_mail("577094200117744004", ""),
    "not base64": a_mail("577094200117744005", ORDER).replace(
        b"MIME-Version: 1.0", b"MIME-Version: 1.0\nContent-Transfer-Encoding: base64"
    ),
    "odd charset": a_mail("577094200117744006", ORDER, kind="text/plain; charset=x-martian"),
    "no kind": a_mail("577094200117744007", "Order ID: {number}\n{person}", subject="Something else"),
}


def test_nothing_about_a_buyer_is_left_anywhere(prefect_stack: Stack) -> None:
    home = prefect_stack.home
    mailbox = home.path / "mail"
    for name, raw in MAILS.items():
        (mailbox / "new" / f"1773546240.{name.replace(' ', '_')}.test").write_bytes(raw)
    assert run_to_end(prefect_stack, "poll-mailbox").is_completed()
    assert run_to_end(prefect_stack, "drive-orders").is_final()
    asked = {"shop": SHOP, "order_no": "577094200117744999", "step": "pack", "by": CONTROLS[0]}
    assert run_to_end(prefect_stack, "order-stage", **asked).is_failed()
    office = open_office(home)
    packing = Command(name=CommandName.MARK_PACKED, actor="Lan", role=Role.PACKER, at=office.now())
    assert isinstance(perform(office, SHOP, "577094200117744001", packing), Refused)
    with open_session(office.engine, read_only=True) as session:
        outcomes = set(session.exec(select(MessageRow.outcome)))
        assert session.exec(select(SealedMailRow.message_id)).all()
    assert {"parsed", "quarantined"} <= outcomes

    with open_session(office.engine) as session:
        note(session, at=office.now(), actor="test", action="control", reason=CONTROLS[1])
        session.commit()
    office.engine.dispose()  # the search reads the file itself, which ends every lock that this process has on it
    (home.path / "control.bin").write_bytes(b"before " + packed(CONTROLS[2]) + b" after")

    def all_controls() -> set[str] | None:
        found = {hit.marker for hit in search(home.path, CONTROLS)}
        return found if found == set(CONTROLS) else None

    wait_for(all_controls, "the search to find what was planted on purpose")
    assert search(home.path, PLANTED) == []


def search(home: Path, markers: tuple[str, ...]) -> list[Found]:
    return search_files(home, markers, leave_out=(home / "mail", home / "played"))
