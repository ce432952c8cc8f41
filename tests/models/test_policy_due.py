"""Each market's due moments, calculated by hand: weekends, public holidays, cut-offs, nights of daylight saving."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.business_time import BusinessCalendar
from models.deadline import Deadline, RuleId
from models.fact import Fact
from models.hold import Hold
from models.order import Order
from models.policy import Clock, Policy
from models.policy_files import load_policy, policy_names
from models.terms import OFFICE_HOURS
from tests.models.makers import T0, Given, a_fact, an_order, placed

ZONES = {
    "us-2026": ZoneInfo("America/Los_Angeles"),
    "gb-2024": ZoneInfo("Europe/London"),
    "th-2025": ZoneInfo("Asia/Bangkok"),
    "vn-2025": ZoneInfo("Asia/Ho_Chi_Minh"),
    "article": ZoneInfo("UTC"),
}


def local(policy: str, text: str) -> float:
    """A wall time of the policy's market as hours after T0."""
    moment = datetime.fromisoformat(text).replace(tzinfo=ZONES[policy])
    return (moment - T0) / timedelta(hours=1)


def an_order_in(policy: str, now: str, *facts: Fact, **shop: Given) -> Order:
    return an_order(local(policy, now), *facts, policy=load_policy(policy), timezone=ZONES[policy], **shop)


def clock(order: Order, rule: str) -> Deadline:
    found = order.deadline(RuleId(rule))
    assert found is not None
    return found


