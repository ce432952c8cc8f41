"""What a policy takes from its base, what a shop's own figure takes from its policy, and where a fault lies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from models.deadline import RuleId
from models.policy import Clock, PolicyCalendar, PolicyError, Start, Unit
from models.policy_data import own_figure, parse_policy, policy_as_data, policy_of, with_figures
from models.policy_files import figures_of, load_policy, parse_file, policy_from_data, policy_names, shop_policy
from models.shop_clock import ShopFigures, parse_shop_figures
from tests.models.makers import terms

ARTICLE, VIETNAM, BRITAIN, THAILAND = (figures_of(name) for name in ("article", "vn-2025", "gb-2024", "th-2025"))
HEAD = 'name = "x"\nversion = "1"\n'
FIRST = '[intervals]\ncomplaint_follow_up = { hours = 1, source = "default" }\n'
D04 = '[clocks.D04]\nlength = 5\nunit = "business_days"\nstarts = "order_placed"\nsource = "default"\n'
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize("name", policy_names())
def test_the_file_of_a_policy_tells_the_policy(name: str) -> None:
    text = (files("models.policies") / f"{name}.toml").read_text("utf-8")
    assert parse_file(f"{name}.toml", text) == figures_of(name)


def test_the_first_policy_has_no_base() -> None:
    with pytest.raises(PolicyError, match=r"^article\.toml: policy needs cancel_limit_rank"):
        parse_file("article.toml", HEAD)


def test_a_policy_that_names_nothing_is_its_base_under_another_name() -> None:
    for base in (ARTICLE, VIETNAM, BRITAIN, THAILAND):
        assert parse_policy(HEAD, base) == replace(base, name="x", version="1", markets=())


def test_a_policy_adds_to_what_its_base_says() -> None:
    text = HEAD + 'auto_cancel.not_shipped = { length = 9, unit = "hours", source = "default" }\n'
    policy = parse_policy(text, VIETNAM)
    assert policy.auto_cancel["not_shipped"].length == 9
    assert policy.auto_cancel["not_collected"] == VIETNAM.auto_cancel["not_collected"]
    held = parse_policy(HEAD + 'intervals.platform_hold = { hours = 3, source = "default" }\n', BRITAIN)
    assert held.intervals == {**BRITAIN.intervals, "platform_hold": timedelta(hours=3)}
    assert held.sources.keys() == BRITAIN.sources.keys()


def test_a_policy_for_markets_names_them() -> None:
    assert parse_policy(HEAD + 'markets = ["DE", "AT"]', ARTICLE).markets == ("DE", "AT")


@pytest.mark.parametrize("base", [ARTICLE, THAILAND])
def test_a_figure_that_counts_from_the_order_is_followed_by_the_usual_one(base) -> None:
    """Thailand's own figure counts from the order, too: what follows is the article's all the same."""
    collect = parse_policy(HEAD + D04, base).clocks[RuleId.D04]
    assert (collect.starts, collect.otherwise) == (Start.ORDER_PLACED, ARTICLE.clocks[RuleId.D04])


def test_a_figure_that_counts_from_its_own_start_is_followed_by_none() -> None:
    plain = D04.replace('starts = "order_placed"\n', "")
    assert parse_policy(HEAD + plain, ARTICLE).clocks[RuleId.D04].otherwise is None


@pytest.mark.parametrize(
    ("entry", "rule", "figure"),
    [
        ({"length": 6, "unit": "business_hours"}, "D01", {"warn": (), "warn_share": (0.5, 0.2)}),
        ({"length": 6, "unit": "business_hours", "warn_share": [0.1]}, "D01", {"warn": (), "warn_share": (0.1,)}),
        ({"length": 6, "unit": "business_hours", "warn": [2]}, "D01", {"warn": (2,), "warn_share": ()}),
        ({"length": 6, "unit": "hours"}, "D14b", {"warn": (), "warn_share": ()}),
        (
            {"length": 3, "unit": "business_days", "starts": "order_placed"},
            "D04",
            {"warn": (24, 6), "otherwise": ARTICLE.clocks[RuleId.D04]},
        ),
    ],
)
def test_a_shops_own_figure_keeps_the_warnings_that_it_does_not_name(entry, rule, figure) -> None:
    own = own_figure(rule, entry, ARTICLE)
    assert {name: getattr(own, name) for name in figure} == figure
    assert (own.length, own.source) == (entry["length"], "yours")


def test_a_shops_policy_is_the_named_one_with_the_shops_figures() -> None:
    figures = {"D02": {"length": 60, "unit": "hours"}}
    assert shop_policy("th-2025", figures) == with_figures(load_policy("th-2025"), figures)
    assert shop_policy("th-2025", {}) == load_policy("th-2025")
    with pytest.raises(PolicyError, match="no policy 'xx'"):
        shop_policy("xx", {})


SOURCE = 'source = "default"'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FIRST, "policy needs cancel_limit_rank: a table"),
        (
            '[intervals]\nplatform_hold = { source = "default" }',
            "intervals.platform_hold needs hours: a number of hours",
        ),
        ("[intervals]\nplatform_hold = { hours = 1 }", "intervals.platform_hold needs source"),
        (
            f'[auto_cancel.not_shipped]\nlength = 1.5\nunit = "business_days"\n{SOURCE}',
            "auto_cancel.not_shipped: length counts whole days",
        ),
        ("cancel_limit_rank = 40", "cancel_limit_rank must be a table with rank, source"),
        ('cancel_limit_rank = { source = "default" }', "cancel_limit_rank needs rank: the rank of a stage"),
        ("cancel_limit_rank = { rank = 40 }", "cancel_limit_rank needs source"),
        (
            f"cancel_limit_rank = {{ rank = 40.5, {SOURCE} }}",
            "cancel_limit_rank.rank = 40.5 is not the rank of a stage",
        ),
        (f"cancel_limit_rank = {{ rank = 45, {SOURCE} }}", "cancel_limit_rank.rank: no stage has it"),
        ('cancel_limit_rank = { rank = 40, source = "U-us 1" }', "cancel_limit_rank needs read_on"),
        ('calendar = { source = "U-us 1" }', "calendar needs read_on"),
        (f'calendar = {{ subdivision = "ENG", {SOURCE} }}', "calendar.subdivision needs country"),
        (
            f'[clocks.D02]\nlength = 8785\nunit = "hours"\n{SOURCE}',
            "clocks.D02.length = 8785 is not a number from 0 to 8784",
        ),
        (
            f'[clocks.D02]\nlength = 2\nunit = "hours"\nwarn_share = [1.01]\n{SOURCE}',
            "clocks.D02.warn_share = .1.01. is not a list of shares",
        ),
    ],
)
def test_a_fault_is_told_to_lie_where_it_lies(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=f"^{said}"):
        parse_policy(HEAD + text, None if text == FIRST else ARTICLE)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"length": -1}, "clocks.D04.length = -1 is not a number"),
        ({"unit": "attempts"}, "clocks.D04: attempts are counted by D12"),
        ({"otherwise": {"length": 1, "unit": "attempts", "source": "default"}}, "clocks.D04.otherwise: attempts are"),
        ({"otherwise": {"length": 1}}, "clocks.D04.otherwise needs unit"),
    ],
)
def test_a_fault_of_a_stored_policy_is_told_to_lie_where_it_lies(changed, said) -> None:
    stored = policy_as_data(THAILAND)
    with pytest.raises(PolicyError, match=f"^{said}"):
        policy_of({**stored, "clocks": {**stored["clocks"], "D04": {**stored["clocks"]["D04"], **changed}}})
    plain = {"length": -1, "unit": "hours", "source": "default"}
    with pytest.raises(PolicyError, match=r"^clocks\.D02\.length = -1"):
        policy_from_data({**stored, "clocks": {**stored["clocks"], "D02": plain}})


@pytest.mark.parametrize(
    ("rule", "entry", "said"),
    [
        ("D03", {"length": 1, "unit": "business_hours"}, "figures.D03: it is told in hours before D02 is over"),
        ("D12", {"length": 3, "unit": "attempts"}, "figures.D12: length can only be 2"),
        ("D01", {"length": 1, "unit": "business_days"}, "figures.D01: our own aims count hours"),
        ("D14b", {"length": 1, "unit": "hours", "starts": "order_placed"}, "figures.D14b: starts needs a figure"),
    ],
)
def test_a_shops_own_figure_obeys_the_rules_of_its_clock(rule, entry, said) -> None:
    with pytest.raises(PolicyError, match=f"^{said}"):
        own_figure(rule, entry, ARTICLE)


def test_the_largest_figures_are_allowed() -> None:
    text = f'[clocks.D02]\nlength = 8784\nunit = "hours"\nwarn_share = [1, 0]\n{SOURCE}\n'
    figure = parse_policy(HEAD + text, ARTICLE).clocks[RuleId.D02]
    assert (figure.length, figure.warn_left) == (8784, (timedelta(hours=8784), timedelta(0)))


@pytest.mark.parametrize(
    ("figure", "due", "warns"),
    [
        ({"length": 10, "unit": Unit.HOURS, "warn_share": (0.5,)}, "2026-03-03T03:00", ["2026-03-02T22:00"]),
        ({"length": 2, "unit": Unit.CALENDAR_DAYS, "warn_share": (0.5,)}, "2026-03-04T17:00", ["2026-03-03T17:00"]),
        ({"length": 2, "unit": Unit.CALENDAR_DAYS, "ends_at": time(23, 59), "zone": HANOI}, "2026-03-05T16:59", []),
        ({"length": 2, "unit": Unit.CALENDAR_DAYS, "ends_at": time(23, 59)}, "2026-03-04T23:59", []),
        ({"length": 2, "unit": Unit.BUSINESS_DAYS, "ends_at": time(23, 59), "zone": HANOI}, "2026-03-05T16:59", []),
        ({"length": 2, "unit": Unit.BUSINESS_DAYS, "ends_at": time(23, 59)}, "2026-03-04T23:59", []),
    ],
)
def test_a_figure_counts_in_its_own_zone_else_in_the_shops_and_shares_are_of_its_whole_length(figure, due, warns):
    """From Monday 17:00 UTC, which is Tuesday 0:00 in Hanoi, in a shop of UTC."""
    shop = terms()
    found = Clock(**figure).run(datetime(2026, 3, 2, 17, tzinfo=UTC), shop.calendar, shop.working_days)
    assert found == (utc(due), tuple(utc(warn) for warn in warns))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_calendar_that_names_no_days_takes_the_shops() -> None:
    shop = terms(closed_days=frozenset({datetime(2026, 3, 3, tzinfo=UTC).date()})).calendar
    assert PolicyCalendar().working(shop) == shop
    abroad = PolicyCalendar(zone=HANOI, weekdays=frozenset({0}), holidays=frozenset({utc("2026-03-04").date()}))
    working = abroad.working(shop)
    assert (working.zone, working.days) == (HANOI, frozenset({0}))
    assert working.closed == shop.closed | abroad.holidays


@pytest.mark.row("D20", "D21", "D22")
def test_the_figures_of_mailboxes_and_shops_are_those_of_the_document() -> None:
    text = (files("models") / "shop_clocks.toml").read_text("utf-8")
    assert parse_shop_figures(text) == ShopFigures(
        intervals=3,
        unread_at_least=timedelta(minutes=15),
        gaps=4,
        silent_at_least=timedelta(hours=12),
        weeks=8,
        weeks_needed=2,
        waits=timedelta(hours=1),
        warns=timedelta(minutes=15),
    )


@pytest.mark.parametrize("table", ["D20", "D21", "D22"])
def test_the_figures_of_mailboxes_and_shops_are_all_needed(table: str) -> None:
    text = (files("models") / "shop_clocks.toml").read_text("utf-8")
    with pytest.raises(KeyError):
        parse_shop_figures(text.replace(f"[{table}]", "[D99]"))
