"""Layouts of item blocks as a designer of templates draws them: a heading above, the name apart, its parts below.

Each takes a `Page` and returns a body; `tests.ingest.layouts` has those that stand in tables.
"""

# ruff: noqa: E501, RUF001  templates stand as they are sent, with the signs and letters of many scripts

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape as E  # noqa: N812  short, for it stands in every line
from typing import Final

from tests.ingest.drawn_page import Page, Shown, labelled, pairs_of

Layout = Callable[[Page], str]
EACH: Final = {
    "en": "{} each", "vi": "{}/cái", "id": "@ {}", "ms": "{} seunit", "th": "{} ต่อชิ้น", "es": "{} c/u", "de": "je {}",
    "fr": "{} l'unité", "it": "{} cad.", "pt": "{} cada", "zh": "{}/件", "ja": "@{}",
}  # fmt: skip


def _facts(page: Page) -> str:
    return "<p>" + "<br>".join(f"{E(a)}: {E(b)}" for a, b in page.facts) + "</p>"


def _sums(page: Page) -> str:
    return "<p>" + "<br>".join(f"{E(a)}: {E(b)}" for a, b in page.sums) + "</p>"


def _around(page: Page, shown: Sequence[str], heading: str) -> str:
    return f"{_facts(page)}{heading}{''.join(shown)}{_sums(page)}"


def _text(page: Page, shown: Sequence[str], heading: str = "", between: str = "\n") -> str:
    return f"{pairs_of(page.facts)}\n\n{heading}{between.join(shown)}\n\n{pairs_of(page.sums)}"


def _parts(page: Page, item: Shown) -> list[tuple[str, str]]:
    """Variant, code, count, price as labels and values."""
    return labelled(page, item)[1:]


def headed_dl(page: Page) -> str:
    """The name in h3, below it a definition list, the code before the price."""
    shown = [
        f"<h3>{E(i.name)}</h3><dl>" + "".join(f"<dt>{E(a)}</dt><dd>{E(b)}</dd>" for a, b in _parts(page, i)) + "</dl>"
        for i in page.items
    ]
    return _around(page, shown, f"<h2>{E(page.word('section'))}</h2>")


def headed_list(page: Page) -> str:
    """The name in h4 within a cell, below it a list."""
    shown = [
        f"<div><h4>{E(i.name)}</h4><ul>"
        + "".join(f"<li>{E(a)}: {E(b)}</li>" for a, b in _parts(page, i))
        + "</ul></div>"
        for i in page.items
    ]
    return _around(page, shown, f"<h2>{E(page.word('section'))} ({len(page.items)})</h2>")


def headed_line(page: Page) -> str:
    """The name in h3, below it code, count times price."""
    shown = [
        f"<h3>{E(i.name)}</h3><p>{E(page.word('sku'))}: {E(i.sku)}</p><p>{i.count} × {E(i.price)}</p>"
        for i in page.items
    ]
    return _around(page, shown, f"<h2>{E(page.word('section'))}</h2>")


def strong_small(page: Page) -> str:
    """Name strong, small below it variant and code, then count and price; the heading counts."""
    shown = [
        f"<p><strong>{E(i.name)}</strong></p><p><small>{E(page.word('variation'))}: {E(i.variant)}</small><br>"
        f"<small>{E(page.word('sku'))}: {E(i.sku)}</small></p><p>{E(page.word('quantity'))}: {i.count}</p><p>{E(i.price)}</p>"
        for i in page.items
    ]
    return _around(page, shown, f"<p><b>{E(page.word('section'))} ({len(page.items)})</b></p>")


def underlined(page: Page) -> str:
    """An underlined heading without a count; a paragraph for each item."""
    shown = [
        "<p>" + "<br>".join([E(i.name), *(E(f"{a}: {b}") for a, b in _parts(page, i)[1:])]) + "</p>" for i in page.items
    ]
    return _around(page, shown, f"<p><u>{E(page.word('section'))}</u></p>")


def badge(page: Page) -> str:
    """The count in a badge before a linked name."""
    shown = [
        f'<div><span class="badge">{i.count}×</span> <a href="https://example.com/1">{E(i.name)}</a></div>'
        f"<div>{E(page.word('sku'))}: {E(i.sku)}</div><div>{E(page.word('unit_price'))}: {E(i.price)}</div>"
        for i in page.items
    ]
    return _around(page, shown, f"<h2>{E(page.word('section'))}</h2>")


