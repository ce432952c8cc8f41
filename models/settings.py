"""What the user decides: every key of shipclock.toml, its default, what is allowed and an example.

Owns names and checks of single values; `models.settings_file` reads the file and tells what is wrong with its
line. Descriptions continue the sentence "is not ...", examples are TOML; nothing here opens anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from models.extension import Extension, extension_of
from models.policy import Policy
from models.policy_data import policy_key
from models.policy_entry import WEEKDAYS
from models.policy_files import BASE, figures_of, market_policy, shipped_extensions, shop_policy
from models.stage import HandoverMode, ShippingMode

# ISO 4217, the codes in use for payments (funds and metals left out)
CURRENCIES: Final = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN
    BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
    GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW
    KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD
    NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED
    VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905  # a table of codes, not 150 quoted words
)

# What stands before a country's two letters where anybody may register (co.uk, com.vn)
SHARED_ENDINGS: Final = frozenset(
    {"ac", "biz", "co", "com", "edu", "gob", "gov", "go", "info", "ne", "net", "or", "org", "web"}
)


FOLDER_USES: Final = frozenset({r"\all", r"\archive", r"\junk"})  # RFC 6154


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError(code)
    return code


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError) as unknown:
        raise ValueError(name) from unknown
    return name


def _hours(given: object) -> object:
    """Turn "09:00-18:00" into two times; the shop closes after it opens."""
    if isinstance(given, tuple):
        return given
    if not isinstance(given, str):
        raise ValueError(given)  # noqa: TRY004  # pydantic turns ValueError alone into a fault of the key
    opens, closes = (time.fromisoformat(part.strip()) for part in given.split("-"))
    if closes <= opens:
        raise ValueError(given)
    return opens, closes


def _weekday(given: object) -> object:
    """Turn mon..sun (or a longer English name) into 0..6."""
    return WEEKDAYS.index(given.strip().lower()[:3]) if isinstance(given, str) else given


def _receiver(name: str) -> str:
    """Refuse a pattern so wide that strangers' hosts are below it: *.com, *.co.uk."""
    if not name.startswith("*."):
        return name
    labels = name.lower().removeprefix("*.").split(".")
    registry = len(labels) == 2 and len(labels[1]) == 2 and labels[0] in SHARED_ENDINGS  # noqa: PLR2004  says itself
    if len(labels) < 2 or not all(labels) or registry:  # noqa: PLR2004  says itself
        raise ValueError(name)
    return name


def _folder(name: str) -> str:
    """Refuse a use that is not known: only these are places where mail arrives."""
    if name.startswith("\\") and name.casefold() not in FOLDER_USES:
        raise ValueError(name)
    return name


def _day(given: object) -> object:
    """Take TOML's own date or its text, never a number."""
    if isinstance(given, str):
        return date.fromisoformat(given)
    if type(given) is not date:
        raise ValueError(given)  # a number would be taken for seconds since 1970
    return given


def _from_settings_folder(path: Path, info: ValidationInfo) -> Path:
    """Count a relative path from the settings file's folder, not from where the command runs."""
    folder: Path | None = (info.context or {}).get("folder")
    plain = path.expanduser()
    return folder / plain if folder else plain


