"""A mail's body as rows of cells, cells of lines, lines of pieces; plain text turned into that form.

Knows nothing of orders. `ingest.markup` does the same for HTML.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Final

from ingest.text import one_line

DEPTH_OF_NAMES: Final = 3  # h3 may be a product's name; titles and parts of a mail stand above
MAX_ROWS: Final = 5_000
MAX_LINE: Final = 8_000  # characters; what follows in so long a line is not read
MAX_TEXT: Final = 100_000  # characters that a person would see; a notification shows some thousands

Line = tuple[str, ...]  # pieces of one line as the markup sets them apart; joined they are its text
Cell = tuple[Line, ...]
_COLONS: Final[frozenset[Cell]] = frozenset({((":",),), (("：",),)})


@dataclass(frozen=True)
class Row:
    """Cells beside each other; a line of running text is a row of one cell.

    One that comes again with each mail of a template is one object, so that what is found out of it stays known.
    """

    cells: tuple[Cell, ...]
    heading: int = 0  # how deep a heading: 1 for a title; 0 for none

    @cached_property
    def lines(self) -> tuple[tuple[Line, str], ...]:
        """All lines of all cells, each with its text."""
        return tuple((line, text_of(line)) for cell in self.cells for line in cell)

    @cached_property
    def beginnings(self) -> tuple[str, ...]:
        """What each line begins with, perhaps a label: up to a colon, or to where the markup changes."""
        return tuple(
            text.partition(":")[0].partition("：")[0] if len(line) == 1 else line[0]
            for line, text in self.lines
            if len(text) <= _LONGEST_LINE
        )

    @cached_property
    def figures(self) -> tuple[str, ...]:
        """The texts of its lines that hold two figures apart from each other, as a count and an amount are."""
        return tuple(text for _, text in self.lines if _TWO_FIGURES.search(text))

    @cached_property
    def money(self) -> tuple[str, ...]:
        """The texts of its lines that may hold an amount of money: one with a mark or with decimals."""
        return tuple(text for _, text in self.lines if _AMOUNT_LIKE.search(text))

    @cached_property
    def length(self) -> int:
        """How many characters it shows."""
        return sum(len(piece) for cell in self.cells for line in cell for piece in line)

    @property
    def without_colons(self) -> Row:
        """The row without cells that hold nothing but the colon between a label and its value."""
        if _COLONS.isdisjoint(self.cells):
            return self  # kept in mind, it would be a cycle, and wait for the garbage collector
        return Row(tuple(cell for cell in self.cells if cell not in _COLONS), heading=self.heading)

    @property
    def filled(self) -> tuple[Cell, ...]:
        """The cells that are not empty."""
        return self.cells if all(self.cells) else tuple(filter(None, self.cells))


_DRAWN_LINE: Final = Row(())
_LONGEST_LINE: Final = 2_000
_TWO_FIGURES: Final = re.compile(r"\d\D+\d")
_AMOUNT_LIKE: Final = re.compile(
    r"[$£€₫฿₱¥₩円元\\]|\d[.,]\d{2,3}(?!\d)|(?<![^\W\d])(?:rp|rm|r\$|usd|eur|gbp|vnd|idr|thb|myr|php|jpy|sgd|mxn|brl)(?![^\W\d])"
    r"|\d\s?(?:đ|บาท)",
    re.IGNORECASE,
)
_LINK: Final = re.compile(r"(?<!\S)(?:https?://|www\.|mailto:)\S+", re.IGNORECASE)
_RULE: Final = re.compile(r"^[\s|+:=_*~.\u2500-\u257f-]*$")  # with what frames are drawn of
_BARS: Final = str.maketrans("\u2502\u2503\u2551", "|||")  # the upright lines of frames
_COLUMNS: Final = re.compile(r"\t+|[ \u3000]{2,}")
_MARKDOWN: Final = re.compile(r"[*_`]{2}|# |`[^`]")
_DEPTH_OF_RULED: Final = 2  # a heading over a line
_LONGEST_TITLE: Final = 60
_MARKDOWN_HEADING: Final = re.compile(r"^\s*(#{1,6})\s+(?=\S)")
_MARKDOWN_BOLD: Final = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,200}?)(?<=\S)\1")
_HAS_LABEL: Final = re.compile(r"[:：]\s*\S|[:：]\s*$")


def rows_of_text(text: str) -> list[Row]:
    """Return the rows of a plain body: its lines, those of pipe or space-made tables split into cells."""
    rows: list[Row] = []
    below = False  # a line of text stands right above
    for raw in text[:MAX_TEXT].replace("\xa0", " ").splitlines()[: MAX_ROWS * 2]:
        row = _row_of_text(raw[:MAX_LINE])
        if row is None or row is _DRAWN_LINE:
            if rows and row and below and _is_title(rows[-1]):
                rows[-1] = replace(rows[-1], heading=_DEPTH_OF_RULED)
            below = False
            continue
        below = True
        rows.append(row)
        if len(rows) >= MAX_ROWS:
            break
    return rows


@lru_cache(maxsize=1_024)  # a template's lines come with each of its mails, and often again in a pre element
def _row_of_text(raw: str) -> Row | None:
    """Return the row of a line of a plain body; None for an empty one."""
    line = _without_frame(without_links(raw).rstrip())
    if _RULE.match(line):
        return _DRAWN_LINE if line else None
    return _marked_row(line) if _MARKDOWN.search(line) else _text_row(line)


def _without_frame(line: str) -> str:
    """Return a line of text without the sides of a frame around it; bars between columns stay, as |."""
    line = line.translate(_BARS)
    bare = line.strip().removeprefix("|").removesuffix("|")
    return bare if "|" not in bare and len(bare) < len(line.strip()) else line


def is_too_long(rows: Sequence[Row], bodies: Sequence[str]) -> bool:
    """Tell whether the end of `bodies` was left out of their rows, for there is more text than is read."""
    may_be = sum(map(len, bodies)) >= MAX_TEXT  # few are, and what a person sees of one is shorter than it
    return len(rows) >= MAX_ROWS or (may_be and sum(row.length for row in rows) >= MAX_TEXT)


@lru_cache(maxsize=1_024)
def row_of_line(line: Line, *, heading: int = 0) -> Row:
    """Return the row that one line is."""
    return Row(((line,),), heading=heading)


def _is_title(row: Row) -> bool:
    """Tell whether a line of text may be the heading over a drawn line: short, and without figures."""
    text = text_of(row.cells[0][0])
    return len(row.cells) == 1 and len(text) <= _LONGEST_TITLE and not any(map(str.isdigit, text))


def _marked_row(line: str) -> Row:
    """Return the row of a line with the marks of Markdown, which show as its form."""
    heading = _MARKDOWN_HEADING.match(line)
    bare = _MARKDOWN_BOLD.sub(r"\2", line[heading.end() :] if heading else line).replace("`", "")
    if heading is None or (heading[1] == "#" and bare[:1].isdigit()):  # "# 1", a place in a list
        return _text_row(bare if heading is None else line)
    return Row((((one_line(bare),),),), heading=len(heading[1]))


def text_cells(line: str) -> list[str]:
    """Return the cells of a line of text: more than one where bars, tabs or several spaces part them."""
    if line.count("|") >= 2 or (" | " in line and ":" not in line):  # noqa: PLR2004  says itself
        return line.strip().strip("|").split("|")
    if _HAS_LABEL.search(line):
        return [line]
    return _COLUMNS.split(line.strip())


def is_rule(line: str) -> bool:
    """Tell whether a line of text holds nothing but what draws a line."""
    return _RULE.match(line) is not None


def _text_row(line: str) -> Row:
    return Row(tuple(((one_line(piece),),) for piece in text_cells(line)))


def without_links(text: str) -> str:
    """Return `text` without addresses of pages and mailboxes."""
    return _LINK.sub("", text) if ":" in text or "." in text else text


def text_of(line: Sequence[str]) -> str:
    """Return the text of a line."""
    return _text_of(tuple(line))


@lru_cache(maxsize=1_024)  # each line is asked for several times, those of a template with each of its mails
def _text_of(line: Line) -> str:
    return one_line("".join(line))
