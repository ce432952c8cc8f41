"""What leaves the shop has one form, and nothing that could be a buyer's has any."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from models.outgoing import carrier_name, goods, iso, number, stamp

HANOI, KATHMANDU, LOS_ANGELES = (
    ZoneInfo(name) for name in ("Asia/Ho_Chi_Minh", "Asia/Kathmandu", "America/Los_Angeles")
)
EVENING = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        (EVENING, HANOI, "2026-03-02 01:30 (UTC+07:00)"),
        (EVENING, KATHMANDU, "2026-03-02 00:15 (UTC+05:45)"),
        (EVENING, LOS_ANGELES, "2026-03-01 10:30 (UTC-08:00)"),
        (EVENING.replace(second=1, microsecond=999), HANOI, "2026-03-02 01:30:01 (UTC+07:00)"),
        (datetime(2026, 3, 1, 17, tzinfo=UTC), HANOI, "2026-03-02 00:00 (UTC+07:00)"),
    ],
)
def test_a_moment_is_told_on_the_shops_clock_with_its_offset_and_its_seconds_where_it_has_any(moment, zone, said):
    assert stamp(moment, zone) == said


def test_a_moment_for_machines_is_told_to_the_second():
    assert iso(EVENING.replace(microsecond=5), HANOI) == "2026-03-02T01:30:00+07:00"


@pytest.mark.parametrize("given", ["Nguyen Van A", "a@b.example", "0912 345 678", "", None, "x" * 65, "JT=1"])
def test_what_does_not_look_like_a_number_is_no_number(given):
    assert number(given) == ""


def test_a_number_is_told_as_it_is():
    assert number("JT-00_12a") == "JT-00_12a"


@pytest.mark.parametrize("given", ["Lan 0912 345 678", "lan@b.example", None, "", "x" * 121])
def test_a_name_with_a_phone_number_or_an_address_is_no_carriers(given):
    assert carrier_name(given) == ""


def test_a_carriers_name_is_told_in_one_line():
    assert carrier_name(" J&T \n Express\u202e ") == "J&T Express"


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"quantity": 2, "title": "Bamboo tray", "sku": "TV-1"}, "2 x Bamboo tray (TV-1)"),
        ({"quantity": 2, "title": "Bamboo tray"}, "2 x Bamboo tray"),
        ({"sku": "TV-1"}, "TV-1"),
        ({"quantity": "two", "title": "Tray", "note": "for Lan"}, "Tray"),
        ({"quantity": 2}, ""),
    ],
)
def test_goods_are_told_by_pieces_name_and_sku_and_by_nothing_else(item, said):
    assert goods(item) == said