Text = Annotated[str, Field(pattern=r"\S", max_length=100)]
Address = Annotated[str, Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$", max_length=254), AfterValidator(str.lower)]
Folder = Annotated[Text, AfterValidator(_folder)]
Currency = Annotated[str, AfterValidator(_currency)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
Hours = Annotated[tuple[time, time], BeforeValidator(_hours)]
Domain = Annotated[str, Field(pattern=r"^[^@\s/]+\.[^@\s/.]+$"), AfterValidator(str.lower)]
ReceiverName = Annotated[str, Field(pattern=r"^(\*\.)?[^\s;*]*$", max_length=253), AfterValidator(_receiver)]
AppriseAddress = Annotated[str, Field(pattern=r"^[A-Za-z][\w+.-]*://\S+$")]
Day = Annotated[date, BeforeValidator(_day)]
Weekday = Annotated[int, BeforeValidator(_weekday), Field(ge=0, le=6)]
SettingsPath = Annotated[Path, AfterValidator(_from_settings_folder)]


def _key(allowed: str, example: str, **rest: Any) -> Any:  # noqa: ANN401  # pydantic's Field is untyped
    """Describe a key: what is allowed (after "is not ...") and a line that would be right."""
    return Field(description=allowed, examples=[example], **rest)


class Section(BaseModel):
    """A table of shipclock.toml: unknown keys are errors, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class MailboxSettings(Section):
    """One `[[mailbox]]`: where the notifications arrive and whose verdict on the sender counts."""

    name: Annotated[
        str,
        _key("a short name of small letters, digits, - and _", 'name = "main"', pattern="^[a-z0-9][a-z0-9_-]*$"),
    ]
    kind: Annotated[Literal["imap", "maildir", "folder"], _key("one of imap, maildir, folder", 'kind = "imap"')] = (
        "imap"
    )
    host: Annotated[
        str,
        _key(
            "the name of a mail server, without imaps:// and port",
            'host = "imap.gmail.com"',
            pattern=r"^[\w.:-]*$",
        ),
    ] = ""
    port: Annotated[int, _key("a number from 1 to 65535", "port = 993", ge=1, le=65535)] = 993
    tls: Annotated[bool, _key("true or false", "tls = true")] = True
    user: Annotated[str, _key("the mailbox's user name, mostly its address", 'user = "shop@gmail.com"')] = ""
    authserv_id: Annotated[
        ReceiverName,
        _key(
            "the name your mail server writes at the start of Authentication-Results (empty for Microsoft; *. and "
            "the provider's domain where each of its machines writes its own)",
            'authserv_id = "mx.google.com"',
        ),
    ] = ""
    allowed_from_domains: Annotated[
        tuple[Domain, ...],
        _key(
            "a list of the domains TikTok Shop writes from",
            'allowed_from_domains = ["shop.tiktok.com"]',
            min_length=1,
        ),
    ] = ("shop.tiktok.com",)
    folders: Annotated[
        tuple[Folder, ...],
        _key(
            r"a list of folder names, or '\All', '\Archive', '\Junk' for the folder of that use",
            r"""folders = ["INBOX", '\Junk']""",
            min_length=1,
        ),
    ] = ("INBOX", r"\Junk")
    idle: Annotated[bool, _key("true or false", "idle = true")] = True  # mail is read as soon as the server tells of it
    after_reading: Annotated[
        Literal["leave", "mark", "move"], _key("one of leave, mark, move", 'after_reading = "mark"')
    ] = "leave"
    move_to: Annotated[Text, _key("the name of a folder", 'move_to = "Shipclock"')] = "Shipclock"
    path: Annotated[
        SettingsPath | None, _key("the path of a Maildir or of a folder of .eml files", 'path = "mail"')
    ] = None
    dkim: Annotated[
        bool | None,
        _key("true or false (whether the signatures of new mails are checked, which asks DNS)", "dkim = true"),
    ] = None  # for a mail server yes, for files no: they may be older than their signers' keys
    ca_file: Annotated[SettingsPath | None, _key("the path of a file of certificates", 'ca_file = "ca.pem"')] = None
    auth: Annotated[
        Literal["password", "microsoft", "google"], _key("one of password, microsoft, google", 'auth = "microsoft"')
    ] = "password"
    client_id: Annotated[
        str,
        _key(
            "the client id of your own app registration (`shipclock auth microsoft --help` says how to make one)",
            'client_id = "11111111-2222-3333-4444-555555555555"',
            pattern=r"^\S*$",
        ),
    ] = ""
    authority: Annotated[
        str,
        _key(
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

    name: Annotated[Text, _key("the shop's name as TikTok Shop writes it in its mails", 'name = "Tre Viet Store"')]
    market: Annotated[str, _key("a country code of two capitals", 'market = "VN"', pattern="^[A-Z]{2}$")]
    currency: Annotated[Currency, _key("an ISO currency code of three capitals", 'currency = "VND"')]
    timezone: Annotated[TimeZone, _key("a name of the IANA time zone list", 'timezone = "Asia/Ho_Chi_Minh"')]
    mailbox: Annotated[str, _key("the name of a [[mailbox]] in this file", 'mailbox = "main"')]
    also_named: Annotated[
        tuple[Text, ...],
        _key("a list of other names that the mails write for the shop", 'also_named = ["Tre Viet Official"]'),
    ] = ()
    addresses: Annotated[
        tuple[Address, ...],
        _key(
            "a list of the mail addresses that TikTok Shop writes to for this shop alone",
            'addresses = ["orders+treviet@example.com"]',
        ),
    ] = ()
    policy: Annotated[str, _key("the name of a policy", 'policy = "article"')] = BASE
    figures: Annotated[
        dict[str, Any], _key("a table of figures by rule", '[shop.figures.D02] with length = 48 and unit = "hours"')
    ] = {}
    handover: Annotated[HandoverMode, _key("one of pickup, drop_off", 'handover = "pickup"')] = HandoverMode.PICKUP
    shipping: Annotated[ShippingMode, _key("one of seller, platform", 'shipping = "seller"')] = ShippingMode.SELLER
    drop_off_point: Annotated[
        str, _key("the name of the place where parcels are dropped off", 'drop_off_point = "Post office 3"')
    ] = ""
    business_hours: Annotated[Hours, _key("an opening and a later closing time", 'business_hours = "09:00-18:00"')] = (
        time(9),
        time(18),
    )
    business_days: Annotated[
        tuple[Weekday, ...],
        _key(
            "a list of weekdays (mon, tue, wed, thu, fri, sat, sun, or 0 for Monday to 6)",
            'business_days = ["mon", "tue", "wed", "thu", "fri"]',
            min_length=1,
        ),
    ] = (0, 1, 2, 3, 4, 5)
    closed_days: Annotated[
        tuple[Day, ...], _key("a list of dates, year-month-day", "closed_days = [2027-02-06, 2027-02-07]")
    ] = ()
    orders_from: Annotated[Day | None, _key("a date, year-month-day", "orders_from = 2026-11-22")] = None
    careful_skus: Annotated[
        tuple[Text, ...],
        _key("a list of SKUs to tick order by order; * stands for any signs", 'careful_skus = ["GLASS-*"]'),
    ] = ()
    shift_hours: Annotated[int, _key("a number of hours from 1 to 168", "shift_hours = 12", ge=1, le=168)] = (
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
    """`[alerts]`: Apprise addresses and what is sent there."""

    addresses: Annotated[
        tuple[AppriseAddress, ...],
        _key("a list of Apprise addresses (service://...)", 'addresses = ["ntfy://ntfy.sh/my-shop"]'),
    ] = ()


class Settings(Section):
    """All of shipclock.toml."""

    mailbox: Annotated[tuple[MailboxSettings, ...], _key("a list of tables", "[[mailbox]]")] = ()
    shop: Annotated[tuple[ShopSettings, ...], _key("a list of tables", "[[shop]]")] = ()
    alerts: Annotated[AlertSettings, _key("a table", "[alerts]")] = AlertSettings()
    extension: Annotated[tuple[dict[str, Any], ...], _key("a list of tables", "[[extension]]")] = ()

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
