"""Why a mail was read as it was: what was found and by what, and what is missing for its kind.

A second reading of the same bytes, made when somebody looks; total as the first. It tells fields, labels and
parts, and of values only what `ingest.evidence` lets through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from ingest.candidates import candidates_for
from ingest.evidence import Evidence, Part, Place, Witness
from ingest.layout import find_values
from ingest.markup import rows_of_html
from ingest.message import Message, parse_message
from ingest.moment import Calendar
from ingest.page import Row, rows_of_text
from ingest.reader import Body, meaning_in, read_body, read_message
from ingest.sender import Receiver, unreadable_because
from ingest.shop_of import whose_mail
from ingest.statement import calendar_of
from ingest.telling import comparable
from ingest.text import fold, plain_digits
from ingest.vocabulary import FALLBACK, Field, Language, Vocabulary
from models.notification import Notification, NotificationKind, Reading
from models.settings import ShopSettings

_F, _K = Field, NotificationKind
_ON_ITS_WAY: Final = (_F.ORDER_NO, _F.EVENT_AT, _F.CARRIER, _F.TRACKING_NO)
_WISH_FOR_MONEY: Final = (_F.ORDER_NO, _F.RETURN_NO, _F.REFUND, _F.RESPOND_BY, _F.REASON)
# What a mail of a kind tells, as email-notifications (section 2) has it: without an order number none is of use.
EXPECTED: Final[Mapping[NotificationKind, tuple[Field, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(_K, (_F.ORDER_NO, _F.EVENT_AT)),
        _K.NEW_ORDER: (
            _F.ORDER_NO, _F.SHOP, _F.PLACED_AT, _F.SHIP_BY, _F.TOTAL, _F.PRODUCT, _F.QUANTITY, _F.UNIT_PRICE,
        ),
        _K.SHIP_REMINDER: (_F.ORDER_NO, _F.SHIP_BY),
        _K.LATE_DISPATCH: (_F.ORDER_NO, _F.SHIP_BY),
        _K.CANCEL_REQUESTED: (_F.ORDER_NO, _F.EVENT_AT, _F.RESPOND_BY, _F.REASON),
        _K.ORDER_CANCELLED: (_F.ORDER_NO, _F.EVENT_AT, _F.REASON),
        _K.SHIPPED: _ON_ITS_WAY,
        _K.PICKED_UP: _ON_ITS_WAY,
        _K.IN_TRANSIT: _ON_ITS_WAY,
        _K.DELIVERY_FAILED: (_F.ORDER_NO, _F.EVENT_AT, _F.ATTEMPT),
        _K.RETURN_REQUESTED: _WISH_FOR_MONEY,
        _K.REFUND_REQUESTED: _WISH_FOR_MONEY,
        _K.REFUND_COMPLETED: (_F.ORDER_NO, _F.REFUND, _F.EVENT_AT),
    }
)  # fmt: skip
NEEDED: Final = frozenset({Field.ORDER_NO})  # without these a mail waits
TEACHABLE: Final = tuple(wanted for wanted in Field if wanted is not Field.ITEMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What a mail comes to, and why. `phrase` is the wording of ours by which its kind was told."""

    reading: Reading
    kind: NotificationKind | None = None
    phrase: str = ""
    language: str = FALLBACK
    found: tuple[Evidence, ...] = ()
    missing: tuple[Field, ...] = ()
    items: int = 0
    candidates: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    peoples: tuple[str, ...] = field(default=(), repr=False)  # folded; never shown, never taught

    def of(self, wanted: Field) -> tuple[Evidence, ...]:
        """Return what was found of one field."""
        return tuple(one for one in self.found if one.field is wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """By what a mail is read; without a receiver a person stands for its sender."""

    receiver: Receiver | None
    shops: Sequence[ShopSettings]
    vocabulary: Vocabulary
    now: datetime


def explain(raw: bytes, basis: Basis) -> Explained:
    """Return what the mail comes to and why; never raises on its content."""
    message = parse_message(raw)
    reading = read_message(message, basis.receiver, basis.shops, basis.vocabulary, basis.now)
    if unreadable_because(message) is not None:
        return Explained(reading=reading)
    try:
        return _explained(message, reading, basis)
    except Exception:  # noqa: BLE001  the parsers raise anything on hostile input; the reading says so
        return Explained(reading=reading)


def _explained(message: Message, reading: Reading, basis: Basis) -> Explained:
    body = read_body(message, basis.vocabulary, basis.shops)
    calendar = _calendar(message, body, basis)
    parts = list(parts_of(message))
    witnesses = [Witness(basis.vocabulary, body.language, part, calendar) for part, _ in parts]
    for witness, (_, rows) in zip(witnesses, parts, strict=True):
        find_values(rows, basis.vocabulary, body.language, witness)
    found = _distinct([*_in_subject(message, body.language), *(one for each in witnesses for one in each.seen)])
    meaning = meaning_in(message, body, basis.vocabulary, own_shop_named=Field.SHOP in body.findings.values)
    kind = reading.kind if isinstance(reading, Notification) else meaning.kind
    missing = tuple(_missing(kind, found, body))
    peoples = tuple(fold(value) for each in witnesses for value in each.peoples)
    every = [row for _, rows in parts for row in rows]
    known = witnesses[0].fields if witnesses else (lambda _: ())
    return Explained(
        reading=reading,
        kind=kind,
        phrase=_phrase(kind, message, body, basis.vocabulary),
        language=body.language.code,
        found=found,
        missing=missing,
        items=len(body.findings.items),
        candidates={wanted: candidates_for(wanted, every, known, peoples, calendar) for wanted in missing},
        peoples=peoples,
    )


def parts_of(message: Message) -> Iterator[tuple[Part, list[Row]]]:
    """Yield each body of a mail as rows, HTML first."""
    for html in message.htmls:
        yield Part.HTML, rows_of_html(html)
    for text in message.texts:
        yield Part.TEXT, rows_of_text(text)


def _calendar(message: Message, body: Body, basis: Basis) -> Calendar | None:
    """Return how this mail's shop writes times; the first shop where it is not told."""
    if not basis.shops:
        return None
    shop = whose_mail(message, body.findings, body.language.code, basis.shops).shop or basis.shops[0]
    fallback = basis.vocabulary.languages.get(FALLBACK, body.language)
    return calendar_of(basis.vocabulary, body.language, fallback, shop, message.sent_at or basis.now)


def _in_subject(message: Message, language: Language) -> Iterator[Evidence]:
    number = language.order_no.search(plain_digits(fold(message.subject)))
    if number:
        yield Evidence(field=Field.ORDER_NO, label="", part=Part.SUBJECT, place=Place.RUNNING, shown=number[1])


def _distinct(seen: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Leave out what the second part tells again, and running text where a label says the same."""
    labelled = {(one.field, one.shown) for one in seen if one.label}
    kept: dict[tuple[object, ...], Evidence] = {}
    for one in seen:
        if one.label or (one.field, one.shown) not in labelled:
            kept.setdefault((one.field, one.shown, one.label.casefold()), one)
    return tuple(kept.values())


def _missing(kind: NotificationKind | None, found: Sequence[Evidence], body: Body) -> Iterator[Field]:
    """Yield the fields of this kind that the mail doesn't tell as far as we read it."""
    told = {one.field for one in found if one.usable}
    items = body.findings.items
    stated = {
        Field.PRODUCT: any(item.name for item in items),
        Field.QUANTITY: any(item.quantity for item in items),
        Field.UNIT_PRICE: any(item.unit_price or item.line_total for item in items),
        Field.SHIP_BY: bool(body.findings.ship_by_each),
        Field.PLACED_AT: Field.EVENT_AT in told,
    }
    for wanted in EXPECTED[kind] if kind else (Field.ORDER_NO,):
        if wanted not in told and not stated.get(wanted, False):
            yield wanted


def _phrase(kind: NotificationKind | None, message: Message, body: Body, vocabulary: Vocabulary) -> str:
    """Return our own wording, not the mail's, that tells the kind in subject or heading."""
    text = comparable(" \n ".join((message.subject, *body.findings.headings[:8])))
    languages = (body.language, *vocabulary.languages.values())
    hits = (phrase for one in languages for phrase in one.hits(kind or "", text))
    return next(hits, "")
