"""HTML as a person sees it: the rows of its tables, lists and lines, what CSS hides left out.

lexbor repairs the markup and writes it out anew; that is then read once, from start to end, which costs a fraction
of walking its tree. Scripts, styles, comments and link addresses are left out; a table cell stays a boundary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum, auto
from functools import lru_cache
from html import unescape
from typing import ClassVar, Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser

from ingest.page import DEPTH_OF_NAMES, MAX_LINE, MAX_ROWS, MAX_TEXT, Cell, Line, Row, row_of_line, without_links
from ingest.preformatted import with_lines
from ingest.style import HIDDEN, PLAIN, Looks, hidden_by, looks_of
from ingest.text import clean

MAX_TAGS: Final = 200_000
MAX_BLOCK: Final = 2_000  # characters of markup of a row or small table that is kept in mind
MAX_MARKUP: Final = MAX_LINE * 8  # of one text, where each character may be written as &nbsp; is


class _Role(IntEnum):
    """What an element is to the rows of a page; what is none of these only sets pieces of a line apart."""

    SKIPPED = auto()
    ROW = auto()
    CELL = auto()
    BLOCK = auto()  # its lines are its own
    HEADING = auto()
    LIST = auto()  # dl: its terms and values are cells


_ROLES: Final[Mapping[str, _Role]] = {
    **dict.fromkeys(
        ("head", "style", "script", "title", "template", "noscript", "svg", "object", "iframe", "noframes", "noembed"),
        _Role.SKIPPED,
    ),
    "tr": _Role.ROW,
    **dict.fromkeys(("td", "th", "dt", "dd"), _Role.CELL),
    **dict.fromkeys(
        ("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "div", "fieldset", "footer",
         "form", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead",
         "ul"),
        _Role.BLOCK,
    ),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _Role.HEADING),
    "dl": _Role.LIST,
}  # fmt: skip
_VOID: Final = frozenset(
    {"area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
     "meta", "param", "source", "track", "wbr"}
)  # fmt: skip
_NEVER_A_ROW: Final = frozenset({"table", "tbody"})
_PREFORMATTED: Final = re.compile(r"<(pre)\b[^>]*>")
_NO_TEXT: Final = re.compile(r"<(style|script|xmp|iframe|noembed|noframes|!--)(?:(?<=-)|\b[^>]*>)")
_STYLE: Final = "<style"
# href, src, srcset, alt, align, title, target, rel, width, height, valign, border, bgcolor, cellpadding, cellspacing
_UNSEEN: Final = re.compile(
    r" (?:href|src(?:set)?|al(?:t|ign)|t(?:itle|arget)|rel|width|height|valign|b(?:order|gcolor)"
    r'|cell(?:padding|spacing))="[^"]*"'
)
_TAG: Final = re.compile(r"<(/?)([^\s/>]+)([^>]*)>([^<]*)")


def rows_of_html(html: str) -> list[Row]:
    """Return the rows of an HTML body, hidden parts left out."""
    tree = LexborHTMLParser(html)
    root = tree.body or tree.root
    if root is None:
        return []
    sheets: list[str] = []
    if tree.head is not None:
        _without_sheets(tree.head.html or "", sheets)
    source = _without_sheets(_UNSEEN.sub("", root.html or ""), sheets)
    if "<pre" in source:
        source = _each_changed(source, _PREFORMATTED, with_lines)
    builder = _Builder(frozenset().union(*map(hidden_by, sheets)))
    builder.build(source)
    return builder.rows


def _without_sheets(source: str, sheets: list[str]) -> str:
    """Return repaired markup without scripts, comments and style sheets; these go to `sheets`."""

    def taken(element: str) -> str:
        if element.startswith(_STYLE):
            sheets.append(element[element.index(">") + 1 : -len("</style>")])
        return ""

    return _each_changed(source, _NO_TEXT, taken)


def _each_changed(source: str, opening: re.Pattern[str], change: Callable[[str], str]) -> str:
    """Return `source` with each element that `opening` begins changed; in one pass, also where one never ends."""
    kept: list[str] = []
    endless: set[str] = set()
    at = 0
    for found in opening.finditer(source):
        if found.start() < at or found[1] in endless:
            continue
        closing = "-->" if found[1] == "!--" else f"</{found[1]}>"
        end = source.find(closing, found.end())
        if end < 0:
            endless.add(found[1])
        else:
            kept += (source[at : found.start()], change(source[found.start() : end + len(closing)]))
            at = end + len(closing)
    return "".join((*kept, source[at:]))


def is_cut_short(html: str) -> bool:
    """Tell whether a document that began with an html tag never ended."""
    tail = html[-4096:].lower()
    if "</html" in tail or "</body" in tail or tail.rstrip().endswith("-->"):
        return False
    return "<html" in html[:20_000].lower()


def _attribute(attributes: str, name: str) -> str:
    """Return the value of an attribute as lexbor writes it: name="value", entities kept."""
    _, found, rest = attributes.partition(f' {name}="')
    return rest.partition('"')[0] if found else ""


def _blocks(source: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where small tables stand that hold no other, and the rows outside of them that hold none."""
    at = 0
    while (shut := source.find("</table>", at)) >= 0:
        start, end = source.rfind("<table", at, shut), shut + len("</table>")
        is_small = start >= 0 and end - start <= MAX_BLOCK
        yield from _innermost_rows(source, at, start if is_small else shut)
        if is_small:
            yield start, end
        at = end
    yield from _innermost_rows(source, at, len(source))


