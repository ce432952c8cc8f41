"""An installation whose alerts go to mail servers of its own: two shops, a first channel and a second one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlmodel import select

from flows import clock
from flows.office import Office, open_office
from flows.outbox import Sent, send_due
from models.db.alerts import BREACH_LEVEL, Alert, raise_alerts
from models.db.session import open_session
from models.db.tables import AlertRow
from models.db.wake import note_awake
from tests.flows.prefect_server import SETTINGS, a_home
from tests.models.makers import t
from tests.smtp_server import SmtpServer, smtp_server

SHOP: Final = "Tre Viet Store"
OTHER: Final = "Lotus Lane Home"
START: Final = 6.0  # hours after T0: 13:00 in the shops
SECOND_SHOP: Final = SETTINGS[SETTINGS.index("[[shop]]") :].replace(SHOP, OTHER)


@dataclass(frozen=True, kw_only=True)
class Place:
    """The office, and the servers that its first and its second channel send to."""

    office: Office
    first: SmtpServer
    second: SmtpServer

    def at(self, hours: float) -> None:
        """Let it be so many hours after T0."""
        clock.set_virtual(self.office.engine, t(hours))

    def send(self, hours: float | None = None) -> Sent:
        """Send what is due, at that time if it is given."""
        if hours is not None:
            self.awake_until(hours)
        return send_due(self.office)

    def awake_until(self, hours: float) -> None:
        """Go on to that time, looking often enough: nobody sleeps."""
        self.at(hours)
        with open_session(self.office.engine) as session:
            note_awake(session, self.office.now())
            session.commit()

    def shout(self, alerts: Sequence[Alert]) -> None:
        """Put alerts into the outbox."""
        with open_session(self.office.engine) as session:
            raise_alerts(session, alerts, self.office.now())
            session.commit()

    def rows(self) -> list[AlertRow]:
        """Give the outbox, by key."""
        with open_session(self.office.engine, read_only=True) as session:
            return list(session.exec(select(AlertRow).order_by(AlertRow.dedup_key)))

    @property
    def told(self) -> list[str]:
        """The texts that came, at the first server before those at the second."""
        return [*self.first.bodies, *self.second.bodies]


@contextmanager
def alarm_place(folder: Path, database: str, more: str = "digest = false", *, shop: str = "") -> Iterator[Place]:
    """Open it, in the afternoon; `more` are further lines of [alerts], `shop` of the second shop."""
    with smtp_server() as first, smtp_server() as second:
        home = a_home(folder, database)
        alerts = f'[alerts]\naddresses = ["{first.address}"]\nfallback = ["{second.address}"]\n{more}\n'
        home.config.write_text(f"{SETTINGS}\n{_second_shop(shop)}\n{alerts}", encoding="utf-8")
        office = open_office(home)
        place = Place(office=office, first=first, second=second)
        place.at(START)
        yield place
        office.engine.dispose()


def _second_shop(own: str) -> str:
    """Its settings, with lines of its own in place of the usual ones."""
    keys = {line.partition(" =")[0] for line in own.splitlines()}
    usual = [line for line in SECOND_SHOP.splitlines() if line.partition(" =")[0] not in keys]
    return "\n".join([*usual, own])


def missed(number: int, shop: str = SHOP, rule: str = "D02", hours: float = START) -> Alert:
    """The missed clock of an order that the tables do not know."""
    return Alert(
        subject=f"ord_{shop}_{number}",
        rule=rule,
        level=BREACH_LEVEL,
        text_key="breached",
        shop_id=shop,
        order_no=f"57646141303{number:07d}",
        critical=True,
        values={"due_at": (t(hours) - timedelta(minutes=number + 1)).isoformat()},
    )


def soon(number: int, hours: float, shop: str = SHOP) -> Alert:
    """A warning of a clock that ends so many hours after T0."""
    warned = replace(missed(number, shop), level=1, text_key="warned", critical=False)
    return replace(warned, values={"due_at": t(hours).isoformat()})
