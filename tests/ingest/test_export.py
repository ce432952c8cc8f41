"""Seller Center's export is read as it comes, in any encoding and order of columns; what is in doubt is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.export_columns import load_export_words
from ingest.export_fault import ExportError, ExportFault
from ingest.vocabulary import VocabularyError
from models.platform_status import PlatformStatus
from tests.ingest.exports import (
    BUYER,
    NO,
    SAMPLES,
    SHOPS,
    US,
    VN,
    a_csv,
    a_line,
    a_shop,
    an_xlsx,
    as_tiktok_writes,
    csv_of,
    read,
    sample_rows,
    table_of,
)

OTHER = "576461413038785753"
MARKETS = ("us", "vn", "th")


def only(export):
    assert export.refused == ()
    (order,) = export.orders.values()
    return order


def faults(export):
    return [(one.line, one.fault.value) for one in export.refused]


def fault_of(file):
    with pytest.raises(ExportError) as caught:
        read(file)
    assert "{" not in str(caught.value)
    return caught.value.fault


@pytest.mark.parametrize(
    ("market", "states"),
    [
        ("us", ["AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT", "CANCELLED"]),
        ("vn", ["AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT", "COMPLETED", "CANCELLED"]),
        ("th", ["AWAITING_SHIPMENT", "IN_TRANSIT", "UNPAID"]),
    ],
)
def test_the_samples_of_each_market_are_read_whole(market, states):
    export = read(SAMPLES / f"{market}.csv", SHOPS[market])
    assert export.refused == ()
    assert [order.state for order in export.orders.values()] == states


@pytest.mark.parametrize("market", MARKETS)
def test_a_workbook_tells_what_the_csv_tells(tmp_path, market):
    shop, workbook = SHOPS[market], an_xlsx(tmp_path, sample_rows(market), before=["Notes"])
    assert read(workbook, shop) == read(SAMPLES / f"{market}.csv", shop)


@pytest.mark.parametrize("market", MARKETS)
def test_a_workbook_is_read_whose_every_cell_is_a_row_element_of_its_own(tmp_path, market):
    workbook = as_tiktok_writes(an_xlsx(tmp_path, sample_rows(market)))
    assert read(workbook, SHOPS[market]) == read(SAMPLES / f"{market}.csv", SHOPS[market])


@pytest.mark.parametrize("market", MARKETS)
def test_nothing_of_the_buyer_is_in_what_was_read(market):
    told = repr(read(SAMPLES / f"{market}.csv", SHOPS[market]))
    assert [planted for planted in BUYER if planted in told] == []


def test_one_order_of_several_lines_is_one_with_all_its_items():
    order = read(SAMPLES / "us.csv", US).orders["576461413038785801"]
    assert [(item.sku, item.quantity, item.unit_price) for item in order.items] == [
        ("JP-SOAP-2", 1, Decimal("14.95")),
        ("JP-CANDLE", 3, Decimal("14.95")),
    ]
    assert (order.line, order.amount, order.currency, order.shipping_mode) == (3, Decimal("17.45"), "USD", "seller")


def test_a_sku_that_fills_two_lines_is_one_item(tmp_path):
    order = only(read(a_csv(tmp_path, a_line(Tracking_ID="A1"), a_line(Tracking_ID="B2", Quantity="1"))))
    assert [item.quantity for item in order.items] == [3]
    assert [parcel.tracking_no for parcel in order.parcels] == ["A1", "B2"]


def test_an_order_is_cancelled_only_when_all_its_lines_are(tmp_path):
    gone = a_line(Order_Status="Canceled", Order_Substatus="Canceled", Seller_SKU="GONE")
    assert only(read(a_csv(tmp_path, a_line(), gone))).state is PlatformStatus.AWAITING_SHIPMENT
    assert only(read(a_csv(tmp_path, gone, gone))).state is PlatformStatus.CANCELLED


def test_the_least_advanced_line_says_where_the_order_is(tmp_path):
    moving = a_line(Order_Status="Shipped", Order_Substatus="In transit", Tracking_ID="A1")
    assert only(read(a_csv(tmp_path, moving, a_line()))).state is PlatformStatus.AWAITING_SHIPMENT


def test_columns_may_stand_in_any_order_beside_unknown_ones(tmp_path):
    line = a_line()
    turned = {"Loyalty tier": "gold", **dict(reversed(line.items())), "": "x"}
    assert only(read(a_csv(tmp_path, turned))) == only(read(a_csv(tmp_path, line)))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1258"])
def test_csv_is_read_in_every_usual_encoding_and_delimiter(tmp_path, delimiter, encoding):
    line = a_line(Product_Name="Tách trà; to, có nắp", Order_Status="Shipped")
    assert encoding != "cp1258" or line.update({"Product Name": "Khay tre à la carte"}) is None
    order = only(read(a_csv(tmp_path, line, delimiter=delimiter, encoding=encoding)))
    assert order.items[0].name == line["Product Name"]


def test_thai_code_pages_are_read_by_the_market(tmp_path):
    line = a_line(Order_Status="ที่จะจัดส่ง", Order_Substatus=None)
    shop = a_shop(market="TH", timezone="Asia/Bangkok", currency="THB")
    assert only(read(a_csv(tmp_path, line, encoding="cp874"), shop)).state is PlatformStatus.AWAITING_SHIPMENT


def test_the_heading_may_stand_below_other_rows_and_excels_own_first_line(tmp_path):
    file = tmp_path / "orders.csv"
    file.write_bytes(b"sep=;\r\n" + csv_of([["My shop"], [], *table_of([a_line()])], delimiter=";", encoding="utf-8"))
    assert only(read(file)).order_no == NO


def test_localised_headings_are_known(tmp_path):
    line = {"Mã đơn hàng": NO, "Trạng thái đơn hàng": "Cần gửi", "Thời gian tạo": "20/11/2026 09:30:33"}
    assert only(read(a_csv(tmp_path, line))).state is PlatformStatus.AWAITING_SHIPMENT


def test_the_users_own_words_win_over_ours(tmp_path):
    (tmp_path / "en.toml").write_text(
        'language = "en"\n[columns]\norder_no = ["Order tag"]\n[states]\nUNPAID = ["To ship"]', encoding="utf-8"
    )
    line = a_line(Order_ID=None, Order_tag=NO, Order_Substatus=None)
    export = read(a_csv(tmp_path, line), words=load_export_words(tmp_path))
    assert only(export).state is PlatformStatus.UNPAID


@pytest.mark.parametrize("text", ["[columns]\nbuyer = ['Buyer']", "language = 'en'\n[colours]", "language ="])
def test_a_file_of_words_with_unknown_names_is_an_error_that_names_the_file(tmp_path, text):
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"own\.toml"):
        load_export_words(tmp_path)


@pytest.mark.parametrize("cell", [f"{NO}\t", f'="{NO}"', f" {NO} "])
def test_what_writers_put_around_a_number_is_taken_off(tmp_path, cell):
    assert only(read(a_csv(tmp_path, a_line(Order_ID=cell)))).order_no == NO


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"Order_ID": "5.76461E+17"}, "spoiled_order_no"),
        ({"Order_ID": "5,76461413038786E+17"}, "spoiled_order_no"),
        ({"Order_ID": "12345"}, "bad_order_no"),
        ({"Order_ID": "-"}, "no_order_no"),
        ({"Tracking_ID": "9.40011E+21"}, "spoiled_tracking_no"),
        ({"Created_Time": "20/11/2026"}, "bad_time"),
        ({"Created_Time": "yesterday"}, "bad_time"),
        ({"Created_Time": "31/02/2026 10:00:00"}, "bad_time"),
        ({"Created_Time": "20/11/2027 10:00:00"}, "future_time"),
        ({"Created_Time": ""}, "no_placed_at"),
        ({"Quantity": "0"}, "bad_quantity"),
        ({"Quantity": "some"}, "bad_quantity"),
        ({"Order_Status": "Enchanted", "Order_Substatus": "", "Paid_Time": ""}, "unknown_state"),
        ({"Order_Status": "", "Order_Substatus": "", "Paid_Time": ""}, "no_state"),
    ],
)
def test_a_poisoned_line_is_named_with_its_number_and_stops_no_other(tmp_path, changes, fault):
    export = read(a_csv(tmp_path, a_line(Order_ID=OTHER), a_line(**changes), a_line(Order_ID=OTHER)))
    assert faults(export) == [(3, fault)]
    assert list(export.orders) == [OTHER]


@pytest.mark.parametrize("column", ["Product_Name", "Buyer_Message", "Order_ID"])
def test_a_cell_that_is_longer_than_a_cell_can_be_costs_its_line_alone(tmp_path, column):
    export = read(a_csv(tmp_path, a_line(Order_ID=OTHER), a_line(**{column: "x" * 200_000})))
    assert (faults(export), list(export.orders)) == ([(3, "overlong")], [OTHER])


def test_an_order_with_a_poisoned_line_is_left_out_whole(tmp_path):
    export = read(a_csv(tmp_path, a_line(), a_line(Order_ID=OTHER), a_line(Quantity="?")))
    assert (list(export.orders), faults(export)) == ([OTHER], [(4, "bad_quantity")])


def test_a_line_with_more_cells_than_the_heading_is_refused_for_values_have_moved(tmp_path):
    file = tmp_path / "orders.csv"
    rows = table_of([a_line()])
    file.write_bytes(csv_of([*rows, ["576461413038785754", *rows[1][1:], "Zelphira"]]))
    assert faults(read(file)) == [(3, "shifted")]


def test_a_quote_that_nobody_closed_is_told_for_it_swallows_the_lines_behind_it(tmp_path):
    lines = [a_line(Order_ID=str(int(NO) + n), Buyer_Message="") for n in range(4)]
    file = a_csv(tmp_path, *lines)
    text = file.read_bytes().decode("utf-8-sig").splitlines(keepends=True)
    text[2] = text[2].replace(",\r\n", ',"hello\r\n')
    file.write_text("".join(text), encoding="utf-8", newline="")
    export = read(file)
    assert (list(export.orders), faults(export)) == ([NO], [(3, "shifted")])


def test_numbers_that_a_program_rounded_are_refused_when_all_end_alike(tmp_path):
    export = read(a_csv(tmp_path, a_line(Order_ID="576461413038785000"), a_line(Order_ID="576461413038786000")))
    assert faults(export) == [(2, "spoiled_order_no"), (3, "spoiled_order_no")]


def test_a_number_that_truly_ends_in_zeros_is_taken_beside_others(tmp_path):
    export = read(a_csv(tmp_path, a_line(Order_ID="576461413038785000"), a_line()))
    assert list(export.orders) == ["576461413038785000", NO]


@pytest.mark.parametrize("number", [5.76461413038786e17, 576461413038785000])
def test_a_number_cell_of_a_workbook_that_lost_digits_is_refused(tmp_path, number):
    rows = table_of([a_line(Order_ID=OTHER), a_line()])
    rows[2][0] = number
    assert faults(read(an_xlsx(tmp_path, rows))) == [(3, "spoiled_order_no")]


@pytest.mark.parametrize(
    ("status", "substatus", "word"),
    [
        ("Returned zz", "", "Returned zz"),
        ("Returned zz", "Delivered", "Returned zz"),  # it may be over: the finer word does not say
        ("", "Returned zz", "Returned zz"),
    ],
)
def test_a_state_that_is_not_known_is_never_guessed_from_the_times(tmp_path, status, substatus, word):
    export = read(a_csv(tmp_path, a_line(Order_Status=status, Order_Substatus=substatus), a_line(Order_ID=OTHER)))
    assert faults(export) == [(2, "unknown_state")]
    assert export.refused[0].words.startswith(
        f'Line 2, order {NO}: the state "{word}" is not known. Teach it in columns/'
    )
    assert list(export.orders) == [OTHER]


def test_an_order_without_a_state_is_judged_by_its_times(tmp_path):
    order = only(read(a_csv(tmp_path, a_line(Order_Status="", Order_Substatus=""))))
    assert order.state is None
    assert order.paid_at is not None


def test_a_substatus_that_is_not_known_is_told_where_status_and_times_say_enough(tmp_path):
    shipped = a_line(Order_Substatus="Returned zz", RTS_Time="20/11/2026 12:00:00")
    export = read(a_csv(tmp_path, shipped))
    assert only(export).state is PlatformStatus.AWAITING_COLLECTION
    assert [(one.line, one.kind.value, one.word) for one in export.remarks] == [(2, "unknown_substate", "Returned zz")]
    assert read(a_csv(tmp_path, a_line(Order_Status="Completed", Order_Substatus="Returned zz"))).remarks == ()


def test_a_request_that_is_not_known_is_told(tmp_path):
    export = read(a_csv(tmp_path, a_line(**{"Cancelation/Return_Type": "Exchange zz"})))
    assert [(one.kind.value, one.word) for one in export.remarks] == [("unknown_request", "Exchange zz")]
    assert only(export).request is None


def test_the_times_tell_more_than_the_coarse_state_alone(tmp_path):
    line = a_line(Order_Substatus=None, RTS_Time="20/11/2026 12:00:00")
    assert only(read(a_csv(tmp_path, line))).state is PlatformStatus.AWAITING_COLLECTION


@pytest.mark.parametrize(
    ("amount", "shop", "value", "currency"),
    [
        ("478.000 ₫", VN, Decimal(478000), "VND"),
        ("BRL 35,91", a_shop(market="BR", currency="BRL"), Decimal("35.91"), "BRL"),
        ("$1,035.90", US, Decimal("1035.90"), "USD"),
        ("free", VN, None, None),
    ],
)
def test_amounts_are_read_as_the_market_writes_them(tmp_path, amount, shop, value, currency):
    order = only(read(a_csv(tmp_path, a_line(Order_Amount=amount)), shop))
    assert (order.amount, order.currency) == (value, currency)


def test_files_that_are_none_are_refused_in_words(tmp_path):
    for name, data, fault in (
        ("old.xls", b"\xd0\xcf\x11\xe0rest", ExportFault.OLD_EXCEL),
        ("cut.xlsx", b"PK\x03\x04cut off", ExportFault.UNREADABLE),
        ("other.csv", b"a,b\r\n1,2\r\n", ExportFault.NO_HEADING),
        ("empty.csv", b"", ExportFault.EMPTY),
        ("blank.csv", b"\xef\xbb\xbf \r\n", ExportFault.EMPTY),
        ("pdf.xlsx", b"%PDF-1.7 rest", ExportFault.PDF),
        ("photo.xlsx", b"\x89PNG\r\n", ExportFault.PICTURE),
        ("page.csv", b"\xef\xbb\xbf\r\n<!DOCTYPE html><p>Sign in", ExportFault.WEB_PAGE),
        ("notes.xlsx", b"some words", ExportFault.NO_WORKBOOK),
        ("columns.csv", b"Order ID,Order Status\r\n", ExportFault.NO_COLUMN),
        ("twice.csv", b"Order ID,Order number,Created Time\r\n", ExportFault.TWO_COLUMNS),
    ):
        (tmp_path / name).write_bytes(data)
        assert fault_of(tmp_path / name) is fault
    assert fault_of(tmp_path / "none.csv") is ExportFault.MISSING
    assert fault_of(tmp_path) is ExportFault.FOLDER


def test_a_missing_column_is_named_as_seller_center_heads_it(tmp_path):
    with pytest.raises(ExportError, match='The column "Created Time" is missing'):
        read(a_csv(tmp_path, a_line(Created_Time=None)))


def test_a_csv_that_is_named_as_a_workbook_is_read(tmp_path):
    assert only(read(a_csv(tmp_path, a_line()).rename(tmp_path / "orders.xlsx"))).order_no == NO


def test_the_times_that_a_file_has_no_column_for_are_named(tmp_path):
    assert read(a_csv(tmp_path, a_line(Paid_Time=None, RTS_Time=""))).absent == (
        "Paid Time",
        "Shipped Time",
        "Delivered Time",
        "Cancelled Time",
    )
    assert read(SAMPLES / "us.csv", US).absent == ()


def test_a_workbook_that_would_fill_the_memory_is_refused_unread(tmp_path):
    bomb = tmp_path / "bomb.xlsx"
    with ZipFile(bomb, "w", ZIP_DEFLATED) as book, book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
        for _ in range(520):
            part.write(bytes(1024 * 1024))
    assert fault_of(bomb) is ExportFault.TOO_LARGE


def test_a_workbook_whose_entities_would_grow_is_refused(tmp_path):
    file = an_xlsx(tmp_path, table_of([a_line()]))
    with ZipFile(file) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 50 if n else "ha" * 50}">' for n in range(9))
    name = next(name for name in parts if name.startswith("xl/worksheets/"))
    parts[name] = f"<!DOCTYPE x [{entities}]><x>&a8;</x>".encode()
    with ZipFile(file, "w") as book:
        for part, data in parts.items():
            book.writestr(part, data)
    assert fault_of(file) in {ExportFault.UNREADABLE, ExportFault.NO_HEADING}


SAMPLE_BYTES = [(SAMPLES / f"{market}.csv").read_bytes() for market in MARKETS]


@given(start=st.sampled_from([b"", *SAMPLE_BYTES]), place=st.integers(0, 3500), put=st.binary(max_size=200))
def test_whatever_a_file_holds_it_is_an_export_or_a_fault_in_words(tmp_path_factory, start, place, put):
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_bytes(start[:place] + put + start[place + len(put) :])
    try:
        export = read(file)
    except ExportError as error:
        assert str(error)  # noqa: PT017  # most bytes are an export still
    else:
        assert export.lines >= len(export.orders)


@given(place=st.integers(0, 7000), put=st.binary(min_size=1, max_size=50))
def test_a_damaged_workbook_is_a_fault_in_words_or_read(tmp_path_factory, place, put):
    folder = tmp_path_factory.getbasetemp()
    whole = folder / "orders.xlsx"
    data = whole.read_bytes() if whole.exists() else an_xlsx(folder, sample_rows("us")).read_bytes()
    file = folder / "damaged.xlsx"
    file.write_bytes(data[:place] + put + data[place + len(put) :])
    try:
        read(file, US)
    except ExportError as error:
        assert "{" not in str(error)  # noqa: PT017  # some damage is in parts that are not read


def test_a_formula_is_not_evaluated(tmp_path):
    rows = table_of([a_line(Order_ID=OTHER), a_line()])
    rows[2][0] = f'="{NO[:9]}"&"{NO[9:]}"'
    export = read(an_xlsx(tmp_path, rows))
    assert (list(export.orders), faults(export)) == ([OTHER], [(3, "no_order_no")])


def test_excels_own_dates_are_taken_as_the_shops_wall_time(tmp_path):
    rows = table_of([a_line(Paid_Time=None)])
    rows[1][rows[0].index("Created Time")] = datetime(2026, 11, 20, 9, 30, 33)  # noqa: DTZ001  # Excel knows no zones
    assert only(read(an_xlsx(tmp_path, rows))).placed_at == datetime(2026, 11, 20, 2, 30, 33, tzinfo=UTC)
