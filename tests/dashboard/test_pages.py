"""Each page on a real database, without a browser: what it shows and what its buttons do."""

from __future__ import annotations

from datetime import timedelta

import pytest
import streamlit as st
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from dashboard.words import plain, say
from flows.clock import set_virtual
from flows.office import open_office
from flows.wording_watch import watch_wording
from models.db.mail_tables import MailboxRow, MessageRow, SealedMailRow
from models.db.session import make_engine, open_session
from models.db.tables import AuditRow, OrderRow, StepRow
from models.fact_key import short_key
from models.ids import order_id
from tests.dashboard import seed

A_MAIL = {
    "mailbox": "main", "folder": "INBOX", "uidvalidity": 1, "outcome": "parsed", "kind": "new_order", "language": "en",
    "shop_id": seed.SHOP,
}  # fmt: skip
PAGES = ("today", "packing", "orders", "breaches", "figures", "problems", "mail", "settings")


def words_of(page: AppTest) -> str:
    """Give all words of a page, as Markdown."""
    kinds = (page.title, page.header, page.subheader, page.markdown, page.info, page.warning, page.error, page.success)
    texts = [element.value for kind in kinds for element in kind]
    return "\n".join(texts + [button.label for button in page.button])


def press(page: AppTest, key: str) -> AppTest:
    """Press the button of that key."""
    return page.button(key=key).click().run()


def card(life: seed.Life, kind: str, about: str = "") -> str:
    """Give the key of a to-do's card."""
    return f"{order_id(seed.SHOP, life.order_no)}-{kind}-{about}"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("home")
def test_each_page_opens_without_a_fault(open_page, name):
    page = open_page(name)
    assert not page.exception
    assert len(page.title) == 1


@pytest.mark.parametrize("name", [name for name in PAGES if name != "settings"])
@pytest.mark.usefixtures("empty_home")
def test_each_page_of_an_empty_shop_says_so_in_words(open_page, name):
    page = open_page(name)
    assert not page.exception
    assert page.info


@pytest.mark.usefixtures("empty_home")
def test_a_mailbox_that_was_never_read_is_an_error_on_today(open_page):
    assert "No mailbox has been read" in open_page().error[0].value


def test_an_empty_shop_whose_mail_was_read_says_that_nothing_is_due(open_page, empty_home):
    with open_session(make_engine(empty_home.database_url)) as session:
        session.add(MailboxRow(name="main", last_poll_at=seed.NOW, last_ok_at=seed.NOW))
        session.commit()
    assert "Nothing is due" in "".join(told.value for told in open_page().info)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("home")
def test_no_page_shows_the_id_of_a_rule_or_a_conflict(open_page, name):
    shown = words_of(open_page(name))
    assert not [rule for rule in ("D01", "D02", "D04", "D08", "D17", "X05") if rule in shown]


@pytest.mark.usefixtures("home")
def test_today_shows_the_most_pressing_first(open_page):
    titles = [text.value for text in open_page().markdown if "-badge[" in text.value]
    assert "late by" in titles[0]


def test_done_confirms_the_order_on_the_card(open_page, engine):
    page = press(open_page(), f"answer-{card(seed.NEW, 'confirm')}-confirm")
    assert seed.NEW.order_no in page.success[0].value
    with open_session(engine, read_only=True) as session:
        assert session.get_one(OrderRow, order_id(seed.SHOP, seed.NEW.order_no)).stage == "CONFIRMED"


PACKED = f"answer-{card(seed.TO_PACK, 'pack')}-packed"


def stage_of(engine, life):
    with open_session(engine, read_only=True) as session:
        return session.get_one(OrderRow, order_id(seed.SHOP, life.order_no)).stage


def test_what_one_did_oneself_is_no_newer_list(open_page, engine):
    page = open_page("today")
    set_virtual(engine, seed.NOW + timedelta(minutes=1))
    page.button(key=f"answer-{order_id(seed.SHOP, seed.NEW.order_no)}-confirm--confirm").click().run()
    assert seed.NEW.order_no in page.success[0].value
    assert "reload" not in {button.key for button in page.button}


def test_the_packing_rules_are_read_once_a_shift_and_then_one_click_packs(open_page, engine):
    page = press(open_page(), PACKED)
    assert "No request for reviews or ratings" in words_of(page)
    page = press(page, "form-do")
    assert "First read the rules" in page.warning[0].value
    press(page, "form-keep-rules")
    assert stage_of(engine, seed.TO_PACK) == "CONFIRMED"
    page = press(open_page(), PACKED)
    assert "Packed" in page.success[0].value
    assert stage_of(engine, seed.TO_PACK) == "PACKED"


def test_the_dialog_goes_on_to_pack_once_the_rules_are_read(open_page, engine):
    page = press(press(press(open_page(), PACKED), "form-keep-rules"), "form-do")
    assert "Packed" in page.success[0].value
    assert stage_of(engine, seed.TO_PACK) == "PACKED"


