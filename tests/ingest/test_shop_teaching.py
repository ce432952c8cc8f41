"""A person says whose a waiting mail is: it is remembered, such mails pass, and it can be taken back."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from ingest.quarantine import release
from ingest.shop_sign import keep_sign, list_signs
from ingest.shop_teaching import Lesson, Taught, forget_sign, teach_shop
from models.db.mail_tables import ShopSignRow
from models.db.session import open_session
from models.db.tables import AuditRow
from models.settings import MailboxSettings, ShopSettings
from tests.ingest.desk import NOW, Desk, order_no
from tests.ingest.three_shops import BIRCH, CEDAR, LOTUS, arrive, mail_about, order, waiting

LATER = NOW + timedelta(hours=1)


def teach(desk: Desk, shared: MailboxSettings, message_id: int, shop: ShopSettings = CEDAR) -> Taught:
    return teach_shop(desk.engine, desk.settings(shared), desk.home, LATER, message_id, shop.name, by="lan")


def signs(desk: Desk) -> list[tuple[str, str, str]]:
    with open_session(desk.engine, read_only=True) as session:
        return [(row.kind, row.value, row.shop_id) for row in list_signs(session)]


def audit(desk: Desk) -> list[str]:
    """What Lan did."""
    with open_session(desk.engine, read_only=True) as session:
        return list(session.exec(select(AuditRow.action).where(AuditRow.actor == "lan")).all())


def test_one_answer_lets_in_every_mail_of_that_name_those_to_come_too(desk: Desk, shared: MailboxSettings):
    arrive(desk, shared, order(1, name="Elm Attic"), order(2, name="ELM ATTIC"), order(3, name="Oak Office"))
    assert waiting(desk) == ["unknown_shop"] * 3

    taught = teach(desk, shared, mail_about(desk, 1))

    assert (taught.lesson, taught.result.parsed, taught.result.quarantined) == (Lesson.TAUGHT, 2, 1)
    assert desk.orders() == dict.fromkeys(map(order_no, (1, 2)), "Cedar Shed")
    arrive(desk, shared, order(4, name="Elm Attic"))
    assert desk.orders()[order_no(4)] == "Cedar Shed"
    assert signs(desk) == [("name", "Elm Attic", "Cedar Shed")]
    assert audit(desk) == ["teach_shop"]


def test_of_a_mail_without_a_name_the_plus_address_is_remembered(desk: Desk, shared: MailboxSettings):
    elm = "orders+elm@seller-inbox.example"
    arrive(desk, shared, order(1, to=elm), order(2))

    taught = teach(desk, shared, mail_about(desk, 1))

    assert (taught.result.parsed, taught.result.quarantined) == (1, 1)
    assert signs(desk) == [("address", elm, "Cedar Shed")]
    assert desk.orders() == {order_no(1): "Cedar Shed"}


def test_a_mail_that_bears_no_sign_of_its_own_is_let_in_alone(desk: Desk, shared: MailboxSettings):
    arrive(desk, shared, order(1), order(2))

    taught = teach(desk, shared, mail_about(desk, 1))

    assert (taught.lesson, taught.result.parsed) == (Lesson.ALONE, 1)
    assert (signs(desk), audit(desk)) == ([], ["mail_is_of_shop"])
    assert desk.orders() == {order_no(1): "Cedar Shed"}
    assert waiting(desk) == ["unknown_shop"]


def test_a_mail_whose_name_may_not_be_kept_teaches_nothing_and_waits_on(desk: Desk, shared: MailboxSettings):
    arrive(desk, shared, order(1, name="Call 0912 345 678"))
    assert teach(desk, shared, mail_about(desk, 1)).lesson is Lesson.NO_SIGN
    assert (signs(desk), audit(desk), desk.orders()) == ([], [], {})
    assert waiting(desk) == ["unknown_shop"]


def test_a_shop_of_another_currency_is_refused_before_anything_is_remembered(desk: Desk, shared: MailboxSettings):
    arrive(desk, shared, order(1, name="Elm Attic"))
    assert teach(desk, shared, mail_about(desk, 1), LOTUS).lesson is Lesson.OTHER_CURRENCY
    assert (signs(desk), audit(desk), desk.orders()) == ([], [], {})


def test_a_shop_whose_mail_arrives_in_another_mailbox_is_refused(desk: Desk, shared: MailboxSettings):
    arrive(desk, shared, order(1, name="Elm Attic"))
    desk.shops = (*desk.shops[:2], desk.shops[2].model_copy(update={"mailbox": "second"}))
    assert teach(desk, shared, mail_about(desk, 1), LOTUS).lesson is Lesson.OTHER_MAILBOX


def test_a_mail_that_waits_no_more_teaches_nothing(desk: Desk, shared: MailboxSettings):
    arrive(desk, shared, order(1, name="Cedar Shed"))
    [row] = desk.ledger()
    assert teach(desk, shared, row.id or 0).lesson is Lesson.GONE
    assert teach(desk, shared, 99).lesson is Lesson.GONE


def test_a_forged_mail_teaches_nothing_even_after_somebody_vouched_for_it(desk: Desk, shared: MailboxSettings):
    forged = order(1, name="Elm Attic").replace(b"dmarc=pass", b"dmarc=fail")
    arrive(desk, shared, forged)
    number = mail_about(desk, 1)
    assert waiting(desk) == ["sender_unauthenticated"]
    release(desk.engine, desk.settings(shared), desk.home, NOW, number, by="lan")
    assert waiting(desk) == ["unknown_shop"]

    assert teach(desk, shared, number).lesson is Lesson.CLEAR

    assert (signs(desk), desk.orders()) == ([], {})
    assert waiting(desk) == ["sender_unauthenticated"]


def elm_attic(shop: str, mailbox: str = "main") -> ShopSignRow:
    """The name as it was taught for that shop."""
    return ShopSignRow(mailbox=mailbox, kind="name", value="Elm Attic", shop_id=shop, taught_by="x", taught_at=NOW)


def test_of_two_people_who_say_different_shops_the_first_is_right(desk: Desk):
    known = [CEDAR.name, BIRCH.name]
    with open_session(desk.engine) as session:
        kept = [keep_sign(session, elm_attic(shop), known) for shop in (CEDAR.name, BIRCH.name, CEDAR.name)]
        session.commit()
    assert kept == [True, False, True]
    assert signs(desk) == [("name", "Elm Attic", "Cedar Shed")]


def test_a_sign_of_a_shop_that_left_the_settings_means_nobody_and_may_be_taught_anew(
    desk: Desk, shared: MailboxSettings
):
    with open_session(desk.engine) as session:
        session.add(elm_attic("Old Shop"))
        session.commit()
    arrive(desk, shared, order(1, name="Elm Attic"))
    assert desk.orders() == {}
    assert teach(desk, shared, mail_about(desk, 1)).result.parsed == 1


def test_a_sign_holds_for_its_own_mailbox_alone(desk: Desk, shared: MailboxSettings):
    with open_session(desk.engine) as session:
        session.add(elm_attic(CEDAR.name, mailbox="second"))
        session.commit()
    arrive(desk, shared, order(1, name="Elm Attic"))
    assert waiting(desk) == ["unknown_shop"]


def test_taken_back_such_mails_wait_again_and_the_orders_to_look_at_are_named(desk: Desk, shared: MailboxSettings):
    arrive(desk, shared, order(5, name="Cedar Shed"), order(1, name="Elm Attic"))
    teach(desk, shared, mail_about(desk, 1))

    [gone] = forget_sign(desk.engine, LATER, "elm attic", by="lan")

    assert (gone.shop, gone.orders) == ("Cedar Shed", [order_no(1)])
    assert signs(desk) == []
    assert audit(desk) == ["teach_shop", "forget_shop_sign"]
    arrive(desk, shared, order(2, name="Elm Attic"))
    assert waiting(desk) == ["unknown_shop"]
    assert forget_sign(desk.engine, LATER, "elm attic", by="lan") == []


def test_what_is_kept_holds_no_buyer(desk: Desk, shared: MailboxSettings):
    arrive(desk, shared, order(1, name="Elm Attic", to="orders+elm@seller-inbox.example, ann@mail.example"))
    teach(desk, shared, mail_about(desk, 1))
    with open_session(desk.engine, read_only=True) as session:
        told = str([row.model_dump() for table in (AuditRow, ShopSignRow) for row in session.exec(select(table)).all()])
    assert "Elm Attic" in told
    assert "ann@" not in told
    assert "m***y_r" not in told
