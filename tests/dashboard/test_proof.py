"""Evidence and letters on an order's page: made when asked for, in the right language, kept nowhere."""

from __future__ import annotations

import json
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import queries
from models.db.session import open_session
from models.db.tables import OrderRow
from models.ids import order_id
from tests.dashboard import seed
from tests.dashboard.conftest import OpenPage

pytestmark = pytest.mark.usefixtures("home")
KEY = f"evidence-{seed.SHOP}-{seed.CARRIER_LATE.order_no}"


def page_of(open_page: OpenPage, life: seed.Life, **parameters: str) -> AppTest:
    return open_page("order", order=life.order_no, shop=seed.SHOP, **parameters)


def row_of(engine, life):
    with open_session(engine, read_only=True) as session:
        return session.get_one(OrderRow, order_id(seed.SHOP, life.order_no))


def test_evidence_is_made_only_when_it_is_asked_for_and_is_gone_with_the_drawing(open_page):
    page = page_of(open_page, seed.CARRIER_LATE)
    assert not page.download_button
    page.button(key=KEY).click().run()
    (save,) = page.download_button
    assert save.key == f"save-{KEY}"
    assert save.proto.url.endswith(".zip")
    page.run()
    assert not page.download_button


def test_the_evidence_of_a_page_has_checksums_that_fit(engine):
    made = queries.evidence(row_of(engine, seed.CARRIER_LATE), seed.NOW)
    with ZipFile(BytesIO(made)) as archive:
        about = json.loads(archive.read("manifest.json"))
        assert sorted(about["files"]) == ["deadlines.csv", "summary.txt", "timeline.csv"]
        for name, one in about["files"].items():
            assert one["sha256"] == sha256(archive.read(name)).hexdigest()
    assert made == queries.evidence(row_of(engine, seed.CARRIER_LATE), seed.NOW)


def test_letters_are_there_to_copy_in_the_language_of_the_shops_market(open_page):
    page = page_of(open_page, seed.CARRIER_LATE)
    assert page.selectbox(key=f"letter-language-{seed.SHOP}").value == "vi"
    shown = [code.value for code in page.code]
    assert shown[0] == f"Khiếu nại lỗi giao hàng trễ: đơn {seed.CARRIER_LATE.order_no}"
    assert "Mã vận đơn: JT0012" in shown[1]
    assert [expander.label for expander in page.expander] == [
        "Appeal against a late dispatch: the carrier did not collect in time",
        "Complaint: the carrier has not collected the parcel",
    ]


def test_another_language_of_the_letters_leaves_the_page_as_it_is(open_page):
    page = page_of(open_page, seed.CARRIER_LATE)
    page.selectbox(key=f"letter-language-{seed.SHOP}").select("th").run()
    assert page.code[0].value.startswith("อุทธรณ์")
    assert "Evidence and letters" in [header.value for header in page.header]


def test_an_order_without_cause_offers_its_evidence_and_no_letter(open_page):
    page = page_of(open_page, seed.NEW)
    assert not page.code
    assert "no cause for a letter" in "\n".join(text.value for text in page.markdown)
    assert page.button(key=f"evidence-{seed.SHOP}-{seed.NEW.order_no}")


def test_the_page_offers_both_in_vietnamese(open_page):
    page = page_of(open_page, seed.CARRIER_LATE, language="vi")
    assert "Bằng chứng và thư" in [header.value for header in page.header]
    assert page.button(key=KEY).label == "Tạo tệp bằng chứng"
