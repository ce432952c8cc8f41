"""What one export says against itself is told or left out, never settled in silence."""

from __future__ import annotations

import pytest

from tests.ingest.exports import NO, a_csv, a_line, an_xlsx, read, table_of

OTHER = "576461413038785753"


def remarks(export):
    return [(one.line, one.kind.value) for one in export.remarks]


def pieces(export):
    (order,) = export.orders.values()
    return [(item.sku, item.quantity) for item in order.items]


def test_an_order_with_two_times_of_ordering_is_left_out(tmp_path):
    lines = (a_line(), a_line(Seller_SKU="CUP", Created_Time="20/11/2026 09:31:33"), a_line(Order_ID=OTHER))
    export = read(a_csv(tmp_path, *lines))
    assert [(one.line, one.fault.value, one.order_no) for one in export.refused] == [(3, "two_placed_at", NO)]
    assert list(export.orders) == [OTHER]


def test_a_cancelled_item_beside_a_live_one_is_not_to_be_packed_and_told(tmp_path):
    gone = a_line(Order_Status="Canceled", Order_Substatus="Canceled", Seller_SKU="GONE")
    export = read(a_csv(tmp_path, a_line(), gone))
    assert (pieces(export), remarks(export)) == ([("TV-TRAY-L", 2)], [(3, "part_cancelled")])


def test_a_cancelled_order_keeps_what_was_ordered(tmp_path):
    export = read(a_csv(tmp_path, a_line(Order_Status="Canceled", Order_Substatus="Canceled")))
    assert (pieces(export), remarks(export)) == ([("TV-TRAY-L", 2)], [])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_line_that_is_there_twice_counts_once_and_is_told(tmp_path, kind):
    lines = [a_line(), a_line(Seller_SKU="CUP"), a_line()]
    export = read(a_csv(tmp_path, *lines) if kind == "csv" else an_xlsx(tmp_path, table_of(lines)))
    assert (pieces(export), remarks(export)) == ([("TV-TRAY-L", 2), ("CUP", 2)], [(4, "repeated")])
    assert "the same as line 2 in every column" in export.remarks[0].words


def test_lines_that_differ_in_a_column_that_is_not_read_are_both_counted(tmp_path):
    export = read(a_csv(tmp_path, a_line(SKU_Seller_Discount="0"), a_line(SKU_Seller_Discount="5000")))
    assert (pieces(export), remarks(export)) == ([("TV-TRAY-L", 4)], [])


@pytest.mark.parametrize("column", ["RTS_Time", "Shipped_Time", "Delivered_Time", "Cancelled_Time"])
def test_what_would_have_happened_before_the_order_was_placed_is_left_out(tmp_path, column):
    same, before = (a_line(**{column: f"20/11/2026 09:30:{second}"}) for second in (33, 32))
    assert list(read(a_csv(tmp_path, same)).orders) == [NO]
    export = read(a_csv(tmp_path, before))
    assert [(one.line, one.fault.value) for one in export.refused] == [(2, "early_time")]


def test_a_payment_may_be_stamped_a_little_before_the_order(tmp_path):
    near, far = (a_line(Paid_Time=f"20/11/2026 {time}") for time in ("09:30:00", "08:30:00"))
    assert list(read(a_csv(tmp_path, near)).orders) == [NO]
    assert [one.fault.value for one in read(a_csv(tmp_path, far)).refused] == ["early_time"]
