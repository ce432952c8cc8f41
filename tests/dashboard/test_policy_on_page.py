"""The order's page says whose time counts, and when the platform cancels by itself."""

from __future__ import annotations

import streamlit as st

from flows.office import open_office
from models.db.policy_change import apply_policy
from models.home import Home
from tests.dashboard.conftest import OpenPage
from tests.dashboard.seed import NEW


def shown(open_page: OpenPage) -> str:
    page = open_page("order", order=NEW.order_no)
    assert not page.exception
    return "\n".join([*(one.value for one in page.markdown), *(str(one.value) for one in page.table)])


def test_with_the_articles_figures(home: Home, open_page: OpenPage) -> None:
    assert home.config.exists()
    page = shown(open_page)
    assert "article" in page
    assert "cancels it by itself" not in page


def test_with_the_markets_figures_once_they_are_applied(home: Home, open_page: OpenPage) -> None:
    text = home.config.read_text(encoding="utf-8")
    home.config.write_text(text.replace('policy = "article"\n', ""), encoding="utf-8")
    assert "platform rule" not in shown(open_page)
    office = open_office(home)
    (shop,) = office.settings.shop
    assert NEW.order_no in {one.order_no for one in apply_policy(office.engine, shop, office.now(), by="Hoa")}
    office.engine.dispose()
    st.cache_data.clear()
    page = shown(open_page)
    assert "If nothing more happens, TikTok Shop cancels it by itself: Fri 20 Mar 23:59" in page
    assert "platform rule" in page
