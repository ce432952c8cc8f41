"""What every command, page and flow needs at hand: the home, the settings, the database, the shops.

Plain: knows nothing of Prefect. Opening it brings the database up to date and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Engine

from flows import clock
from flows.shop.by_hand import ShopByHand
from flows.shop.protocol import Shop
from models.db.schema import Migration, migrate
from models.db.session import make_engine
from models.home import Home, find_home
from models.settings import MailboxSettings, Settings, ShopSettings
from models.settings_file import load_settings


class UnknownShopError(Exception):
    """No shop of that name in the settings; the message lists those that are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Home, settings and database of one installation, open for work."""

    home: Home
    settings: Settings
    engine: Engine
    _kept: dict[str, Shop] | None = field(default=None, repr=False, compare=False)

    def keeping_shops(self) -> Office:
        """Give the same office that opens each shop once, for one run: opening costs more than many a step."""
        return replace(self, _kept={})

    def now(self) -> datetime:
        """Give the present moment in UTC; virtual in a demo."""
        return clock.now(self.engine)

    def shop(self, name: str) -> ShopSettings:
        """Give a shop's settings. Raises UnknownShopError."""
        for shop in self.settings.shop:
            if shop.name == name:
                return shop
        known = ", ".join(shop.name for shop in self.settings.shop) or "none"
        message = f'There is no shop "{name}" in the settings. Known: {known}.'
        raise UnknownShopError(message)

    def mailbox(self, name: str) -> MailboxSettings | None:
        """Give a mailbox's settings by its name."""
        return next((mailbox for mailbox in self.settings.mailbox if mailbox.name == name), None)

    def shops_of(self, mailbox: str) -> tuple[ShopSettings, ...]:
        """Give the shops whose mail comes to that mailbox."""
        return tuple(shop for shop in self.settings.shop if shop.mailbox == mailbox)

    def open_shop(self, name: str) -> Shop:
        """Open the way to act at a shop: by its keys, else by people's hands."""
        if self._kept is None:
            return self._opened(name)
        if name not in self._kept:
            self._kept[name] = self._opened(name)
        return self._kept[name]

    def _opened(self, name: str) -> Shop:
        shop = self.shop(name)
        return self._open_api(shop) if shop.api else ShopByHand(shop.name)

    def _open_api(self, shop: ShopSettings) -> Shop:
        from flows.shop.client import open_client  # noqa: PLC0415  # only a shop with keys speaks HTTP
        from flows.shop.desk import Desk  # noqa: PLC0415  # the same
        from flows.shop.open_api import OpenApiShop  # noqa: PLC0415  # the same

        opening = partial(open_client, self.home, self.settings, self.engine, shop, self.now)
        return OpenApiShop(Desk(opening=opening, shop=shop, engine=self.engine, now=self.now))


def open_office(home: Home | None = None, *, tell: Callable[[Migration], None] | None = None) -> Office:
    """Open the office of this machine. `tell` hears of a database that had to be brought up to date.

    Raises SettingsError or DatabaseError, each with one sentence that says what to do.
    """
    place = home or find_home()
    settings = load_settings(place)
    engine = make_engine(place.database_url)
    migration = migrate(engine)
    if tell is not None and migration.changed:
        tell(migration)
    return Office(home=place, settings=settings, engine=engine)