def spanning_name(page: Page) -> str:
    """The name over all columns, below it code, count and price beside each other."""
    shown = [
        f'<tr><td colspan="3"><a href="https://example.com/1">{E(i.name)}</a></td></tr>'
        f"<tr><td>{E(page.word('sku'))}: {E(i.sku)}</td><td>{E(page.word('quantity'))}: {i.count}</td><td>{E(i.price)}</td></tr>"
        for i in page.items
    ]
    return _around(page, ["<table>", *shown, "</table>"], f"<p>{E(page.word('section'))}</p>")


def bracket_labels(page: Page) -> str:
    """Plain text, every label in brackets."""
    form = page.style.choice.choice(("【{}】{}", "［{}］{}", "[{}] {}"))
    shown = [
        "\n".join([f"・{i.name}", *("  " + form.format(a, b) for a, b in _parts(page, i)[1:])]) for i in page.items
    ]
    facts, sums = ("\n".join(form.format(a, b) for a, b in pairs) for pairs in (page.facts, page.sums))
    return f"{facts}\n\n◆ {page.word('section')}\n\n" + "\n".join(shown) + f"\n\n{sums}"


def markdown(page: Page) -> str:
    """Markdown: the name a heading of the third depth, labels bold in a list."""
    shown = ["\n".join([f"### {i.name}", *(f"- **{a}:** {b}" for a, b in _parts(page, i)[1:])]) for i in page.items]
    facts, sums = ("\n".join(f"**{a}:** {b}" for a, b in pairs) for pairs in (page.facts, page.sums))
    return f"{facts}\n\n## {page.word('section')}\n\n" + "\n\n".join(shown) + f"\n\n{sums}"


def markdown_bullets(page: Page) -> str:
    """Markdown: bold names in a numbered list, the parts in a list below."""
    shown = [
        "\n".join([f"{at}. **{i.name}**", *(f"   - {a}: {b}" for a, b in _parts(page, i)[1:])])
        for at, i in enumerate(page.items, 1)
    ]
    return _text(page, shown, f"## {page.word('section')}\n")


def markdown_table(page: Page) -> str:
    """Markdown: a table with a bold header."""
    head = "| " + " | ".join(f"**{page.word(name)}**" for name in ("product", "sku", "quantity", "unit_price")) + " |"
    shown = [f"| {i.name} | `{i.sku}` | {i.count} | {i.price} |" for i in page.items]
    return _text(page, [head, "|:---|---|---:|---:|", *shown])


def columns(page: Page) -> str:
    """A pre element; count, name, price in columns of spaces over a dashed line."""
    widths = 8, max(len(i.name) for i in page.items) + 4
    rows = [[page.word("quantity"), page.word("product"), page.word("unit_price")], ["---", "-" * 12, "-----"]]
    rows += [[f"  {i.count}", i.name, i.price] for i in page.items]
    lines = "\n".join(f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c}" for a, b, c in rows)
    facts, sums = ("\n".join(f"{a:<24}  {b}" for a, b in pairs) for pairs in (page.facts, page.sums))
    return f"<pre>\n{E(facts)}\n\n{E(lines)}\n\n{E(sums)}\n</pre>"


def wide_columns(page: Page) -> str:
    """Plain text, ideographic spaces between label and value."""
    gap = "\u3000" * page.style.choice.randrange(2, 6)
    shown = [
        "\n".join(f"\u3000{a}{gap}{b}" for a, b in labelled(page, i) if a != page.word("variation")) for i in page.items
    ]
    facts, sums = ("\n".join(f"\u3000{a}{gap}{b}" for a, b in pairs) for pairs in (page.facts, page.sums))
    return f"{facts}\n\n" + "\n\n".join(shown) + f"\n\n{sums}"


def placed_lines(page: Page) -> str:
    """Plain text, a place and all parts in one line."""
    place = page.style.choice.choice(("{}）", "{}) ", "({}) ", "#{} ", "{}. "))
    shown = [
        place.format(at) + i.name + "\u3000" + pairs_of(_parts(page, i)[1:], "：", "\u3000")
        for at, i in enumerate(page.items, 1)
    ]
    return _text(page, shown)


def circled(page: Page) -> str:
    """Plain text, circled places, parts on lines below."""
    shown = [
        "\n".join([f"{'①②③'[at]} {i.name}", *(f"   {a}: {b}" for a, b in _parts(page, i)[1:])])
        for at, i in enumerate(page.items)
    ]
    return _text(page, shown, f"{page.word('section')}:\n")


