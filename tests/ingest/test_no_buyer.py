"""Property 5 of order-lifecycle, section 9: whatever a mail says of its buyer, nothing of it is kept or told.

Buyers stand in the mail where labels of ours, of nobody, or none at all lead to them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from ingest.facts import facts_from
from ingest.reader import read_mail
from models.db.columns import Table
from models.db.orders import record_facts
from models.db.schema import migrate
from models.db.session import make_engine, open_session
from models.notification import Ignored, Notification, Quarantined
from models.settings import ShopSettings
from tests.ingest.corpus import vocabulary
from tests.ingest.markets import MARKETS, RECEIVER, STEP, a_shop
from tests.ingest.renderings import LAYOUTS, WORDS, Pair, Style, render
from tests.ingest.test_reading import a_sale

SEEN_AT = datetime(2027, 1, 1, tzinfo=UTC)
LETTERS = st.sampled_from(["abcdefghijklmnop", "áàảãạăâđêôơư", "กขคงจฉชซฌญ", "東西南北山川田中", "абвгдежзик"])
NAMES = LETTERS.flatmap(lambda letters: st.text(letters, min_size=6, max_size=12)).map(lambda name: f"Zq{name} Xw")
PHONES = st.integers(10**7, 10**8 - 1).map(lambda number: f"+84 9{number}")
ADDRESSES = st.builds("{} {} Qvyx Street, ward {}".format, st.integers(1, 999), NAMES, st.integers(1, 22))
MAILS = st.integers(10**6, 10**7).map(lambda number: f"zq{number}@buyers.example")
SAYINGS = NAMES.map(lambda name: f"Please ring twice for {name}, order 577777777777777777")
BUYERS = st.one_of(NAMES, PHONES, ADDRESSES, MAILS, SAYINGS)
LABELS = (
    "Recipient",
    "Phone",
    "Shipping address",
    "Email",
    "Buyer note",
    "Người nhận",
    "ที่อยู่",
    "Wibble",
    "Attention",
    "",
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """A database that keeps nothing: each example is rolled back."""
    made = make_engine("sqlite://")
    migrate(made)
    yield made
    made.dispose()


class Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(level=logging.NOTSET)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.records.append(record)


@pytest.fixture(scope="module")
def records() -> Iterator[list[logging.LogRecord]]:
    """Everything that is logged meanwhile, however unimportant."""
    handler, root = Kept(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.NOTSET)
    yield handler.records
    root.removeHandler(handler)
    root.setLevel(before)


@st.composite
def planted(draw: st.DrawFn, language: str) -> tuple[Pair, ...]:
    """Lines about the buyer, under labels of this language, of others, unknown ones or none."""
    labels = st.sampled_from([*LABELS, *WORDS[language]["buyer"]])
    return tuple(draw(st.lists(st.tuples(labels, BUYERS), min_size=1, max_size=4)))


@given(
    data=st.data(),
    language=st.sampled_from(sorted(MARKETS)),
    layout=st.sampled_from(sorted(LAYOUTS)),
    seed=st.integers(0, 10**6),
)
def test_nothing_of_a_planted_buyer_is_kept_or_told(data, language, layout, seed, engine, records):
    choice, shop = Random(seed), a_shop(language)
    buyers = data.draw(planted(language))
    sale = replace(a_sale(choice, STEP.get(shop.currency, 1)), besides=buyers)
    raw = render(sale, Style(language=language, currency=shop.currency, choice=choice), layout)
    records.clear()
    told = read_mail(raw, RECEIVER, [shop], vocabulary())
    left = f"{_kept(engine, shop, told)} {[record.getMessage() for record in records]}".casefold()
    assert [value for _, value in buyers if value.casefold() in left] == []


def _kept(engine: Engine, shop: ShopSettings, told: Notification | Ignored | Quarantined) -> str:
    """All rows of all tables once the mail's facts are recorded at a time when all its clocks have run out."""
    if isinstance(told, Quarantined):
        return told.detail
    if isinstance(told, Ignored):
        return ""
    pairs = facts_from(told, sent_at=SEEN_AT, observed_at=SEEN_AT, source_ref="f" * 64)
    with open_session(engine) as session:
        record_facts(session, shop, pairs, SEEN_AT)
        text = "\n".join(_rows(session))
        session.rollback()
    assert pairs
    assert told.order_nos[0] in text
    return text


def _rows(session: Session) -> Iterator[str]:
    for table in Table.metadata.sorted_tables:
        yield from (repr(tuple(row)) for row in session.connection().execute(table.select()))
