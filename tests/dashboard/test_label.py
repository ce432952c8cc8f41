"""The label on an order's page: fetched when it is asked for, shown once, kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from dashboard.answers import answers_to
from models.command_name import CommandName
from models.db.tables import TodoRow
from models.home import Home
from models.todo import TodoKind
from tests.dashboard import seed
from tests.flows.shop.keyed_home import give_keys
from tests.flows.shop.tiny_platform import TinyPlatform

ORDER = next(life.order_no for life in seed.STORY)
SAID = "Open the label"


@pytest.fixture
def platform(home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyPlatform]:
    """A platform that has the order, and a shop here that has its keys."""
    with TinyPlatform() as serving:
        serving.an_order(ORDER, status="AWAITING_COLLECTION")
        give_keys(serving, home.config, home, engine, seed.SHOP, monkeypatch)
        st.cache_data.clear()
        yield serving


def links(page: AppTest) -> list[str]:
    return [link.proto.url for link in page.get("link_button")]


def test_the_button_shows_a_link_in_this_drawing_of_the_page_alone(open_page, platform, home):
    page = open_page("order", order=ORDER)
    assert links(page) == []
    page.button(key=f"label-{seed.SHOP}-{ORDER}").click().run()
    assert links(page) == [f"https://label.invalid/{ORDER}0?secret=1"]
    assert "label.invalid" not in repr(page.session_state)
    assert "label.invalid" not in repr(page.query_params)
    page.run()
    assert links(page) == []
    assert [path for path in home.path.rglob("*") if path.is_file() and b"label.invalid" in path.read_bytes()] == []
    assert platform.sent[-1][0] == "shipping_document"


def test_a_label_that_is_not_ready_says_so_kindly(open_page, platform):
    platform.orders[ORDER]["status"] = "AWAITING_SHIPMENT"
    page = open_page("order", order=ORDER)
    page.button(key=f"label-{seed.SHOP}-{ORDER}").click().run()
    assert "not ready yet" in page.warning[0].value
    assert links(page) == []


@pytest.mark.usefixtures("home")
def test_a_shop_without_keys_has_no_such_button(open_page):
    page = open_page("order", order=ORDER)
    assert [button.key for button in page.button if str(button.key).startswith("label-")] == []


def test_whoever_wrote_to_the_buyer_by_hand_says_so_without_a_second_message():
    todo = TodoRow(order_id="x", kind=TodoKind.TELL_BUYER, case_id="seller_cancel:1", priority=2, about="notify")
    by_keys, by_hand = answers_to(todo, keys=True)
    assert (by_keys.command, by_hand.command) == (CommandName.CLAIM_STEP, CommandName.RECORD)
    assert by_hand.values["case_id"] == by_keys.values["case_id"] == "seller_cancel:1"
    assert [one.command for one in answers_to(todo)] == [CommandName.CLAIM_STEP]
