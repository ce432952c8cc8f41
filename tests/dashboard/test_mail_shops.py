"""The Mail page where three shops share a mailbox: one click says whose a mail is; which mails each shop gets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlmodel import select

from flows.office import open_office
from ingest.poll import poll_mailbox
from models.db.session import open_session
from models.db.tables import OrderRow
from models.home import Home
from tests.browser import Visit, needs_chromium
from tests.dashboard import seed
from tests.ingest.desk import corpus, order_no
from tests.ingest.three_shops import USER, order

pytestmark = needs_chromium

SHOP = """
[[shop]]
name = "{name}"
market = "{market}"
currency = "{currency}"
timezone = "{zone}"
mailbox = "main"
"""
DOLLARS = {"market": "US", "currency": "USD", "zone": "America/Los_Angeles"}
DONG = {"market": "VN", "currency": "VND", "zone": "Asia/Ho_Chi_Minh"}
SHOPS = (("Birch Barn", DOLLARS), ("Cedar *Shed* & Co.", DOLLARS), ("Lotus Lane Home", DONG))
MAILBOX = seed.SETTINGS.partition("[[shop]]")[0]
BUYER = "m***y_r"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of three shops whose mailbox was read: orders of two, and four mails whose shop is not clear."""
    home = seed.make_home(tmp_path_factory.mktemp("mail") / "home")
    settings = MAILBOX.replace('kind = "folder"', f'kind = "folder"\nuser = "{USER}"')
    home.config.write_text(settings + "".join(SHOP.format(name=name, **rest) for name, rest in SHOPS), "utf-8")
    unclear = (order(1, name="Elm Attic"), order(2, name="Elm Attic"), order(3), order(4, name="Oak Office"))
    for number, raw in enumerate((*unclear, order(5, name="Birch Barn"), *corpus("003", "031", "038"))):
        (home.path / "mail" / f"{number}.eml").write_bytes(raw)
    office = open_office(home)
    mailbox = office.settings.mailbox[0]
    poll_mailbox(office.engine, mailbox, office.shops_of("main"), home, lambda: seed.NOW)
    office.engine.dispose()
    return home


def shops_of_orders(home: Home) -> dict[str, str]:
    office = open_office(home)
    with open_session(office.engine, read_only=True) as session:
        return {row.order_no: row.shop_id for row in session.exec(select(OrderRow)).all()}


def test_one_click_says_whose_a_mail_is_and_lets_in_all_of_its_name(seen: Visit, home: Home):
    page = seen.go("/mail")
    keep_picture(seen, "mail-before")
    assert seen.text().count("Whose is it?") == 4
    card = page.locator("[class*='st-key-mail-']", has_text=order_no(1)).first
    card.get_by_role("button", name="This is Cedar *Shed* & Co.").click()
    page.wait_for_selector("[data-testid=stAlertContentSuccess]")
    keep_picture(seen, "mail-after")
    told = page.inner_text("[data-testid=stAlertContentSuccess]")
    assert "with this name is Cedar *Shed* & Co.'s. Read again: 2 understood, 2 still wait." in told
    assert "shipclock shops forget 'Elm Attic'" in told
    orders = shops_of_orders(home)
    assert [orders[order_no(number)] for number in (1, 2)] == ["Cedar *Shed* & Co."] * 2
    assert BUYER.encode() not in b"".join(seen.frames)


def test_the_page_shows_which_mails_each_shop_gets_and_what_is_asked(seen: Visit):
    page = seen.go("/mail")
    lines = page.locator("[data-testid=stTable] tr")
    cells = [line.locator("th, td").all_inner_texts() for line in lines.all()]
    rows = {line[-4]: line[-3:] for line in cells}
    page.locator("[data-testid=stTable]").scroll_into_view_if_needed()
    keep_picture(seen, "mail-kinds")
    assert rows["Mail"] == [name for name, _ in SHOPS]
    assert rows["New order"][0] == rows["New order"][2] == "1 (1 in 30 days)"
    assert rows["In transit"] == ["never: you are asked", "never: you are asked", "1 (1 in 30 days)"]
    assert rows["Buyer wants to cancel"][:2] == ["never", "never"]
    assert rows["Delivery attempt failed"] == ["never: you are asked", "never: you are asked", "never"]


def keep_picture(seen: Visit, name: str) -> None:
    """Keep a picture for people to look at, where SHIPCLOCK_PICTURES says."""
    if folder := os.environ.get("SHIPCLOCK_PICTURES"):
        seen.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
