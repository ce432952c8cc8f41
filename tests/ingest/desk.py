"""What the poll tests share: a home with a database, the shops of the corpus, and mails to send."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine
from sqlmodel import col, select

from ingest.poll import PollResult, poll_mailbox
from models.db.mail_tables import MailboxRow, MessageRow
from models.db.session import make_engine, open_session
from models.db.tables import FactRow, OrderRow
from models.home import Home
from models.settings import MailboxSettings, Settings, ShopSettings
from tests.databases import in_folder
from tests.dovecot import PASSWORD

CORPUS: Final = Path(__file__).parents[1] / "mail"
EXPECTED: Final[Mapping[str, Any]] = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))
RECEIVER: Final = {
    "authserv_id": EXPECTED["receiver"]["authserv_id"],
    "allowed_from_domains": EXPECTED["receiver"]["allowed_from_domains"],
}
NOW: Final = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
SHOPS: Final = tuple(ShopSettings(name=name, mailbox="main", **values) for name, values in EXPECTED["shops"].items())
FIRST: Final = "001_en_us_table_alternative.eml"
FIRST_ORDER: Final = EXPECTED["files"][FIRST]["order_id"]


def corpus(*numbers: str) -> list[bytes]:
    """The fixtures whose names start with these numbers, in that order."""
    return [next(CORPUS.glob(f"{number}_*.eml")).read_bytes() for number in numbers]


def new_order(number: int) -> bytes:
    """Another genuine new-order mail: the first fixture with an order number of its own."""
    return corpus("001")[0].replace(FIRST_ORDER.encode(), order_no(number).encode())


def order_no(number: int) -> str:
    """The order number that `new_order(number)` tells of."""
    return f"5765{number:014d}"


@dataclass
class Desk:
    """One installation: its home, its database, and the hands that poll."""

    home: Home
    engine: Engine
    shops: tuple[ShopSettings, ...] = SHOPS

    @classmethod
    def at(cls, path: Path, database: str | None = None, password: str = PASSWORD) -> Desk:
        """A new one, or the one that is there."""
        home = Home(
            path=path,
            config=path / "shipclock.toml",
            database_url=database or in_folder(path),
            environment={"SHIPCLOCK_PASSWORD_MAIN": password},
        )
        return cls(home, make_engine(home.database_url))

    def poll(self, mailbox: MailboxSettings, now: datetime = NOW) -> PollResult:
        """Poll once at `now`."""
        return poll_mailbox(self.engine, mailbox, self.shops, self.home, lambda: now)

    def settings(self, mailbox: MailboxSettings) -> Settings:
        """All settings, with this mailbox."""
        return Settings(mailbox=(mailbox,), shop=self.shops)

    def orders(self) -> dict[str, str]:
        """Order number to shop, of every order there is; a number twice would be an error of the test."""
        with open_session(self.engine, read_only=True) as session:
            rows = session.exec(select(OrderRow)).all()
        assert len({row.order_no for row in rows}) == len(rows)
        return {row.order_no: row.shop_id for row in rows}

    def facts(self) -> int:
        """How many facts there are."""
        with open_session(self.engine, read_only=True) as session:
            return len(session.exec(select(FactRow)).all())

    def ledger(self) -> list[MessageRow]:
        """Every row of the ledger, in the order of uids."""
        with open_session(self.engine, read_only=True) as session:
            return list(session.exec(select(MessageRow).order_by(col(MessageRow.uid), col(MessageRow.id))).all())

    def outcomes(self) -> Counter[tuple[str, str | None]]:
        """How many messages came to what, and why."""
        return Counter((row.outcome, row.reason) for row in self.ledger())

    def mailbox(self) -> MailboxRow:
        """The mailbox's row."""
        with open_session(self.engine, read_only=True) as session:
            return session.exec(select(MailboxRow)).one()
