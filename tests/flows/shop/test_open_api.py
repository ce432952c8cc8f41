"""A shop with keys: what it does by itself, what waits for a person, and whose word counts."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from flows import steps
from flows.commands import Performed, perform
from flows.labels import labels
from flows.office import Office
from flows.shop.messages import text_about
from flows.shop.open_api import OpenApiShop
from flows.shop.protocol import BY_A_PERSON, Outcome, Shop
from models.command import Command, CommandName, Refused
from models.db.facts import facts_of
from models.db.orders import folded, record_facts
from models.db.session import open_session
from models.db.shop_tables import EffectRow
from models.db.tables import OrderRow
from models.fact import Authority, Fact, FactKind
from models.ids import order_id
from models.order import Order
from models.settings import MailboxSettings, Settings
from models.stage import HandoverMode, Role, Stage, Step
from tests.databases import ON_SQLITE
from tests.flows.shop.api_shop import NOW, NUMBER, Rig, a_shop
from tests.flows.shop.tiny_platform import ENDED, SHIPPED
from tests.models.makers import a_fact, placed


class KeyedOffice(Office):
    """An office whose shop has keys at the test's platform."""

    rig: Rig

    def now(self):
        return self.rig.now

    def open_shop(self, name: str) -> Shop:
        del name
        return self.rig.shop()


@pytest.fixture
def office(rig: Rig) -> Office:
    settings = Settings(mailbox=(MailboxSettings(name="main"),), shop=(a_shop(),))
    made = KeyedOffice(home=rig.home, settings=settings, engine=rig.engine)
    object.__setattr__(made, "rig", rig)
    rig.now = NOW + timedelta(days=2)
    return made


def tell(office: Office, *facts: Fact):
    with open_session(office.engine) as session:
        record_facts(session, office.shop("Shop"), [(NUMBER, fact) for fact in facts], office.now())
        session.commit()


def order(office: Office) -> Order:
    with open_session(office.engine, read_only=True) as session:
        row = session.get_one(OrderRow, order_id("Shop", NUMBER))
        return folded(session, office.shop("Shop"), row, office.now())


def do(office: Office, name: str, **values: str) -> Performed | Refused:
    asked = Command(name=CommandName(name), actor="Lan", role=Role.MANAGER, at=office.now(), reason=None, values=values)
    return perform(office, "Shop", NUMBER, asked)


def told_by(office: Office, kind: FactKind) -> set[Authority]:
    with open_session(office.engine, read_only=True) as session:
        return {fact.authority for fact in facts_of(session, order_id("Shop", NUMBER)) if fact.kind is kind}


def ready():
    """An order that was paid, checked and packed."""
    return (*placed(), a_fact("stock_confirmed", 1), a_fact("packed", 2))


# --- what it does, asked directly ---


def test_stock_and_packing_wait_for_a_person_and_ask_nobody(rig):
    shop = rig.shop()
    assert shop.confirm(NUMBER, key="c") == shop.pack(NUMBER, key="p") == BY_A_PERSON
    assert shop.complain(NUMBER, key="x") == shop.request_refund(NUMBER, key="r") == BY_A_PERSON
    assert rig.platform.sent == []


