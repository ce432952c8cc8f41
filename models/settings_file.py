"""Reading shipclock.toml and saying what is wrong with it: file, line, key, what is allowed, an example.

Owns SettingsError. Reads the one file; `models.settings_fault` has the words, nothing here opens a mailbox.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from models.catalogue import words
from models.home import CONFIG_NAME, Home
from models.language import ENGLISH, VARIABLE, UnknownLanguageError, languages, settle
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
        raise SettingsError(_say("no_file", places=_looked_for(home)))
    text = _text_of(home.config)
    data = _parsed(text, home.config)
    _speak(data.get("language"), home)
    return _settings(data, text, home.config)


def speak_as_settings_say(home: Home) -> None:
    """Speak the language of the settings file, for a command that needs nothing else of it and works without it."""
    with suppress(SettingsError):
        _speak(_parsed(_text_of(home.config), home.config).get("language"), home)


def _speak(language: object, home: Home) -> None:
    """Speak the file's language before the file is judged, so that what is wrong is said in it."""
    spoken = language if isinstance(language, str) and language in languages() else ENGLISH
    settle(spoken, {})  # one that the environment names wrongly is refused in it
    try:
        settle(spoken, home.environment)
    except UnknownLanguageError as fault:
        told = {"variable": VARIABLE, "given": fault, "known": ", ".join(languages())}
        raise SettingsError(_say("unknown_language", **told)) from None


def read_settings(file: Path) -> Settings:
    """Read this settings file; as load_settings."""
    return parse_settings(_text_of(file), file)


def parse_settings(text: str, file: Path) -> Settings:
    """Read the text of a settings file that stands, or will stand, at `file`; as load_settings."""
    return _settings(_parsed(text, file), text, file)


def _settings(data: Mapping[str, Any], text: str, file: Path) -> Settings:
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
    return _say("and").join(str(path) for path in dict.fromkeys((here, home.config)))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SettingsError(_say("not_utf8", file=file)) from None
    except OSError as fault:
        raise SettingsError(_say("unreadable", file=file, why=fault.strerror)) from None


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        why = re.sub(r" \(at .*\)$", "", str(fault))
        at = re.search(r"at line (\d+)", str(fault))
        number = int(at[1]) if at else len(text.splitlines())
        key = KEY.match([*text.splitlines(), ""][number - 1])
        values = {"key": key[1] if key else "", "why": why, "example": _say("example", line='name = "main"')}
        told = _say("key_not_toml" if key else "not_toml", **values)
        where = _say("at_line", file=file.name, line=number, words=told)
        raise SettingsError(f"{where}\n{_say('the_file', file=file)}") from None


def _error(file: Path, lines: Mapping[Where, int], faults: list[Fault]) -> SettingsError:
    told = [_told(file, _line(lines, fault.where), fault) for fault in faults]
    return SettingsError("\n".join([*dict.fromkeys(told), _say("the_file", file=file)]))  # a list's parts fail alike


def _told(file: Path, line: int | None, fault: Fault) -> str:
    return _say("at_line" if line else "at", file=file.name, line=line, words=fault.words)


def _line(lines: Mapping[Where, int], where: Where) -> int | None:
    """Give the line of a key, else of the table it belongs to."""
    found = (lines.get(where[:length]) for length in range(len(where), 0, -1))
    return next((line for line in found if line), None)


def _say(code: str, **values: object) -> str:
    return words().text(f"settings.{code}", **values)
