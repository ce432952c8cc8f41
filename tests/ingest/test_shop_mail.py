"""Which mails each shop gets: counted from the ledger, and in step with what we ask instead of accusing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from ingest.quarantine import release
from ingest.shop_mail import LATELY, PROVES, mail_of_shops
from models.db.facts import TELLING, evidence_of
from models.db.mail_tables import MessageRow
from models.db.session import open_session
from models.db.tables import FactRow
from models.fact import FactKind
from models.notification import NotificationKind
from models.settings import MailboxSettings
from tests.ingest.desk import CORPUS, NOW, RECEIVER, Desk
from tests.ingest.three_shops import arrive, mail_about, order

LATER = NOW + timedelta(hours=1)


def counts(desk: Desk, shop: str) -> dict[str, tuple[int, int]]:
    with open_session(desk.engine, read_only=True) as session:
        counted = mail_of_shops(session, [shop], LATER)[shop]
    return {count.kind: (count.total, count.lately) for count in counted if count.total}


def asked(desk: Desk, shop: str) -> set[str]:
    with open_session(desk.engine, read_only=True) as session:
        return {count.kind for count in mail_of_shops(session, [shop], LATER)[shop] if count.asks}


def test_mails_are_counted_by_shop_and_kind_ever_and_lately(desk: Desk, shared: MailboxSettings):
    arrive(desk, shared, order(1, name="Cedar Shed"), order(2, name="Cedar Shed"), order(3, name="Birch Barn"))
    with open_session(desk.engine) as session:
        row = session.exec(select(MessageRow)).first()
        assert row is not None
        row.seen_at = LATER - LATELY
        session.add(row)
        session.commit()
    assert counts(desk, "Cedar Shed") == {NotificationKind.NEW_ORDER: (2, 1)}
    assert counts(desk, "Birch Barn") == {NotificationKind.NEW_ORDER: (1, 1)}
    assert counts(desk, "Lotus Lane Home") == {}


def test_the_same_mail_twice_counts_once_and_one_that_a_person_vouched_for_not_at_all(
    desk: Desk, shared: MailboxSettings
):
    forged = order(2, name="Cedar Shed").replace(b"dmarc=pass", b"dmarc=fail")
    arrive(desk, shared, order(1, name="Cedar Shed"), order(1, name="Cedar Shed"), forged)
    release(desk.engine, desk.settings(shared), desk.home, NOW, mail_about(desk, 2), by="lan")
    assert len(desk.orders()) == 2
    assert counts(desk, "Cedar Shed") == {NotificationKind.NEW_ORDER: (1, 1)}


@pytest.fixture
def whole(desk: Desk) -> Desk:
    """An installation that got the corpus's mails about the course of orders, for its thirteen shops."""
    box = MailboxSettings(name="main", kind="folder", path=desk.home.path / "mails", **RECEIVER)
    (desk.home.path / "mails").mkdir()
    arrive(desk, box, *(file.read_bytes() for file in sorted(CORPUS.glob("0[34]*.eml"))))
    return desk


def test_we_ask_about_exactly_the_kinds_of_mail_that_a_shop_never_got(whole: Desk):
    """Counts and evidence agree, for every shop."""
    got = {shop.name: set(counts(whole, shop.name)) for shop in whole.shops}
    assert {kind for kinds in got.values() for kind in kinds} >= set(PROVES)
    assert {name: set(PROVES) - kinds for name, kinds in got.items()} == {name: asked(whole, name) for name in got}


def test_each_mail_that_ends_the_asking_tells_the_fact_that_does(whole: Desk):
    with open_session(whole.engine, read_only=True) as session:
        told = {FactKind(row.kind) for row in session.exec(select(FactRow)).all()}
        heard = {kind for shop in whole.shops for kind in evidence_of(session, shop.name)}
    assert heard == told & TELLING == set(PROVES.values())
    assert TELLING - heard == {FactKind.DROPPED_OFF}  # no mail tells it


def test_a_new_order_alone_ends_no_asking(desk: Desk, shared: MailboxSettings):
    arrive(desk, shared, order(1, name="Cedar Shed"))
    assert asked(desk, "Cedar Shed") == set(PROVES)
