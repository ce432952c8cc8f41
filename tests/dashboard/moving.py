"""A shop that does not stand still while somebody looks at a page: more pressing orders, mail, other people.

Everything is done as in life: facts are recorded, mails lie in the folder and are polled, commands are performed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Final

from sqlmodel import col, select

from flows.commands import Performed, perform
from flows.office import Office
from ingest.poll import poll_mailbox
from ingest.quarantine import dismiss, list_quarantined
from models.command import Command
from models.command_name import CommandName
from models.db.mail_tables import MessageRow
from models.db.session import open_session
from models.db.steps import StepStatus
from models.db.tables import AuditRow, OrderRow, StepRow
from models.error_class import ErrorClass
from models.fact import FactKind
from models.ids import order_id
from models.stage import Role
from tests.dashboard import seed
from tests.ingest.renderings import AUTHSERV_ID, Line, Sale, Strange, Style, render

AT_THE_PAGE: Final = "dashboard"  # whose name stands beside what is done where nobody signs in
OTHER: Final = "Binh"
OUR_RECEIVER: Final = b"mx.seller-inbox.example"


OWN_LABEL: Final = "Ficus tag"


class Lonely(Style):
    """A style with a label that no other mail has."""

    def word(self, name: str) -> str:
        """Return it, or one of the language's."""
        return OWN_LABEL if name == "order_no" else super().word(name)


@dataclass(slots=True)
class World:
    """The shop behind the pages; `numbers` are those of the orders still to come."""

    office: Office
    numbers: Iterator[int] = field(default_factory=lambda: count(3000))
    before: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        """Count from here on what is done at the page."""
        self.before = self._all_acts()

    def moves_on(self, *others: seed.Life) -> None:
        """Let lists shift: more pressing orders above, one new below, two mails, and work on `others` by somebody."""
        lives = [seed.Life(next(self.numbers), seed.paid(hours)) for hours in (300, 200, 1)]
        with open_session(self.office.engine) as session:
            seed.tell(session, self.office.settings.shop[0], lives)
            session.commit()
        self.fails(lives[0])
        self.mail_arrives()
        for other in others:
            assert isinstance(self.other_does(other, CommandName.HOLD, hold="stock_check"), Performed)

    def other_does(self, life: seed.Life, name: CommandName, **values: str) -> object:
        """Give a command by another person, elsewhere."""
        asked = Command(name=name, actor=OTHER, role=Role.MANAGER, at=self.office.now(), reason="other", values=values)
        return perform(self.office, seed.SHOP, life.order_no, asked)

    def fails(self, life: seed.Life) -> None:
        """Let an order's first step be given up, later than all others."""
        with open_session(self.office.engine) as session:
            row = session.exec(
                select(StepRow).where(StepRow.order_id == order_id(seed.SHOP, life.order_no), StepRow.step == "confirm")
            ).one()
            changed = {
                "status": StepStatus.DEAD,
                "error_code": "unavailable",
                "error_class": ErrorClass.SHOP_UNAVAILABLE,
            }
            row.sqlmodel_update({**changed, "attempts": 3, "updated_at": self.office.now()})
            session.add(row)
            session.commit()

    def cancelled(self, life: seed.Life) -> None:
        """Let TikTok Shop tell that it cancelled the order."""
        with open_session(self.office.engine) as session:
            gone = seed.Life(life.number, [(FactKind.CANCELLED, 0.1)])
            seed.tell(session, self.office.settings.shop[0], [gone])
            session.commit()

    def confirmed(self, life: seed.Life) -> None:
        """Let another person check an order: it is to be packed from now on."""
        assert isinstance(self.other_does(life, CommandName.CONFIRM), Performed)

    def dismisses(self, mail: int) -> None:
        """Let another person want nothing of a mail."""
        assert dismiss(self.office.engine, self.office.now(), mail, by=OTHER)

    def mail_with_a_label_of_its_own_waits(self) -> int:
        """Let a mail wait whose label of the order's number stands in no other; its number."""
        told = Lonely(language="vi", currency="VND", choice=Random(1))
        raw = render(_sale(next(self.numbers)), told, "beside").replace(AUTHSERV_ID.encode(), OUR_RECEIVER)
        return seed.add_waiting_mail(self.office.engine, self.office.home, raw)

    def understandable_mail_waits(self) -> None:
        """Let a mail wait that a reading of today understands."""
        number = next(self.numbers)
        raw = render(_sale(number), Style(language="vi", currency="VND", choice=Random(1)), "beside")
        seed.add_waiting_mail(self.office.engine, self.office.home, raw.replace(AUTHSERV_ID.encode(), OUR_RECEIVER))

    def mail_arrives(self) -> None:
        """Lay two mails into the folder, one with labels that nobody knows before they are taught, and read it."""
        home, settings = self.office.home, self.office.settings
        for style in (Style, Strange):
            number = next(self.numbers)
            told = style(language="vi", currency="VND", choice=Random(1))
            raw = render(_sale(number), told, "beside").replace(AUTHSERV_ID.encode(), OUR_RECEIVER)
            (home.path / "mail" / f"{number}.eml").write_bytes(raw)
        read = poll_mailbox(self.office.engine, settings.mailbox[0], settings.shop, home, self.office.now)
        assert read.seen >= len((Style, Strange))

    def acts(self) -> dict[str, int]:
        """Give what was done at the page since `begin`, as `number: action` or `action`, and how often."""
        return dict(self._all_acts() - self.before)

    def _all_acts(self) -> Counter[str]:
        with open_session(self.office.engine, read_only=True) as session:
            query = select(AuditRow.action, OrderRow.order_no)
            query = query.join(OrderRow, col(OrderRow.id) == AuditRow.order_id, isouter=True)
            query = query.where(AuditRow.actor == AT_THE_PAGE, AuditRow.action != "packing_rules")
            return Counter(f"{number}: {action}" if number else action for action, number in session.exec(query))

    def waiting(self) -> set[int]:
        """Give the numbers of the mails that wait for a person."""
        with open_session(self.office.engine, read_only=True) as session:
            return {row.message_id for row in list_quarantined(session)}

    def outcomes(self, mails: Collection[int]) -> dict[int, str]:
        """Give what became of these mails."""
        with open_session(self.office.engine, read_only=True) as session:
            rows = session.exec(select(MessageRow).where(col(MessageRow.id).in_(mails))).all()
            return {row.id or 0: row.outcome for row in rows}


def _sale(number: int) -> Sale:
    placed_at = datetime(2026, 3, 17, 9, 0)  # noqa: DTZ001  printed in the shop's zone
    tray = Line(name="Bamboo tray", sku="TV-1", quantity=1, price=Decimal(90_000))
    return Sale(
        order_no=f"57709415666266{number:04d}",
        shop=seed.SHOP,
        placed_at=placed_at,
        ship_by=placed_at + timedelta(days=3),
        lines=(tray,),
        shipping=Decimal(0),
        discount=Decimal(0),
    )
