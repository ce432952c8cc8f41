"""A mail's body as a person sees it: rows of cells, cells of lines, lines of pieces.

Turns HTML and plain text into the same form and knows nothing of orders. What CSS hides, scripts,
styles, comments and link addresses are left out; a table cell stays a boundary.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.text import clean, one_line

MAX_ROWS: Final = 5_000
MAX_NODES: Final = 200_000
MAX_LINE: Final = 8_000  # characters; what follows in so long a line is not read

Line = tuple[str, ...]  # pieces of one line as the markup sets them apart; joined they are its text
Cell = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Cells beside each other; a line of running text is a row of one cell."""

    cells: tuple[Cell, ...]
    heading: bool = False


_SKIPPED: Final = frozenset(
    {"head", "style", "script", "title", "template", "noscript", "svg", "object", "iframe", "-comment", "!doctype"}
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ROWS: Final = frozenset({"tr"})
_CELLS: Final = frozenset({"td", "th", "dt", "dd"})
_BLOCKS: Final = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dl", "div", "fieldset", "footer",
     "form", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "ul"}
) | _HEADINGS  # fmt: skip
_HIDING: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|font-size\s*:\s*[01](?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:!|;|$)"
    r"|(?:max-)?(?:height|width)\s*:\s*0(?:px|pt|em|%)?\s*(?:!|;|$)(?=.*overflow\s*:\s*hidden)|overflow\s*:\s*hidden.*(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:!|;|$)"
    r"|max-height\s*:\s*0|(?<![\w-])opacity\s*:\s*0(?:\.0+)?\s*(?:!|;|$)|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_SIDE_BY_SIDE: Final = re.compile(r"display\s*:\s*(?:inline-)?(?:flex|grid|table-row)", re.IGNORECASE)
