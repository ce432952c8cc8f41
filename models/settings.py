"""What the user decides: every key of shipclock.toml, its default and an example.

Owns names and checks of single values; `models.settings_file` reads the file and tells what is wrong with its
line, `words/*/settings.toml` what is allowed. Examples are TOML; nothing here opens anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from models.extension import Extension, extension_of
from models.language import ENGLISH
from models.policy import Policy
from models.policy_data import policy_key
from models.policy_files import BASE, figures_of, market_policy, shipped_extensions, shop_policy
from models.settings_alerts import AlertSettings
from models.settings_dashboard import DashboardSettings
from models.settings_key import (
    Address,
    Currency,
    Day,
    Domain,
    Folder,
    Hours,
    Language,
    OwnQuiet,
    Place,
    ReceiverName,
    Section,
    SettingsPath,
    Text,
    TimeZone,
    WebAddress,
    Weekday,
    key,
)
from models.stage import HandoverMode, ShippingMode


class MailboxSettings(Section):
    """One `[[mailbox]]`: where the notifications arrive and whose verdict on the sender counts."""

    name: Annotated[str, key('name = "main"', pattern="^[a-z0-9][a-z0-9_-]*$")]
    kind: Annotated[Literal["imap", "maildir", "folder"], key('kind = "imap"')] = "imap"
    host: Annotated[str, key('host = "imap.gmail.com"', pattern=r"^[\w.:-]*$")] = ""
    port: Annotated[int, key("port = 993", ge=1, le=65535)] = 993
    tls: Annotated[bool, key("tls = true")] = True
    user: Annotated[str, key('user = "shop@gmail.com"')] = ""
    authserv_id: Annotated[ReceiverName, key('authserv_id = "mx.google.com"')] = ""
    verdict: Annotated[Place, key('verdict = "above"')] = "above"
    allowed_from_domains: Annotated[
        tuple[Domain, ...], key('allowed_from_domains = ["shop.tiktok.com"]', min_length=1)
    ] = ("shop.tiktok.com",)
    folders: Annotated[tuple[Folder, ...], key(r"""folders = ["INBOX", '\Junk']""", min_length=1)] = ("INBOX", r"\Junk")
    idle: Annotated[bool, key("idle = true")] = True  # mail is read as soon as the server tells of it
    after_reading: Annotated[Literal["leave", "mark", "move"], key('after_reading = "mark"')] = "leave"
    move_to: Annotated[Text, key('move_to = "Shipclock"')] = "Shipclock"
    path: Annotated[SettingsPath | None, key('path = "mail"')] = None
    dkim: Annotated[bool | None, key("dkim = true")] = (
        None  # for a mail server yes, for files no: they may be older than their signers' keys
    )
    ca_file: Annotated[SettingsPath | None, key('ca_file = "ca.pem"')] = None
    auth: Annotated[Literal["password", "microsoft", "google"], key('auth = "microsoft"')] = "password"
    client_id: Annotated[str, key('client_id = "11111111-2222-3333-4444-555555555555"', pattern=r"^\S*$")] = ""
    authority: Annotated[
        str, key('authority = "https://login.microsoftonline.com/your-tenant-id"', pattern=r"^(https://[^\s?#]+)?$")
    ] = ""

    @property
    def idles(self) -> bool:
        """Whether news of it is waited for beside the look of each minute."""
        return self.kind == "imap" and self.idle

    @property
    def asks_dkim(self) -> bool:
        """Whether the signatures of new mails are checked."""
        return self.kind == "imap" if self.dkim is None else self.dkim


class ShopSettings(Section):
    """One `[[shop]]`: its market, its hours and how its parcels leave."""

    name: Annotated[Text, key('name = "Tre Viet Store"')]
    market: Annotated[str, key('market = "VN"', pattern="^[A-Z]{2}$")]
    currency: Annotated[Currency, key('currency = "VND"')]
    timezone: Annotated[TimeZone, key('timezone = "Asia/Ho_Chi_Minh"')]
    mailbox: Annotated[str, key('mailbox = "main"')]
    also_named: Annotated[tuple[Text, ...], key('also_named = ["Tre Viet Official"]')] = ()
    addresses: Annotated[tuple[Address, ...], key('addresses = ["orders+treviet@example.com"]')] = ()
    policy: Annotated[str, key('policy = "article"')] = BASE
    figures: Annotated[dict[str, Any], key('[shop.figures.D02] with length = 48 and unit = "hours"')] = Field(
        default_factory=dict
    )
    handover: Annotated[HandoverMode, key('handover = "pickup"')] = HandoverMode.PICKUP
    shipping: Annotated[ShippingMode, key('shipping = "seller"')] = ShippingMode.SELLER
    drop_off_point: Annotated[str, key('drop_off_point = "Post office 3"')] = ""
    business_hours: Annotated[Hours, key('business_hours = "09:00-18:00"')] = (time(9), time(18))
    business_days: Annotated[
        tuple[Weekday, ...], key('business_days = ["mon", "tue", "wed", "thu", "fri"]', min_length=1)
    ] = (0, 1, 2, 3, 4, 5)
    closed_days: Annotated[tuple[Day, ...], key("closed_days = [2027-02-06, 2027-02-07]")] = ()
    orders_from: Annotated[Day | None, key("orders_from = 2026-11-22")] = None
    careful_skus: Annotated[tuple[Text, ...], key('careful_skus = ["GLASS-*"]')] = ()
    api: Annotated[bool, key("api = true")] = False
    platform_id: Annotated[str, key('platform_id = "7490000000000000001"', pattern=r"^\d*$")] = (
        ""  # empty: the one that bears the shop's name
    )
    confirms: Annotated[Literal["by_itself", "by_hand"], key('confirms = "by_hand"')] = (
        "by_hand"  # by_itself: every order that the platform has as ready counts as in stock
    )
    pickup_slot: Annotated[Literal["earliest", "latest"], key('pickup_slot = "latest"')] = "earliest"
    carrier_id: Annotated[str, key('carrier_id = "7117858858072016686"', pattern=r"^\d*$")] = (
        ""  # where the seller buys the transport
    )
    shift_hours: Annotated[int, key("shift_hours = 12", ge=1, le=168)] = (
        12  # [D] so long the packing rules that somebody read count
    )

    quiet_hours: Annotated[OwnQuiet | None, key('quiet_hours = "20:00-08:00"')] = None  # those of [alerts]

    _announced: tuple[Mapping[str, Any], ...] = ()  # all [[extension]] of the file, whomever they concern

    @model_validator(mode="before")
    @classmethod
    def _by_market(cls, given: object) -> object:
        """Let the market choose the policy where the shop names none."""
        if not isinstance(given, Mapping) or "policy" in given:
            return given
        return {**given, "policy": market_policy(str(given.get("market")))}

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone, for showing times and counting business hours."""
        return ZoneInfo(self.timezone)

    def is_history(self, placed_at: datetime) -> bool:
        """Whether an order was placed before the day (the shop's own) from which on its orders count."""
        return self.orders_from is not None and placed_at.astimezone(self.zone).date() < self.orders_from

    @cached_property
    def own_policy(self) -> Policy:
        """The shop's policy with its own figures in place of the policy's."""
        return shop_policy(self.policy, self.figures)

    @cached_property
    def policy_key(self) -> str:
        """What names exactly these figures."""
        return policy_key(self.own_policy)

    @cached_property
    def extensions(self) -> tuple[Extension, ...]:
        """The announcements that concern the shop: those that come along, and those of the settings."""
        zone = figures_of(self.policy).calendar.zone or self.zone
        found = (extension_of(entry, zone) for entry in (*shipped_extensions(), *self._announced))
        return tuple(one for one in found if one.concerns(self.market, self.name))


