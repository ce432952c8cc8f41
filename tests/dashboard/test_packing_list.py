"""The packer's list: nothing is left out in silence, and what TikTok Shop was told is not taken back here."""

from __future__ import annotations

from datetime import timedelta

import pytest
import streamlit as st

from dashboard import actions
from dashboard.packing_list import MOST
from flows.clock import set_virtual
from models.command_name import CommandName
from models.db.packing_lists import keep_list
from models.db.session import open_session
from models.fact import FactKind
from models.packing_turn import ON_IT_FOR, PackingList
from models.settings_file import load_settings
from tests.dashboard import seed
from tests.flows.shop.keyed_home import give_keys
from tests.flows.shop.tiny_platform import TinyPlatform

ORDER = seed.TO_PACK.order_no


def pasted(open_page, text):
    page = open_page("packing")
    if [button for button in page.button if button.key == "keep-rules"]:
        page.button(key="keep-rules").click().run()
    page.text_area(key="packing-paste").set_value(text)
    return page.button(key="add").click().run()


def keys(page):
    return {button.key for button in page.button}


@pytest.mark.usefixtures("home")
def test_numbers_that_find_no_room_on_the_list_are_counted(open_page):
    page = pasted(open_page, " ".join(str(number) for number in range(MOST + 5)))
    assert f"holds {MOST} numbers: 5 were left out" in page.warning[0].value


@pytest.mark.usefixtures("home")
def test_what_a_person_ships_in_seller_center_can_be_taken_back(open_page):
    page = pasted(open_page, ORDER)
    page.button(key="do-packed_arranged").click().run()
    assert "Packed and set to shipped: 1." in page.success[0].value
    assert "take-back" in keys(page)


def tell(engine, home, number: int, kind: FactKind) -> None:
    """Let somebody else tell this of an order."""
    with open_session(engine) as session:
        seed.tell(session, load_settings(home).shop[0], [seed.Life(number, [(kind, 0.1)])])
        session.commit()


def test_what_was_packed_can_be_taken_back_although_a_batch_after_it_had_nothing_left_to_do(open_page, home, engine):
    page = pasted(open_page, ORDER)
    page.button(key="do-packed").click().run()
    page.text_area(key="packing-paste").set_value(seed.NEW.order_no)
    page.button(key="add").click().run()
    tell(engine, home, seed.NEW.number, FactKind.PACKED)
    page.button(key="do-packed").click().run()
    page.button(key="take-back").click().run()
    assert page.session_state["packing-list"] == (ORDER, seed.NEW.order_no)


@pytest.mark.usefixtures("home")
def test_what_could_not_be_taken_back_can_be_tried_again_and_is_not_on_the_list_before(open_page, monkeypatch):
    page = pasted(open_page, f"{ORDER} {seed.NEW.order_no}")
    page.button(key="do-packed").click().run()
    do = actions.do

    def is_busy(shop: str, order_no: str, command: CommandName, values: dict[str, str]) -> actions.Told:
        busy = actions.Told(done=False, words="The database is busy.")
        return busy if order_no == ORDER else do(shop, order_no, command, values)

    with monkeypatch.context() as patched:
        patched.setattr(actions, "do", is_busy)
        page.button(key="take-back").click().run()
    assert page.session_state["packing-list"] == (seed.NEW.order_no,)
    page.button(key="take-back").click().run()
    assert page.session_state["packing-list"] == (ORDER, seed.NEW.order_no)
    assert "take-back" not in keys(page)


def test_an_order_that_is_cancelled_between_the_look_and_the_tap_is_left_alone_and_stays_on_the_list(
    open_page, home, engine
):
    page = pasted(open_page, f"{ORDER} {seed.NEW.order_no}")
    tell(engine, home, seed.TO_PACK.number, FactKind.CANCELLED)
    page.button(key="do-packed_arranged").click().run()
    told = page.warning[0].value
    assert told.startswith("Packed and set to shipped: 1.")
    assert told.count(f"Order {ORDER}: not done.") == 1  # of two deeds the second was not tried any more
    assert page.session_state["packing-list"] == (ORDER,)


def test_what_was_set_to_shipped_by_the_shops_keys_is_not_taken_back_here(open_page, home, engine, monkeypatch):
    with TinyPlatform() as platform:
        platform.an_order(ORDER, status="AWAITING_SHIPMENT")
        give_keys(platform, home.config, home, engine, seed.SHOP, monkeypatch)
        st.cache_data.clear()
        page = pasted(open_page, ORDER)
        page.button(key="do-packed_arranged").click().run()
        assert "Packed and set to shipped: 1." in page.success[0].value
        assert "take-back" not in keys(page)


def on_the_page(page):
    return "\n".join(str(element.value) for kind in (page.markdown, page.info) for element in kind)


@pytest.mark.usefixtures("home")
def test_a_tab_that_comes_back_has_its_list_and_the_number_that_was_scanned_last(open_page):
    page = pasted(open_page, f"{ORDER} {seed.NEW.order_no}")
    token = page.query_params["list"]
    again = open_page("packing", list=token)
    assert again.session_state["packing-list"] == (ORDER, seed.NEW.order_no)
    assert f"**{seed.NEW.order_no}**" in on_the_page(again)
    again.button(key="clear").click().run()
    assert "list" not in again.query_params
    assert "packing-list" not in open_page("packing", list=token).session_state


@pytest.mark.usefixtures("home")
def test_an_address_that_names_no_list_begins_with_an_empty_one(open_page):
    page = open_page("packing", list="' OR 1=1 --")
    assert not page.exception
    assert "do-packed" not in keys(page)


@pytest.mark.usefixtures("home")
def test_a_browser_that_was_opened_anew_offers_the_list_that_was_left(open_page):
    pasted(open_page, f"{ORDER} {seed.NEW.order_no}")
    page = open_page("packing").button(key="go-on").click().run()
    assert page.session_state["packing-list"] == (ORDER, seed.NEW.order_no)


def test_others_are_told_who_is_on_an_order_until_it_ends_by_itself_and_may_pack_it_all_the_same(open_page, engine):
    lans = PackingList(token="l", person="Lan", holds=True, numbers=(ORDER, seed.NEW.order_no), changed_at=seed.NOW)
    with open_session(engine) as session:
        keep_list(session, lans)
        session.commit()
    set_virtual(engine, seed.NOW + timedelta(minutes=2))
    page = pasted(open_page, f"{seed.NEW.order_no} {ORDER}")
    assert "**Lan is on it, 2 min ago**" in on_the_page(page)
    assert "Others are on some of these orders: Lan (1)" in on_the_page(page)
    page.button(key="do-packed").click().run()
    assert "Packed: 2." in page.success[0].value
    set_virtual(engine, seed.NOW + ON_IT_FOR)
    assert "is on it" not in on_the_page(pasted(open_page, ORDER))


@pytest.mark.usefixtures("home")
def test_what_is_done_or_taken_off_the_list_nobody_is_on_any_more(open_page):
    mine = pasted(open_page, f"{ORDER} {seed.NEW.order_no}")
    mine.button(key="do-packed").click().run()
    assert "is on it" not in on_the_page(pasted(open_page, ORDER))
