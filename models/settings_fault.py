"""What can be wrong with settings, in words: the key, what is allowed, an example; never a secret.

Pure but for the names of the policies. Owns every check that needs more than one key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from models.extension import extension_of
from models.home import password_name
from models.language import languages
from models.policy import PolicyError
from models.policy_data import own_figure
from models.policy_files import figures_of, policy_names
from models.settings import AlertSettings, MailboxSettings, Settings, ShopSettings, WatchSettings
from models.settings_dashboard import DashboardSettings, dashboard_faults

Where: TypeAlias = tuple[str | int, ...]  # ("shop", 0, "handover")

SECTIONS: Final[Mapping[str, type[BaseModel]]] = {
    "mailbox": MailboxSettings,
    "shop": ShopSettings,
    "alerts": AlertSettings,
    "watch": WatchSettings,
    "dashboard": DashboardSettings,
}
REPEATED: Final = frozenset({"mailbox", "shop", "extension"})
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "imap": ("host", "user"),
    "maildir": ("path",),
    "folder": ("path",),
}
SECRET_KEYS: Final = frozenset({"addresses", "fallback", "ping"})  # each holds a token

SECRETS_ELSEWHERE: Final = (
    "a secret never stands in this file. Put it into `.env` beside it. Example: SHIPCLOCK_PASSWORD_MAIN=abcd"
)
LANGUAGE: Final = Settings.model_fields["language"]
LANGUAGE_ABOVE: Final = "it stands at the top of the file, above the first [[...]]"


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
    for key, told in dashboard_faults(settings.dashboard):
        yield Fault(("dashboard", key), told)


def fault_of(error: Any, data: Mapping[str, Any]) -> Fault:  # noqa: ANN401  # pydantic's ErrorDetails
    """Put one error of pydantic into words of this file."""
    where: Where = tuple(part for part in error["loc"])
    name, section = str(where[0]), SECTIONS.get(str(where[0]))
    if error["type"] == "extra_forbidden":
        return Fault(where, _unknown(where))
    if name == "language":
        return Fault(where, f"`language{_given(data, where)}` is not {_one_of(languages())}. {_example(LANGUAGE)}")
    key = next((part for part in where[1:] if isinstance(part, str)), None)
    if section is None or key is None:
        shape = f"[[{name}]]" if name in REPEATED else f"[{name}]"
        return Fault(where, f"`{name}` is not a table. Write it as {shape} on a line of its own, its keys below")
    where = where[: where.index(key) + 1]
    field = section.model_fields[key]
    if error["type"] == "missing":
        return Fault(where, f"{_table(where)} needs the key `{key}`: {_allowed(field)}. {_example(field)}")
    return Fault(where, f"`{_table(where)} {key}{_given(data, where)}` is not {_allowed(field)}. {_example(field)}")


def _unknown(where: Where) -> str:
    """Name the nearest known key, or all of them."""
    key = str(where[-1])
    if get_close_matches(key, ["password"]):
        return f"{_table(where)} has no key `{key}`: {SECRETS_ELSEWHERE}"
    if key == "language":
        return f"{_table(where)} has no key `language`: {LANGUAGE_ABOVE}. {_example(LANGUAGE)}"
    known = SECTIONS[str(where[0])].model_fields if len(where) > 1 else Settings.model_fields
    near = get_close_matches(key, known, n=1)
    advice = f"Did you mean `{near[0]}`?" if near else f"Known keys: {', '.join(known)}"
    example = f" {_example(known[near[0]])}" if near else ""
    owner = _table(where) if len(where) > 1 else "the file"
    return f"{owner} has no key `{key}`. {advice}{example}"


def _table(where: Where) -> str:
    name = str(where[0])
    return f"[[{name}]]" if name in REPEATED else f"[{name}]"


def _allowed(field: FieldInfo) -> str:
    return field.description or "a known value"


def _example(field: FieldInfo) -> str:
    return f"Example: {field.examples[0]}" if field.examples else ""


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
        case _:
            return str(value)


def _empty(settings: Settings) -> Iterator[Fault]:
    """A file without mailbox or shop gives nothing to do."""
    for name in ("mailbox", "shop"):
        if not getattr(settings, name):
            yield Fault((name,), f"there is no [[{name}]]. Run `shipclock init` for a complete example")


def _mailbox_faults(settings: Settings) -> Iterator[Fault]:
    taken: set[str] = set()
    for place, mailbox in enumerate(settings.mailbox):
        where = ("mailbox", place)
        if (variable := password_name(mailbox.name)) in taken:
            yield Fault(
                (*where, "name"),
                f'`[[mailbox]] name = "{mailbox.name}"` is taken: two mailboxes would share {variable}. '
                'Example: name = "second"',
            )
        taken.add(variable)
        if mailbox.kind != "imap" and mailbox.after_reading != "leave":
            yield Fault(
                (*where, "after_reading"),
                f'`[[mailbox]] after_reading = "{mailbox.after_reading}"` is for kind = "imap" alone. '
                'Example: after_reading = "leave"',
            )
        for key in NEEDED[mailbox.kind]:
            if not getattr(mailbox, key):
                field = MailboxSettings.model_fields[key]
                yield Fault(
                    where,
                    f'a [[mailbox]] of kind = "{mailbox.kind}" needs the key `{key}`: '
                    f"{_allowed(field)}. {_example(field)}",
                )


def _shop_faults(settings: Settings) -> Iterator[Fault]:
    mailboxes = [mailbox.name for mailbox in settings.mailbox]
    policies = policy_names()
    taken: set[str] = set()
    for place, shop in enumerate(settings.shop):
        where = ("shop", place)
        if shop.name.casefold() in taken:
            yield Fault(
                (*where, "name"),
                f'`[[shop]] name = "{shop.name}"` is taken by a shop above. Each shop needs its own',
            )
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
                    yield Fault(
                        ("shop", place, key),
                        f'`[[shop]] {key}{given}` is also that of the shop "{owner.name}", so it tells nothing. '
                        "Leave it to one of them",
                    )


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
    example = (get_close_matches(value, known, n=1) or [*known, "main"])[0]
    allowed = _one_of(known) if known else "there, for the file has none"
    yield Fault(where, f'`{_table(where)} {key} = "{value}"` is not {allowed}. Example: {key} = "{example}"')


def _one_of(known: Collection[str]) -> str:
    return f"one of {', '.join(known)}"
