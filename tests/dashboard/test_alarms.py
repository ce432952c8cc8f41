"""The alerts on the Problems page: one card for many of a kind, acknowledged and silenced by a button each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from dashboard.words import plain
from models.db.alert_tables import SilenceRow
from models.db.alerts import BREACH_LEVEL, Alert, raise_alerts
from models.db.session import make_engine, open_session
from models.db.tables import AlertRow, AuditRow
from models.home import Home
from tests.dashboard import seed

pytestmark = pytest.mark.usefixtures("empty_home")


def breach(number: int) -> Alert:
    return Alert(
        subject=f"ord_{number}",
        rule="D02",
        level=BREACH_LEVEL,
        text_key="breached",
        shop_id=seed.SHOP,
        order_no=f"57646141303{number:07d}",
        critical=True,
        values={"due_at": seed.NOW.isoformat()},
    )


@pytest.fixture
def stormy(empty_home: Home, open_page: Callable[[str], AppTest]) -> AppTest:
    """The page after 12 orders of a shop missed their time."""
    with open_session(engine_of(empty_home)) as session:
        raise_alerts(session, [breach(number) for number in range(12)], seed.NOW)
        session.commit()
    return open_page("problems")


def engine_of(home) -> Engine:
    return make_engine(home.database_url)


def words_of(page: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (page.header, page.markdown, page.success) for element in kind)


def test_many_of_a_kind_are_one_card_and_one_button_acknowledges_them_all(stormy: AppTest, empty_home):
    (card,) = [button for button in stormy.button if str(button.key).startswith("know-")]
    assert card.label == "I know (12)"
    page = card.click().run()
    assert plain("Acknowledged: 12.") in page.success[0].value
    with open_session(engine_of(empty_home), read_only=True) as session:
        known = session.exec(select(AlertRow.acknowledged_by).where(col(AlertRow.acknowledged_at).is_not(None))).all()
        lines = session.exec(select(AuditRow.actor).where(AuditRow.action == "alert_acknowledged")).all()
    assert (set(known), len(known), list(lines)) == ({"dashboard"}, 12, ["dashboard"])
    assert not [button for button in page.button if str(button.key).startswith("know-")]


def test_a_kind_is_silenced_for_a_while_for_a_reason_and_the_silence_ended(stormy: AppTest, empty_home):
    (do,) = [button for button in stormy.button if str(button.key).startswith("silence-do-")]
    page = do.click().run()
    with open_session(engine_of(empty_home), read_only=True) as session:
        row = session.exec(select(SilenceRow)).one()
    assert (row.shop_id, row.rule, row.reason, row.by) == (seed.SHOP, "D02", "known", "dashboard")
    assert "We know, and see to it" in words_of(page)
    page = page.button(key=f"unsilence-{row.id}").click().run()
    assert "has ended" in page.success[0].value


def test_a_page_without_alerts_says_nothing_of_them(open_page):
    assert "Alerts" not in words_of(open_page("problems"))
