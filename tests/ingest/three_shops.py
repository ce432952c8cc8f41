"""Three shops that share one mailbox, two of them a currency, and mails for them made from one of the corpus."""

from __future__ import annotations

import re
from typing import Final

from ingest.ledger import Outcome
from ingest.poll import PollResult
from models.settings import MailboxSettings, ShopSettings
from tests.ingest.desk import CORPUS, Desk, order_no

DOLLARS: Final = "001_en_us_table_alternative.eml"  # names Juniper & Pine Co. under a label, amounts with "$"
ORDER: Final = "576461413038785752"  # the order it is about
USER: Final = "orders@seller-inbox.example"  # whom all mails of the corpus are written to


def a_shop(name: str, currency: str = "USD", **more: object) -> ShopSettings:
    """A shop whose mail arrives in the one mailbox."""
    home = {"USD": ("US", "America/Los_Angeles"), "VND": ("VN", "Asia/Ho_Chi_Minh"), "SGD": ("SG", "Asia/Singapore")}
    market, zone = home[currency]
    return ShopSettings.model_validate(
        {"name": name, "market": market, "currency": currency, "timezone": zone, "mailbox": "main", **more}
    )


BIRCH, CEDAR, LOTUS = a_shop("Birch Barn"), a_shop("Cedar Shed"), a_shop("Lotus Lane Home", "VND")
THREE: Final = (BIRCH, CEDAR, LOTUS)  # two of them share a currency


def mail(*, name: str | None = None, to: str | None = None, more: str = "") -> bytes:
    """A new order in dollars that states this name of its shop (none: no name), sent to that address."""
    text = (CORPUS / DOLLARS).read_bytes().decode()
    if name is None:
        text = re.sub(r"(?m)^.*Juniper.*\r?\n", "", text).replace("Juniper &amp; Pine Co.", "")
        text = re.sub(r"<tr>\s*<td[^>]*>\s*(?:Shop|Store)[^<]*</td>.*?</tr>", "", text, flags=re.DOTALL)
    else:
        text = text.replace("Juniper & Pine Co.", name).replace("Juniper &amp; Pine Co.", name)
    if to is not None:
        text = text.replace(f"To: {USER}", f"To: {to}", 1)
    return (more + text).encode()


def arrive(desk: Desk, mailbox: MailboxSettings, *raws: bytes) -> PollResult:
    """Put the mails into the mailbox, beside those that are there, and poll."""
    assert mailbox.path is not None
    there = len(list(mailbox.path.iterdir()))
    for number, raw in enumerate(raws, start=there):
        (mailbox.path / f"{number}.eml").write_bytes(raw)
    return desk.poll(mailbox)


def order(number: int, **where: str) -> bytes:
    """A new order of that number, with the name and address that `mail` takes."""
    return mail(**where).replace(ORDER.encode(), order_no(number).encode())


def waiting(desk: Desk) -> list[str | None]:
    """Why mails wait."""
    return [row.reason for row in desk.ledger() if row.outcome == Outcome.QUARANTINED]


def mail_about(desk: Desk, number: int) -> int:
    """The number of the mail about that order in the ledger."""
    return next(row.id or 0 for row in desk.ledger() if row.order_nos == [order_no(number)])
