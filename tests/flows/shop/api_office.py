"""An office whose shop has an API: the real client over HTTP, a platform on loopback that keeps rows, a set clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlmodel import select

from flows import clock
from flows.office import Office
from flows.shop.sync_page import Synced
from flows.sync_shop import sync_with
from models.db.orders import record_facts
from models.db.session import make_engine, open_session
from models.db.tables import AlertRow, ClockRow, DeadlineRow, FactRow, OrderRow
from models.fact import Authority, Fact, FactKind
from models.home import Home
from models.settings import MailboxSettings, Settings, ShopSettings
from tests.databases import in_folder
from tests.flows.shop.clients import NOW, SHOP, Place
from tests.flows.shop.shelf import Shelf

HOUR: Final = timedelta(hours=1)


def seconds(hours: float) -> int:
    """So many hours after NOW, as the API writes it."""
    return int((NOW + hours * HOUR).timestamp())


@dataclass(kw_only=True)
class ApiOffice:
    """One installation, its platform, and the hands that read."""

    office: Office
    place: Place
    shelf: Shelf

    @property
    def shop(self) -> ShopSettings:
        """The only shop."""
        return self.office.settings.shop[0]

    def at(self, hours: float) -> datetime:
        """Let it be so many hours after NOW, for us and the platform."""
        self.place.now = NOW + hours * HOUR
        clock.set_virtual(self.office.engine, self.place.now)
        return self.place.now

    def sync(self, hours: float | None = None) -> Synced:
        """Read the shop once, as a run does."""
        if hours is not None:
            self.at(hours)
        with self.place.client() as client:
            return sync_with(self.office, self.shop, client)

    def order(self, number: int, *, hours: float = -1, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
        """Put a paid order of so many hours after NOW on the shelf; give its row, which may be changed."""
        return self.shelf.put("orders", **an_order_row(number, hours, **changes))

    def orders(self) -> dict[str, OrderRow]:
        """The stored orders by number."""
        with open_session(self.office.engine, read_only=True) as session:
            return {row.order_no: row for row in session.exec(select(OrderRow))}

    def facts(self) -> set[tuple[str, str]]:
        """The stored facts by order and key."""
        with open_session(self.office.engine, read_only=True) as session:
            return {(row.order_id, row.source_key) for row in session.exec(select(FactRow))}

    def kinds(self) -> list[str]:
        """The kinds of the stored facts."""
        with open_session(self.office.engine, read_only=True) as session:
            return sorted(row.kind for row in session.exec(select(FactRow)))

    def states(self, rule: str) -> set[str]:
        """The states of all clocks of a rule."""
        with open_session(self.office.engine, read_only=True) as session:
            return {row.state for row in session.exec(select(DeadlineRow).where(DeadlineRow.rule == rule))}


def an_order_row(number: int, hours: float, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    """An order as the API gives it, with a buyer in it."""
    line = {"id": f"{number}1", "sku_id": "17", "seller_sku": "MUG", "product_name": "Mug", "sale_price": "150000"}
    return {
        "id": order_no(number), "status": "AWAITING_SHIPMENT", "create_time": seconds(hours),
        "paid_time": seconds(hours), "update_time": seconds(hours), "shipping_type": "SELLER",
        "fulfillment_type": "FULFILLMENT_BY_SELLER", "payment": {"currency": "VND"}, "line_items": [line], **changes,
    }  # fmt: skip


def order_no(number: int) -> str:
    """The number of an order on the shelf."""
    return f"5764614130{number:08}"


def alerts(api: ApiOffice) -> list[tuple[str, str | None]]:
    """What is in the outbox beside clocks: text and order."""
    with open_session(api.office.engine, read_only=True) as session:
        found = session.exec(select(AlertRow).where(AlertRow.text_key != "warned"))
        return sorted((row.text_key, row.order_no) for row in found)


def mail_told(api: ApiOffice, number: int, *facts: tuple[FactKind, float]) -> None:
    """What a mail told of an order, so many hours after NOW."""
    told = [
        Fact(
            kind=kind,
            occurred_at=NOW + hours * HOUR,
            observed_at=NOW + hours * HOUR,
            authority=Authority.PLATFORM,
            source_key=f"mail:{number}:{kind}",
        )
        for kind, hours in facts
    ]
    with open_session(api.office.engine) as session:
        record_facts(session, api.shop, [(order_no(number), fact) for fact in told], api.office.now())
        session.commit()


@dataclass(frozen=True)
class Elsewhere:
    """A shelf in another process, by its address."""

    url: str


@contextmanager
def an_api_office(
    path: Path,
    *,
    shelf: Shelf | None = None,
    url: str = "",
    database: str | None = None,
    **shop: Any,  # noqa: ANN401  # settings
) -> Iterator[ApiOffice]:
    """Make it, at NOW; `shop` is what its settings say otherwise. Without a shelf it has one of its own."""
    database = database or in_folder(path)
    engine = make_engine(database)
    with open_session(engine, read_only=True) as session:
        fresh = session.get(ClockRow, 1) is None
    keys = {"timezone": "UTC", "market": "VN", "currency": "VND", "mailbox": "main", "policy": "article", "api": True}
    settings = Settings(
        mailbox=(MailboxSettings(name="main", kind="maildir", path=path / "mail"),),
        shop=(ShopSettings.model_validate({"name": SHOP, **keys, **shop}),),
    )
    home = Home(path=path, config=path / "shipclock.toml", database_url=database)
    with ExitStack() as stack:
        server: Any = Elsewhere(url) if url else shelf or stack.enter_context(Shelf())
        place = Place(home=home, engine=engine, server=server)
        made = ApiOffice(office=Office(home=home, settings=settings, engine=engine), place=place, shelf=server)
        if not url:
            server.now = lambda: place.now
        if fresh:
            made.at(0)
            place.consent(lasts=timedelta(days=60))
        yield made
    engine.dispose()
