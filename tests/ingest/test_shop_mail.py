"""Which mails each shop gets: counted from the ledger, and in step with what we ask instead of accusing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from ingest.quarantine import release
from ingest.shop_mail import LATELY, PROVES, is_asked, mail_counts, mail_of_shops
from models.db.facts import TELLING, evidence_of
from models.db.mail_tables import MessageRow
from models.db.reading import up_to_cap
from models.db.session import open_session
from models.db.tables import FactRow
from models.deadline import RULES
from models.fact import FactKind
from models.notification import NotificationKind
from models.settings import MailboxSettings
from tests.ingest.desk import CORPUS, NOW, RECEIVER, Desk
from tests.ingest.three_shops import arrive, mail_about, order

LATER = NOW + timedelta(hours=1)


def counts(desk: Desk, shop: str) -> dict[NotificationKind, tuple[int, int]]:
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


def test_nobody_counts_on_beyond_what_a_page_shows(
    desk: Desk, shared: MailboxSettings, monkeypatch: pytest.MonkeyPatch
):
    arrive(desk, shared, *(order(number, name="Cedar Shed") for number in range(1, 6)))
    with open_session(desk.engine, read_only=True) as session:
        assert mail_counts(session) == {"parsed": 5}
    monkeypatch.setattr("ingest.shop_mail.COUNT_CAP", 3)
    monkeypatch.setattr("ingest.shop_mail.KIND_CAP", 2)
    monkeypatch.setattr("models.db.reading.COUNT_CAP", 3)
    assert counts(desk, "Cedar Shed") == {NotificationKind.NEW_ORDER: (3, 3)}
    with open_session(desk.engine, read_only=True) as session:
        assert mail_counts(session) == {"parsed": 4}
    assert [up_to_cap(count) for count in (3, 4)] == ["3", "3+"]
    assert [up_to_cap(count, 2) for count in (2, 3)] == ["2", "2+"]


@pytest.fixture
def whole(desk: Desk) -> Desk:
    """An installation that got the corpus's mails about the course of orders, for its thirteen shops."""
    box = MailboxSettings(name="main", kind="folder", path=desk.home.path / "mails", **RECEIVER)
    (desk.home.path / "mails").mkdir()
    arrive(desk, box, *(file.read_bytes() for file in sorted(CORPUS.glob("0[34]*.eml"))))
    return desk


def test_counts_and_evidence_agree_on_what_each_shop_ever_got(whole: Desk):
    """Of the kinds that end the asking, a shop with such a mail has the evidence, and without one has none."""
    for shop in whole.shops:
        with open_session(whole.engine, read_only=True) as session:
            heard = set(evidence_of(session, shop.name))
        assert {PROVES[kind] for kind in counts(whole, shop.name) if kind in PROVES} == heard


def test_the_corpus_tells_every_kind_that_ends_the_asking(whole: Desk):
    assert {kind for shop in whole.shops for kind in counts(whole, shop.name)} >= set(PROVES)


@pytest.mark.parametrize(
    ("heard", "asked"),
    [
        (set(), {"picked_up", "in_transit", "delivery_failed", "delivered"}),
        ({FactKind.PICKED_UP}, {"in_transit", "delivery_failed", "delivered"}),
        ({FactKind.IN_TRANSIT}, {"picked_up", "delivered"}),  # D17 knows of parcels on their way
        ({FactKind.DELIVERED}, {"picked_up", "in_transit"}),
        ({FactKind.DELIVERY_ATTEMPT_FAILED}, {"picked_up", "in_transit", "delivered"}),
        (set(PROVES.values()), set()),
    ],
)
def test_a_kind_is_asked_about_while_some_clock_has_no_other_news(heard, asked):
    assert {kind for kind in NotificationKind if is_asked(kind, heard)} == asked


def test_every_clock_that_asks_is_told_of_by_a_kind_of_mail():
    assert {fact for row in RULES.values() for fact in row.asks} == set(PROVES.values())


def test_each_mail_that_ends_the_asking_tells_the_fact_that_does(whole: Desk):
    with open_session(whole.engine, read_only=True) as session:
        told = {FactKind(row.kind) for row in session.exec(select(FactRow)).all()}
        heard = {kind for shop in whole.shops for kind in evidence_of(session, shop.name)}
    assert heard == told & TELLING == set(PROVES.values())
    assert TELLING - heard == {FactKind.DROPPED_OFF}  # no mail tells it


def test_a_new_order_alone_ends_no_asking(desk: Desk, shared: MailboxSettings):
    arrive(desk, shared, order(1, name="Cedar Shed"))
    assert asked(desk, "Cedar Shed") == set(PROVES)
