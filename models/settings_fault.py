"""What can be wrong with settings, in words: the key, what is allowed, an example; never a secret.

Pure but for the names of the policies and the catalogue of words. Owns every check that needs more than one key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from models.catalogue import words
from models.extension import extension_of
from models.home import password_name
from models.language import languages
from models.policy import PolicyError
from models.policy_data import own_figure
from models.policy_files import figures_of, policy_names
from models.settings import MailboxSettings, Settings, ShopSettings, TikTokSettings, WatchSettings
from models.settings_alerts import AlertSettings, alert_faults
from models.settings_dashboard import DashboardSettings, dashboard_faults
from models.settings_key import example_of

Where: TypeAlias = tuple[str | int, ...]  # ("shop", 0, "handover")

SECTIONS: Final[Mapping[str, type[BaseModel]]] = {
    "mailbox": MailboxSettings,
    "shop": ShopSettings,
    "alerts": AlertSettings,
    "watch": WatchSettings,
    "dashboard": DashboardSettings,
    "tiktok": TikTokSettings,
}
REPEATED: Final = frozenset({"mailbox", "shop", "extension"})
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "imap": ("host", "user"),
    "maildir": ("path",),
    "folder": ("path",),
}
SECRET_KEYS: Final = frozenset({"addresses", "fallback", "ping"})  # each holds a token
DOTENV: Final = "SHIPCLOCK_PASSWORD_MAIN=abcd"  # an example of a line


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong at a place of the file."""

    where: Where
    words: str


def faults_between(settings: Settings) -> Iterator[Fault]:
    """Find what is wrong although each key alone is right."""
    yield from _empty(settings)
    yield from _mailbox_faults(settings)
    yield from _shop_faults(settings)
    yield from _extension_faults(settings)
    for key, told in alert_faults(settings.alerts):
        yield Fault(("alerts", key), told)
    for key, told in dashboard_faults(settings.dashboard):
        yield Fault(("dashboard", key), told)


def fault_of(error: Any, data: Mapping[str, Any]) -> Fault:  # noqa: ANN401  # pydantic's ErrorDetails
    """Put one error of pydantic into words of this file."""
    where: Where = tuple(part for part in error["loc"])
    name, section = str(where[0]), SECTIONS.get(str(where[0]))
    if error["type"] == "extra_forbidden":
        return Fault(where, _unknown(where))
    if name == "language":
        told = {"given": _given(data, where), "allowed": _one_of(languages()), "example": example_of(Settings, name)}
        return Fault(where, _say("wrong_language", **told))
    key = next((part for part in where[1:] if isinstance(part, str)), None)
    if section is None or key is None:
        return Fault(where, _say("no_table", name=name, shape=f"[[{name}]]" if name in REPEATED else f"[{name}]"))
    where = where[: where.index(key) + 1]
    told = {"table": _table(where), "key": key, "allowed": _allowed(name, key), "example": example_of(section, key)}
    if error["type"] == "missing":
        return Fault(where, _say("missing", **told))
    return Fault(where, _say("wrong", given=_given(data, where), **told))


def _unknown(where: Where) -> str:
    """Name the nearest known key, or all of them."""
    key = str(where[-1])
    if get_close_matches(key, ["password"]):
        return _say("secret", table=_table(where), key=key, example=_say("example", line=DOTENV))
    if key == "language":
        return _say("language_above", table=_table(where), example=example_of(Settings, key))
    section = SECTIONS[str(where[0])] if len(where) > 1 else Settings
    owner = _table(where) if len(where) > 1 else _say("whole_file")
    near = get_close_matches(key, section.model_fields, n=1)
    if near:
        return _say("unknown_near", owner=owner, key=key, near=near[0], example=example_of(section, near[0]))
    return _say("unknown", owner=owner, key=key, known=", ".join(section.model_fields))


def _say(code: str, **values: object) -> str:
    return words().text(f"settings.{code}", **values)


def _table(where: Where) -> str:
    name = str(where[0])
    return f"[[{name}]]" if name in REPEATED else f"[{name}]"


def _allowed(section: str, key: str) -> str:
    return _say(f"allowed.{section}.{key}")


def _given(data: Mapping[str, Any], where: Where) -> str:
    """Show what stands in the file, as TOML; never a secret."""
    if where[-1] in SECRET_KEYS:
        return ""
    value: Any = data
    for part in where:
        value = value[part]
    return f" = {_toml(value)}"