class WatchSettings(Section):
    """`[watch]`: how Shipclock itself is watched from outside."""

    ping: Annotated[WebAddress | None, key('ping = "https://hc-ping.com/your-uuid"')] = (
        None  # whoever knows it can say that all is well: never told
    )
    host: Annotated[str, key('host = "127.0.0.1"', pattern=r"^[\w.:-]+$")] = "127.0.0.1"
    port: Annotated[int, key("port = 8511", ge=1, le=65535)] = 8511


class TikTokSettings(Section):
    """`[tiktok]`: your own app at TikTok Shop's Partner Center; its secret stands in SHIPCLOCK_TIKTOK_SECRET."""

    app_key: Annotated[str, key('app_key = "6abcdefghijkl"', pattern=r"^\S*$")] = ""
    service_id: Annotated[str, key('service_id = "7400000000000000001"', pattern=r"^\S*$")] = ""
    api_url: Annotated[WebAddress, key('api_url = "https://open-api.tiktokglobalshop.com"')] = (
        "https://open-api.tiktokglobalshop.com"
    )
    auth_url: Annotated[WebAddress, key('auth_url = "https://auth.tiktok-shops.com"')] = "https://auth.tiktok-shops.com"
    consent_url: Annotated[WebAddress | None, key('consent_url = "https://services.tiktokshop.com"')] = (
        None  # by the shop's market
    )


class Settings(Section):
    """All of shipclock.toml."""

    language: Annotated[Language, key('language = "vi"')] = ENGLISH
    mailbox: Annotated[tuple[MailboxSettings, ...], key("[[mailbox]]")] = ()
    shop: Annotated[tuple[ShopSettings, ...], key("[[shop]]")] = ()
    alerts: Annotated[AlertSettings, key("[alerts]")] = AlertSettings()
    watch: Annotated[WatchSettings, key("[watch]")] = WatchSettings()
    dashboard: Annotated[DashboardSettings, key("[dashboard]")] = DashboardSettings()
    tiktok: Annotated[TikTokSettings, key("[tiktok]")] = TikTokSettings()
    extension: Annotated[tuple[dict[str, Any], ...], key("[[extension]]")] = ()

    @model_validator(mode="after")
    def _announce(self) -> Settings:
        """Tell each shop what is announced; which of it concerns the shop, it finds when it is asked."""
        for shop in self.shop:
            shop._announced = self.extension  # noqa: SLF001 - a shop cannot know it from its own table
        return self

    def shop_named(self, name: str) -> ShopSettings | None:
        """Find a shop by its name, capitals or not; None when there is none."""
        return next((shop for shop in self.shop if shop.name.casefold() == name.casefold()), None)

    def shops_of(self, mailbox: str) -> tuple[ShopSettings, ...]:
        """Give the shops whose mail arrives in this mailbox."""
        return tuple(shop for shop in self.shop if shop.mailbox == mailbox)
