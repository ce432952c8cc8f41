"""What `shipclock alerts` says: open alerts with their state, silences, and what came of a wish."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import typer

from flows import alarms
from flows.alarms import Line, Told, Wish
from flows.channels import who_hears
from flows.cli.opening import local, opened, zone_of
from flows.cli.outcome import actor
from flows.cli.output import EXIT_REFUSED, EXIT_USAGE, emit, fail, note, say, table
from flows.office import Office
from models.catalogue import words
from models.db.alert_tables import SilenceRow

LENGTH: Final = re.compile(r"(\d{1,4})\s*([mhd])", re.IGNORECASE)
UNITS: Final[Mapping[str, timedelta]] = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


def show(limit: int, *, as_json: bool) -> None:
    """Print what is open."""
    office = opened()
    lines, count = alarms.open_lines(office, limit), alarms.open_count(office)
    if as_json:
        emit({"alerts": [line.as_json() for line in lines], "count": count})
        return
    for told in who_hears(office.settings.alerts):
        note(told)
    for channel in alarms.failing_channels(office):
        since = local(channel.failing_since, zone_of(office, office.settings.shop[0].name))
        note(words().text("alarms.fails", place=channel.place + 1, since=since, count=channel.failures))
    if not lines:
        say(words().text("alarms.none"))
        return
    table([words().text(f"alarms.columns.{name}") for name in ("key", "state", "next", "what")], _rows(office, lines))
    if count > len(lines):
        note(words().text("cli.more", shown=len(lines), count=count))


def _rows(office: Office, lines: list[Line]) -> list[list[str]]:
    return [
        [line.short, words().text(f"alarms.standing.{line.standing}"), _next(office, line), line.words]
        for line in lines
    ]


def _next(office: Office, line: Line) -> str:
    return local(line.next_at, zone_of(office, line.shop))


def acknowledge(keys: list[str], *, every: bool, by: str | None, as_json: bool) -> None:
    """Note that somebody knows."""
    if bool(keys) is every:
        fail(words().text("alarms.ack.which"), EXIT_USAGE)
    office, name = opened(), by or actor()
    _tell(alarms.acknowledge_all(office, name) if every else alarms.acknowledge(office, keys, name), as_json=as_json)


def silence(shop: str, rule: str, length: str, reason: str, *, by: str | None, as_json: bool) -> None:
    """Keep alerts back for a while."""
    found = LENGTH.fullmatch(length.strip())
    if found is None:
        fail(words().text("alarms.silence.no_length", given=length), EXIT_USAGE)
    wish = Wish(shop=shop, rule=rule, length=int(found[1]) * UNITS[found[2].lower()], reason=reason)
    _tell(alarms.silence(opened(), wish, by or actor()), as_json=as_json)


def unsilence(number: int, *, by: str | None, as_json: bool) -> None:
    """End a silence."""
    _tell(alarms.unsilence(opened(), number, by or actor()), as_json=as_json)


def show_silences(*, as_json: bool) -> None:
    """Print what is silenced now."""
    office = opened()
    found = alarms.silences(office)
    if as_json:
        names = ("id", "shop_id", "rule", "since", "until", "reason", "by")
        emit({"silences": [{name: getattr(row, name) for name in names} for row in found]})
        return
    if not found:
        say(words().text("alarms.no_silences"))
        return
    columns = [words().text(f"alarms.columns.{name}") for name in ("number", "what", "until", "reason", "by")]
    table(columns, [_silence_row(office, row) for row in found])


def _silence_row(office: Office, row: SilenceRow) -> list[str]:
    until = local(row.until, zone_of(office, row.shop_id))
    return [str(row.id), alarms.covers(row.shop_id, row.rule), until, alarms.reason_of(row), row.by]


def _tell(told: Told, *, as_json: bool) -> None:
    if as_json:
        emit({"done": told.done, "words": told.words, **told.values})
    else:
        (say if told.done else note)(told.words)
    if not told.done:
        raise typer.Exit(EXIT_REFUSED)
