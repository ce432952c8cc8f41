"""A shop at a platform of the test's own, with a grant that works: what tests of acting share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from flows.shop.client import ShopClient
from flows.shop.consent import App, Tokens
from flows.shop.desk import Desk
from flows.shop.grant import Grant, Grants, store
from flows.shop.limit import Limiter
from flows.shop.open_api import OpenApiShop
from flows.shop.transport import Transport
from flows.shop.wire import open_http
from models.db.session import make_engine
from models.home import find_home
from models.settings import ShopSettings
from tests.flows.shop.tiny_platform import SECRET, TinyPlatform

NUMBER: Final = "580000000000000001"
NOW: Final = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def a_shop(**fields: object) -> ShopSettings:
    """Settings of a shop with keys, in a market of South-East Asia."""
    usual = {"name": "Shop", "market": "VN", "currency": "VND", "timezone": "UTC", "mailbox": "main", "api": True}
    return ShopSettings.model_validate({**usual, **fields})


class Rig:
    """A platform, a database, and shops that act there; `now` can be moved."""

    def __init__(self, platform: TinyPlatform, folder: Path, database: str) -> None:
        self.platform = platform
        self.home = find_home({"SHIPCLOCK_HOME": str(folder), "SHIPCLOCK_DATABASE_URL": database}, cwd=folder)
        self.engine: Engine = make_engine(self.home.database_url)
        self.now = NOW
        self._opened: list[Callable[[], None]] = []

    def shop(self, **fields: object) -> OpenApiShop:
        """Open the shop, as another process would: with a client of its own."""
        settings = a_shop(**fields)
        return OpenApiShop(
            Desk(opening=lambda: self._client(settings), shop=settings, engine=self.engine, now=lambda: self.now)
        )

    def passes(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def close(self) -> None:
        """Close what was opened."""
        for closing in self._opened:
            closing()

    def _client(self, settings: ShopSettings) -> ShopClient:
        app = App(key="app", secret=SECRET, api_url=self.platform.url, auth_url=self.platform.url)
        http = open_http()
        self._opened.append(http.close)
        tokens = Tokens(access="TTP_a", refresh="TTR_r", expires_at=datetime.max.replace(tzinfo=UTC), ends_at=None)
        store(self.engine, self.home, settings.name, Grant(tokens=tokens, cipher="GCP_c", platform_id="1"))
        now = lambda: self.now  # noqa: E731  # one line, one place
        grants = Grants(engine=self.engine, home=self.home, shop=settings.name, app=app, http=http, now=now)
        limiter = Limiter(":memory:")
        return ShopClient(Transport(app=app, grants=grants, limiter=limiter, http=http, now=now, sleep=lambda _: None))


@contextmanager
def a_rig(folder: Path, database: str) -> Iterator[Rig]:
    """Give a platform with one order that is ready to be shipped, and a shop there."""
    with TinyPlatform() as platform:
        platform.an_order(NUMBER)
        rig = Rig(platform, folder, database)
        try:
            yield rig
        finally:
            rig.close()
            rig.engine.dispose()
