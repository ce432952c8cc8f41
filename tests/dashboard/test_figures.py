"""The page Numbers: each figure stands there in words, charts say what they show, downloads hold no buyer."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import charts, downloads, figure_words, queries
from models.carrier_figures import FEW, CarrierFigures, Journey, Leg, LegFigure
from models.csv_text import ENCODING
from models.db.session import open_session
from models.due_days import DayRate, Rate
from models.fact import FactKind
from models.language import let_choose, settle
from models.packing_pace import Forecast, Pace
from models.time_to_ship import ShipTime, bars
from tests.dashboard import seed
from tests.planted import search_bytes

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
MIDNIGHT = datetime(2026, 3, 18, 17, 0, tzinfo=UTC)
USUAL = Pace(by_hour={15: 9.0}, packed=400, days=12)
HOUR = timedelta(hours=1)
_K = FactKind


WELL = Forecast(due=12, late=0, done_at=MIDNIGHT - 6 * HOUR, an_hour=9.2, rest=44.6)


@pytest.mark.parametrize(
    ("told", "usual", "words"),
    [
        (WELL, USUAL, "Due by 23:59 today and not packed yet: 12."),
        (WELL, USUAL, "At this time of day you usually pack 9 an hour, and 45 more before midnight."),
        (WELL, USUAL, "**At that pace all can be done by 18:00.**"),
        (replace(WELL, late=4), USUAL, "At that pace about 4 will be late."),
        (replace(WELL, due=0, done_at=None), USUAL, "No order that is still to be packed is due by 23:59 today."),
        (WELL, Pace(by_hour={}, packed=7, days=2), "Too little was packed here in the last two weeks"),
    ],
)
def test_tonight_is_told_in_words_and_too_little_history_is_said(told, usual, words):
    assert words in figure_words.tonight(told, usual, SAIGON, MIDNIGHT)


def test_a_rate_stands_beside_the_counts_it_rests_on():
    assert figure_words.rate(Rate(3, 1, 0)) == "1 of 3 missed (33%)"
    assert "2 of 8 missed (25%)" in figure_words.rates(Rate(3, 1, 0), Rate(8, 1, 1))


def test_counts_are_grouped_as_the_language_groups_them():
    settle("vi", {})
    assert figure_words.part(1200, Rate(12_345, 1200, 0)) == "1.200/12.345"
    assert "1.200" in figure_words.rate(Rate(12_345, 1200, 0))


def test_the_worst_day_is_the_one_with_most_late_orders_and_of_several_the_last():
    days = [
        DayRate(date=(MIDNIGHT - 24 * back * HOUR).date(), dispatch=Rate(9, late, 0), all=Rate(9, late, 0))
        for back, late in ((3, 1), (2, 2), (1, 2), (0, 0))
    ]
    assert "The worst day was Tue 17 Mar: 2 of 9" in figure_words.worst_day(days)
    assert "On no day" in figure_words.worst_day(days[-1:])


def test_days_that_are_not_counted_yet_are_named():
    assert "Not counted yet, because something is still open: Wed 18 Mar." in figure_words.left_out([MIDNIGHT.date()])
    assert figure_words.left_out([]) == ""


def test_who_answers_for_what_was_missed_is_told_with_counts():
    assert figure_words.faults(Rate(9, 2, 1)) == "Time limits missed: 3. Who answers for them: us 2, the carrier 1."
    assert "No time limit was missed" in figure_words.faults(Rate(9, 0, 0))


def a_ship_time(hours: float) -> ShipTime:
    start = datetime(2026, 3, 10, tzinfo=UTC)
    return ShipTime(order_no="1", start_at=start, due_at=start + 72 * HOUR, shipped_at=start + hours * HOUR)


def test_the_time_to_ship_is_told_beside_its_limit():
    orders = [a_ship_time(hours) for hours in (10, 40, 400)]
    words = figure_words.ship_times(orders, bars(orders))
    assert "Half of 3 orders were set to shipped within 40 h. Most had 72 h for it. Too late: 1." in words
    assert "The last bar holds all that took longer." in words
    assert "No order" in figure_words.ship_times([], [])


def test_a_carrier_with_few_parcels_says_so_and_its_name_is_never_markdown():
    evil = "[J&T](http\\://evil.example)"
    figure = LegFigure(FEW - 1, 50 * HOUR)
    assert figure_words.leg(figure) == f"50 h ({FEW - 1}: too few to judge)"
    assert "too few" not in figure_words.leg(LegFigure(FEW, 50 * HOUR))
    assert figure_words.leg(LegFigure(0, None)) == "time not known"
    enough = CarrierFigures(carrier=evil, legs=dict.fromkeys(Leg, LegFigure(FEW, 50 * HOUR)))
    assert "](" not in figure_words.carriers([enough])
    assert evil in figure_words.carriers([enough], str)
    few = CarrierFigures(carrier="A", legs={Leg.DELIVERED: figure})
    assert "No carrier delivered enough" in figure_words.carriers([few])


def read_back(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(table.decode(ENCODING), newline="")))


def test_downloaded_tables_hold_order_numbers_the_shops_times_and_hours():
    (row,) = read_back(downloads.ship_times([a_ship_time(90)], SAIGON)())
    assert row == {
        "Order": "1",
        "Clock began": "2026-03-10T07:00:00+07:00",
        "Due": "2026-03-13T07:00:00+07:00",
        "Set to shipped": "2026-03-14T01:00:00+07:00",
        "Hours taken": "90.0",
        "Hours allowed": "72.0",
        "In time or late": "too late",
    }


def test_a_carrier_that_is_named_like_a_formula_is_downloaded_as_a_text():
    shipped = datetime(2026, 3, 10, tzinfo=UTC)
    way = Journey(order_no="2", carrier="=1+1", shipped_at=shipped, ended={Leg.SCANNED: shipped + 30 * HOUR})
    (row,) = read_back(downloads.journeys([way], SAIGON)())
    assert (row["Carrier"], row["Hours to first scan"], row["Hours to delivered"]) == ("'=1+1", "30.0", "")


@pytest.mark.usefixtures("home")
def test_missed_limits_are_downloaded_in_the_language_of_the_page_and_without_a_buyer():
    let_choose(lambda: "vi")
    make = downloads.missed(partial(queries.missed, seed.SHOP, seed.NOW - 700 * HOUR, seed.NOW), SAIGON)
    let_choose(str)
    told = make()
    assert "báo đã gửi hàng" in told.decode(ENCODING)
    assert seed.LATE.order_no in told.decode(ENCODING)
    assert search_bytes(told, seed.PLANTED, "the table") == []


def words_of(page: AppTest) -> str:
    kinds = (page.title, page.header, page.markdown, page.info, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def charts_of(page: AppTest) -> list[Any]:
    return [chart.proto for chart in page.get("vega_lite_chart")]


@pytest.fixture
def carried(home, engine):
    """The seeded home, with parcels of two carriers that were scanned, beside those of the seed."""
    lives = [
        seed.Life(
            600 + number,
            [*seed.paid(200), (_K.MARKED_SHIPPED, 150), (_K.PICKED_UP, 140), (_K.IN_TRANSIT, 130), (_K.DELIVERED, 90)],
            {_K.MARKED_SHIPPED: {"carrier": "GHN" if number < 6 else "J&T Express", "tracking_no": f"T{number}"}},
        )
        for number in range(8)
    ]
    with open_session(engine) as session:
        seed.tell(session, queries.office().settings.shop[0], lives)
        session.commit()
    return home


@pytest.mark.usefixtures("carried")
def test_the_page_says_in_words_what_each_chart_shows(open_page):
    page = open_page("figures")
    told = words_of(page)
    assert not page.exception
    assert "of 72 missed" in told
    assert "GHN delivers fastest: half of its parcels arrived within 60 h (parcels: 6)." in told
    cells = [str(cell) for table in page.table for row in table.value.to_numpy().tolist() for cell in row]
    assert "60 h (2: too few to judge)" in cells
    assert len(charts_of(page)) == 4


@pytest.mark.usefixtures("carried")
def test_each_chart_has_a_title_a_text_instead_and_named_axes(open_page):
    charts = charts_of(open_page("figures"))
    assert len(charts) == 4
    for chart in charts:
        spec = json.loads(chart.spec)
        axes = (spec["layer"][0] if "layer" in spec else spec)["encoding"]
        assert spec["title"]
        assert chart.alt.endswith(".")
        assert axes["x"]["title"]
        assert axes["y"]["title"] or axes["y"]["type"] == "nominal"  # names speak for themselves


LIMIT_IN_WORDS = {
    "en": ("limit of TikTok Shop for set to shipped: 4%", "ask for less than 4% a week"),
    "vi": ("giới hạn của TikTok Shop cho báo đã gửi hàng: 4%", "yêu cầu dưới 4% mỗi tuần"),
}


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("days", [14, 15])  # with the counts above the bars, and without
def test_the_words_of_the_platforms_limit_stand_above_the_chart_and_over_no_bar(language, days):
    settle(language, {})
    nothing = Rate(9, 0, 0)
    spec = charts.rates([DayRate(date=date(2026, 3, day), dispatch=nothing, all=nothing) for day in range(1, days + 1)])
    drawn = spec.to_dict()
    assert drawn["title"]["subtitle"] == f"- - - {LIMIT_IN_WORDS[language][0]}"
    assert limit_lines(drawn, "y") == [4.0]
    assert drawn["layer"][0]["encoding"]["y"]["scale"]["domain"][1] > 4  # the line lies within the axis


@pytest.mark.parametrize("slowest", [10, 90])  # nobody needed as long as the limit, and somebody longer
def test_the_words_of_the_usual_limit_stand_above_the_chart_and_over_no_bar(slowest):
    drawn = charts.ship_times(bars([a_ship_time(slowest)]), 72 * HOUR).to_dict()
    assert drawn["title"]["subtitle"] == "- - - usual limit: 72 h"
    assert limit_lines(drawn, "x") == [72.0]
    assert drawn["layer"][0]["encoding"]["x"]["scale"]["domain"][1] >= 72


def limit_lines(drawn: dict[str, Any], axis: str) -> list[float]:
    """Where broken lines lie; what else belongs to a limit is no mark of the chart."""
    at = [layer for layer in drawn["layer"] if layer["encoding"][axis]["field"] == "at"]
    assert {layer["mark"]["type"] for layer in at} == {"rule"}
    return [row["at"] for layer in at for row in drawn["datasets"][layer["data"]["name"]]]


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.usefixtures("carried")
def test_the_page_says_the_platforms_limit_above_the_chart(open_page, language):
    assert LIMIT_IN_WORDS[language][1] in words_of(open_page("figures", language=language))


@pytest.mark.parametrize(("language", "signs"), [("en", (".", ",")), ("vi", (",", "."))])
@pytest.mark.usefixtures("carried")
def test_numbers_in_charts_have_the_signs_of_the_language(open_page, language, signs):
    for chart in charts_of(open_page("figures", language=language)):
        number = json.loads(chart.spec)["config"]["locale"]["number"]
        assert (number["decimal"], number["thousands"]) == signs


@pytest.mark.usefixtures("home")
def test_a_day_that_is_not_over_is_not_counted(open_page):
    page = open_page("figures")
    assert "From Wed 18 Feb to Tue 17 Mar" in words_of(page)
    assert page.table[0].value["Due day"].to_list()[0] == "Tue 17 Mar"


@pytest.mark.usefixtures("home")
def test_other_weeks_are_chosen_and_told(open_page):
    page = open_page("figures")
    page.selectbox(key="weeks").set_value(2).run()
    assert "From Wed 4 Mar to Tue 17 Mar" in words_of(page)


@pytest.mark.usefixtures("home")
def test_each_table_can_be_downloaded(open_page):
    keys = [button.key for button in open_page("figures").download_button]
    assert keys == ["download-days", "download-missed", "download-ship_times", "download-parcels"]


@pytest.mark.usefixtures("home")
def test_the_page_speaks_vietnamese(open_page):
    told = words_of(open_page("figures", language="vi"))
    assert "Tối nay" in told
    assert "Thời gian gửi hàng" in told
