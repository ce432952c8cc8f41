"""Dated extensions: which clocks an announcement moves, by how much, and what a wrong one says."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.deadline import Deadline, RuleId
from models.extension import Extension, extension_of
from models.policy import PolicyError
from models.policy_files import load_policy
from tests.models.makers import Given, a_fact, an_order, placed, t

UTC_ZONE = ZoneInfo("UTC")
BOTH_DAYS: dict[str, Any] = {
    "name": "Tet",
    "source": "U-vn 1",
    "read_on": "2026-02-20",
    "markets": ["VN"],
    "from": "2026-03-01",
    "until": "2026-03-02",
    "applies_to": "started",
}


def an_extension(**changes: Given) -> Extension:
    """Of the first two days of March 2026 for all clocks that start in them; one day more unless said."""
    way = {} if {"add_hours", "add_business_days", "not_before"} & set(changes) else {"add_hours": 24}
    return extension_of({**BOTH_DAYS, **way, **changes}, UTC_ZONE)


def clock(rule: str, *extensions: Extension, placed_at: float = 0, **payload: Given) -> Deadline:
    found = an_order(placed_at + 1, *placed(placed_at, **payload), extensions=extensions).deadline(RuleId(rule))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("way", "due"),
    [
        ({"add_hours": 24}, t(96)),
        ({"add_business_days": 1}, t(96)),
        ({"add_business_days": 4}, t(8 * 24)),  # Wednesday to Monday, for the shop works on Saturday
        ({"not_before": "2026-03-10T12:00:00"}, datetime(2026, 3, 10, 12, tzinfo=UTC)),
        ({"not_before": "2026-03-10T12:00:00+07:00"}, datetime(2026, 3, 10, 5, tzinfo=UTC)),
        ({"not_before": "2026-03-02"}, t(72)),  # never earlier than before
    ],
)
def test_an_extension_gives_more_time_in_one_of_three_ways(way: dict[str, object], due: datetime) -> None:
    ship_by = clock("D02", an_extension(**way))
    assert ship_by.due_at == due
    assert ship_by.extended_by == ("Tet" if due != t(72) else None)


@pytest.mark.parametrize(("placed_at", "moved"), [(-0.01, False), (0, True), (47.99, True), (48, False)])
def test_a_clock_that_starts_in_the_time_moves(placed_at, moved):
    assert (clock("D02", an_extension(), placed_at=placed_at).extended_by == "Tet") is moved


@pytest.mark.parametrize(("placed_at", "moved"), [(-72.01, False), (-72, True), (-24.01, True), (-24, False)])
def test_a_clock_that_would_be_over_in_the_time_moves(placed_at, moved):
    assert (clock("D02", an_extension(applies_to="due"), placed_at=placed_at).extended_by == "Tet") is moved


def test_warnings_come_before_the_moved_moment() -> None:
    assert an_order(1, *placed(), extensions=(an_extension(),)).deadlines[1].next_check_at == t(96 - 36)


def test_only_the_named_clocks_move() -> None:
    only = an_extension(rules=["D04"])
    assert clock("D02", only).extended_by is None
    shipped = (*placed(), a_fact("marked_shipped", 10))
    moved = an_order(11, *shipped, extensions=(only,)).deadline(RuleId.D04)
    assert moved is not None
    assert (moved.due_at, moved.extended_by) == (t(82), "Tet")


def test_our_own_aims_do_not_move_by_themselves_but_packing_follows_shipping() -> None:
    assert clock("D01", an_extension()).extended_by is None
    facts = (*placed(), a_fact("stock_confirmed", 1))
    pack = an_order(2, *facts, extensions=(an_extension(),)).deadline(RuleId.D03)
    assert pack is not None
    assert (pack.due_at, pack.extended_by) == (t(84), "Tet")


def test_the_answer_to_a_buyer_may_be_extended() -> None:
    facts = (*placed(), a_fact("cancel_requested", 1))
    answer = an_order(2, *facts, extensions=(an_extension(),)).deadline(RuleId.D08)
    assert answer is not None
    assert (answer.due_at, answer.stated, answer.extended_by) == (t(73), False, "Tet")


def test_a_stated_time_wins_over_an_extension() -> None:
    ship_by = clock("D02", an_extension(), due_at=t(60))
    assert (ship_by.due_at, ship_by.stated, ship_by.extended_by) == (t(60), True, None)


def test_a_promised_time_does_not_move() -> None:
    assert clock("D11", an_extension(), promised_at=t(60)).due_at == t(60)


def test_of_several_the_latest_counts_in_any_order() -> None:
    several = (
        an_extension(name="a", add_hours=12),
        an_extension(name="c", add_hours=30),
        an_extension(name="b", not_before=t(72 + 30).isoformat()),
        an_extension(name="d", applies_to="due", add_hours=900),  # not yet due in its time
    )
    found = {(one.due_at, one.extended_by) for order in permutations(several) for one in [clock("D02", *order)]}
    assert found == {(t(102), "b")}


def test_an_extension_is_for_its_markets_and_its_shops() -> None:
    one = an_extension(markets=["VN", "TH"], shops=["Lotus Lane Home"])
    shops = [("VN", "x"), ("TH", "x"), ("US", "x"), ("US", "lotus lane home")]
    assert [one.concerns(market, shop) for market, shop in shops] == [True, True, False, True]


def test_times_are_wall_time_in_the_policys_zone() -> None:
    there = extension_of({**BOTH_DAYS, "add_hours": 1}, ZoneInfo("Asia/Ho_Chi_Minh"))
    assert (there.begins_at, there.ends_at) == (t(-7), t(41))


def test_toml_s_own_dates_and_times_are_understood() -> None:
    written = tomllib.loads("from = 2026-03-01\nuntil = 2026-03-03T00:00:00\nread_on = 2026-02-20")
    assert extension_of({**BOTH_DAYS, "add_hours": 24, **written}, UTC_ZONE) == an_extension()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": None}, "extension.name = None is not text"),
        ({"colour": 1}, "extension: unknown colour; known are name, markets"),
        ({"until": "2026-02-28"}, "until must be later than from"),
        ({"from": "spring"}, "from = 'spring' is not a date or a time. Example: from = 2027-02-03"),
        ({"from": 3}, "from = 3 is not a date or a time"),
        ({"applies_to": "all"}, "applies_to = 'all' is not one of started, due"),
        ({"rules": ["D12"]}, "is not a list of the platform's clocks .D02, D04"),  # counts attempts
        ({"rules": ["D01"]}, "is not a list of the platform's clocks .D02, D04"),
        ({"rules": []}, "is not a list of the platform's clocks"),
        ({"markets": []}, "extension needs markets or shops"),
        ({"add_business_days": 1.5}, "is not a whole number of days"),
        (
            {"add_hours": 1, "not_before": "2026-04-01"},
            "needs one of add_hours, add_business_days, not_before, and one",
        ),
    ],
)
def test_a_wrong_extension_says_what_is_wrong(changes: dict[str, object], said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        an_extension(**changes)


@pytest.mark.parametrize("missing", ["name", "source", "read_on", "from", "until", "applies_to"])
def test_an_extension_needs_its_keys(missing: str) -> None:
    entry = {key: value for key, value in BOTH_DAYS.items() if key != missing}
    with pytest.raises(PolicyError, match=f"extension needs {missing}: "):
        extension_of(entry, UTC_ZONE)


def test_an_extension_needs_a_way() -> None:
    with pytest.raises(PolicyError, match="needs one of add_hours"):
        extension_of(BOTH_DAYS, UTC_ZONE)


def test_more_business_days_are_days_of_the_policys_zone() -> None:
    """Due on Wednesday 4 March at 20:00 UTC, which is Thursday in Hanoi: one day more is Friday there."""
    ship_by = an_order(
        21, *placed(20), extensions=(an_extension(add_business_days=1),), timezone=ZoneInfo("Asia/Ho_Chi_Minh")
    ).deadline(RuleId.D02)
    assert ship_by is not None
    assert ship_by.due_at == datetime(2026, 3, 5, 20, tzinfo=UTC)


def test_more_business_days_over_a_weekend_are_counted_where_the_shop_is() -> None:
    """Due on Friday 6 March at 20:00 UTC, Saturday in Hanoi; the next business day there is Monday."""
    until_friday = an_extension(**{"from": "2026-03-01", "until": "2026-03-09"}, add_business_days=1)
    friday = 20 + 2 * 24
    ship_by = an_order(
        friday + 1, *placed(friday), extensions=(until_friday,), timezone=ZoneInfo("Asia/Ho_Chi_Minh")
    ).deadline(RuleId.D02)
    assert ship_by is not None
    assert ship_by.due_at == datetime(2026, 3, 8, 20, tzinfo=UTC)  # Monday 3:00 in Hanoi


def test_an_extension_may_be_for_shops_alone() -> None:
    entry = {key: value for key, value in BOTH_DAYS.items() if key != "markets"}
    one = extension_of({**entry, "shops": ["Lotus Lane Home"], "add_hours": 24}, UTC_ZONE)
    assert [one.concerns("VN", shop) for shop in ("x", "Lotus Lane Home")] == [False, True]


def test_an_announcement_moves_a_clock_that_counts_from_the_order_too() -> None:
    shipped = (*placed(30), a_fact("marked_shipped", 40))
    usual, moved = (
        an_order(41, *shipped, policy=load_policy("th-2025"), extensions=extensions).deadline(RuleId.D04)
        for extensions in ((), (an_extension(rules=["D04"], until="2026-03-05"),))
    )
    assert usual is not None
    assert moved is not None
    assert (moved.due_at - usual.due_at, moved.extended_by) == (timedelta(hours=24), "Tet")


def test_where_something_is_announced_our_own_aims_warn_as_ever() -> None:
    """Four business hours from Monday at four: the half is over at six, on Tuesday at 10:12 a fifth is left."""
    looks = [
        an_order(hours, *placed(40), extensions=(an_extension(),)).deadline(RuleId.D01) for hours in (41.9, 42, 58.2)
    ]
    assert [look and (look.warn_level, look.extended_by) for look in looks] == [(0, None), (1, None), (2, None)]
