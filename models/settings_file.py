"""Reading shipclock.toml and saying what is wrong with it: file, line, key, what is allowed, an example.

Owns SettingsError. Reads the one file; `models.settings_fault` has the words, nothing here opens a mailbox.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from models.home import CONFIG_NAME, Home
from models.language import UnknownLanguageError, settle
from models.settings import Settings
from models.settings_fault import Fault, Where, fault_of, faults_between

HEADER: Final = re.compile(r"^\s*\[\[?\s*([\w.-]+)\s*\]\]?")
KEY: Final = re.compile(r"""^\s*["']?([\w-]+)["']?\s*=""")


class SettingsError(Exception):
    """The settings cannot be used; the message names each fault with its line, a sentence a line."""


def load_settings(home: Home) -> Settings:
    """Read the settings file of this installation, and speak its language; relative paths count from its folder.

    Raises SettingsError for a missing or unreadable file, and for each wrong, missing or unknown key.
    """
    if not home.config.exists():
        raise SettingsError(
            f"There is no settings file. Looked for {_looked_for(home)}. "
            "Run `shipclock init` to make one, or set SHIPCLOCK_CONFIG to yours."
        )
    settings = read_settings(home.config)
    try:
        settle(settings.language, home.environment)
    except UnknownLanguageError as fault:
        raise SettingsError(str(fault)) from None
    return settings


def read_settings(file: Path) -> Settings:
    """Read this settings file; as load_settings."""
    return parse_settings(_text_of(file), file)


def parse_settings(text: str, file: Path) -> Settings:
    """Read the text of a settings file that stands, or will stand, at `file`; as load_settings."""
    data = _parsed(text, file)
    lines = lines_of(text)
    try:
        settings = Settings.model_validate(data, context={"folder": file.absolute().parent})
    except ValidationError as fault:
        faults = [fault_of(error, data) for error in fault.errors(include_url=False)]
        raise _error(file, lines, faults) from None
    if faults := list(faults_between(settings)):
        raise _error(file, lines, faults)
    return settings


def lines_of(text: str) -> dict[Where, int]:
    """Tell for each table and key of a settings text the line it stands on, counted from 1."""
    places: dict[Where, int] = {}
    seen: dict[str, int] = {}
    table: Where = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            name, *below = header[1].split(".")
            seen[name] = seen.get(name, -1) + (not below)
            repeated = below or line.lstrip().startswith("[[")  # a table below belongs to the last of its name
            table = (name, seen[name], *below) if repeated else (name,)
            places.setdefault(table, number)
        elif key := KEY.match(line):
            places.setdefault((*table, key[1]), number)
    return places


def _looked_for(home: Home) -> str:
    if home.environment.get("SHIPCLOCK_CONFIG"):  # then no other place counts
        return f"{home.config} (SHIPCLOCK_CONFIG)"
    here = Path.cwd() / CONFIG_NAME
    return " and ".join(str(path) for path in dict.fromkeys((here, home.config)))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not UTF-8 text. Save it again as UTF-8.") from None
    except OSError as fault:
        raise SettingsError(f"{file} cannot be read ({fault.strerror}). Check the path and its rights.") from None


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        words = re.sub(r" \(at .*\)$", "", str(fault))
        at = re.search(r"at line (\d+)", str(fault))
        number = int(at[1]) if at else len(text.splitlines())
        key = KEY.match([*text.splitlines(), ""][number - 1])
        raise SettingsError(
            f"{file.name} line {number}: {f'`{key[1]}` is' if key else 'this is'} not TOML ({words}). "
            f'Text stands in quotes, a list in brackets. Example: name = "main"\nThe file is {file}'
        ) from None


def _error(file: Path, lines: Mapping[Where, int], faults: list[Fault]) -> SettingsError:
    told = [f"{file.name}{_line(lines, fault.where)}: {fault.words}" for fault in faults]
    return SettingsError("\n".join([*dict.fromkeys(told), f"The file is {file}"]))  # a list's parts fail alike


def _line(lines: Mapping[Where, int], where: Where) -> str:
    """Say the line of a key, else of the table it belongs to."""
    for length in range(len(where), 0, -1):
        if line := lines.get(where[:length]):
            return f" line {line}"
    return ""
