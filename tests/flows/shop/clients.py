"""A client of its own for each test, at a platform on loopback: real HTTP, a real database, a clock that is set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
from sqlalchemy import Engine

from flows.shop.client import ShopClient
from flows.shop.consent import App, Tokens
from flows.shop.grant import Grant, Grants, store
from flows.shop.limit import Limiter
from flows.shop.transport import Transport
from flows.shop.wire import open_http
from models.db.session import make_engine
from models.home import Home
from tests.databases import in_folder
from tests.flows.shop.wire_server import APP_KEY, CIPHER, SECRET, SHOP_ID, WireServer
from tests.waiting import PATIENCE

NOW: Final = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SHOP: Final = "Tre Viet Store"


@dataclass(kw_only=True)
class Place:
    """One installation and its way to the platform; `slept` is what it would have waited."""

    home: Home
    engine: Engine
    server: WireServer
    now: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def grants(self) -> Grants:
        """Open the grant as one process does; another call is another process."""
        app = App(key=APP_KEY, secret=SECRET, api_url=self.server.url, auth_url=self.server.url)
        return Grants(
            engine=self.engine,
            home=self.home,
            shop=SHOP,
            app=app,
            http=open_http(httpx.Timeout(PATIENCE)),
            now=lambda: self.now,
            sleep=self.slept.append,
        )

    @contextmanager
    def client(self) -> Iterator[ShopClient]:
        """Open a client, and close it."""
        grants = self.grants()
        limiter = Limiter(self.home.path / "limits.db")
        transport = Transport(
            app=grants.app,
            grants=grants,
            limiter=limiter,
            http=grants.http,
            now=grants.now,
            sleep=self.slept.append,
            chance=lambda: 0.0,
        )
        try:
            yield ShopClient(transport)
        finally:
            grants.http.close()
            limiter.close()

    def consent(self, *, access: str = "ROW_access_1", lasts: timedelta = timedelta(days=7), shop: str = SHOP) -> None:
        """Let the seller have consented."""
        tokens = Tokens(
            access=access,
            refresh="ROW_refresh_1",
            expires_at=self.now + lasts,
            ends_at=self.now + timedelta(days=365),
            scopes=("seller.order.info",),
        )
        store(self.engine, self.home, shop, Grant(tokens=tokens, cipher=CIPHER, platform_id=SHOP_ID))


@contextmanager
def a_place(path: Path, database: str | None = None) -> Iterator[Place]:
    """Make an installation, with consent, and a platform that has the same clock."""
    home = Home(path=path, config=path / "shipclock.toml", database_url=database or in_folder(path))
    engine = make_engine(home.database_url)
    with WireServer() as server:
        place = Place(home=home, engine=engine, server=server)
        server.now = lambda: place.now
        place.consent()
        yield place
    engine.dispose()
