"""What is given out about one order, to whoever decides about a fine or a lost parcel: evidence, and letters.

Plain: knows nothing of Prefect. Reads and writes nothing down; pages and the command line share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version

from flows.office import Office
from models.db.facts import facts_of
from models.db.orders import terms_of
from models.db.session import open_session
from models.db.tables import OrderRow
from models.evidence_files import Proof, evidence_files
from models.evidence_zip import Made, evidence_zip
from models.fact import Fact
from models.letter import Letter, letters
from models.letter_text import Written, language_of_market, write
from models.order import fold
from models.terms import Terms


def evidence_of(office: Office, row: OrderRow, now: datetime) -> bytes:
    """Give a ZIP that proves the order's course as it is known at `now` (UTC).

    Raises UnknownShopError for an order whose shop is no longer in the settings.
    """
    facts, terms = _known(office, row)
    proof = Proof(
        shop=row.shop_id,
        order_no=row.order_no,
        zone=terms.timezone,
        policy=terms.policy,
        order=fold(facts, terms, now),
        facts=facts,
        now=now,
    )
    made = Made(shop=row.shop_id, order_no=row.order_no, made_at=now, version=version("shipclock"))
    return evidence_zip(evidence_files(proof), made)


def letters_of(office: Office, row: OrderRow, now: datetime) -> Sequence[Letter]:
    """Give the letters that the order gives cause for at `now` (UTC). Raises UnknownShopError."""
    facts, terms = _known(office, row)
    return letters(fold(facts, terms, now), now)


def written(office: Office, row: OrderRow, letter: Letter, language: str = "") -> Written:
    """Give the letter in a language; without one in that of the shop's market. Raises UnknownShopError."""
    shop = office.shop(row.shop_id)
    spoken = language or language_of_market(shop.market)
    return write(letter, spoken, shop=row.shop_id, order_no=row.order_no, zone=shop.zone)


def evidence_name(row: OrderRow) -> str:
    """Give the name of the order's file of evidence."""
    return f"evidence-{row.order_no}.zip"


def _known(office: Office, row: OrderRow) -> tuple[list[Fact], Terms]:
    shop = office.shop(row.shop_id)
    with open_session(office.engine, read_only=True) as session:
        return facts_of(session, row.id), terms_of(session, shop, row.policy)
