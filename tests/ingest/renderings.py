"""One order rendered as a notification mail in every layout and language.

Owns the test's own templates: words come from `words.toml`, never from the reader's label files, so
that reading is shown to work by meaning.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from html import escape
from pathlib import Path
from random import Random
from typing import Final

WORDS: Final = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
AUTHSERV_ID: Final = "mx.inbox.example"
HEADERS: Final = f"""Authentication-Results: {AUTHSERV_ID}; spf=pass smtp.mailfrom=bounce.shop.tiktok.com;
 dkim=pass header.d=shop.tiktok.com; dmarc=pass header.from=shop.tiktok.com
Received: from mta.shop.tiktok.com (mta.shop.tiktok.com [203.0.113.7]) by {AUTHSERV_ID}; Sat, 14 Mar 2026 10:00:00 +0000
From: TikTok Shop <no-reply@shop.tiktok.com>
To: orders@inbox.example
Date: Sat, 14 Mar 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Transfer-Encoding: 8bit
"""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item of the order."""

    name: str
    sku: str
    quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """The order to be rendered; times naive, in the shop's zone. `besides` are lines that are none of our business."""

    order_no: str
    shop: str
    placed_at: datetime
    ship_by: datetime
    lines: tuple[Line, ...]
    shipping: Decimal
    discount: Decimal
    besides: tuple[Pair, ...] = ()
    tax: Decimal = Decimal(0)

    @property
    def subtotal(self) -> Decimal:
        """What the items come to."""
        return sum((line.price * line.quantity for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What the buyer pays."""
        return self.subtotal + self.shipping - self.discount + self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a language and market write, and which of its words this mail uses."""

    language: str
    currency: str
    choice: Random

    def word(self, name: str) -> str:
        """Return one of the language's words for a fact, always the same one in this mail."""
        words: list[str] = WORDS[self.language][name]
        return words[self.choice.randrange(len(words))]


STRANGE: Final = {"order_no": "Bonsai tag", "ship_by": "Parcel leaves until"}  # labels that nobody knows


class Strange(Style):
    """A style with labels that nobody knows."""

    def word(self, name: str) -> str:
        """Return the strange word, or one of the language's."""
        return STRANGE.get(name) or super().word(name)


MONEY: Final[dict[str, Sequence[Callable[[Decimal], str]]]] = {
    "USD": (lambda v: f"${v:,.2f}", lambda v: f"US${v:,.2f}", lambda v: f"USD {v:,.2f}"),
    "GBP": (lambda v: f"£{v:,.2f}", lambda v: f"GBP {v:,.2f}"),
    "VND": (
        lambda v: f"{v:,.0f}".replace(",", ".") + "₫",
        lambda v: f"{v:,.0f} VND",
        lambda v: f"{v:,.0f}".replace(",", ".") + " đ",
    ),
    "IDR": (lambda v: "Rp" + f"{v:,.0f}".replace(",", "."), lambda v: "Rp " + f"{v:,.0f}".replace(",", ".")),
    "MYR": (lambda v: f"RM{v:,.2f}", lambda v: f"RM {v:,.2f}"),
    "THB": (lambda v: f"฿{v:,.2f}", lambda v: f"{v:,.2f} บาท"),
    "EUR": (lambda v: _comma(v) + " €", lambda v: "€ " + _comma(v), lambda v: _comma(v) + " EUR"),
    "BRL": (lambda v: "R$ " + _comma(v),),
    "SGD": (lambda v: f"S${v:,.2f}", lambda v: f"${v:,.2f}"),
    "JPY": (lambda v: f"¥{v:,.0f}", lambda v: f"{v:,.0f}円"),
}
TIMES: Final[dict[str, Sequence[str]]] = {
    "en": ("%Y-%m-%d %H:%M:%S", "%d %b %Y %H:%M", "%d %B %Y, %I:%M %p"),
    "vi": ("%H:%M %d/%m/%Y", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M"),
    "id": ("%d/%m/%Y %H:%M", "%Y-%m-%d %H.%M"),
    "ms": ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S"),
    "th": ("%d/%m/%Y %H:%M น.", "%Y-%m-%d %H:%M (GMT+7)"),
    "es": ("%d/%m/%Y %H:%M", "%d-%m-%Y, %H:%M h"),
    "de": ("%d.%m.%Y %H:%M", "%d.%m.%Y, %H:%M Uhr"),
    "fr": ("%d/%m/%Y à %H:%M", "%d/%m/%Y %Hh%M"),
    "it": ("%d/%m/%Y %H:%M", "%d/%m/%Y, ore %H:%M"),
    "pt": ("%d/%m/%Y %H:%M", "%d/%m/%Y às %H:%M"),
    "zh": ("%Y年%m月%d日 %H:%M", "%Y-%m-%d %H:%M"),
    "ja": ("%Y年%m月%d日 %H時%M分", "%Y/%m/%d %H:%M"),
}


def _comma(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")


def render(sale: Sale, style: Style, layout: str) -> bytes:
    """Return the mail of a new order, all of it: headers and one body."""
    body = LAYOUTS[layout](_facts(sale, style), _sums(sale, style), _items(sale, style), style)
    return mail_of(body, style, is_html=layout not in PLAIN)


def mail_of(body: str, style: Style, *, is_html: bool) -> bytes:
    """Return the mail around a body: headers, the headline, the body."""
    kind = "text/html" if is_html else "text/plain"
    headline = WORDS[style.language]["headline"]
    text = f"<html><body><h2>{headline}</h2>{body}</body></html>" if is_html else f"{headline}\n\n{body}\n"
    head = f'{HEADERS}Subject: {headline}\nContent-Type: {kind}; charset="utf-8"\n\n'
    return head.encode() + text.encode()


def _facts(sale: Sale, style: Style) -> list[Pair]:
    form = style.choice.choice(TIMES[style.language])
    return [
        (style.word("order_no"), sale.order_no),
        (style.word("placed_at"), sale.placed_at.strftime(form)),
        (style.word("shop"), sale.shop),
        (style.word("buyer"), "b***r"),
        (style.word("ship_by"), sale.ship_by.strftime(form)),
        *sale.besides,
    ]


def _money(style: Style) -> Callable[[Decimal], str]:
    return MONEY[style.currency][style.choice.randrange(len(MONEY[style.currency]))]


def _sums(sale: Sale, style: Style) -> list[Pair]:
    money = _money(style)
    pairs = [(style.word("shipping"), money(sale.shipping))] if sale.shipping else []
    pairs += [(style.word("discount"), "-" + money(sale.discount))] if sale.discount else []
    return [*pairs, (style.word("total"), money(sale.total))]


def _items(sale: Sale, style: Style) -> list[list[Pair]]:
    money = _money(style)
    labels = [style.word(name) for name in ("product", "sku", "quantity", "unit_price")]
    return [
        list(zip(labels, (line.name, line.sku, str(line.quantity), money(line.price)), strict=True))
        for line in sale.lines
    ]


Layout = Callable[[list[Pair], list[Pair], list[list[Pair]], Style], str]


def _row(cells: Sequence[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def _item_table(items: list[list[Pair]]) -> str:
    rows = [_row([label for label, _ in items[0]], "th"), *(_row([value for _, value in item]) for item in items)]
    return "".join(rows)


def beside(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Label beside value in a table; items under a header row, sums in the same table."""
    totals = "".join(f'<tr><td colspan="3">{escape(a)}</td><td>{escape(b)}</td></tr>' for a, b in sums)
    return f"<table>{''.join(_row(pair) for pair in facts)}</table><table>{_item_table(items)}{totals}</table>"


def full_width(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """As beside, with the sums in rows of as many cells as the header."""
    totals = "".join(_row(["", "", *pair]) for pair in sums)
    return f"<table>{''.join(_row(pair) for pair in facts)}</table><table>{_item_table(items)}{totals}</table>"


def above(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Label above value, in blocks of their own."""
    blocks = "".join(f"<div>{escape(a)}</div><div><b>{escape(b)}</b></div>" for a, b in facts)
    totals = "".join(f"<p>{escape(a)}</p><p>{escape(b)}</p>" for a, b in sums)
    return f"{blocks}<table>{_item_table(items)}</table>{totals}"


def header_row(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """One row of labels over one row of values."""
    top = _row([a for a, _ in facts], "th") + _row([b for _, b in facts])
    totals = _row([a for a, _ in sums], "th") + _row([b for _, b in sums])
    return f"<table>{top}</table><table>{_item_table(items)}</table><table>{totals}</table>"


def definition_list(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Everything in dl, dt and dd, each item a list of its own."""

    def listed(pairs: list[Pair]) -> str:
        return "<dl>" + "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in pairs) + "</dl>"

    return listed(facts) + "".join(listed(item) for item in items) + listed(sums)


def bullets(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """List items with label, colon and value."""

    def listed(pairs: list[Pair]) -> str:
        return "<ul>" + "".join(f"<li>{escape(a)}: {escape(b)}</li>" for a, b in pairs) + "</ul>"

    return listed(facts) + "".join(listed(item) for item in items) + listed(sums)


def cards(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Spans in a row; each item a card with its name alone, its SKU labelled, price and count marked."""
    rows = "".join(f"<div><span>{escape(a)}:</span>&nbsp;<span>{escape(b)}</span></div>" for a, b in facts)
    shown = "".join(
        f"<div><div>{escape(name[1])}</div><div>{escape(sku[0])}: {escape(sku[1])}</div>"
        f"<div><span>{escape(price[1])}</span> <span>x{quantity[1]}</span></div></div>"
        for name, sku, quantity, price in items
    )
    totals = "".join(f"<div><span>{escape(a)}</span><span>{escape(b)}</span></div>" for a, b in sums)
    return rows + shown + totals


def flex(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Flexible rows instead of tables."""

    def row(pair: Pair) -> str:
        return f'<div style="display:flex"><div>{escape(pair[0])}</div><div>{escape(pair[1])}</div></div>'

    shown = "".join("<section>" + "".join(row(pair) for pair in item) + "</section>" for item in items)
    return "".join(map(row, facts)) + shown + "".join(map(row, sums))


def plain_same_line(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Plain text, label and value on one line, numbered items."""
    shown = "\n".join(
        f"{at}. {item[0][1]}\n" + "\n".join(f"   {a}: {b}" for a, b in item[1:]) for at, item in enumerate(items, 1)
    )
    return "\n".join(f"{a}: {b}" for a, b in facts) + f"\n\n{shown}\n\n" + "\n".join(f"{a}: {b}" for a, b in sums)


def plain_next_line(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Plain text, the value on the line below its label."""
    pairs = [*facts, *(pair for item in items for pair in item), *sums]
    return "\n\n".join(f"{a}\n{b}" for a, b in pairs)


def pipe_table(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Plain text tables of pipes."""
    lines = [f"| {a} | {b} |" for a, b in facts]
    lines += ["", "| " + " | ".join(a for a, _ in items[0]) + " |", "|---|---|---|---|"]
    lines += ["| " + " | ".join(b for _, b in item) + " |" for item in items]
    return "\n".join([*lines, "", *(f"| {a} | {b} |" for a, b in sums)])


def prose(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Plain text with one line of prose for each item."""
    shown = [f"{item[2][1]} × {item[0][1]} ({item[1][1]}) - {item[3][1]}" for item in items]
    return "\n".join([*(f"{a}: {b}" for a, b in facts), "", *shown, "", *(f"{a}: {b}" for a, b in sums)])


def bold_labels(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Bold labels without a colon, lines parted by br, the items above the facts."""

    def listed(pairs: list[Pair]) -> str:
        return "<p>" + "<br>".join(f"<b>{escape(a)}</b> {escape(b)}" for a, b in pairs) + "</p>"

    return "".join(listed(item) for item in items) + listed(sums) + listed(facts)


def item_cells(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Two pairs in a row; items without header: picture, name over SKU, count, price."""
    rows = [_row([cell for pair in facts[at : at + 2] for cell in pair]) for at in range(0, len(facts), 2)]
    shown = "".join(
        f'<tr><td><img src="cid:p" alt=""></td><td>{escape(name[1])}<br>'
        f"<small>{escape(sku[0])}: {escape(sku[1])}</small></td>"
        f"<td>x{quantity[1]}</td><td>{escape(price[1])}</td></tr>"
        for name, sku, quantity, price in items
    )
    return f"<table>{''.join(rows)}</table><table>{shown}</table><table>{''.join(_row(pair) for pair in sums)}</table>"


def nested_tables(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], style: Style) -> str:
    """The table layout within three tables that only lay out."""
    inner = beside(facts, sums, items, style)
    for _ in range(3):
        inner = f'<table role="presentation" width="600"><tr><td align="center">{inner}</td></tr></table>'
    return inner


def spaced_columns(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Plain text with columns made of spaces."""
    lines = [f"{a}    {b}" for a, b in facts]
    lines += ["", "    ".join(a for a, _ in items[0])]
    lines += ["    ".join(b for _, b in item) for item in items]
    return "\n".join([*lines, "", *(f"{a}    {b}" for a, b in sums)])


def prose_behind(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Plain text bullets: the name, then labelled parts, all on one line."""
    shown = ["- " + item[0][1] + "; " + "; ".join(f"{a}: {b}" for a, b in item[1:]) for item in items]
    return "\n".join([*(f"* {a}: {b}" for a, b in facts), "", *shown, "", *(f"* {a}: {b}" for a, b in sums)])


def prose_each(facts: list[Pair], sums: list[Pair], items: list[list[Pair]], _: Style) -> str:
    """Paragraphs of prose: name, SKU in brackets, count, price."""
    shown = "".join(f"<p>{escape(i[0][1])} (SKU {escape(i[1][1])}) × {i[2][1]}, {escape(i[3][1])}</p>" for i in items)
    rows = "".join(f"<p>{escape(a)} – {escape(b)}</p>" for a, b in facts)
    return rows + shown + "".join(f"<p>{escape(a)} {escape(b)}</p>" for a, b in sums)


PLAIN: Final = frozenset(
    {"plain_same_line", "plain_next_line", "pipe_table", "prose", "spaced_columns", "prose_behind"}
)
LAYOUTS: Final[dict[str, Layout]] = {
    maker.__name__: maker
    for maker in (
        beside, full_width, above, header_row, definition_list, bullets, cards, flex,
        plain_same_line, plain_next_line, pipe_table, prose,
        bold_labels, item_cells, nested_tables, spaced_columns, prose_behind, prose_each,
    )
}  # fmt: skip