_COLUMN: Final = re.compile(r"flex-direction\s*:\s*column", re.IGNORECASE)
_AT_RULE: Final = re.compile(r"@[\w-]+[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_CSS_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CSS_CLASS: Final = re.compile(r"^[\w*]*([.#])([\w-]+)$")
_LINK: Final = re.compile(r"(?<!\S)(?:https?://|www\.|mailto:)\S+", re.IGNORECASE)
_RULE: Final = re.compile(r"^[\s|+:=_*~.─━-]*$")
_COLUMNS: Final = re.compile(r"\t+| {2,}")
_HAS_LABEL: Final = re.compile(r"[:：]\s*\S|[:：]\s*$")


def rows_of_text(text: str) -> list[Row]:
    """Return the rows of a plain body: its lines, those of pipe or space-made tables split into cells."""
    rows: list[Row] = []
    for raw in text.replace("\xa0", " ").splitlines()[: MAX_ROWS * 2]:
        line = _LINK.sub("", raw[:MAX_LINE]).rstrip()
        if _RULE.match(line):
            continue
        rows.append(_text_row(line))
        if len(rows) >= MAX_ROWS:
            break
    return rows


def _text_row(line: str) -> Row:
    if line.count("|") >= 2 or (" | " in line and ":" not in line):  # noqa: PLR2004  says itself
        pieces = line.strip().strip("|").split("|")
    elif _HAS_LABEL.search(line):
        pieces = [line]
    else:
        pieces = _COLUMNS.split(line.strip())
    return Row(tuple(((one_line(piece),),) for piece in pieces))


def rows_of_html(html: str) -> list[Row]:
    """Return the rows of an HTML body, hidden parts left out."""
    tree = LexborHTMLParser(html)
    builder = _Builder(_hidden_names(tree))
    root = tree.body or tree.root
    if root is not None:
        builder.build(root)
    return builder.rows


def is_cut_short(html: str) -> bool:
    """Tell whether a document that began with an html tag never ended."""
    tail = html[-4096:].lower()
    return (
        "<html" in html[:20_000].lower()
        and "</html" not in tail
        and "</body" not in tail
        and not tail.rstrip().endswith("-->")
    )


def _hidden_names(tree: LexborHTMLParser) -> frozenset[str]:
    """Return classes and ids that the mail's own style sheet hides on every screen."""
    hidden: set[str] = set()
    for style in tree.css("style"):
        sheet = _AT_RULE.sub(" ", style.text()[:100_000])
        for selectors, body in _CSS_RULE.findall(sheet):
            if _HIDING.search(body):
                found = (_CSS_CLASS.match(selector.strip()) for selector in selectors.split(","))
                hidden |= {name[1] + name[2] for name in found if name}
    return frozenset(hidden)


class _Builder:
    """Walks a tree without recursion and collects rows in document order."""

    def __init__(self, hidden_names: frozenset[str]) -> None:
        self.rows: list[Row] = []
        self._hidden_names = hidden_names
        self._line: list[str] = []
        self._piece: list[str] = []
        self._lines: list[Line] = []  # of the open cell
        self._open: list[tuple[list[Cell], list[Line]]] = []  # rows around the open one
        self._cells: list[Cell] | None = None  # of the open row; None outside of rows
        self._heading = 0

    def build(self, root: LexborNode) -> None:
        for count, (node, tag, entering) in enumerate(self._walk(root)):
            if count > MAX_NODES or len(self.rows) >= MAX_ROWS:
                break
            if tag == "-text":
                self._piece.append(node.text_content or "")
            elif entering:
                self._enter(node, tag)
            else:
                self._leave(node, tag)
        while self._cells is not None:
            self._end_row()
        self._end_line()

    def _walk(self, root: LexborNode) -> Iterator[tuple[LexborNode, str, bool]]:
        waiting: list[tuple[LexborNode, str, bool]] = [(root, root.tag or "", True)]
        while waiting:
            node, tag, entering = waiting.pop()
            if tag == "-text":
                yield node, tag, True
                continue
            if entering and (tag in _SKIPPED or self._is_hidden(node)):
                continue
            yield node, tag, entering
            if entering:
                waiting.append((node, tag, False))
                children = [(child, child.tag or "", True) for child in node.iter(include_text=True)]
                waiting.extend(reversed(children))

    def _is_hidden(self, node: LexborNode) -> bool:
        attributes = node.attributes
        if not attributes:
            return False
        if "hidden" in attributes or _HIDING.search(attributes.get("style") or ""):
            return True
        if not self._hidden_names:
            return False
        names = {f".{name}" for name in (attributes.get("class") or "").split()}
        names.add(f"#{attributes.get('id')}")
        return not self._hidden_names.isdisjoint(names)

    def _enter(self, node: LexborNode, tag: str) -> None:
        if tag in _ROWS or _is_side_by_side(node, tag):
            self._start_row()
        elif tag in _CELLS or _is_side_by_side(node.parent, None):
            if tag in {"dt", "dd"} and (self._cells is None or tag == "dt"):
                if tag == "dt" and self._cells is not None and self._in_dl:
                    self._end_row()
                self._start_row()
                self._in_dl = True
            self._end_line()
            self._lines = []
        elif tag in _BLOCKS:
            self._end_line()
            self._heading += tag in _HEADINGS
        elif tag == "br":
            self._end_line()
        else:
            self._end_piece()

    _in_dl = False

    def _leave(self, node: LexborNode, tag: str) -> None:
        if tag in _ROWS or _is_side_by_side(node, tag):
            self._end_row()
        elif tag in _CELLS or _is_side_by_side(node.parent, None):
            self._end_cell()
        elif tag in _BLOCKS:
            self._end_line()
            self._heading -= tag in _HEADINGS
            if tag == "dl" and self._in_dl:
                self._end_row()
                self._in_dl = False
        else:
            self._end_piece()

    def _start_row(self) -> None:
        self._end_line()
        if self._cells is not None:  # a table in a cell: what stood before it in the cell comes first
            for line in self._lines:
                self.rows.append(Row(((line,),)))
            self._open.append((self._cells, []))
        self._cells, self._lines = [], []

    def _end_cell(self) -> None:
        self._end_line()
        if self._cells is not None:
            self._cells.append(tuple(self._lines))
        self._lines = []

    def _end_row(self) -> None:
        self._end_line()
        if self._cells is None:
            return
        if self._lines:
            self._cells.append(tuple(self._lines))
        if any(self._cells):
            self.rows.append(Row(tuple(self._cells)))
        if self._open:
            self._cells, self._lines = self._open.pop()
        else:
            self._cells, self._lines = None, []

    def _end_piece(self) -> None:
        if self._piece:
            piece = clean("".join(self._piece)[:MAX_LINE]).replace("\n", " ")
            self._piece = []
            if piece.strip() or (piece and self._line):
                self._line.append(piece)

    def _end_line(self) -> None:
        self._end_piece()
        line = tuple(piece for piece in (_LINK.sub("", piece) for piece in self._line) if piece.strip())
        self._line = []
        if not line:
            return
        if self._cells is not None:
            self._lines.append(line)
        else:
            self.rows.append(Row(((line,),), heading=self._heading > 0))


def _is_side_by_side(node: LexborNode | None, tag: str | None) -> bool:
    """Tell whether `node` lays its children out beside each other, as a row does."""
    if node is None or tag in {"table", "tbody"}:
        return False
    style = (node.attributes or {}).get("style") or ""
    return bool(style and _SIDE_BY_SIDE.search(style)) and not _COLUMN.search(style)


def text_of(line: Sequence[str]) -> str:
    """Return the text of a line."""
    return one_line("".join(line))
