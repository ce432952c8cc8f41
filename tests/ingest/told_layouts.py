"""Layouts whose items are told in sentences, or stand in tables of columns that no two designers call the same.

Each takes a `Page` and returns a body; sentences are the language's own, out of `words.toml`.
"""

# ruff: noqa: E501, RUF001  templates stand as they are sent, with the signs and letters of many scripts

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape as E  # noqa: N812  short, for it stands in every line
from typing import Final

from tests.ingest.drawn_page import Page, Shown, labelled, pairs_of
from tests.ingest.renderings import WORDS, Pair

Layout = Callable[[Page], str]


def _table(rows: Sequence[Sequence[str]]) -> str:
    return (
        "<table>"
        + "".join("<tr>" + "".join(f"<td>{E(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        + "</table>"
    )


def _pairs(pairs: Sequence[Pair]) -> str:
    return _table([list(pair) for pair in pairs])


def _sentence(page: Page, item: Shown) -> str:
    return str(WORDS[page.style.language]["told"]).format(
        count=item.count,
        name=item.name,
        variation=page.word("variation"),
        variant=item.variant,
        sku=page.word("sku"),
        code=item.sku,
        price=item.price,
    )


def told(page: Page) -> str:
    """A paragraph for each item, a whole sentence."""
    return f"{_pairs(page.facts)}{''.join(f'<p>{E(_sentence(page, i))}</p>' for i in page.items)}{_pairs(page.sums)}"


def told_plainly(page: Page) -> str:
    """Plain text, a sentence for each item."""
    sentences = "\n".join(_sentence(page, i) for i in page.items)
    return f"{pairs_of(page.facts)}\n\n{sentences}\n\n{pairs_of(page.sums)}"


def name_over_columns(page: Page) -> str:
    """The name above a row of labels over a row of values, for each item anew."""
    names = ("variation", "sku", "quantity", "unit_price")
    form = page.style.choice.choice(
        ("<div>{}</div>", "<table><tr><td><img alt=''></td><td>{}</td></tr></table>", "<h4>{}</h4>")
    )
    shown = "".join(
        form.format(E(i.name))
        + _table([[page.word(name) for name in names], [i.variant, i.sku, str(i.count), i.price]])
        for i in page.items
    )
    return f"{_pairs(page.facts)}{shown}{_pairs(page.sums)}"


def strange_columns(page: Page) -> str:
    """A header row with a column for the variant and one for the code that are called as nobody knows."""
    head = [page.word("product"), "Quux", "Corge", page.word("quantity"), page.word("unit_price"), "Σ"]
    rows = [[i.name, i.variant, i.sku, str(i.count), i.price, i.line_total] for i in page.items]
    return f"{_pairs(page.facts)}{_table([head, *rows])}{_pairs(page.sums)}"


def strange_code(page: Page) -> str:
    """The name in h4, below it a definition list; the code's label is one that nobody knows."""
    shown = "".join(
        f"<h4>{E(i.name)}</h4><dl>"
        + "".join(f"<dt>{E('Quux' if b == i.sku else a)}</dt><dd>{E(b)}</dd>" for a, b in labelled(page, i)[1:])
        + "</dl>"
        for i in page.items
    )
    return f"{_pairs(page.facts)}{shown}{_pairs(page.sums)}"


def bracket_and_code(page: Page) -> str:
    """A list: count, name, the variant in square brackets, the code behind its label, the price of each."""
    shown = "".join(
        f"<li>{i.count} x {E(i.name)} [{E(i.variant)}] SKU {E(i.sku)} @ {E(i.price)} each</li>" for i in page.items
    )
    return f"{_pairs(page.facts)}<ul>{shown}</ul>{_pairs(page.sums)}"


def counted_titles(page: Page) -> str:
    """The count before the name, variant and code below, the price at the right."""
    shown = "".join(
        f"<tr><td>{i.count} × {E(i.name)}<br><small>{E(page.word('variation'))}: {E(i.variant)} · {E(page.word('sku'))}: {E(i.sku)}</small></td>"
        f"<td>{E(page.word('unit_price'))}: {E(i.price)}</td></tr>"
        for i in page.items
    )
    return f"{_pairs(page.facts)}<table>{shown}</table>{_pairs(page.sums)}"


def sums_of_lines(page: Page) -> str:
    """A receipt in plain text: dots lead to what each line comes to."""
    shown = "\n".join(f"{i.count} x {i.name} ({i.sku}) .......... {i.line_total}" for i in page.items)
    return f"{pairs_of(page.facts)}\n\n{shown}\n\n{pairs_of(page.sums, ' .......... ')}"


PLAIN: Final = frozenset({"told_plainly", "sums_of_lines"})
ONE_LINE_TOTAL: Final = frozenset({"sums_of_lines"})  # printed prices are those of the lines
LAYOUTS: Final[dict[str, Layout]] = {
    maker.__name__: maker
    for maker in (
        told, told_plainly, name_over_columns, strange_columns, strange_code, bracket_and_code, counted_titles,
        sums_of_lines,
    )
}  # fmt: skip