def test_a_flagged_sku_is_named_and_ticked_line_by_line(home, open_page, engine):
    settings = home.path / "shipclock.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'careful_skus = ["LAMP-*"]\n', encoding="utf-8")
    st.cache_resource.clear()
    page = press(open_page(), PACKED)
    assert "LAMP\\-1" in words_of(page)
    page = press(page, "form-do")
    assert "Tick every line" in page.warning[0].value
    for box in page.checkbox:
        box.check()
    page = press(page.run(), "form-do")
    assert "Packed" in page.success[0].value
    assert stage_of(engine, seed.TO_PACK) == "PACKED"


@pytest.mark.row("T11")
def test_whoever_packs_a_new_order_is_asked_for_the_stock_and_a_refusal_is_told_in_words(open_page, engine):
    page = open_page("order", order=seed.NEW.order_no, shop=seed.SHOP)
    page = press(press(page, "command-mark_packed"), "form-keep-rules")
    page = press(page.radio(key="form-stock").set_value("no").run(), "form-do")
    assert "not done. What is not in stock cannot be confirmed" in page.warning[0].value.replace("\\", "")
    assert stage_of(engine, seed.NEW) == "NEW"


@pytest.mark.usefixtures("home")
def test_that_somebody_was_faster_is_told_as_news_and_not_as_a_fault(open_page):
    first, second = open_page(), open_page()
    key = f"answer-{card(seed.NEW, 'confirm')}-confirm"
    press(first, key)
    page = press(second, key)
    assert "Somebody at the dashboard checked this order just now" in page.info[0].value
    assert not page.warning
    assert not page.error


@pytest.mark.row("T40")
def test_an_entry_is_taken_back_where_it_stands_after_seeing_what_would_change(open_page, engine):
    page = open_page("order", order=seed.PACKED.order_no, shop=seed.SHOP)
    page = press(page, f"take-back-{short_key(f'seed:{seed.PACKED.number}:packed')}")
    seen = [list(row) for table in page.table for row in table.value.to_numpy().tolist()]
    assert ["Where it is", "Packed", "To pack"] in seen
    assert stage_of(engine, seed.PACKED) == "PACKED"
    page = press(page, "form-do")
    assert seed.PACKED.order_no in page.success[0].value
    assert stage_of(engine, seed.PACKED) == "CONFIRMED"
    assert "taken back" in words_of(page)


def test_a_problem_with_an_order_offers_what_is_possible_and_keeps_no_typed_text(open_page, engine):
    page = press(open_page(), f"problem-{card(seed.NEW, 'confirm')}")
    page = page.selectbox(key="form-command").set_value("hold").run()
    assert not page.text_input
    page = press(page, "form-do")
    assert seed.NEW.order_no in page.success[0].value
    with open_session(engine, read_only=True) as session:
        assert session.get_one(OrderRow, order_id(seed.SHOP, seed.NEW.order_no)).holds
        reason = session.exec(select(AuditRow.reason).where(AuditRow.action == "hold")).one()
    assert reason == "stock_doubtful"


@pytest.mark.usefixtures("home")
def test_a_link_to_one_kind_of_todo_shows_that_kind_alone(open_page):
    titles = [button.key for button in open_page(kind="pack").button if str(button.key).startswith("problem-")]
    assert titles
    assert all("-pack-" in key for key in titles)


@pytest.mark.usefixtures("home")
def test_several_numbers_are_searched_at_once(open_page):
    page = open_page("orders")
    page.text_input(key="q").set_value(f"{seed.NEW.order_no}, 0007").run()
    assert "2 orders" in words_of(page)


@pytest.mark.usefixtures("home")
def test_orders_are_filtered_by_stage(open_page):
    page = open_page("orders")
    page.selectbox(key="stage").set_value("PACKED").run()
    assert "1 orders" in words_of(page)


@pytest.mark.usefixtures("home")
def test_an_unknown_number_has_a_plain_message_and_a_way_back(open_page):
    page = open_page("order", order="123")
    assert "There is no order 123" in page.warning[0].value


@pytest.mark.parametrize("life", seed.STORY, ids=lambda life: life.order_no)
@pytest.mark.usefixtures("home")
def test_the_page_of_an_order_in_any_stage_opens(open_page, life):
    page = open_page("order", order=life.order_no, shop=seed.SHOP)
    assert not page.exception
    assert life.order_no in page.title[0].value


@pytest.mark.parametrize("life", [seed.FINISHED, seed.CANCELLED, seed.DELIVERED], ids=lambda life: life.order_no)
@pytest.mark.usefixtures("home")
def test_an_order_that_is_over_has_no_countdown(open_page, life):
    page = open_page("order", order=life.order_no, shop=seed.SHOP)
    tables = " ".join(str(table.value.to_numpy().tolist()) for table in page.table)
    assert " left]" not in words_of(page) + tables


@pytest.mark.usefixtures("home")
def test_an_order_offers_only_what_its_stage_allows(open_page):
    page = open_page("order", order=seed.MOVING.order_no, shop=seed.SHOP)
    offered = {button.key for button in page.button if str(button.key).startswith("command-")}
    assert offered == {"command-hold", "command-record", "command-retract"}