def _toml(value: Any) -> str:  # noqa: ANN401  # whatever TOML gives
    match value:
        case str():
            return f'"{value}"'
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(_toml(part) for part in value)}]"
        case dict():
            return f"{{{', '.join(f'{name} = {_toml(part)}' for name, part in value.items())}}}"
        case _:
            return str(value)


def _empty(settings: Settings) -> Iterator[Fault]:
    """A file without mailbox or shop gives nothing to do."""
    for name in ("mailbox", "shop"):
        if not getattr(settings, name):
            yield Fault((name,), _say("empty", name=name))


def _mailbox_faults(settings: Settings) -> Iterator[Fault]:
    taken: set[str] = set()
    for place, mailbox in enumerate(settings.mailbox):
        where = ("mailbox", place)
        if (variable := password_name(mailbox.name)) in taken:
            example = _say("example", line='name = "second"')
            told = _say("mailbox_taken", name=mailbox.name, variable=variable, example=example)
            yield Fault((*where, "name"), told)
        taken.add(variable)
        if mailbox.kind != "imap" and mailbox.after_reading != "leave":
            example = _say("example", line='after_reading = "leave"')
            told = _say("imap_alone", given=mailbox.after_reading, example=example)
            yield Fault((*where, "after_reading"), told)
        for key in NEEDED[mailbox.kind]:
            if not getattr(mailbox, key):
                about = {"allowed": _allowed("mailbox", key), "example": example_of(MailboxSettings, key)}
                yield Fault(where, _say("needed_by_kind", kind=mailbox.kind, key=key, **about))


def _shop_faults(settings: Settings) -> Iterator[Fault]:
    mailboxes = [mailbox.name for mailbox in settings.mailbox]
    policies = policy_names()
    taken: set[str] = set()
    for place, shop in enumerate(settings.shop):
        where = ("shop", place)
        if shop.name.casefold() in taken:
            yield Fault((*where, "name"), _say("shop_taken", name=shop.name))
        taken.add(shop.name.casefold())
        yield from _not_one_of((*where, "mailbox"), shop.mailbox, mailboxes)
        yield from _not_one_of((*where, "policy"), shop.policy, policies)
        yield from _figure_faults(where, shop) if shop.policy in policies else ()
    yield from _sign_faults(settings)


def _sign_faults(settings: Settings) -> Iterator[Fault]:
    """A name or address tells two shops of a mailbox apart only if one of them has it."""
    for key in ("also_named", "addresses"):
        for place, shop in enumerate(settings.shop):
            others = [other for other in settings.shop if other.mailbox == shop.mailbox and other is not shop]
            for value in getattr(shop, key):
                owner = next((other for other in others if value.casefold() in _signs(other, key)), None)
                if owner is not None:
                    given = "" if key in SECRET_KEYS else f' = "{value}"'
                    told = _say("sign_shared", key=key, given=given, other=owner.name)
                    yield Fault(("shop", place, key), told)


def _signs(shop: ShopSettings, key: str) -> Collection[str]:
    if key == "addresses":
        return shop.addresses
    return [name.casefold() for name in (shop.name, *shop.also_named)]


def _figure_faults(where: Where, shop: ShopSettings) -> Iterator[Fault]:
    """A figure of a shop's own is as right as a policy's."""
    for rule, entry in shop.figures.items():
        try:
            own_figure(rule, entry, figures_of(shop.policy))
        except PolicyError as wrong:
            yield Fault((*where, "figures", rule), f"shop.{wrong}")


def _extension_faults(settings: Settings) -> Iterator[Fault]:
    shops = [shop.name for shop in settings.shop]
    for place, entry in enumerate(settings.extension):
        where = ("extension", place)
        try:
            found = extension_of(entry, ZoneInfo("UTC"))
        except PolicyError as wrong:
            yield Fault(where, f"{wrong}")
            continue
        for name in found.shops:
            yield from _not_one_of((*where, "shops"), name, shops)


def _not_one_of(where: Where, value: str, known: Collection[str]) -> Iterator[Fault]:
    if value in known:
        return
    key = where[-1]
    near = (get_close_matches(value, known, n=1) or [*known, "main"])[0]
    told = {
        "allowed": _one_of(known) if known else _say("there_are_none"),
        "example": _say("example", line=f'{key} = "{near}"'),
    }
    yield Fault(where, _say("wrong", table=_table(where), key=key, given=f' = "{value}"', **told))


def _one_of(known: Collection[str]) -> str:
    return _say("one_of", names=", ".join(known))