def wall(policy: str, moment: datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(ZONES[policy]).strftime("%Y-%m-%d %H:%M")


DUE_TO_SHIP = [
    ("vn-2025", "2026-03-02 13:59:59", "2026-03-02 23:59"),
    ("vn-2025", "2026-03-02 14:00", "2026-03-03 23:59"),
    ("vn-2025", "2026-03-07 15:00", "2026-03-09 23:59"),  # Saturday, Sunday, Monday
    ("vn-2025", "2026-03-08 10:00", "2026-03-09 23:59"),
    ("vn-2025", "2026-02-14 15:00", "2026-02-21 23:59"),  # Tet 2026: Monday 16 to Friday 20 February
    ("vn-2025", "2026-02-18 09:00", "2026-02-21 23:59"),
    ("vn-2025", "2027-02-03 14:00", "2027-02-11 23:59"),  # Tet 2027: Thursday 4 to Wednesday 10 February
    ("us-2026", "2026-03-02 10:00", "2026-03-04 23:59"),
    ("us-2026", "2026-03-02 23:58:59", "2026-03-04 23:59"),
    ("us-2026", "2026-03-02 23:59", "2026-03-05 23:59"),
    ("us-2026", "2026-03-05 10:00", "2026-03-09 23:59"),  # over the weekend in which summer time begins
    ("us-2026", "2026-03-07 10:00", "2026-03-11 23:59"),  # Saturday begins as Monday
    ("us-2026", "2026-10-30 10:00", "2026-11-03 23:59"),  # summer time ends
    ("us-2026", "2026-11-25 10:00", "2026-11-30 23:59"),  # Thanksgiving, Friday, Monday
    ("us-2026", "2026-11-26 10:00", "2026-12-01 23:59"),
    ("us-2026", "2026-07-02 10:00", "2026-07-07 23:59"),  # 4 July, a Saturday, is observed on Friday
    ("gb-2024", "2026-03-02 10:00", "2026-03-04 10:00"),
    ("gb-2024", "2026-03-07 10:00", "2026-03-11 00:00"),  # Saturday begins with Monday
    ("gb-2024", "2026-04-02 10:00", "2026-04-08 10:00"),  # Good Friday and Easter Monday
    ("gb-2024", "2026-08-28 10:00", "2026-09-02 10:00"),  # late summer bank holiday, 31 August
    ("gb-2024", "2026-12-24 15:00", "2026-12-30 15:00"),  # Christmas, Boxing Day observed on Monday 28
    ("gb-2024", "2026-03-27 10:00", "2026-03-31 10:00"),
    ("gb-2024", "2026-10-23 10:00", "2026-10-27 10:00"),
    ("th-2025", "2026-03-02 10:00", "2026-03-05 10:00"),  # Makha Bucha, Tuesday 3 March
    ("th-2025", "2026-03-06 10:00", "2026-03-09 10:00"),  # Friday, Saturday, Monday
    ("th-2025", "2026-04-11 10:00", "2026-04-17 10:00"),  # Songkran, Monday 13 to Wednesday 15 April
    ("article", "2026-03-06 10:00", "2026-03-09 10:00"),  # 72 h, whatever the days
]


@pytest.mark.parametrize(("policy", "ordered", "due"), DUE_TO_SHIP)
def test_when_an_order_must_be_set_to_shipped(policy: str, ordered: str, due: str) -> None:
    order = an_order_in(policy, ordered, *placed(local(policy, ordered)))
    assert wall(policy, clock(order, "D02").due_at) == due


@pytest.mark.parametrize(
    ("policy", "rule", "mode"), [(p, r, m) for p in ZONES for r, m in (("D04", "pickup"), ("D06", "drop_off"))]
)
@pytest.mark.parametrize(("shipped", "hours_late"), [("2026-03-02 11:00", None), ("2026-03-20 09:00", 48)])
def test_the_hand_over_counts_from_the_order_unless_that_was_over_before(
    policy: str, rule: str, mode: str, shipped: str, hours_late: int | None
) -> None:
    """A parcel set to shipped late must not accuse the carrier at once: then 48 h from there, as in the article."""
    from_the_order = {
        "us-2026": "2026-03-04 23:59",
        "vn-2025": "2026-03-02 23:59",
        "th-2025": "2026-03-06 10:00",  # Makha Bucha on Tuesday 3 March
        "gb-2024": "2026-03-04 11:00",  # 48 h from "shipped", as in the article
        "article": "2026-03-04 11:00",
    }
    ordered, handed = local(policy, "2026-03-02 10:00"), local(policy, shipped)
    facts = (*placed(ordered, handover_mode=mode), a_fact("marked_shipped", handed))
    found = clock(an_order_in(policy, "2026-03-20 10:00", *facts), rule)
    expected = from_the_order[policy] if hours_late is None else "2026-03-22 09:00"
    assert wall(policy, found.due_at) == expected
    assert wall(policy, found.start_at) == shipped


def test_without_the_order_the_hand_over_counts_from_shipped() -> None:
    shipped = a_fact("marked_shipped", local("us-2026", "2026-03-02 11:00"))
    found = clock(an_order_in("us-2026", "2026-03-02 12:00", shipped), "D04")
    assert wall("us-2026", found.due_at) == "2026-03-04 11:00"


def test_shipping_at_the_very_due_moment_leaves_the_carrier_its_time() -> None:
    due = local("us-2026", "2026-03-04 23:59")
    facts = (*placed(local("us-2026", "2026-03-02 10:00")), a_fact("marked_shipped", due))
    assert (
        wall("us-2026", clock(an_order_in("us-2026", "2026-03-05 01:00", *facts), "D04").due_at) == "2026-03-06 23:59"
    )


@pytest.mark.parametrize(
    ("policy", "due"),
    [("us-2026", "2026-03-10 23:59"), ("gb-2024", "2026-03-09 10:00"), ("th-2025", None), ("article", None)],
)
def test_without_a_promise_delivery_counts_from_the_order_where_the_market_says_how_long(
    policy: str, due: str | None
) -> None:
    order = an_order_in(policy, "2026-03-02 11:00", *placed(local(policy, "2026-03-02 10:00")))
    found = order.deadline(RuleId.D11)
    assert (found and wall(policy, found.due_at)) == due
    assert order.promised_at is None


def test_a_promise_wins_over_the_markets_time_to_deliver() -> None:
    promise = datetime(2026, 3, 6, 20, tzinfo=UTC)
    order = an_order_in(
        "us-2026", "2026-03-02 11:00", *placed(local("us-2026", "2026-03-02 10:00"), promised_at=promise)
    )
    assert (clock(order, "D11").due_at, order.promised_at) == (promise, promise)


def test_a_stated_time_wins_over_business_days() -> None:
    stated = datetime(2026, 3, 3, 20, tzinfo=UTC)
    facts = (*placed(local("us-2026", "2026-03-02 10:00")), a_fact("due_stated", 30, rule="D02", due_at=stated))
    found = clock(an_order_in("us-2026", "2026-03-02 12:00", *facts), "D02")
    assert (found.due_at, found.stated) == (stated, True)


@pytest.mark.parametrize(("policy", "hours"), [("us-2026", 24), ("th-2025", 24), ("vn-2025", 48), ("gb-2024", 48)])
def test_how_long_a_buyer_waits_for_the_answer_to_a_cancellation(policy: str, hours: int) -> None:
    asked = local(policy, "2026-03-02 12:00")
    order = an_order_in(policy, "2026-03-02 13:00", *placed(asked - 5), a_fact("cancel_requested", asked))
    found = clock(order, "D08")
    assert found.due_at - found.start_at == timedelta(hours=hours)


@pytest.mark.parametrize(("policy", "due"), [("th-2025", "2026-04-21 12:00"), ("vn-2025", "2026-04-21 12:00")])
def test_a_claim_is_possible_for_40_days_from_the_carriers_last_news(policy: str, due: str) -> None:
    ordered, lost = local(policy, "2026-03-02 10:00"), local(policy, "2026-03-12 12:00")
    facts = (*placed(ordered), a_fact("marked_shipped", ordered + 1), a_fact("lost_declared", lost))
    assert wall(policy, clock(an_order_in(policy, "2026-03-12 13:00", *facts), "D14b").due_at) == due


@pytest.mark.parametrize(
    ("policy", "facts", "at"),
    [
        ("vn-2025", (), "2026-03-04 23:59"),
        ("vn-2025", ("marked_shipped",), "2026-03-05 23:59"),
        ("vn-2025", ("marked_shipped", "picked_up"), None),
        ("vn-2025", ("cancelled",), None),
        ("th-2025", (), "2026-03-05 10:00"),  # Makha Bucha on Tuesday 3 March
        ("th-2025", ("marked_shipped",), "2026-03-06 10:00"),
        ("us-2026", (), "2026-03-11 23:59"),
        ("us-2026", ("marked_shipped",), None),
        ("article", (), None),
    ],
)
def test_when_the_platform_cancels_by_itself(policy: str, facts: tuple[str, ...], at: str | None) -> None:
    ordered = local(policy, "2026-03-02 10:00")
    later = [a_fact(kind, ordered + 1 + number) for number, kind in enumerate(facts)]
    order = an_order_in(policy, "2026-03-02 16:00", *placed(ordered), *later)
    assert (order.auto_cancel_at and wall(policy, order.auto_cancel_at)) == at


def test_the_platforms_own_cancelling_decides_no_stage() -> None:
    order = an_order_in("vn-2025", "2026-03-20 10:00", *placed(local("vn-2025", "2026-03-02 10:00")))
    assert (order.stage, order.auto_cancel_at is not None) == ("NEW", True)


@pytest.mark.parametrize("policy", ["us-2026", "gb-2024"])
def test_the_platform_holds_a_new_order_for_an_hour_and_its_clocks_run_on(policy: str) -> None:
    ordered = local(policy, "2026-03-02 10:00")
    now = [an_order_in(policy, f"2026-03-02 {time}", *placed(ordered)) for time in ("10:00", "10:59:59", "11:00")]
    assert [order.holds for order in now] == [{Hold.PLATFORM_HOLD}, {Hold.PLATFORM_HOLD}, frozenset()]
    assert [wall(policy, order.next_check_at) for order in now[:2]] == ["2026-03-02 11:00"] * 2
    assert len({clock(order, "D02").due_at for order in now}) == 1
    assert [clock(order, "D01").state for order in now] == ["PAUSED", "PAUSED", "RUNNING"]
    assert [order.steps for order in now] == [(), (), ("confirm",)]


@pytest.mark.parametrize(
    ("told", "held_at"),
    [
        ((("platform_hold_ended", 0.5),), [True, False, False]),
        ((("platform_hold_started", 0.1),), [True, True, True]),  # the platform's own news, and it goes on
        ((("platform_hold_started", 0.1), ("platform_hold_ended", 2)), [True, True, False]),
        ((("platform_hold_ended", 5),), [True, True, False]),
    ],
)
def test_the_platforms_news_of_its_hold_win_over_the_usual_hour(
    told: list[tuple[str, float]], held_at: list[bool]
) -> None:
    facts = (*placed(0), *(a_fact(kind, hours) for kind, hours in told))
    orders = [an_order(hours, *facts, policy=load_policy("gb-2024")) for hours in (0.05, 0.75, 2.5)]
    assert [Hold.PLATFORM_HOLD in order.holds for order in orders] == held_at


def test_a_shops_closing_days_move_business_days_and_no_hours() -> None:
    closed = frozenset({date(2026, 3, 3)})
    facts = placed(local("us-2026", "2026-03-02 10:00"))
    order = an_order_in("us-2026", "2026-03-02 12:00", *facts, closed_days=closed)
    assert wall("us-2026", clock(order, "D02").due_at) == "2026-03-05 23:59"
    order = an_order_in(
        "article", "2026-03-02 12:00", *placed(local("article", "2026-03-02 10:00")), closed_days=closed
    )
    assert wall("article", clock(order, "D02").due_at) == "2026-03-05 10:00"


POLICIES = [load_policy(name) for name in policy_names()]
FIGURES = [
    (policy, figure) for policy in POLICIES for figure in (*policy.clocks.values(), *policy.auto_cancel.values())
]
NIGHTS = [  # around the changes of the clocks in Los Angeles and London, and around Tet
    datetime(2026, 3, 6, tzinfo=UTC),
    datetime(2026, 10, 30, tzinfo=UTC),
    datetime(2026, 3, 27, tzinfo=UTC),
    datetime(2026, 10, 23, tzinfo=UTC),
    datetime(2027, 2, 3, tzinfo=UTC),
]
STARTS = st.builds(
    lambda day, seconds: day + timedelta(seconds=seconds), st.sampled_from(NIGHTS), st.integers(0, 5 * 24 * 3600)
)


@given(st.sampled_from(FIGURES), st.sampled_from(list(ZONES.values())), STARTS, STARTS)
def test_no_clock_is_over_before_it_begins_nor_earlier_for_a_later_start(
    figure: tuple[Policy, Clock], zone: ZoneInfo, one: datetime, other: datetime
) -> None:
    policy, it = figure
    opening = BusinessCalendar(zone=zone, hours=OFFICE_HOURS, days=frozenset(range(6)))
    working = policy.calendar.working(opening)
    early, late = (it.run(start, opening, working) for start in sorted((one, other)))
    assert early[0] >= min(one, other)
    assert early[0] <= late[0]
    assert list(early[1]) == sorted(early[1])


@pytest.mark.parametrize(
    ("policy", "evening"),  # the last working one of the week, when Tokyo has its day off
    [("us-2026", "2026-05-15"), ("gb-2024", "2026-05-15"), ("th-2025", "2026-05-16"), ("vn-2025", "2026-05-16")],
)
def test_business_days_are_those_of_the_market_wherever_the_shop_is(policy, evening):
    """A seller abroad has the market's clock: its days begin and end there."""
    facts, figures = placed(local(policy, f"{evening} 22:30")), load_policy(policy)
    now = local(policy, f"{evening} 23:00")
    shops = [an_order(now, *facts, policy=figures, timezone=zone) for zone in (ZONES[policy], ZoneInfo("Asia/Tokyo"))]
    here, abroad = (clock(order, "D02").due_at for order in shops)
    assert here == abroad
