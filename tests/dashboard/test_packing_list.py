"""The packer's list: nothing is left out in silence, and what TikTok Shop was told is not taken back here."""

from __future__ import annotations

import pytest
import streamlit as st

from dashboard.packing import MOST
from models.db.session import open_session
from models.fact import FactKind
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


def test_an_order_that_is_cancelled_between_the_look_and_the_tap_is_left_alone_and_stays_on_the_list(
    open_page, home, engine
):
    page = pasted(open_page, f"{ORDER} {seed.NEW.order_no}")
    gone = seed.Life(seed.TO_PACK.number, [(FactKind.CANCELLED, 0.1)])
    with open_session(engine) as session:
        seed.tell(session, load_settings(home).shop[0], [gone])
        session.commit()
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