@pytest.mark.usefixtures("home")
def test_a_presumed_cancellation_says_please_check(open_page):
    page = open_page("order", order=seed.UNPAID_GONE.order_no, shop=seed.SHOP)
    assert "probably, please check" in words_of(page)


@pytest.mark.usefixtures("home")
def test_problems_tell_a_fault_from_a_refusal(open_page):
    shown = words_of(open_page("problems"))
    assert "Failed" in shown
    assert "Refused: decide" in shown
    assert "tried again by itself" in shown


def test_run_again_runs_the_step_of_that_order(open_page, engine):
    key = order_id(seed.SHOP, seed.BROKEN.order_no)
    page = press(open_page("problems"), f"rerun-{key}-pack")
    told = [*page.success, *page.warning]
    assert seed.BROKEN.order_no in told[0].value
    with open_session(engine, read_only=True) as session:
        assert session.get_one(StepRow, (key, "pack")).status != "dead"


def test_a_class_of_failures_is_counted_and_then_run_again_as_one(open_page, engine):
    page = open_page("problems")
    assert "Steps that would run again, by one run: 1." in words_of(page)
    page = press(page, "many-yes")
    assert page.success or page.warning
    with open_session(engine, read_only=True) as session:
        rows = session.exec(select(StepRow.status).where(StepRow.error_class == "shop_unavailable")).all()
        assert "dead" not in rows
        assert session.exec(select(AuditRow).where(AuditRow.action == "rerun_many")).one().after["steps"] == 1


def test_a_mail_that_can_be_read_by_now_becomes_an_order(open_page, engine):
    page = press(open_page("mail"), "read-1")
    assert "understood" in page.success[0].value
    with open_session(engine, read_only=True) as session:
        assert session.exec(select(OrderRow).where(OrderRow.order_no == "577094156662640001")).all()


@pytest.mark.usefixtures("home")
def test_a_dismissed_mail_is_gone(open_page):
    page = press(open_page("mail"), "ignore-2")
    assert "dismissed" in page.success[0].value
    assert "mail no. 2" not in words_of(page)


def test_what_a_person_does_stands_in_the_audit(open_page, engine):
    press(open_page(), f"answer-{card(seed.NEW, 'confirm')}-confirm")
    with open_session(engine, read_only=True) as session:
        actors = session.exec(select(AuditRow.actor).where(col(AuditRow.action) == "confirm")).all()
    assert actors == ["dashboard"]


@pytest.mark.parametrize("name", ["today", "mail"])
@pytest.mark.usefixtures("home")
@pytest.mark.row("D22")
def test_mail_that_waits_too_long_is_a_line_on_today_and_mail(open_page, name):
    assert plain(say("noticed.waiting", count=2)) in words_of(open_page(name))


@pytest.mark.parametrize("name", ["today", "mail"])
@pytest.mark.row("D20")
def test_a_mailbox_that_is_not_read_is_an_error_on_today_and_mail(open_page, engine, name):
    with open_session(engine) as session:
        session.add(MailboxRow(name="other", last_ok_at=seed.NOW - 2 * seed.HOUR, last_error="unreachable"))
        session.commit()
    (told,) = [error.value for error in open_page(name).error]
    assert "other" in told
    assert "Its server does not answer" in told


@pytest.mark.parametrize("name", ["today", "mail"])
def test_a_field_that_mails_no_longer_state_is_a_line_on_today_and_mail(open_page, engine, home, name):
    with open_session(engine) as session:
        for number in range(20):
            at = seed.NOW - (10 if number < 10 else 3) * 24 * seed.HOUR
            values = {"uid": 100 + number, "fields": ["total"] if number < 10 else [], "sent_at": at, "seen_at": at}
            session.add(MessageRow.model_validate({**A_MAIL, **values}))
        session.commit()
    watch_wording(open_office(home))
    assert '"new order" \\(English\\) no longer state "total" as before' in words_of(open_page(name))


def test_a_waiting_mail_shows_why_and_a_kind_is_taught_by_words_of_its_subject(home, engine, open_page):
    number = seed.add_strange_mail(engine, home)
    page = press(open_page("mail"), f"why-{number}")
    told = words_of(page)
    assert "Order number \\(without it the mail waits\\)" in told
    page.selectbox(key="teach-field").select("kind").run()
    page.text_input(key="teach-phrase").input("strange subject")
    page = press(page, "teach-do")
    assert "do not stand in the subject" in page.warning[0].value
    assert not (home.path / "labels").exists()
    page.text_input(key="teach-phrase").input("Bạn có đơn")
    assert "order number, ship by" in press(page, "teach-do").success[0].value
    assert "bạn có đơn" in (home.path / "labels" / "vi.toml").read_text(encoding="utf-8")


def test_a_mail_that_is_no_longer_kept_cannot_be_explained_and_says_so(open_page, engine):
    page = open_page("mail")
    with open_session(engine) as session:
        session.delete(session.get_one(SealedMailRow, 1))
        session.commit()
    assert "no longer waits" in press(page, "why-1").warning[0].value
