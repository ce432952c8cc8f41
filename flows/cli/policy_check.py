"""What `policy check` looks at, one finding each: policies, the user's own figures, extensions, public holidays."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from flows.cli.finding import Finding
from models import formats
from models.catalogue import words
from models.extension import extension_of
from models.home import find_home
from models.policy import Policy, PolicyCalendar, PolicyError
from models.policy_files import figures_of, load_policy, parse_file, policy_names, shipped_extensions
from models.public_holidays import holiday_names
from models.settings_file import SettingsError, load_settings

NEXT: Final = 3  # holidays told
AHEAD: Final = timedelta(days=365)  # for so long holidays must be known


def findings(file: Path | None) -> Iterator[Finding]:
    """Look at one thing after the other; with `file` at that alone."""
    today = datetime.now(UTC).date()
    if file is not None:
        yield from _of_file(file, today)
        return
    policies = []
    for name in policy_names():
        found, policy = _policy(name)
        yield found
        policies += [policy] if policy else []
    yield _announced("extensions.toml", shipped_extensions())
    yield _settings()
    yield from holidays((policy.calendar for policy in policies), today)


def holidays(calendars: Iterable[PolicyCalendar], today: date) -> Iterator[Finding]:
    """Tell each calendar's next public holidays, and when those that are known end."""
    for country, part in sorted({(one.country, one.subdivision) for one in calendars if one.country}):
        where = f"{country} {part}".strip()
        try:
            names = holiday_names(country, part)
        except PolicyError as wrong:
            yield _bad("holidays", str(wrong))
            continue
        coming = [f"{formats.full_date(day)} {name.partition(';')[0]}" for day, name in names.items() if day >= today]
        if not coming or max(names) < today + AHEAD:
            told = words().text("policies.check.holidays_end", where=where, last=formats.full_date(max(names)))
            yield _bad("holidays", told, words().text("policies.check.holidays_advice"))
        else:
            yield _good("holidays", where=where, days=", ".join(coming[:NEXT]))


def _of_file(file: Path, today: date) -> Iterator[Finding]:
    """A policy of one's own, or a list of extensions, before it is put to use."""
    try:
        text = file.read_text(encoding="utf-8")
        entries = tomllib.loads(text)
    except FileNotFoundError:
        yield _bad("policy", words().text("policies.check.no_file", file=file))
        return
    except (OSError, ValueError) as wrong:
        yield _bad("policy", f"{file.name}: {wrong}")
        return
    if set(entries) == {"extension"}:
        yield _announced(file.name, entries["extension"])
        return
    try:
        policy = parse_file(file.name, text)
    except PolicyError as wrong:
        yield _bad("policy", str(wrong))
        return
    yield _told(policy)
    yield from holidays([policy.calendar], today)


def _policy(name: str) -> tuple[Finding, Policy | None]:
    try:
        return _told(figures_of(name)), load_policy(name)
    except PolicyError as wrong:
        return _bad("policy", str(wrong)), None


def _told(policy: Policy) -> Finding:
    return _good("policy", name=policy.name, version=policy.version, markets=", ".join(policy.markets) or "-")


def _announced(file: str, entries: object) -> Finding:
    listed = entries if isinstance(entries, list | tuple) else [entries]
    try:
        for place, entry in enumerate(listed):
            extension_of(entry, ZoneInfo("UTC"), f"extension[{place}]")
    except PolicyError as wrong:
        return _bad("extensions", f"{file}: {wrong}")
    return _good("extensions", file=file, count=len(listed))


def _settings() -> Finding:
    home = find_home()
    if not home.config.exists():
        return _good("no_settings")
    try:
        settings = load_settings(home)
    except SettingsError as wrong:
        return _bad("settings", str(wrong))
    figures = sum(len(shop.figures) for shop in settings.shop)
    return _good("settings", file=home.config, figures=figures, extensions=len(settings.extension))


def _good(key: str, **values: object) -> Finding:
    title = words().text(f"policies.check.names.{key}")
    return Finding(name=title, ok=True, told=words().text(f"policies.check.{key}", **values))


def _bad(key: str, told: str, advice: str = "") -> Finding:
    return Finding(name=words().text(f"policies.check.names.{key}"), ok=False, told=told, advice=advice)