@pytest.mark.parametrize(
    ("change", "outcome", "code"),
    [
        ({}, Outcome.OK, ""),
        ({"status": "ON_HOLD"}, Outcome.WAITING, "platform_hold"),
        ({"is_on_hold_order": True}, Outcome.WAITING, "platform_hold"),
        ({"status": "UNPAID"}, Outcome.WAITING, "not_paid"),
        ({"status": "CANCELLED"}, Outcome.REFUSED, "cancelled"),
        ({"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}, Outcome.REFUSED, "fulfilled_by_tiktok"),
    ],
)
def test_a_shop_that_confirms_by_itself_takes_for_in_stock_what_is_ready_there(rig, change, outcome, code):
    rig.platform.orders[NUMBER] |= change
    answer = rig.shop(confirms="by_itself").confirm(NUMBER, key="c")
    assert (answer.outcome, answer.code) == (outcome, code)
    assert (FactKind.STOCK_CONFIRMED in {told.kind for told in answer.told}) is (outcome is Outcome.OK)


@pytest.mark.parametrize(
    ("change", "outcome", "kinds"),
    [
        ({"status": "AWAITING_COLLECTION", "rts_time": SHIPPED}, Outcome.WAITING, ["marked_shipped"]),
        (
            {"status": "IN_TRANSIT", "rts_time": SHIPPED, "collection_time": SHIPPED + 9},
            Outcome.WAITING,
            ["marked_shipped", "in_transit"],
        ),
        (
            {"status": "DELIVERED", "rts_time": SHIPPED, "collection_time": SHIPPED + 9, "delivery_time": ENDED},
            Outcome.OK,
            ["marked_shipped", "in_transit", "delivered"],
        ),
        ({"status": "CANCELLED", "cancel_time": ENDED}, Outcome.OK, ["cancelled"]),
        ({"status": "SOMETHING_NEW"}, Outcome.WAITING, []),
    ],
)
def test_tracking_tells_the_orders_times_and_waits_until_it_has_arrived(rig, change, outcome, kinds):
    rig.platform.orders[NUMBER] |= change
    answer = rig.shop().track(NUMBER)
    assert (answer.outcome, [told.kind.value for told in answer.told]) == (outcome, kinds)


def test_the_word_that_it_is_shipped_which_the_platform_has_not_seen_is_for_a_person_to_look_at(rig):
    answer = rig.shop().track(NUMBER)
    assert (answer.outcome, answer.code, answer.told) == (Outcome.BUSINESS_FAILURE, "awaiting_shipment", ())


@pytest.mark.parametrize("market", ["VN", "ID", "MY", "TH", "ES", "DE", "FR", "IT", "BR", "JP", "GB"])
def test_buyers_are_written_to_in_their_language_with_the_orders_number_alone(market):
    for topic in ("out_of_stock", "damaged_goods", "lost", "damaged", "late", "other", "a topic of tomorrow"):
        text = text_about(topic, market)
        assert text.format(order_no=NUMBER).count(NUMBER) == 1
        assert len(text) < 2000
        assert ("sorry" in text) is (market == "GB")


def test_a_message_is_sent_once_and_its_id_kept(rig):
    for _ in range(3):
        assert rig.shop().message_buyer(NUMBER, topic="lost", key="m").outcome is Outcome.OK
    assert rig.platform.did["message"] == 1
    with open_session(rig.engine, read_only=True) as session:
        assert session.exec(select(EffectRow)).one().request_id == "720"


def test_no_effect_row_holds_what_was_written_or_to_whom(rig):
    rig.shop().message_buyer(NUMBER, topic="lost", key="m")
    with open_session(rig.engine, read_only=True) as session:
        kept = repr(session.exec(select(EffectRow)).one().model_dump())
    assert "7000000000000000001" not in kept
    assert "sorry" not in kept


# --- as an order's step, and as a person's command ---


def test_the_step_ships_and_stores_what_the_platform_says_as_its_word(office, rig):
    tell(office, *ready())
    claimed = steps.claim_one(office, "Shop", NUMBER, Step.HAND_OVER, by="test")
    assert claimed is not None
    done = steps.attempt(
        office, claimed, partial(steps.carry_out, office, "Shop", NUMBER, claimed.step), run=None, by=""
    )
    assert done.ending.result == Outcome.OK
    assert order(office).stage is Stage.AWAITING_HANDOVER
    assert told_by(office, FactKind.MARKED_SHIPPED) == {Authority.PLATFORM}
    assert rig.platform.did == {f"ship {NUMBER}0": 1}


def test_no_order_is_shipped_by_itself_before_somebody_looked_at_its_stock(office, rig):
    """Where the platform ships, setting to shipped may come first: that is for a person to say."""
    tell(office, a_fact("order_placed", 0, shipping_mode="platform"), a_fact("order_paid", 0))
    assert Step.HAND_OVER in order(office).steps
    assert steps.carry_out(office, "Shop", NUMBER, Step.HAND_OVER) == BY_A_PERSON
    assert rig.platform.sent == []
    assert isinstance(do(office, "confirm"), Performed)
    assert steps.carry_out(office, "Shop", NUMBER, Step.HAND_OVER).outcome is Outcome.OK


def test_the_step_after_a_persons_command_ships_nothing_more(office, rig):
    tell(office, *ready())
    assert isinstance(do(office, "mark_shipped", tracking_no=""), Performed)
    assert steps.carry_out(office, "Shop", NUMBER, Step.HAND_OVER).outcome is Outcome.OK
    assert set(rig.platform.did.values()) == {1}


def test_what_a_person_did_in_seller_center_is_seen_there_and_taken(office, rig):
    tell(office, *ready())
    rig.platform.ship(f"{NUMBER}0")
    assert isinstance(do(office, "mark_shipped"), Performed)
    assert told_by(office, FactKind.MARKED_SHIPPED) == {Authority.PLATFORM, Authority.HUMAN}
    assert set(rig.platform.did.values()) == {1}


@pytest.mark.parametrize(("name", "kind"), [("confirm", "stock_confirmed"), ("mark_packed", "packed")])
def test_a_persons_word_about_what_hands_do_is_taken_though_the_platform_is_away(office, rig, name, kind):
    tell(office, *placed())
    rig.platform.fails("get_orders", 36009002, times=50)
    assert isinstance(do(office, name, **({"checklist": "all"} if name == "mark_packed" else {})), Performed)
    assert told_by(office, FactKind(kind)) == {Authority.HUMAN}


def test_set_to_shipped_is_not_noted_while_the_platform_holds_the_order(office, rig):
    tell(office, *ready())
    rig.platform.orders[NUMBER]["status"] = "ON_HOLD"
    refused = do(office, "mark_shipped")
    assert isinstance(refused, Refused)
    assert refused.code == "platform_hold"
    assert order(office).stage is Stage.PACKED


def test_where_keys_do_not_help_a_persons_word_is_recorded_all_the_same(office, rig):
    tell(office, *ready())
    rig.platform.fails("ship_package", 105005, times=50)
    refused = do(office, "mark_shipped")
    assert isinstance(refused, Refused)
    assert refused.code == "no_permission"
    assert isinstance(do(office, "record", kind="marked_shipped"), Performed)
    assert order(office).stage is Stage.AWAITING_HANDOVER
    assert steps.carry_out(office, "Shop", NUMBER, Step.TRACK).outcome is Outcome.BUSINESS_FAILURE


def test_a_refusal_leaves_what_the_platform_told_with_it(office, rig):
    """The order was cancelled meanwhile: that is true, whoever asked for what."""
    tell(office, *ready())
    rig.platform.orders[NUMBER] |= {"status": "CANCELLED", "cancel_time": ENDED, "cancellation_initiator": "BUYER"}
    assert isinstance(do(office, "mark_shipped"), Refused)
    assert order(office).stage is Stage.CANCELLED


def test_the_steps_of_our_own_cancelling_write_to_the_buyer_and_cancel(office, rig):
    tell(office, *placed())
    do(office, "seller_cancel", reason_code="out_of_stock")
    do(office, "claim_step", step="notify")
    done = do(office, "claim_step", step="cancel")
    assert isinstance(done, Performed)
    assert done.after is Stage.CANCELLED
    assert rig.platform.did == {"message": 1, f"cancel {NUMBER}": 1}


def test_a_doubt_of_the_platform_is_told_with_what_was_done(office, rig):
    tell(office, *ready())
    rig.platform.orders[NUMBER]["shipping_type"] = "SELLER"
    rig.platform.warning = "looks odd"
    object.__setattr__(office, "open_shop", lambda _: rig.shop(market="GB", carrier_id="71"))
    done = do(office, "mark_shipped", tracking_no="A1")
    assert isinstance(done, Performed)
    assert done.code == "tracking_doubted"


# --- labels ---


def test_the_label_of_each_package_is_fetched_once_it_is_shipped(office, rig):
    rig.platform.an_order(NUMBER, packages=2, status="AWAITING_COLLECTION")
    found = labels(office, "Shop", NUMBER)
    assert isinstance(found, tuple)
    assert [one.address for one in found] == [f"https://label.invalid/{NUMBER}{place}?secret=1" for place in (0, 1)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "label_not_ready"),
        ({"status": "AWAITING_COLLECTION", "shipping_type": "SELLER"}, "label_own_carrier"),
        ({"status": "AWAITING_COLLECTION", "packages": []}, "label_not_ready"),
    ],
)
def test_where_there_is_no_label_it_is_said_why(office, rig, change, code):
    rig.platform.orders[NUMBER] |= change
    refused = labels(office, "Shop", NUMBER)
    assert isinstance(refused, Refused)
    assert refused.code == code


