"""More layouts in plain text, each drawn by hand: where the items stand otherwise than in a plain table.

Each takes a `Page` and returns a body.
"""

# ruff: noqa: E501, RUF001  templates stand as they are sent, with the signs and letters of many scripts

from __future__ import annotations

from tests.ingest.drawn_page import Page, labelled, pairs_of


def count_then_price(page: Page) -> str:
    """Bullets; label, count and price in one line, parted by a word."""
    word = page.style.choice.choice(("à", "@", "–", ","))
    shown = "\n".join(
        f"  • {i.name}\n      {page.word('sku')}: {i.sku}\n      {page.word('quantity')}: {i.count} {word} {i.price}"
        for i in page.items
    )
    return f"{pairs_of(page.facts)}\n\n{page.word('items')}\n{shown}\n\n{pairs_of(page.sums)}"


def bracketed_places(page: Page) -> str:
    """Plain text; items counted in brackets, labelled lines below."""
    shown = "\n".join(
        f"[{at}] {i.name}\n" + pairs_of([(f"    {a}", b) for a, b in labelled(page, i)[1:]])
        for at, i in enumerate(page.items, 1)
    )
    return f"{pairs_of(page.facts)}\n\n--- {page.word('items')} ({len(page.items)}) ---\n{shown}\n---\n{pairs_of(page.sums)}"


def dot_leaders(page: Page) -> str:
    """Plain text; dots between label and value, also below an item."""
    shown = "\n".join(
        f"{at}) {i.name}\n   {page.word('sku')} ... {i.sku}\n   {page.word('quantity')} ... {i.count}\n"
        f"   {page.word('unit_price')} ... {i.price}"
        for at, i in enumerate(page.items, 1)
    )
    return f"{pairs_of(page.facts, ' ........ ')}\n\n{page.word('items').upper()}\n{shown}\n\n{pairs_of(page.sums, ' ........ ')}"


def marked_lines(page: Page) -> str:
    """Plain text with full-width marks, price and count in one line."""
    shown = "\n".join(
        f"・{i.name}\n {page.word('unit_price')}：{i.price}  {page.word('quantity')}：{i.count}" for i in page.items
    )
    facts, sums = (pairs_of([(f"■ {a}", b) for a, b in pairs], "：") for pairs in (page.facts, page.sums))
    return f"{facts}\n\n▼{page.word('items')}\n{shown}\n\n{sums}"


def tabs(page: Page) -> str:
    """Plain text, tabs between columns."""
    head = "\t".join(page.word(name) for name in ("product", "variation", "sku", "quantity", "unit_price"))
    shown = "\n".join(f"{i.name}\t{i.variant}\t{i.sku}\t{i.count}\t{i.price}" for i in page.items)
    return f"{pairs_of(page.facts, chr(9))}\n\n{head}\n{shown}\n\n{pairs_of(page.sums, chr(9))}"


def barred_lines(page: Page) -> str:
    """Plain text, pairs parted by bars, an item in one line."""
    pairs = "\n".join(pairs_of(page.facts[at : at + 2], end=" | ") for at in range(0, len(page.facts), 2))
    shown = "\n".join(f"- {i.name} | " + pairs_of(labelled(page, i)[2:], end=" | ") for i in page.items)
    return f"{pairs}\n\n{shown}\n\n{pairs_of(page.sums, end=' | ')}"


def sentence_lines(page: Page) -> str:
    """Plain text, one line for each item in one of several usual forms."""
    form = page.style.choice.choice(
        (
            "{count}x {name} @ {price}",
            "{count} × {name} – {price}",
            "{name} ×{count} – {price}",
            "{name}, {count} pcs, {price}",
            "{name} | {count} | {price}",
        )
    )
    shown = "\n".join(form.format(count=i.count, name=i.name, sku=i.sku, price=i.price) for i in page.items)
    return f"{pairs_of(page.facts)}\n\n{page.word('items')}:\n{shown}\n\n{pairs_of(page.sums)}"


def coded_lines(page: Page) -> str:
    """Plain text, one line for each item that holds its code too."""
    form = page.style.choice.choice(
        (
            "{name} ({sku}) | x{count} | {price}",
            "* {count} x {name} [{sku}]: {price}",
            "{count} × {name}, {sku}, {price}",
        )
    )
    shown = "\n".join(form.format(count=i.count, name=i.name, sku=i.sku, price=i.price) for i in page.items)
    return f"{pairs_of(page.facts)}\n\n{page.word('items')}:\n{shown}\n\n{pairs_of(page.sums)}"


def name_then_product(page: Page) -> str:
    """Plain text: name, variant, labelled code, count times price, a line each."""
    shown = "\n\n".join(
        f"{i.name}\n{i.variant}\n{page.word('sku')}: {i.sku}\n{i.count} x {i.price}" for i in page.items
    )
    return f"{pairs_of(page.facts, chr(10), chr(10) * 2)}\n\n{page.word('items')}\n------\n\n{shown}\n\n{pairs_of(page.sums, chr(10), chr(10) * 2)}"
