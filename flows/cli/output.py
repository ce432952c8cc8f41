"""How the command line speaks: answers on stdout, progress and notes on stderr.

A table on a terminal, aligned plain text into a pipe, one JSON object with --json. No colour carries meaning
alone, and rich is loaded for a terminal only: it costs half of a short command's time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from shutil import get_terminal_size
from typing import Any, Final, NoReturn

import typer

NARROW: Final = 60  # characters
EXIT_FAULT: Final = 1
EXIT_USAGE: Final = 2
EXIT_BUSY: Final = 3
EXIT_REFUSED: Final = 4


def say(words: str = "") -> None:
    """Print a line of the answer."""
    typer.echo(words)


def note(words: str) -> None:
    """Print a line that is not the answer: progress, advice."""
    typer.echo(words, err=True)


def fail(words: str, code: int = EXIT_USAGE) -> NoReturn:
    """Say what is wrong and end the command with `code`."""
    note(words)
    raise typer.Exit(code)


def emit(answer: object) -> None:
    """Print the machine form: one line of JSON, times as RFC 3339 in UTC, money as text."""
    text = json.dumps(answer, default=_plain, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # a terminal of few letters: the same JSON, its letters as numbers
        text = json.dumps(answer, default=_plain)
    typer.echo(text)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their column names; without a heading line when no column has a name."""
    if not sys.stdout.isatty():
        _plain_table(columns, rows)
    elif get_terminal_size().columns < NARROW:
        _records(columns, rows)
    else:
        _rich_table(columns, rows)


def pairs(rows: Mapping[str, str]) -> None:
    """Print names and values below each other; empty values are left out."""
    width = max((len(name) for name, value in rows.items() if value), default=0)
    for name, value in rows.items():
        if value:
            say(f"{name.ljust(width)}  {value}")


def _records(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print each row as lines of its own: in a narrow window a table's columns shrink to single letters."""
    for row in rows:
        pairs(dict(zip(columns, row, strict=True))) if all(columns) else say("  ".join(filter(None, row)))
        say()


def _plain_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    for row in (columns, *rows) if any(columns) else rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _rich_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold", show_header=any(columns))
    for place, column in enumerate(columns):
        drawn.add_column(column, overflow="fold", no_wrap=place == 0)
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


def _plain(value: Any) -> object:  # noqa: ANN401  # whatever json cannot write itself
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date() | Decimal():
            return str(value)
        case set() | frozenset() | tuple():
            return sorted(value)
        case Mapping():
            return dict(value)
    raise TypeError(type(value).__name__)