def _innermost_rows(source: str, at: int, upto: int) -> Iterator[tuple[int, int]]:
    """Yield from where to where the rows of tables stand that hold no other row."""
    while (shut := source.find("</tr>", at, upto)) >= 0:
        start, end = source.rfind("<tr", at, shut), shut + len("</tr>")
        if start >= 0 and end - start <= MAX_BLOCK and source[start + 3] in " >":
            yield start, end
        at = end


class _Block(NamedTuple):
    """What a row or a small table shows, and how many characters."""

    rows: tuple[Row, ...]
    length: int


@lru_cache(maxsize=512)  # what stands around an order is a template's: it comes with each of its mails
def _block_of(source: str) -> _Block | None:
    """Return what a row or table shows wherever it stands; None where it is hidden or not all of it is in rows."""
    builder = _Builder(frozenset())
    tag, _, _ = source.partition(">")
    if "<caption" in source or builder.hides(tag):
        return None
    builder.read(source)
    return _Block(tuple(builder.rows), builder.length)


class _Builder:
    """Reads repaired markup from start to end and collects rows in document order."""

    def __init__(self, hidden_names: frozenset[str]) -> None:
        self.rows: list[Row] = []
        self._hidden_names = hidden_names
        self._line: list[str] = []
        self._piece: list[str] = []
        self._lines: list[Line] = []  # of the open cell
        self._names: list[int] = []  # how deep the headings are that the lines of the open cell are; 0 for other lines
        self._open: list[list[Cell]] = []  # rows around the open one
        self._cells: list[Cell] | None = None  # of the open row; None outside of rows
        self._around: list[tuple[_Role | None, Looks]] = [(None, PLAIN)]  # the elements that are open
        self._headings: list[int] = []  # how deep the headings are that are open
        self.length = 0  # characters in all lines
        self._in_dl = False
        self._skipped = 0  # elements open within one that is not shown
        self._tags = 0

    def build(self, source: str) -> None:
        """Read all of `source`."""
        at = 0
        for start, end in _blocks(source):
            between = source[at:start]
            if self._is_within_a_line or not between.isspace():  # as most of what stands between tables is
                self.read(between)
            self._take(source[start:end])
            at = end
            if len(self.rows) >= MAX_ROWS or self.length >= MAX_TEXT:
                break
        else:
            self.read(source[at:])
        while self._cells is not None:
            self._end_row()
        self._end_line()

    @property
    def _is_within_a_line(self) -> bool:
        return bool(self._piece or self._line)

    def hides(self, tag: str) -> bool:
        """Tell whether an element that begins with `tag` is not shown."""
        return self._looks(tag).hides

    def read(self, source: str) -> None:
        """Read a part of the page tag by tag."""
        if not self._skipped:
            self._piece.append(unescape(source.partition("<")[0][:MAX_MARKUP]))
        tags = _TAG.findall(source)
        self._tags += len(tags)
        for closing, tag, attributes, text in tags if self._tags <= MAX_TAGS else ():
            if self._skipped:
                self._skipped += 0 if tag in _VOID else -1 if closing else 1
            elif closing:
                self._leave()
            elif not self._enter(tag, attributes):
                self._skipped = tag not in _VOID
            if text and not self._skipped:
                self._piece.append(unescape(text[:MAX_MARKUP]) if "&" in text else text)
            if self.length >= MAX_TEXT:
                break

    def _take(self, source: str) -> None:
        """Read a row or a table that holds no other, at once if it was read before."""
        known = None
        if not self._skipped and not self._hidden_names and self._around[-1][1] is PLAIN:
            known = _block_of(source)
        if known is None:
            self.read(source)
            return
        if self._is_within_a_line or self._cells is not None:
            self._start_row()  # what stood before a table in a cell comes first
            self._end_row()
        self.rows += known.rows
        self.length += known.length

    def _enter(self, tag: str, attributes: str) -> bool:
        """Open an element; False when nothing of it is shown."""
        looks = self._looks(attributes) if attributes else PLAIN
        role = _ROLES.get(tag) if looks is PLAIN is self._around[-1][1] else self._role_of(tag, looks)
        if role is None:
            if self._piece:
                self._end_piece()
        elif role is _Role.SKIPPED:
            return False
        else:
            self._opening[role](self, tag)
        if tag not in _VOID:
            self._around.append((role, looks))
        elif role is not None:
            self._closing[role](self)
        return True

    def _leave(self) -> None:
        """Close the element that was opened last."""
        role = self._around.pop()[0] if len(self._around) > 1 else None
        if role is not None:
            self._closing[role](self)
        elif self._piece:
            self._end_piece()

    def _role_of(self, tag: str, looks: Looks) -> _Role | None:
        """What an element is that has a look of its own, or stands in one that has."""
        role = _ROLES.get(tag)
        if looks.hides or role is _Role.SKIPPED:
            return _Role.SKIPPED
        if looks.side_by_side and tag not in _NEVER_A_ROW:
            return _Role.ROW
        return _Role.CELL if self._around[-1][1].side_by_side and role is not _Role.ROW else role

    def _looks(self, attributes: str) -> Looks:
        if ' hidden="' in attributes or (self._hidden_names and self._is_hidden_by_name(attributes)):
            return HIDDEN
        return looks_of(style) if (style := _attribute(attributes, "style")) else PLAIN

    def _is_hidden_by_name(self, attributes: str) -> bool:
        names = {f".{name}" for name in _attribute(attributes, "class").split()}
        names.add(f"#{_attribute(attributes, 'id')}")
        return not self._hidden_names.isdisjoint(names)

    def _start_cell(self, tag: str) -> None:
        if tag in {"dt", "dd"} and (self._cells is None or tag == "dt"):
            if tag == "dt" and self._cells is not None and self._in_dl:
                self._end_row()
            self._start_row()
            self._in_dl = True
        self._end_line()
        self._lines, self._names = [], []

    def _start_heading(self, tag: str) -> None:
        self._end_line()
        self._headings.append(int(tag[1]) if tag[1:].isdigit() else 1)

    def _end_heading(self) -> None:
        self._end_line()
        self._headings.pop()

    def _start_block(self, _: str) -> None:
        self._end_line()

    def _end_list(self) -> None:
        self._end_line()
        if self._in_dl:
            self._end_row()
            self._in_dl = False

    def _start_row(self, _: str = "tr") -> None:
        self._end_line()
        if self._cells is not None:  # a table in a cell: what stood before it in the cell comes first
            for line, depth in zip(self._lines, self._names, strict=True):
                self.rows.append(row_of_line(line, heading=depth))
            self._open.append(self._cells)
        self._cells, self._lines, self._names = [], [], []

    def _end_cell(self) -> None:
        self._end_line()
        if self._cells is not None:
            self._cells.append(tuple(self._lines))
        self._lines, self._names = [], []

    def _end_row(self) -> None:
        self._end_line()
        if self._cells is None:
            return
        if self._lines:
            self._cells.append(tuple(self._lines))
        if any(self._cells):
            self.rows.append(Row(tuple(self._cells)))
        self._cells = self._open.pop() if self._open else None
        self._lines, self._names = [], []

    def _end_piece(self) -> None:
        piece = "".join(self._piece)
        self._piece.clear()
        if not piece.isspace():
            self._line.append(clean(piece[:MAX_LINE]).replace("\n", " "))
        elif self._line:
            self._line[-1] += " "

    def _end_line(self) -> None:
        if self._piece:
            self._end_piece()
        if not self._line:
            return
        line = tuple([piece for piece in map(without_links, self._line) if piece and not piece.isspace()])
        self._line = []
        if not line:
            return
        self.length += sum(map(len, line))
        depth = self._headings[-1] if self._headings else 0
        if self._cells is None:
            self.rows.append(row_of_line(line, heading=depth))
            return
        self._lines.append(line)
        self._names.append(depth if depth >= DEPTH_OF_NAMES else 0)  # a page within a table: its titles are lines

    _opening: ClassVar[Mapping[_Role, Callable[[_Builder, str], None]]] = {
        _Role.ROW: _start_row,
        _Role.CELL: _start_cell,
        _Role.BLOCK: _start_block,
        _Role.HEADING: _start_heading,
        _Role.LIST: _start_block,
    }
    _closing: ClassVar[Mapping[_Role, Callable[[_Builder], None]]] = {
        _Role.ROW: _end_row,
        _Role.CELL: _end_cell,
        _Role.BLOCK: _end_line,
        _Role.HEADING: _end_heading,
        _Role.LIST: _end_list,
    }
