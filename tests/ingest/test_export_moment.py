"""Times of an export: which number is the day is decided for the whole file, and never guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.export_fault import ExportError, ExportFault
from ingest.export_moment import Reading, stamp_of
from tests.ingest.exports import NO, US, VN, a_csv, a_line, a_shop, an_xlsx, csv_of, read, table_of

OTHER = "576461413038785753"


def placed(export, number=NO):
    return export.orders[number].placed_at


def utc(*parts: int):
    return datetime(*parts).replace(tzinfo=UTC)  # type: ignore[arg-type]  # year, month and so on  # noqa: DTZ001  # set at once


def created(*times: str):
    """Lines of orders of their own, placed at these times."""
    return [a_line(Order_ID=f"57646141303878575{n}", Created_Time=time, Paid_Time=None) for n, time in enumerate(times)]


@pytest.mark.parametrize(
    ("printed", "wall"),
    [
        ("28/02/2026 14:05:59", (2026, 2, 28, 14, 5, 59)),
        ("28.02.2026 14:05", (2026, 2, 28, 14, 5)),
        ("28-02-2026, 2:05:59 PM", (2026, 2, 28, 14, 5, 59)),
        ("28/02/2569 14:05:59", (2026, 2, 28, 14, 5, 59)),
        ("2026-02-28 14:05:59", (2026, 2, 28, 14, 5, 59)),
        ("2026/02/28T14:05:59.120", (2026, 2, 28, 14, 5, 59)),
        ("28/02/2026 12:00:00 AM", (2026, 2, 28)),
        ("28/02/2026 12:00 p.m.", (2026, 2, 28, 12)),
    ],
)
def test_printed_times_are_read(printed, wall):
    stamp = stamp_of(printed)
    assert stamp is not None
    assert stamp.at(Reading.DAY_FIRST) == datetime(*wall)  # noqa: DTZ001  # wall time


@pytest.mark.parametrize(
    "printed",
    ["28/02/2026", "28/02/26 14:05", "14:05", "28/02/2026 24:00:00", "28/02/2026 13:00 PM", "46000.5", 46000.5],
)
def test_what_is_no_time_with_its_clock_is_none(printed):
    assert stamp_of(printed) is None


def test_a_day_after_the_twelfth_decides_for_the_whole_file(tmp_path):
    export = read(a_csv(tmp_path, *created("03/11/2026 10:00:00", "13/11/2026 10:00:00")), US)
    assert placed(export, "576461413038785750") == utc(2026, 11, 3, 18)


def test_else_the_market_decides(tmp_path):
    file = a_csv(tmp_path, a_line(Created_Time="03/11/2026 10:00:00", Paid_Time=None))
    assert placed(read(file, US)) == utc(2026, 3, 11, 17)
    assert placed(read(file, VN)) == utc(2026, 11, 3, 3)


def test_a_clock_of_twelve_hours_goes_with_the_month_first(tmp_path):
    brazil = a_shop(market="BR", currency="BRL", timezone="America/Sao_Paulo")
    file = a_csv(tmp_path, a_line(Created_Time="10/11/2026 9:30:33 AM", Paid_Time=None))
    assert placed(read(file, brazil)) == utc(2026, 10, 11, 12, 30, 33)


def test_a_time_to_come_is_no_way_to_read_a_file(tmp_path):
    export = read(a_csv(tmp_path, a_line(Created_Time="12/11/2026 10:00:00", Paid_Time=None)), US)
    assert placed(export) == utc(2026, 11, 12, 18)


def test_payment_before_the_order_is_no_way_to_read_a_file(tmp_path):
    line = a_line(Created_Time="03/10/2026 10:00:00", Paid_Time="01/11/2026 10:00:00")
    assert placed(read(a_csv(tmp_path, line), US)) == utc(2026, 10, 3, 17)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (created("13/11/2026 10:00:00", "11/14/2026 10:00:00"), ExportFault.CONTRARY_DATES),
        (
            [
                a_line(
                    Created_Time="02/10/2026 10:00:00", Paid_Time="02/10/2026 10:01:00", RTS_Time="04/10/2026 10:00:00"
                )
            ],
            ExportFault.AMBIGUOUS_DATES,
        ),
    ],
)
def test_a_file_that_contradicts_itself_or_could_mean_both_is_refused_whole(tmp_path, lines, fault):
    with pytest.raises(ExportError) as caught:
        read(a_csv(tmp_path, *lines), US)
    assert caught.value.fault is fault
    assert "Export" in str(caught.value)


def test_a_workbook_in_which_excel_turned_some_times_into_dates_is_refused(tmp_path):
    rows = table_of(created("13/11/2026 10:00:00", "x"))
    rows[2][rows[0].index("Created Time")] = datetime(2026, 3, 11, 10)  # noqa: DTZ001  # Excel knows no zones
    with pytest.raises(ExportError) as caught:
        read(an_xlsx(tmp_path, rows))
    assert caught.value.fault is ExportFault.MIXED_DATES


def test_one_poisoned_time_stops_neither_the_file_nor_the_choice(tmp_path):
    export = read(a_csv(tmp_path, *created("03/11/2026 10:00:00", "99/99/2026 10:00:00", "13/11/2027 10:00:00")))
    assert [one.fault.value for one in export.refused] == ["bad_time", "future_time"]
    assert placed(export, "576461413038785750") == utc(2026, 11, 3, 3)


def test_of_an_hour_that_a_night_has_twice_it_is_the_first_unless_that_is_before_the_order(tmp_path):
    line = a_line(
        Created_Time="11/01/2026 1:50:00 AM", Paid_Time="11/01/2026 1:10:00 AM", RTS_Time="11/01/2026 3:00:00 AM"
    )
    order = read(a_csv(tmp_path, line), US).orders[NO]
    assert (order.placed_at, order.paid_at) == (utc(2026, 11, 1, 8, 50), utc(2026, 11, 1, 9, 10))
    assert order.parcels[0].arranged_at == utc(2026, 11, 1, 11)


def test_an_hour_that_a_night_leaves_out_is_no_time(tmp_path):
    line = a_line(Created_Time="03/08/2026 2:30:00 AM", Paid_Time="03/08/2026 3:05:00 AM")
    assert [one.fault.value for one in read(a_csv(tmp_path, line), US).refused] == ["bad_time"]


WALLS = st.datetimes(datetime(2026, 9, 1), datetime(2026, 11, 20)).map(lambda moment: moment.replace(microsecond=0))  # noqa: DTZ001
WRITTEN = {
    "sea": (VN, "%d/%m/%Y %H:%M:%S"),
    "us": (US, "%m/%d/%Y %I:%M:%S %p"),
    "iso": (VN, "%Y-%m-%d %H:%M:%S"),
}
FORMS = tuple(product(WRITTEN, ",;\t", ("utf-8-sig", "utf-16", "utf-8")))


@given(walls=st.lists(WALLS, min_size=1, max_size=5), form=st.sampled_from(FORMS), data=st.data())
def test_what_a_naive_writer_writes_is_read_back(tmp_path_factory, walls, form, data):
    shop, pattern = WRITTEN[form[0]]
    sure = datetime(2026, 11, 20, 10)  # noqa: DTZ001  # a day after the 12th, so that the file says how it writes
    lines = [
        a_line(
            Order_ID=str(576461413038785751 + n),
            Created_Time=wall.strftime(pattern),
            Paid_Time=None,
            Quantity=str(n + 1),
        )
        for n, wall in enumerate([sure, *walls])
    ]
    rows = table_of(lines)
    order = data.draw(st.permutations(range(len(rows[0]))))
    file = tmp_path_factory.getbasetemp() / "written.csv"
    turned = [[row[place] for place in order] for row in rows]
    file.write_bytes(csv_of(turned, delimiter=form[1], encoding=form[2]))
    export = read(file, shop)
    assert export.refused == ()
    told = [(one.order_no, one.placed_at.astimezone(shop.zone).replace(tzinfo=None)) for one in export.orders.values()]
    assert told == [(str(576461413038785751 + n), wall) for n, wall in enumerate([sure, *walls])]
    assert [one.items[0].quantity for one in export.orders.values()] == list(range(1, len(lines) + 1))