def dashed(page: Page) -> str:
    """Plain text, all parts in one line between dashes, the code behind its label without a colon."""
    dash = page.style.choice.choice((" — ", " – ", " | "))
    shown = [
        f"- {i.name}{dash}{page.word('sku')} {i.sku}{dash}{page.word('quantity')}: {i.count}{dash}{page.word('unit_price')}: {i.price}"
        for i in page.items
    ]
    return _text(page, shown)


def bracketed_code(page: Page) -> str:
    """Plain text, count times name, the code in square brackets with its label."""
    form = page.style.choice.choice(
        ("{count} × {name} [{sku}: {code}] – {price}", "{count}x {name} ({sku}: {code}) @ {price}")
    )
    shown = [
        "  " + form.format(count=i.count, name=i.name, sku=page.word("sku"), code=i.sku, price=i.price)
        for i in page.items
    ]
    return _text(page, shown, f"{page.word('section')}:\n")


def ruled_heading(page: Page) -> str:
    """Plain text, a heading over a line; dots between label and value."""
    shown = ["\n".join([i.name, *(f"  {a} {'.' * 20} {b}" for a, b in _parts(page, i)[1:])]) for i in page.items]
    return _text(page, shown, f"{page.word('section')}\n{'-' * 40}\n")


def lines_below(page: Page) -> str:
    """Plain text, label with a colon, its value on the next line."""
    pairs = [*page.facts, *(pair for i in page.items for pair in labelled(page, i)), *page.sums]
    return "\n\n".join(f"{a}:\n{b}" for a, b in pairs)


def each_price(page: Page) -> str:
    """Count and the price of a piece in one line below the name, said as the language does."""
    each = EACH[page.style.language]
    shown = [
        f"<p><b>{E(i.name)}</b><br>{E(page.word('sku'))}: {E(i.sku)}<br>{E(page.word('quantity'))}: {i.count} · {E(each.format(i.price))}</p>"
        for i in page.items
    ]
    return _around(page, shown, f"<h2>{E(page.word('section'))}</h2>")


def code_above(page: Page) -> str:
    """The code small above the name."""
    shown = [
        f"<table><tr><td><small>{E(page.word('sku'))}: {E(i.sku)}</small><br><b>{E(i.name)}</b><br>"
        f"{E(page.word('quantity'))}: {i.count}<br>{E(page.word('unit_price'))}: {E(i.price)}</td></tr></table>"
        for i in page.items
    ]
    return _around(page, shown, f"<h2>{E(page.word('section'))}</h2>")


def buttoned(page: Page) -> str:
    """A button below each item."""
    shown = [
        f"<div><b>{E(i.name)}</b><br>{E(page.word('sku'))}: {E(i.sku)}<br>{i.count} × {E(i.price)}</div>"
        f'<p><a href="https://example.com/1">{E(page.word("button"))}</a></p>'
        for i in page.items
    ]
    return _around(page, shown, f"<h2>{E(page.word('section'))}</h2>")


def dotted_facts(page: Page) -> str:
    """Bold labels of the facts in one line between dots; items without labels but for the count."""
    facts = " &bull; ".join(f"<b>{E(a.upper())}</b> {E(b)}" for a, b in page.facts)
    shown = "".join(
        f"<tr><td>{E(i.name)}</td><td>{E(i.sku)}</td><td>{E(page.word('quantity'))} {i.count}</td><td>{E(i.price)}</td></tr>"
        for i in page.items
    )
    sums = "<br>".join(f"<b>{E(a.upper())}</b> {E(b)}" for a, b in page.sums)
    return f"<p>{facts}</p><table>{shown}</table><p>{sums}</p>"


PLAIN: Final = frozenset(
    {
        "bracket_labels", "markdown", "markdown_bullets", "markdown_table", "wide_columns", "placed_lines", "circled",
        "dashed", "bracketed_code", "ruled_heading", "lines_below",
    }
)  # fmt: skip
WITHOUT_CODE: Final = frozenset({"columns"})
LAYOUTS: Final[dict[str, Layout]] = {
    maker.__name__: maker
    for maker in (
        headed_dl, headed_list, headed_line, strong_small, underlined, badge, spanning_name, bracket_labels, markdown,
        markdown_bullets, markdown_table, columns, wide_columns, placed_lines, circled, dashed, bracketed_code,
        ruled_heading, lines_below, each_price, code_above, buttoned, dotted_facts,
    )
}  # fmt: skip
