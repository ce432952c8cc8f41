"""What the user decides: every key of shipclock.toml, its default, what is allowed and an example.

Owns names and checks of single values; `models.settings_file` reads the file and tells what is wrong with its
line. Descriptions continue the sentence "is not ...", examples are TOML; nothing here opens anything.
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
from models.settings_dashboard import DashboardSettings
from models.settings_key import (
    Address,
    AppriseAddress,
    Currency,
    Day,
    Domain,
    Folder,
    Hours,
    Language,
    Place,
    Quiet,
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

    name: Annotated[
        str,
        key("a short name of small letters, digits, - and _", 'name = "main"', pattern="^[a-z0-9][a-z0-9_-]*$"),
    ]
    kind: Annotated[Literal["imap", "maildir", "folder"], key("one of imap, maildir, folder", 'kind = "imap"')] = "imap"
    host: Annotated[
        str,
        key(
            "the name of a mail server, without imaps:// and port",
            'host = "imap.gmail.com"',
            pattern=r"^[\w.:-]*$",
        ),
    ] = ""
    port: Annotated[int, key("a number from 1 to 65535", "port = 993", ge=1, le=65535)] = 993
    tls: Annotated[bool, key("true or false", "tls = true")] = True
    user: Annotated[str, key("the mailbox's user name, mostly its address", 'user = "shop@gmail.com"')] = ""
    authserv_id: Annotated[
        ReceiverName,
        key(
            "the name your mail server writes at the start of Authentication-Results (empty for Microsoft; *. and "
            "the provider's domain where each of its machines writes its own)",
            'authserv_id = "mx.google.com"',
        ),
    ] = ""
    verdict: Annotated[
        Place,
        key(
            'where your mail server puts it, "above" or "below" its own Received header; "below" only if it removes '
            "such headers that come from outside",
            'verdict = "above"',
        ),
    ] = "above"
    allowed_from_domains: Annotated[
        tuple[Domain, ...],
        key(
            "a list of the domains TikTok Shop writes from",
            'allowed_from_domains = ["shop.tiktok.com"]',
            min_length=1,
        ),
    ] = ("shop.tiktok.com",)
    folders: Annotated[
        tuple[Folder, ...],
        key(
            r"a list of folder names, or '\All', '\Archive', '\Junk' for the folder of that use",
            r"""folders = ["INBOX", '\Junk']""",
            min_length=1,
        ),
    ] = ("INBOX", r"\Junk")
    idle: Annotated[bool, key("true or false", "idle = true")] = True  # mail is read as soon as the server tells of it
    after_reading: Annotated[
        Literal["leave", "mark", "move"], key("one of leave, mark, move", 'after_reading = "mark"')
    ] = "leave"
    move_to: Annotated[Text, key("the name of a folder", 'move_to = "Shipclock"')] = "Shipclock"
    path: Annotated[SettingsPath | None, key("the path of a Maildir or of a folder of .eml files", 'path = "mail"')] = (
        None
    )
    dkim: Annotated[
        bool | None,
        key("true or false (whether the signatures of new mails are checked, which asks DNS)", "dkim = true"),
    ] = None  # for a mail server yes, for files no: they may be older than their signers' keys
    ca_file: Annotated[SettingsPath | None, key("the path of a file of certificates", 'ca_file = "ca.pem"')] = None
    auth: Annotated[
        Literal["password", "microsoft", "google"], key("one of password, microsoft, google", 'auth = "microsoft"')
    ] = "password"
    client_id: Annotated[
        str,
        key(
            "the client id of your own app registration (`shipclock auth microsoft --help` says how to make one)",
            'client_id = "11111111-2222-3333-4444-555555555555"',
            pattern=r"^\S*$",
        ),
    ] = ""
    authority: Annotated[
        str,
        key(
            "the https address that signs your organisation's people in (needed for a single-tenant app alone)",
            'authority = "https://login.microsoftonline.com/your-tenant-id"',
            pattern=r"^(https://[^\s?#]+)?$",
        ),
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

    name: Annotated[Text, key("the shop's name as TikTok Shop writes it in its mails", 'name = "Tre Viet Store"')]
    market: Annotated[str, key("a country code of two capitals", 'market = "VN"', pattern="^[A-Z]{2}$")]
    currency: Annotated[Currency, key("an ISO currency code of three capitals", 'currency = "VND"')]
    timezone: Annotated[TimeZone, key("a name of the IANA time zone list", 'timezone = "Asia/Ho_Chi_Minh"')]
    mailbox: Annotated[str, key("the name of a [[mailbox]] in this file", 'mailbox = "main"')]
    also_named: Annotated[
        tuple[Text, ...],
        key("a list of other names that the mails write for the shop", 'also_named = ["Tre Viet Official"]'),
    ] = ()
    addresses: Annotated[
        tuple[Address, ...],
        key(
            "a list of the mail addresses that TikTok Shop writes to for this shop alone",
            'addresses = ["orders+treviet@example.com"]',
        ),
    ] = ()
    policy: Annotated[str, key("the name of a policy", 'policy = "article"')] = BASE
    figures: Annotated[
        dict[str, Any], key("a table of figures by rule", '[shop.figures.D02] with length = 48 and unit = "hours"')
    ] = Field(default_factory=dict)
    handover: Annotated[HandoverMode, key("one of pickup, drop_off", 'handover = "pickup"')] = HandoverMode.PICKUP
    shipping: Annotated[ShippingMode, key("one of seller, platform", 'shipping = "seller"')] = ShippingMode.SELLER
    drop_off_point: Annotated[
        str, key("the name of the place where parcels are dropped off", 'drop_off_point = "Post office 3"')
    ] = ""
    business_hours: Annotated[Hours, key("an opening and a later closing time", 'business_hours = "09:00-18:00"')] = (
        time(9),
        time(18),
    )
    business_days: Annotated[
        tuple[Weekday, ...],
        key(
            "a list of weekdays (mon, tue, wed, thu, fri, sat, sun, or 0 for Monday to 6)",
            'business_days = ["mon", "tue", "wed", "thu", "fri"]',
            min_length=1,
        ),
    ] = (0, 1, 2, 3, 4, 5)
    closed_days: Annotated[
        tuple[Day, ...], key("a list of dates, year-month-day", "closed_days = [2027-02-06, 2027-02-07]")
    ] = ()
    orders_from: Annotated[Day | None, key("a date, year-month-day", "orders_from = 2026-11-22")] = None
    careful_skus: Annotated[
        tuple[Text, ...],
        key("a list of SKUs to tick order by order; * stands for any signs", 'careful_skus = ["GLASS-*"]'),
    ] = ()
    api: Annotated[bool, key("true or false (whether Shipclock reads and acts with [tiktok]'s keys)", "api = true")] = (
        False
    )
    platform_id: Annotated[
        str, key("the shop's own id at TikTok Shop, digits", 'platform_id = "7490000000000000001"', pattern=r"^\d*$")
    ] = ""  # empty: the one that bears the shop's name
    confirms: Annotated[Literal["by_itself", "by_hand"], key("one of by_itself, by_hand", 'confirms = "by_hand"')] = (
        "by_hand"  # by_itself: every order that the platform has as ready counts as in stock
    )
    pickup_slot: Annotated[Literal["earliest", "latest"], key("one of earliest, latest", 'pickup_slot = "latest"')] = (
        "earliest"
    )
    carrier_id: Annotated[
        str,
        key(
            "the id of the carrier at TikTok Shop (`shipclock check` lists them), digits",
            'carrier_id = "7117858858072016686"',
            pattern=r"^\d*$",
        ),
    ] = ""  # where the seller buys the transport
    shift_hours: Annotated[int, key("a number of hours from 1 to 168", "shift_hours = 12", ge=1, le=168)] = (
        12  # [D] so long the packing rules that somebody read count
    )

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


class AlertSettings(Section):
    """`[alerts]`: Apprise addresses, what is sent there and when."""

    addresses: Annotated[
        tuple[AppriseAddress, ...],
        key("a list of Apprise addresses (service://...)", 'addresses = ["ntfy://ntfy.sh/my-shop"]'),
    ] = ()  # all of them are told
    fallback: Annotated[
        tuple[AppriseAddress, ...],
        key(
            "a list of Apprise addresses, tried one after the other while `addresses` cannot be reached",
            'fallback = ["mailto://user:password@example.com"]',
        ),
    ] = ()
    quiet_hours: Annotated[
        Quiet | None, key("a time from when to when only what cannot wait is sent", 'quiet_hours = "22:00-07:00"')
    ] = None  # each shop's own time
    digest: Annotated[
        bool, key("true or false (whether each shop's day begins with a message at 08:00)", "digest = true")
    ] = True


class WatchSettings(Section):
    """`[watch]`: how Shipclock itself is watched from outside."""

    ping: Annotated[
        WebAddress | None,
        key("an https address, called after each good round", 'ping = "https://hc-ping.com/your-uuid"'),
    ] = None  # whoever knows it can say that all is well: never told
    host: Annotated[
        str, key("an address of this machine, for /healthz and /metrics", 'host = "127.0.0.1"', pattern=r"^[\w.:-]+$")
    ] = "127.0.0.1"
    port: Annotated[int, key("a number from 1 to 65535", "port = 8511", ge=1, le=65535)] = 8511


class TikTokSettings(Section):
    """`[tiktok]`: your own app at TikTok Shop's Partner Center; its secret stands in SHIPCLOCK_TIKTOK_SECRET."""

    app_key: Annotated[str, key("the app key of your app", 'app_key = "6abcdefghijkl"', pattern=r"^\S*$")] = ""
    service_id: Annotated[
        str, key("the service id of your app", 'service_id = "7400000000000000001"', pattern=r"^\S*$")
    ] = ""
    api_url: Annotated[WebAddress, key("an https address", 'api_url = "https://open-api.tiktokglobalshop.com"')] = (
        "https://open-api.tiktokglobalshop.com"
    )
    auth_url: Annotated[WebAddress, key("an https address", 'auth_url = "https://auth.tiktok-shops.com"')] = (
        "https://auth.tiktok-shops.com"
    )
    consent_url: Annotated[
        WebAddress | None, key("an https address", 'consent_url = "https://services.tiktokshop.com"')
    ] = None  # by the shop's market


class Settings(Section):
    """All of shipclock.toml."""

    language: Annotated[Language, key("a language of Shipclock", 'language = "vi"')] = ENGLISH
    mailbox: Annotated[tuple[MailboxSettings, ...], key("a list of tables", "[[mailbox]]")] = ()
    shop: Annotated[tuple[ShopSettings, ...], key("a list of tables", "[[shop]]")] = ()
    alerts: Annotated[AlertSettings, key("a table", "[alerts]")] = AlertSettings()
    watch: Annotated[WatchSettings, key("a table", "[watch]")] = WatchSettings()
    dashboard: Annotated[DashboardSettings, key("a table", "[dashboard]")] = DashboardSettings()
    tiktok: Annotated[TikTokSettings, key("a table", "[tiktok]")] = TikTokSettings()
    extension: Annotated[tuple[dict[str, Any], ...], key("a list of tables", "[[extension]]")] = ()

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
