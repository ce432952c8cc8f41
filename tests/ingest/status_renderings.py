"""What happened to one order, rendered as a status mail in every layout and language.

Owns the test's own templates; words come from `status_words.toml`, never from the reader's label files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from html import escape
from pathlib import Path
from random import Random
from typing import Any, Final

from models.notification import NotificationKind
from tests.ingest.renderings import HEADERS, MONEY, TIMES, Pair

WORDS: Final[dict[str, dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "status_words.toml").read_text(encoding="utf-8")
)
# What is told, as the words name it: kind, cause of a cancellation, number of the delivery attempt.
TOLD: Final[dict[str, tuple[NotificationKind, str | None, int | None]]] = {
    **{
        str(kind): (kind, None, None)
        for kind in NotificationKind
        if kind not in {NotificationKind.NEW_ORDER, NotificationKind.ORDER_CANCELLED, NotificationKind.DELIVERY_FAILED}
    },
    **{
        f"cancelled_{cause}": (NotificationKind.ORDER_CANCELLED, cause, None)
        for cause in ("unpaid", "buyer", "platform", "seller")
    },
    **{f"delivery_failed_{attempt}": (NotificationKind.DELIVERY_FAILED, None, attempt) for attempt in (1, 2)},
}
_TO_ANSWER: Final = frozenset({"cancel_requested", "return_requested", "refund_requested"})
_TO_SHIP: Final = frozenset({"ship_reminder", "late_dispatch"})
_ABOUT_MONEY: Final = frozenset({"return_requested", "refund_requested", "refund_completed"})
_ON_THE_WAY: Final = frozenset(
    {
        "shipped", "picked_up", "in_transit", "delivered", "parcel_lost", "parcel_damaged",
        "delivery_failed_1", "delivery_failed_2",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is told of an order; times naive, in the shop's zone. `told` is a key of TOLD."""

    told: str
    order_no: str
    shop: str
    at: datetime
    due: datetime
    amount: Decimal
    carrier: str
    tracking_no: str
    return_no: str

    @property
    def is_on_the_way(self) -> bool:
        """Whether the mail names carrier and tracking number."""
        return self.told in _ON_THE_WAY

    @property
    def is_about_money(self) -> bool:
        """Whether the mail names an amount to refund."""
        return self.told in _ABOUT_MONEY

    @property
    def is_to_answer(self) -> bool:
        """Whether the mail says until when to answer."""
        return self.told in _TO_ANSWER

    @property
    def is_to_ship(self) -> bool:
        """Whether the mail says until when to ship, and not when anything happened."""
        return self.told in _TO_SHIP


Layout = Callable[[list[Pair]], str]


def _cells(cells: list[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"


LAYOUTS: Final[dict[str, Layout]] = {
    "table": lambda facts: f"<table>{''.join(_cells(list(pair)) for pair in facts)}</table>",
    "header_row": lambda facts: f"<table>{_cells([a for a, _ in facts], 'th')}{_cells([b for _, b in facts])}</table>",
    "two_pairs": lambda facts: (
        "<table>"
        + "".join(_cells([cell for pair in facts[at : at + 2] for cell in pair]) for at in range(0, len(facts), 2))
        + "</table>"
    ),
    "definitions": lambda facts: (
        "<dl>" + "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in facts) + "</dl>"
    ),
    "above": lambda facts: "".join(f"<p>{escape(a)}</p><p><b>{escape(b)}</b></p>" for a, b in facts),
    "bullets": lambda facts: "<ul>" + "".join(f"<li>{escape(a)}: {escape(b)}</li>" for a, b in facts) + "</ul>",
    "cards": lambda facts: "".join(f"<div><b>{escape(a)}</b><br>{escape(b)}</div>" for a, b in facts),
    "plain": lambda facts: "\n".join(f"{a}: {b}" for a, b in facts),
    "plain_next_line": lambda facts: "\n\n".join(f"{a}\n{b}" for a, b in facts),
    "pipes": lambda facts: "\n".join(f"| {a} | {b} |" for a, b in facts),
    "columns": lambda facts: "\n".join(f"{a}    {b}" for a, b in facts),
}
PLAIN: Final = frozenset({"plain", "plain_next_line", "pipes", "columns"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How a mail is written: the language's words, how it writes times and money, and this mail's choices."""

    language: str
    currency: str
    choice: Random

    @property
    def words(self) -> dict[str, Any]:
        """The language's words."""
        return WORDS[self.language]

    def label(self, name: str) -> str:
        """Return the language's label of a fact."""
        word = self.words["labels"][name]
        return word if isinstance(word, str) else self.choice.choice(word)

    def time(self, moment: datetime) -> str:
        """Return a moment as this language writes it."""
        return moment.strftime(TIMES[self.language][0])

    def money(self, amount: Decimal) -> str:
        """Return an amount as this market writes it."""
        return MONEY[self.currency][0](amount)


def render(event: Event, hand: Hand, layout: str) -> bytes:
    """Return the mail: a subject, a title, a line that states nothing, the facts under labels, a foot."""
    subject, title = (line.format(no=event.order_no) for line in _titles(event, hand))
    noise = hand.choice.sample(hand.words["noise"], 2)
    body = LAYOUTS[layout](_facts(event, hand))
    if layout in PLAIN:
        return _mail(subject, f"{title}\n\n{noise[0]}\n\n{body}\n\n{noise[1]}\n", "plain")
    text = f"<h1>{escape(title)}</h1><p>{escape(noise[0])}</p>{body}<p>{escape(noise[1])}</p>"
    return _mail(subject, text, "html")


def render_prose(event: Event, hand: Hand) -> bytes:
    """Return a mail that tells everything in sentences; the shop's name stands in the salutation."""
    subject, title = (line.format(no=event.order_no) for line in _titles(event, hand))
    told = hand.words["prose"][event.told].format(
        no=event.order_no,
        time=hand.time(event.at),
        due=hand.time(event.due),
        carrier=event.carrier,
        tracking=event.tracking_no,
        amount=hand.money(event.amount),
    )
    foot = hand.words["noise"][1]
    text = f"<h1>{escape(title)}</h1><p>{escape(event.shop)},</p><p>{escape(told)}</p><p>{escape(foot)}</p>"
    return _mail(subject, text, "html")


def _titles(event: Event, hand: Hand) -> tuple[str, str]:
    one, other = hand.words[event.told]
    return (one, other) if hand.choice.random() < 0.5 else (other, one)


def _facts(event: Event, hand: Hand) -> list[Pair]:
    facts = [(hand.label("order_no"), event.order_no), (hand.label("shop"), event.shop)]
    if event.is_on_the_way:
        facts += [(hand.label("carrier"), event.carrier), (hand.label("tracking"), event.tracking_no)]
    if event.told == "return_requested":
        facts += [(hand.label("return_no"), event.return_no)]
    if event.is_about_money:
        facts += [(hand.label("refund"), hand.money(event.amount))]
    if event.is_to_answer:
        facts += [(hand.label("respond_by"), hand.time(event.due))]
    if event.is_to_ship:
        return [*facts, (hand.label("ship_by"), hand.time(event.due))]
    if event.told.startswith("delivery_failed"):
        facts += [(hand.label("attempt"), event.told[-1])]
    return [*facts, (hand.label("time"), hand.time(event.at))]


def _mail(subject: str, text: str, kind: str) -> bytes:
    body = text if kind == "plain" else f"<html><body>{text}</body></html>"
    head = f'{HEADERS}Subject: {subject}\nContent-Type: text/{kind}; charset="utf-8"\n\n'
    return head.encode() + body.encode()
