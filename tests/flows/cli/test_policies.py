"""`shipclock policy`: which figures count, whose they are, and whether one's own are right."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.cli.policy_check import holidays
from models.policy import PolicyCalendar
from models.policy_files import policy_names
from models.public_holidays import LAST_YEAR
from tests.flows.cli.conftest import LOTUS, RECEIVER, SETTINGS, Shipclock

FIGURE = '\n[shop.figures.D02]\nlength = 60\nunit = "hours"\n'
EXTENSION = """
[[extension]]
name = "Tet"
source = "U-vn 1"
read_on = 2026-11-22
markets = ["VN"]
rules = ["D02", "D04"]
from = 2027-02-03
until = 2027-02-11
applies_to = "started"
not_before = 2027-02-12T23:59:00
"""
POLICY = 'name = "mine"\nversion = "1"\n[clocks.D02]\nlength = 1\nunit = "business_days"\nsource = "default"\n'


def settings(place: Path, more: str) -> None:
    (place / "shipclock.toml").write_text(SETTINGS + more, encoding="utf-8")


def test_all_policies_are_listed_with_the_shops_they_count_for(shipclock: Shipclock) -> None:
    said = shipclock("policy", "show", "--json")
    assert [(one["name"], one["markets"], one["shops"]) for one in said.json["policies"]] == [
        ("article", [], ["Juniper & Pine Co.", "Lotus Lane Home"]),
        ("gb-2024", ["GB"], []),
        ("th-2025", ["TH"], []),
        ("us-2026", ["US"], []),
        ("vn-2025", ["VN"], []),
    ]
    assert "Lotus Lane Home" in shipclock("policy", "show").out


def test_policies_are_listed_before_there_are_settings(place: Path, shipclock: Shipclock) -> None:
    (place / "shipclock.toml").unlink()
    assert "us-2026" in shipclock("policy", "show").out


def test_a_policy_is_shown_with_length_warnings_origin_and_source(shipclock: Shipclock) -> None:
    lines = shipclock("policy", "show", "us-2026").out.splitlines()
    (ship_by,) = (line for line in lines if line.startswith("D02"))
    for words in (
        "2 business days, until 23:59",
        "36 h, 24 h, 6 h, 1 h",
        "read on 22 Nov 2026",
        "U-us 8064131472115499",
    ):
        assert words in ship_by
    assert any("America/Los_Angeles" in line and "public holidays of US" in line for line in lines)
    assert any("holds a new order" in line and "1 h" in line for line in lines)
    assert any("what is not shipped" in line and "7 business days" in line for line in lines)


def test_what_counts_for_a_shop_is_shown_with_its_own_figures_and_extensions(place: Path, shipclock: Shipclock) -> None:
    settings(place, FIGURE + EXTENSION)
    said = shipclock("policy", "show", "--shop", "lotus lane home").out
    assert "its market VN would choose vn-2025" in said
    assert any(line.startswith("D02") and "60 h" in line and "yours" in line for line in said.splitlines())
    assert "Tet: D02, D04, started from 3 Feb 2027" in said
    assert "not before 12 Feb 2027 23:59" in said
    told = shipclock("policy", "show", "--shop", "Lotus Lane Home", "--json").json
    assert (told["shop"], told["policy"]["clocks"]["D02"]["length"]) == ("Lotus Lane Home", 60)
    assert (told["origins"]["D02"], told["origins"]["D04"]) == ("yours", "article")
    assert told["extensions"][0]["from"] == "2027-02-02T17:00:00Z"
    assert shipclock("policy", "show", "--shop", "Juniper & Pine Co.", "--json").json["extensions"] == []


def test_the_market_chose(place: Path, shipclock: Shipclock) -> None:
    (place / "shipclock.toml").write_text(SETTINGS.replace('policy = "article"\n', ""), encoding="utf-8")
    assert "Lotus Lane Home: chosen by its market, VN" in shipclock("policy", "show", "--shop", "Lotus Lane Home").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nope",), f"no policy 'nope'; there are {', '.join(policy_names())}"),
        (("--shop", "nope"), "no shop `nope` in the settings. Known: Juniper & Pine Co., Lotus Lane Home"),
        (("article", "--shop", "x"), "a policy's name or --shop, not both"),
    ],
)
def test_what_cannot_be_shown_is_told(shipclock: Shipclock, words: tuple[str, ...], said: str) -> None:
    answer = shipclock("policy", "show", *words)
    assert (answer.code, said in answer.err) == (2, True)


def test_everything_that_comes_along_is_right(place: Path, shipclock: Shipclock) -> None:
    settings(place, FIGURE + EXTENSION)
    said = shipclock("policy", "check", "--json")
    assert said.code == 0
    assert [one["name"] for one in said.json["checks"]] == [
        *["Policy"] * 5,
        "Extensions",
        "Settings",
        *["Holidays"] * 4,
    ]
    assert "1 figure(s) of your own, 1 extension(s)" in shipclock("policy", "check").out


def test_without_settings_only_what_comes_along_is_checked(place: Path, shipclock: Shipclock) -> None:
    (place / "shipclock.toml").unlink()
    assert shipclock("policy", "check").code == 0


def test_a_wrong_figure_of_ones_own_is_told_with_its_line(place: Path, shipclock: Shipclock) -> None:
    settings(place, FIGURE.replace("60", "-60"))
    said = shipclock("policy", "check")
    assert said.code == 1
    assert "shop.figures.D02.length = -60 is not a number" in said.out


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (POLICY, 0, "mine, version 1"),
        (POLICY.replace("length = 1", "length = 1.5"), 1, "mine.toml: clocks.D02: length counts whole days"),
        (POLICY + '[calendar]\ncountry = "XX"\nsource = "default"\n', 1, "nothing is known of public holidays in XX"),
        (POLICY + '[calendar]\ncountry = "GB"\nsource = "default"\n', 0, "Holidays: GB: next "),
        (EXTENSION, 0, "mine.toml: 1 announcement(s)"),
        (
            EXTENSION.replace("not_before", "before"),
            1,
            "mine.toml: extension[0]: unknown before; did you mean not_before?",
        ),
        ("name =", 1, "mine.toml: Invalid value"),
    ],
)
def test_a_file_is_checked_before_it_is_put_to_use(
    place: Path, shipclock: Shipclock, text: str, code: int, said: str
) -> None:
    (place / "mine.toml").write_text(text, encoding="utf-8")
    answer = shipclock("policy", "check", "mine.toml")
    assert (answer.code, said in answer.out) == (code, True), answer.out


def test_a_file_that_is_not_there_is_told(shipclock: Shipclock) -> None:
    answer = shipclock("policy", "check", "nowhere.toml")
    assert (answer.code, "There is no file nowhere.toml" in answer.out) == (1, True)


def test_the_end_of_known_holidays_is_told_a_year_before() -> None:
    us = [PolicyCalendar(country="US")]
    last = date(LAST_YEAR, 12, 31)  # the New Year's Day after it is a Saturday, observed on the Friday before
    early, late = (next(iter(holidays(us, day))) for day in (last - timedelta(days=365), last - timedelta(days=364)))
    assert (early.ok, late.ok) == (True, False)
    assert "no public holiday is known after" in late.told


def test_help_teaches_by_examples(shipclock: Shipclock) -> None:
    for words in (("policy",), ("policy", "show"), ("policy", "check")):
        assert "shipclock policy" in shipclock(*words, "--help").out.partition("Examples:")[2]


def test_an_order_says_whose_time_counts_and_when_the_platform_cancels(
    place: Path, shipclock: Shipclock, deliver: Callable[..., None]
) -> None:
    (place / "shipclock.toml").write_text(SETTINGS.replace('policy = "article"\n', ""), encoding="utf-8")
    deliver("004")
    shipclock("poll")
    said = shipclock("order", LOTUS).out
    assert "TikTok's own time" in said
    assert "TikTok Shop cancels such orders by itself; that time was" in said
    told = shipclock("order", LOTUS, "--json").json
    assert told["auto_cancel_at"].endswith("16:59:00Z")  # 23:59 in Vietnam
    assert {one["rule"]: one["origin"] for one in told["deadlines"]}["D01"] == "default"
    explained = shipclock("explain", LOTUS).out
    assert "our default: 4 business hours" in explained


@pytest.mark.parametrize("name", policy_names())
def test_facts_in_a_file_are_explained_by_any_policy(place: Path, shipclock: Shipclock, name: str) -> None:
    placed = {"kind": "order_placed", "occurred_at": "2026-03-02T03:00:00Z", "authority": "platform"}
    paid = {**placed, "kind": "order_paid"}
    (place / "facts.json").write_text(json.dumps({"facts": [placed, paid]}), encoding="utf-8")
    words = ("explain", "--facts", "facts.json", "--now", "2026-03-02T04:30:00Z", "--policy", name)
    due = {clock["id"]: clock["due_at"] for clock in shipclock(*words, "--json").json["deadlines"]}
    ship_by = {
        "article": "2026-03-05T03:00:00Z",
        "gb-2024": "2026-03-04T03:00:00Z",
        "th-2025": "2026-03-05T03:00:00Z",  # Makha Bucha on Tuesday
        "us-2026": "2026-03-05T07:59:00Z",  # Sunday evening in Los Angeles
        "vn-2025": "2026-03-02T16:59:00Z",
    }
    assert due["D02"] == ship_by[name]
    assert ("article: 72 h" in shipclock(*words).out) is (name == "article")


@pytest.mark.parametrize(
    ("market", "said"), [("VN", "TikTok Shop in VN (vn-2025)"), ("DE", "of the article count (article)")]
)
def test_init_says_which_policy_the_market_got(shipclock: Shipclock, market: str, said: str) -> None:
    words = ("--folder", "mail", "--shop", "Tre", "--market", market, "--currency", "EUR", "--timezone", "UTC")
    answer = shipclock("init", *words, "--authserv-id", RECEIVER, "--days", "0", "--yes", "--force")
    assert (answer.code, said in answer.out) == (0, True), answer


def test_open_orders_are_moved_to_changed_figures_only_when_asked_for(
    place: Path, shipclock: Shipclock, deliver: Callable[..., None]
) -> None:
    deliver("004")
    shipclock("poll")
    settings(place, '\n[shop.figures.D10]\nlength = 400\nunit = "hours"\n')
    shop = ("--shop", "Lotus Lane Home")
    would = shipclock("policy", "apply", *shop, "--dry-run")
    assert "Nothing was done" in would.out
    done = shipclock("policy", "apply", *shop, "--by", "Hoa", "--json").json
    assert (done["done"], [one["order_no"] for one in done["orders"]]) == (True, [LOTUS])
    assert "go by the figures of the settings" in shipclock("policy", "apply", *shop).out


def test_the_days_that_count_for_a_shop_are_named(place: Path, shipclock: Shipclock) -> None:
    text = SETTINGS + 'business_days = ["mon", "tue"]\nbusiness_hours = "10:00-16:00"\nclosed_days = [2027-02-06]\n'
    (place / "shipclock.toml").write_text(text, encoding="utf-8")
    said = shipclock("policy", "show", "--shop", "Lotus Lane Home").out
    assert "Business days: Mon, Tue" in said
    assert "Business hours: Mon, Tue, 10:00-16:00 Asia/Ho_Chi_Minh; closed days: 6 Feb 2027" in said
