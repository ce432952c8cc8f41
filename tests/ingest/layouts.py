"""More layouts of one order's notification, each drawn by hand: where the items stand otherwise than in a plain table.

Each takes a `Page` and returns a body.
"""

# ruff: noqa: E501, RUF001  templates stand as they are sent, with the signs and letters of many scripts

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Final

from tests.ingest.drawn_page import Page, labelled, pairs_of
from tests.ingest.renderings import Pair
from tests.ingest.text_layouts import (
    barred_lines,
    bracketed_places,
    coded_lines,
    count_then_price,
    dot_leaders,
    marked_lines,
    name_then_product,
    sentence_lines,
    tabs,
)

E = escape


def _table(pairs: Sequence[Pair]) -> str:
    return "<table>" + "".join(f"<tr><td>{E(a)}</td><td>{E(b)}</td></tr>" for a, b in pairs) + "</table>"


def _cells(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def colon_cells(page: Page) -> str:
    """The colon in a cell of its own; each item a table with a picture."""

    def rows(pairs: Sequence[Pair]) -> str:
        return "<table>" + "".join(_cells(E(a), ":", E(b)) for a, b in pairs) + "</table>"

    shown = "".join(
        f'<tr><td><table><tr><td><img src="cid:1" alt=""></td><td><table>{_cells(E(i.name))}'
        f"{_cells(E(page.word('variation') + ': ' + i.variant))}{_cells(E(page.word('sku') + ': ' + i.sku))}</table></td>"
        f"<td>{E(i.price)}</td><td>x{i.count}</td></tr></table></td></tr>"
        for i in page.items
    )
    return f"{rows(page.facts)}<p>{E(page.word('items'))}</p><table>{shown}</table>{rows(page.sums)}"


def span_cards(page: Page) -> str:
    """Cards by classes alone; count and price in spans without anything between."""
    shown = "".join(
        f'<section><img alt=""><div><div>{E(i.name)}</div><div>{E(i.variant)}</div><div>{E(page.word("sku"))}: {E(i.sku)}'
        f"</div><div><span>{E(page.word('quantity'))}: {i.count}</span><span>{E(i.price)}</span></div></div></section>"
        for i in page.items
    )
    return (
        "".join(f'<div class="r"><div>{E(a)}</div><div>{E(b)}</div></div>' for a, b in page.facts)
        + shown
        + "".join(f'<div class="r"><div>{E(a)}</div><div>{E(b)}</div></div>' for a, b in page.sums)
    )


def _grid(tracks: str, cells: Sequence[str]) -> str:
    inner = "\n".join(f"<div>{E(cell)}</div>" for cell in cells)
    return f'<div style="display:grid;grid-template-columns:{tracks};gap:4px">{inner}</div>'


def grid(page: Page) -> str:
    """Grids whose cells follow each other flat."""
    head = [page.word(name) for name in ("product", "quantity", "unit_price")]
    cells = [text for i in page.items for text in (i.name, str(i.count), i.price)]
    return (
        _grid("auto 1fr", [text for pair in page.facts for text in pair])
        + f"<h2>{E(page.word('items'))}</h2>{_grid('minmax(10px, 1fr) auto auto', [*head, *cells])}"
        + _grid("repeat(2, 1fr)", [text for pair in page.sums for text in pair])
    )


def grid_labelled(page: Page) -> str:
    """One grid of labels and values for each item."""
    shown = "".join(_grid("auto 1fr", [text for pair in labelled(page, i) for text in pair]) for i in page.items)
    return (
        _grid("auto 1fr", [t for pair in page.facts for t in pair])
        + shown
        + _grid("auto 1fr", [t for pair in page.sums for t in pair])
    )


def quantity_first(page: Page) -> str:
    """No header row; the count in the first cell, with a sign or bare."""
    form = page.style.choice.choice(("{} ×", "{}", "x{}", "{}x"))
    shown = "".join(
        _cells(
            form.format(i.count),
            f'<a href="https://example.com/1">{E(i.name)}</a><br><span>{E(i.variant)}</span>',
            E(i.price),
        )
        for i in page.items
    )
    return f"{_table(page.facts)}<table>{shown}</table>{_table(page.sums)}"


def index_column(page: Page) -> str:
    """A header row with the place in the list before the product, the line's total behind."""
    head = _cells("#", *(E(page.word(name)) for name in ("product", "sku", "unit_price", "quantity")), "")
    shown = "".join(
        _cells(str(at), f"{E(i.name)}<br><em>{E(i.variant)}</em>", E(i.sku), E(i.price), str(i.count), E(i.line_total))
        for at, i in enumerate(page.items, 1)
    )
    return f"{_table(page.facts)}<table>{head}{shown}</table>{_table(page.sums)}"


def index_without_header(page: Page) -> str:
    """No header row: place, name, code, count, price."""
    shown = "".join(
        _cells(str(at), E(i.name), E(i.sku), str(i.count), E(i.price)) for at, i in enumerate(page.items, 1)
    )
    return f"{_table(page.facts)}<table>{shown}</table>{_table(page.sums)}"


def dotted_line(page: Page) -> str:
    """Several pairs in a line; an item in one line, its parts between dots."""
    pairs = "".join(
        "<div>" + " · ".join(f"<span>{E(a)}:</span> {E(b)}" for a, b in page.facts[at : at + 2]) + "</div>"
        for at in range(0, len(page.facts), 2)
    )
    shown = "".join(f"<div>{E(i.name)} · {E(i.variant)} · {i.count} × {E(i.price)}</div>" for i in page.items)
    return pairs + "<br>" + shown + "<br><div>" + " · ".join(f"{E(a)}: {E(b)}" for a, b in page.sums) + "</div>"


def paragraphs(page: Page) -> str:
    """A paragraph for each item: name, variant and code, count and price without colons."""
    shown = "".join(
        f"<p>{E(i.name)}<br><small>{E(i.variant)} – {E(i.sku)}</small><br>{E(page.word('quantity'))} {i.count} · {E(i.price)}</p>"
        for i in page.items
    )
    small = "".join(f"<p><small>{E(a)}</small><br><strong>{E(b)}</strong></p>" for a, b in page.facts)
    return (
        small
        + "<hr>"
        + shown
        + "<hr>"
        + "".join(f"<p><small>{E(a)}</small><br><b>{E(b)}</b></p>" for a, b in page.sums)
    )


def label_grid(page: Page) -> str:
    """Three labels over three values, the last row with fewer."""
    rows = ""
    for at in range(0, len(page.facts), 3):
        some = page.facts[at : at + 3]
        rows += _cells(*(E(a) for a, _ in some)) + _cells(*(f"<b>{E(b)}</b>" for _, b in some))
    head = _cells(*(E(page.word(name)) for name in ("product", "quantity", "unit_price")))
    shown = "".join(
        _cells(f"{E(i.name)}<div>{E(page.word('sku'))}: {E(i.sku)}</div>", str(i.count), E(i.price)) for i in page.items
    )
    sums = "".join(f'<tr><td colspan="2">{E(a)}</td><td>{E(b)}</td></tr>' for a, b in page.sums)
    return f"<table>{rows}</table><table>{head}{shown}{sums}</table>"


def bare_code(page: Page) -> str:
    """Label above value in two columns; below a name its code, label and code parted by a space alone."""
    cells = [f"<td><div>{E(a)}</div><div>{E(b)}</div></td>" for a, b in page.facts]
    rows = "".join("<tr>" + "".join(cells[at : at + 2]) + "</tr>" for at in range(0, len(cells), 2))
    shown = "".join(
        _cells(
            f"{E(i.name)}<br><small>{E(i.variant)}</small><br><small>{E(page.word('sku'))} {E(i.sku)}</small>",
            f"{E(page.word('quantity'))}: {i.count}",
            E(i.price),
        )
        for i in page.items
    )
    sums = "".join(_cells("", E(a), E(b)) for a, b in page.sums)
    return f"<table>{rows}</table><hr><table>{shown}{sums}</table>"


def office_paragraphs(page: Page) -> str:
    """Tables as a word processor writes them: a paragraph in each cell, conditional comments, empty tags."""

    def cell(text: str) -> str:
        return f'<td style="padding:.75pt"><p class=MsoNormal><span style="font-size:10.0pt">{E(text)}<o:p></o:p></span></p></td>'

    def row(*texts: str) -> str:
        return "<tr>" + "".join(map(cell, texts)) + "</tr>\n"

    head = row(*(page.word(name) for name in ("product", "sku", "quantity", "unit_price")))
    shown = "".join(row(i.name, i.sku, str(i.count), i.price) for i in page.items)
    sums = "".join(row("", "", a, b) for a, b in page.sums)
    return (
        "<!--[if mso]><table><tr><td width=600><![endif]--><table class=MsoNormalTable>"
        f"{''.join(row(a, b) for a, b in page.facts)}</table><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        f"<table class=MsoNormalTable>{head}{shown}{sums}</table><!--[if mso]></td></tr></table><![endif]-->"
    )


def table_each(page: Page) -> str:
    """A table for each item, picture over all rows, a labelled line a row."""
    shown = "".join(
        f'<table><tr><td rowspan="5"><img src="cid:1" alt=""></td><td><b>{E(i.name)}</b></td></tr>'
        + "".join(_cells(E(f"{a}: {b}")) for a, b in labelled(page, i)[1:])
        + "</table>"
        for i in page.items
    )
    return f"{_table(page.facts)}{shown}{_table(page.sums)}"


def cards_abreast(page: Page) -> str:
    """Two items beside each other, each a cell of lines."""
    cells = [
        f"<td><b>{E(i.name)}</b><br>{E(page.word('sku'))}: {E(i.sku)}<br>{i.count} × {E(i.price)}</td>"
        for i in page.items
    ]
    rows = "".join("<tr>" + "".join(cells[at : at + 2]) + "</tr>" for at in range(0, len(cells), 2))
    return f"{_table(page.facts)}<table>{rows}</table>{_table(page.sums)}"


def preformatted(page: Page) -> str:
    """A plain text in a pre element."""
    shown = "\n".join(
        f"{i.name}\n  {page.word('sku')}: {i.sku}\n  {page.word('quantity')}: {i.count}\n  {page.word('unit_price')}: {i.price}"
        for i in page.items
    )
    return f"<pre>{E(pairs_of(page.facts))}\n\n{E(shown)}\n\n{E(pairs_of(page.sums))}</pre>"


def pictured(page: Page) -> str:
    """Lines led by pictures."""
    shown = "".join(
        f"<p>📦 {E(i.name)}<br>🏷️ {E(page.word('sku'))}: {E(i.sku)}<br>🔢 {E(page.word('quantity'))}: {i.count}<br>💰 {E(i.price)}</p>"
        for i in page.items
    )
    return (
        "".join(f"<p>🔹 {E(a)}: {E(b)}</p>" for a, b in page.facts)
        + shown
        + "".join(f"<p>✅ {E(a)}: {E(b)}</p>" for a, b in page.sums)
    )


def bold_above(page: Page) -> str:
    """Bold labels with the value on the line below, in one paragraph each; items so too."""
    shown = "".join(
        "<p>" + "<br>".join(f"<b>{E(a)}</b><br>{E(b)}" for a, b in labelled(page, i)) + "</p>" for i in page.items
    )
    return (
        "".join(f"<p><b>{E(a)}</b><br>{E(b)}</p>" for a, b in page.facts)
        + shown
        + "".join(f"<p><b>{E(a)}</b><br>{E(b)}</p>" for a, b in page.sums)
    )


def sums_beside(page: Page) -> str:
    """The items at the left, the sums at the right of them."""
    head = _cells(*(E(page.word(name)) for name in ("product", "quantity", "unit_price")))
    shown = "".join(_cells(E(i.name), str(i.count), E(i.price)) for i in page.items)
    return (
        f"{_table(page.facts)}<table><tr><td><table>{head}{shown}</table></td><td>{_table(page.sums)}</td></tr></table>"
    )


def price_times_count(page: Page) -> str:
    """Cells of three blocks: name, variant and code, price times count."""
    shown = "".join(
        _cells(
            f"<div><b>{E(i.name)}</b></div><div>{E(page.word('variation'))}: {E(i.variant)} | {E(page.word('sku'))}: {E(i.sku)}</div>"
            f"<div>{E(i.price)} × {i.count}</div>"
        )
        for i in page.items
    )
    spans = "".join(f'<div><span style="width:200px">{E(a)}</span><span>{E(b)}</span></div>' for a, b in page.facts)
    sums = "".join(f"<div><span>{E(a)}</span> <span>{E(b)}</span></div>" for a, b in page.sums)
    return f"<table><tr><td>{spans}</td></tr>{shown}<tr><td>{sums}</td></tr></table>"


def with_line_totals(page: Page) -> str:
    """A header row with the line's total last; variant and code in paragraphs below the name."""
    names = ("product", "unit_price", "quantity")
    head = "<tr>" + "".join(f'<th scope="col">{E(page.word(name))}</th>' for name in names) + "<th>Σ</th></tr>"
    shown = "".join(
        _cells(f"<p>{E(i.name)}</p><p>{E(i.variant)}</p>", E(i.price), str(i.count), E(i.line_total))
        for i in page.items
    )
    sums = "".join(f'<tr><th scope="row" colspan="3">{E(a)}</th><td>{E(b)}</td></tr>' for a, b in page.sums)
    return f"{_table(page.facts)}<table><thead>{head}</thead><tbody>{shown}</tbody><tfoot>{sums}</tfoot></table>"


def only_line_totals(page: Page) -> str:
    """A receipt: name and count, at the right what the line comes to."""
    shown = "".join(
        _cells(f"{E(i.name)} × {i.count}<br><small>{E(i.variant)}</small>", E(i.line_total)) for i in page.items
    )
    return f"{_table(page.facts)}<table>{shown}</table>{_table(page.sums)}"


def code_first(page: Page) -> str:
    """No header row: code, name, price, count with a unit."""
    shown = "".join(_cells(E(i.sku), E(i.name), E(i.price), f"{i.count} pcs") for i in page.items)
    return f"{_table(page.facts)}<table>{shown}</table>{_table(page.sums)}"


def list_lines(page: Page) -> str:
    """List items: the name, below it count and price as sentences do."""
    shown = "".join(
        f"<li>{E(i.name)}<br>{E(page.word('quantity'))}: {i.count}, {E(page.word('unit_price'))}: {E(i.price)}</li>"
        for i in page.items
    )
    facts, sums = (
        "<ul>" + "".join(f"<li>{E(a)}: {E(b)}</li>" for a, b in pairs) + "</ul>" for pairs in (page.facts, page.sums)
    )
    return f"{facts}<p>{E(page.word('items'))}:</p><ol>{shown}</ol>{sums}"


def names_defined(page: Page) -> str:
    """A definition list whose terms are the products."""
    shown = "".join(f"<dt>{E(i.name)}</dt><dd>{E(i.variant)}, {i.count} × {E(i.price)}</dd>" for i in page.items)
    facts, sums = (
        "<dl>" + "".join(f"<dt>{E(a)}</dt><dd>{E(b)}</dd>" for a, b in pairs) + "</dl>"
        for pairs in (page.facts, page.sums)
    )
    return f"{facts}<dl>{shown}</dl>{sums}"


Layout = Callable[[Page], str]
PLAIN: Final = frozenset(
    {"count_then_price", "bracketed_places", "dot_leaders", "marked_lines", "tabs", "barred_lines", "coded_lines", "sentence_lines",
     "name_then_product"}
)  # fmt: skip
WITHOUT_CODE: Final = frozenset(
    {"grid", "quantity_first", "dotted_line", "marked_lines", "sums_beside", "with_line_totals", "only_line_totals",
     "list_lines", "names_defined", "sentence_lines"}
)  # fmt: skip
LAYOUTS: Final[dict[str, Layout]] = {
    maker.__name__: maker
    for maker in (
        colon_cells, span_cards, grid, grid_labelled, quantity_first, count_then_price, index_column,
        index_without_header, dotted_line, paragraphs, label_grid, bracketed_places, dot_leaders, bare_code,
        marked_lines, office_paragraphs, table_each, cards_abreast, preformatted, tabs, pictured, bold_above,
        barred_lines, sums_beside, sentence_lines, coded_lines, name_then_product, price_times_count, with_line_totals,
        only_line_totals, code_first, list_lines, names_defined,
    )
}  # fmt: skip
