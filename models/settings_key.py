"""What a key of shipclock.toml may hold: kinds of values, how a key is described, what a table is.

Checks single values; which keys there are is `models.settings`' business. Nothing here opens anything.
"""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from models.catalogue import words
from models.language import languages
from models.policy_entry import WEEKDAYS

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


NEVER: Final = "never"  # a shop's word for no quiet hours, whatever those of all are
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
    opens, closes = _two_times(given)
    if closes <= opens:
        raise ValueError(given)
    return opens, closes


def _quiet(given: object) -> object:
    """Turn "22:00-07:00" into two times; an end before the start is the next day's, a whole day is none."""
    start, end = _two_times(given)
    if start == end:
        raise ValueError(given)
    return start, end


def _own_quiet(given: object) -> object:
    """The same, or "never"."""
    return given if given == NEVER else _quiet(given)


def _two_times(given: object) -> tuple[time, time]:
    match given:
        case (time() as first, time() as second):
            return first, second
        case str():
            first, second = (time.fromisoformat(part.strip()) for part in given.split("-"))
            return first, second
        case _:
            raise ValueError(given)


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


def _language(code: str) -> str:
    """Refuse a language that has no words."""
    if code not in languages():
        raise ValueError(code)
    return code


def _web_address(given: str) -> str:
    """Refuse plain http except to this machine, where the simulator of the shop listens."""
    local = given.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:"))
    if not (local or given.startswith("https://")) or " " in given:
        raise ValueError(given)
    return given.rstrip("/")


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
Language = Annotated[str, AfterValidator(_language)]
Currency = Annotated[str, AfterValidator(_currency)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
Hours = Annotated[tuple[time, time], BeforeValidator(_hours)]
Quiet = Annotated[tuple[time, time], BeforeValidator(_quiet)]
OwnQuiet = Annotated[tuple[time, time] | Literal["never"], BeforeValidator(_own_quiet)]
Domain = Annotated[str, Field(pattern=r"^[^@\s/]+\.[^@\s/.]+$"), AfterValidator(str.lower)]
Place = Literal["above", "below"]  # a server's verdict, seen from its own Received header
ReceiverName = Annotated[str, Field(pattern=r"^(\*\.)?[^\s;*]*$", max_length=253), AfterValidator(_receiver)]
AppriseAddress = Annotated[str, Field(pattern=r"^[A-Za-z][\w+.-]*://\S+$")]
WebAddress = Annotated[str, Field(max_length=200), AfterValidator(_web_address)]
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", max_length=253)]
Day = Annotated[date, BeforeValidator(_day)]
Weekday = Annotated[int, BeforeValidator(_weekday), Field(ge=0, le=6)]
SettingsPath = Annotated[Path, AfterValidator(_from_settings_folder)]


def key(example: str, **rest: Any) -> Any:  # noqa: ANN401  # pydantic's Field is untyped
    """Describe a key by a line that would be right; what is allowed says words/*/settings.toml, `allowed.TABLE.KEY`."""
    return Field(examples=[example], **rest)


def example_of(section: type[BaseModel], name: str) -> str:
    """Say a line that would be right for a key; empty where none is known."""
    examples = section.model_fields[name].examples
    return words().text("settings.example", line=examples[0]) if examples else ""


class Section(BaseModel):
    """A table of shipclock.toml: unknown keys are errors, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
