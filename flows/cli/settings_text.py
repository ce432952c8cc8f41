"""Writing shipclock.toml and `.env` for the first time: commented, complete, and never over what is there.

The settings file holds no secret; `.env` is written with mode 0600 before the secret is in it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import tomlkit
from tomlkit.items import AoT, Table

OPENING: Final = (
    "Shipclock's settings. `shipclock check` says whether they are right.",
    "Passwords do not stand here: they are in `.env` beside this file.",
)
LANGUAGE: Final = 'language = "vi"   # what pages, alerts and answers speak; without it English'
MORE: Final[Mapping[str, Sequence[str]]] = {
    "mailbox": (
        r"""folders = ["INBOX", '\Junk', "Orders"]   # '\Junk' is the spam folder, whatever its name""",
        'after_reading = "mark"   # mark mails that became orders as read, or "move" them to move_to = "Shipclock"',
        'allowed_from_domains = ["shop.tiktok.com"]   # the domains TikTok Shop writes from',
    ),
    "shop": (
        'also_named = ["Tre Viet Official"]   # other names that mails write for this shop',
        'addresses = ["orders+treviet@example.com"]   # where TikTok Shop writes to for this shop alone',
        'policy = "article"   # the time limits that count; without, those of your market',
        'drop_off_point = "Post office 3"',
        'business_hours = "09:00-18:00"',
        'business_days = ["mon", "tue", "wed", "thu", "fri", "sat"]',
        "closed_days = [2027-02-06, 2027-02-07]",
        'quiet_hours = "20:00-08:00"   # in place of those of [alerts]; "never" for none',
        "[shop.figures.D02]   # a time limit of your own; `shipclock policy show` lists the keys",
        "length = 48",
        'unit = "hours"',
    ),
    "alerts": (
        "Where you are told of overdue orders: addresses of https://github.com/caronc/apprise, for example",
        'addresses = ["ntfy://ntfy.sh/a-name-nobody-guesses", "tgram://BOT_TOKEN/CHAT_ID"]',
        'fallback = ["mailto://user:app-password@gmail.com"]   # tried while those above cannot be reached',
        'levels = ["breach", "urgent"]   # the first are told no more than that; without it, everything',
        'quiet_hours = "22:00-07:00"   # only what cannot wait is sent then; the rest in one message at the end',
        "digest = false   # no message at 08:00 about the day",
    ),
}


def settings_text(mailbox: Mapping[str, Any], shops: Sequence[Mapping[str, Any]]) -> str:
    """Give the text of a settings file; keys that could be added follow each table as comments."""
    document = tomlkit.document()
    for line in OPENING:
        document.add(tomlkit.comment(line))
    document.add(tomlkit.comment(LANGUAGE))
    document.add(tomlkit.nl())
    document.add("mailbox", _tables("mailbox", [mailbox]))
    document.add("shop", _tables("shop", shops))
    alerts = tomlkit.table()
    _hints(alerts, "alerts")
    document.add("alerts", alerts)
    return tomlkit.dumps(document)


def _tables(name: str, rows: Sequence[Mapping[str, Any]]) -> AoT:
    tables = tomlkit.aot()
    for row in rows:
        table = tomlkit.table()
        for key, value in row.items():
            table.add(key, value)
        _hints(table, name)
        tables.append(table)
    return tables


def _hints(table: Table, name: str) -> None:
    for line in MORE[name]:
        table.add(tomlkit.comment(line))
    table.add(tomlkit.nl())


def write_settings(file: Path, text: str) -> None:
    """Write the settings file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def write_secret(file: Path, name: str, value: str) -> None:
    """Put one secret into `.env`, in place of an older one of that name; the file is its owner's alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    old = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    kept = [line for line in old if line.partition("=")[0].strip().removeprefix("export ") != name]
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write("\n".join([*kept, f"{name}={_quoted(value)}"]) + "\n")
    draft.replace(file)


def _quoted(value: str) -> str:
    """Quote for `.env`: inside single quotes nothing is expanded."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