@pytest.mark.parametrize(("said", "code"), [(11034037, "label_not_ready"), (21042102, "no_label")])
def test_a_label_that_the_platform_does_not_give_is_refused_kindly(office, rig, said, code):
    rig.platform.orders[NUMBER]["status"] = "AWAITING_COLLECTION"
    rig.platform.fails("shipping_document", said, times=9)
    refused = labels(office, "Shop", NUMBER)
    assert isinstance(refused, Refused)
    assert refused.code == code


@ON_SQLITE  # all of its file is searched
def test_a_labels_address_shows_in_no_log_and_in_no_row(office, rig, caplog):
    caplog.set_level(0)
    rig.platform.orders[NUMBER]["status"] = "AWAITING_COLLECTION"
    found = labels(office, "Shop", NUMBER)
    assert found
    assert "label.invalid" not in repr(found)
    assert "label.invalid" not in caplog.text
    assert b"label.invalid" not in (rig.home.path / "shipclock.db").read_bytes()


def test_an_address_that_is_none_of_the_web_is_not_shown(office, rig, monkeypatch):
    rig.platform.orders[NUMBER]["status"] = "AWAITING_COLLECTION"
    monkeypatch.setattr(rig.platform, "_shipping_document", lambda *_: (0, {"doc_url": "javascript:alert(1)"}))
    assert isinstance(labels(office, "Shop", NUMBER), Refused)


def test_a_shop_without_keys_has_no_labels_here(rig):
    settings = Settings(mailbox=(MailboxSettings(name="main"),), shop=(a_shop(api=False),))
    refused = labels(Office(home=rig.home, settings=settings, engine=rig.engine), "Shop", NUMBER)
    assert isinstance(refused, Refused)
    assert refused.code == "no_api"


def test_a_shop_with_keys_is_opened_by_them_and_one_whose_app_is_not_set_up_still_lets_people_pack(rig):
    settings = Settings(mailbox=(MailboxSettings(name="main"),), shop=(a_shop(),))
    shop = Office(home=rig.home, settings=settings, engine=rig.engine).open_shop("Shop")
    assert isinstance(shop, OpenApiShop)
    assert shop.pack(NUMBER, key="p") == BY_A_PERSON
    refused = shop.hand_over(NUMBER, mode=HandoverMode.PICKUP, drop_off_point="", key="k")
    assert (refused.outcome, refused.code) == (Outcome.REFUSED, "secret_wrong")
