"""What of the outbox is told, kept back or over: nothing lost, few messages, quiet hours, silences, what is hidden."""

from __future__ import annotations

from collections import Counter
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.alert_figures import alert_figures
from models.alert_plan import Around, How, Plan, Silence, Waiting, Why, needs_news, next_repeat, plan
from models.quiet_hours import QuietHours
from tests.models.makers import Given, t

FIGURES = alert_figures()
SHOPS = ("A", "B", "")
RULES_TOLD = ("D02", "D04", "D21")
NIGHT = QuietHours(start=time(22), end=time(7), zone=ZoneInfo("UTC"))
HOUR = timedelta(hours=1)
NOON, EVENING, MORNING = t(12), t(23), t(31)  # the night lies between the last two


def an_alert(key: str = "a", **given: Given) -> Waiting:
    """A missed clock of shop A, raised at noon."""
    usual: Given = {"shop": "A", "rule": "D02", "text_key": "breached", "order_no": key, "critical": True}
    usual |= {"created_at": NOON, "due_at": NOON - HOUR, "subject": f"ord_{key}"}
    return Waiting(key=key, **(usual | given))


def a_warning(key: str = "a", **given: Given) -> Waiting:
    return an_alert(key, **({"text_key": "warned", "critical": False, "due_at": NOON + HOUR} | given))


def a_mail(key: str = "a", **given: Given) -> Waiting:
    """A mail that waits: about no order."""
    usual = {"rule": "D22", "text_key": "quarantine", "order_no": None, "subject": "mailbox:main", "due_at": None}
    return an_alert(key, **({"critical": False, "shop": ""} | usual | given))


def around(**given: Given) -> Around:
    return Around(figures=FIGURES, **given)


def told(planned: Plan) -> list[list[str]]:
    return [[one.key for one in batch.alerts] for batch in planned.batches]


def whys(planned: Plan) -> dict[str, Why]:
    return {key: kept.why for key, kept in planned.kept.items()}


moments = st.integers(0, 72).map(t)


seldom = st.sampled_from([True, *[False] * 7])
kinds = st.tuples(st.sampled_from([an_alert, a_warning, a_mail]), st.sampled_from(SHOPS), st.sampled_from(RULES_TOLD))
times = st.tuples(moments, st.none() | moments, st.none() | moments)
lists_of_alerts = st.lists(st.tuples(kinds, times, st.booleans(), seldom, seldom), max_size=12).map(
    lambda drawn: [made(number, *one) for number, one in enumerate(drawn)]
)


def made(number, kind, at, critical, acknowledged, over):
    """An alert of these parts, of its own key."""
    (make, shop, rule), (created_at, due_at, told_at) = kind, at
    given = {"shop": shop, "rule": rule, "created_at": created_at, "due_at": due_at, "told_at": told_at}
    return make(f"{number:03}", **given, critical=critical, acknowledged=acknowledged, over=over)


silences = st.builds(Silence, shop=st.sampled_from(SHOPS), rule=st.sampled_from(["", "D02", "D13"]), until=moments)
surroundings = st.builds(
    Around,
    figures=st.just(FIGURES),
    silences=st.lists(silences, max_size=2),
    quiet=st.dictionaries(st.sampled_from(SHOPS), st.just(NIGHT)),
    blind=st.frozensets(st.sampled_from(["A", "B"])),
    grouped_at=st.dictionaries(st.tuples(st.sampled_from(SHOPS), st.just("D02")), moments, max_size=2),
)


@given(lists_of_alerts, surroundings, moments)
def test_each_alert_is_told_or_kept_back_or_over_and_never_two_of_them(found, setting, now):
    planned = plan(found, setting, now)
    places = Counter([key for batch in told(planned) for key in batch])
    places.update([*planned.kept, *planned.ended])
    assert places == Counter(alert.key for alert in found)


@given(lists_of_alerts, surroundings, moments)
def test_of_a_shop_and_rule_goes_out_one_message_of_many_or_a_few_single_ones(found, setting, now):
    planned = plan(found, setting, now)
    of_orders = [batch for batch in planned.batches if batch.alerts[0].order_no and batch.how is not How.AFTER_QUIET]
    for how in (How.MANY, How.STILL):
        groups = Counter(batch.alerts[0].group for batch in of_orders if batch.how is how)
        assert all(count == 1 for count in groups.values())
    single = Counter(batch.alerts[0].group for batch in of_orders if batch.how is How.SINGLE)
    assert all(count <= FIGURES.many + 1 for count in single.values())  # one more that the night kept back alone


@given(lists_of_alerts, surroundings, moments)
def test_a_message_tells_one_shop_alone_and_the_first_due_at_its_head(found, setting, now):
    for batch in plan(found, setting, now).batches:
        assert len({alert.shop for alert in batch.alerts}) == 1
        due = [alert.due_at for alert in batch.alerts if alert.due_at]
        assert batch.alerts[0].due_at == min(due, default=None)


@given(lists_of_alerts, surroundings, moments)
def test_what_is_kept_back_is_looked_at_again_later(found, setting, now):
    assert all(kept.until > now for kept in plan(found, setting, now).kept.values())


@given(lists_of_alerts, st.integers(0, 71))
def test_in_quiet_hours_only_what_cannot_wait_until_they_end_is_told(found, hour):
    now = t(hour)
    planned = plan(found, around(quiet=dict.fromkeys(SHOPS, NIGHT)), now)
    night = NIGHT.period_at(now)
    if night is None:
        assert Why.QUIET not in whys(planned).values()
        return
    for batch in planned.batches:
        for alert in batch.alerts:
            assert alert.told_at is None
            assert alert.critical or (alert.due_at and alert.due_at <= night[1])


@given(lists_of_alerts, moments)
def test_without_anything_to_keep_it_back_all_is_told(found, now):
    planned = plan(found, around(), now)
    assert planned.kept == {}


def test_five_of_a_shop_and_rule_are_told_one_by_one_and_six_together_whether_warned_of_or_missed():
    five = [an_alert(str(number)) for number in range(3)] + [a_warning(str(number)) for number in range(3, 5)]
    assert len(plan(five, around(), NOON).batches) == 5
    (one,) = plan([*five, a_warning("5")], around(), NOON).batches
    assert (one.how, len(one.alerts)) == (How.MANY, 6)


def test_two_mailboxes_are_told_apart():
    blind = [a_mail(name, text_key="blind", rule="D20", subject=f"mailbox:{name}") for name in ("main", "second")]
    assert told(plan(blind, around(), NOON)) == [["main"], ["second"]]


def test_after_a_message_of_many_the_next_of_its_shop_and_rule_waits_and_others_do_not():
    grouped = around(grouped_at={("A", "D02"): NOON})
    found = [
        an_alert("same"),
        an_alert("rule", rule="D04"),
        an_alert("shop", shop="B"),
        an_alert("again", told_at=NOON),
    ]
    planned = plan(found, grouped, NOON + FIGURES.group_pause - timedelta(seconds=1))
    assert whys(planned) == {"same": Why.GROUPED}
    assert planned.kept["same"].until == NOON + FIGURES.group_pause
    assert whys(plan(found, grouped, NOON + FIGURES.group_pause)) == {}


@pytest.mark.parametrize(
    ("alert", "breaks_through"),
    [
        (an_alert(), True),
        (a_warning(due_at=MORNING), True),  # the clock ends with the night
        (a_warning(due_at=MORNING + timedelta(seconds=1)), False),
        (a_warning(rule="D13", due_at=EVENING + HOUR), False),  # our own aim, not the platform's clock
        (a_mail(), False),
        (an_alert(told_at=NOON), False),  # it woke somebody once
    ],
)
def test_in_quiet_hours_is_told(alert, breaks_through):
    planned = plan([alert], around(quiet={"A": NIGHT, "": NIGHT}), EVENING)
    assert bool(planned.batches) is breaks_through
    if not breaks_through:
        assert planned.kept["a"].until == MORNING


def test_what_the_night_kept_back_is_one_message_a_shop_in_the_morning():
    night = around(quiet={"A": NIGHT, "B": NIGHT, "": NIGHT})
    found = [a_warning("1", created_at=EVENING), a_warning("2", rule="D06", created_at=EVENING + HOUR)]
    found += [a_warning("3", shop="B", created_at=EVENING), a_warning("4", created_at=MORNING)]
    planned = plan(found, night, MORNING)
    assert sorted((batch.how, [one.key for one in batch.alerts]) for batch in planned.batches) == [
        (How.AFTER_QUIET, ["1", "2"]),
        (How.SINGLE, ["3"]),
        (How.SINGLE, ["4"]),
    ]


def test_a_digest_of_the_morning_is_a_message_of_its_own():
    days = QuietHours(start=time(22), end=time(9), zone=ZoneInfo("UTC"))
    found = [a_mail("digest", text_key="digest", rule="digest", shop="A", created_at=t(32))]
    found += [a_warning(str(number), created_at=EVENING, due_at=t(60)) for number in range(2)]
    assert told(plan(found, around(quiet={"A": days}), t(33))) == [["0", "1"], ["digest"]]


@pytest.mark.parametrize(
    ("silence", "covered"),
    [
        ({"shop": "A"}, True),
        ({"rule": "D02"}, True),
        ({"shop": "A", "rule": "D02"}, True),
        ({"shop": "B"}, False),
        ({"shop": "A", "rule": "D04"}, False),
        ({"shop": "A", "until": NOON}, False),  # it has ended
    ],
)
def test_a_silence_keeps_back_what_it_covers_until_it_ends(silence, covered):
    wish = Silence(**({"until": NOON + 2 * HOUR} | silence))
    planned = plan([an_alert()], around(silences=[wish]), NOON)
    assert whys(planned) == ({"a": Why.SILENCED} if covered else {})
    if covered:
        assert planned.kept["a"].until == wish.until


def test_of_two_silences_the_longer_counts():
    silences = [Silence(shop="A", until=NOON + HOUR), Silence(rule="D02", until=NOON + 3 * HOUR)]
    assert plan([an_alert()], around(silences=silences), NOON).kept["a"].until == NOON + 3 * HOUR


@pytest.mark.parametrize(
    ("rule", "text_key", "rests_on_news"),
    [
        ("D04", "breached", True),  # not collected: who reads no mail cannot know
        ("D17", "breached", True),
        ("D21", "silent", True),
        ("missing", "no_mail", True),
        ("D02", "breached", False),
        ("D20", "blind", False),
        ("D22", "quarantine", False),
    ],
)
def test_while_a_shop_is_not_read_what_says_that_news_did_not_come_is_hidden(rule, text_key, rests_on_news):
    alert = an_alert(rule=rule, text_key=text_key)
    assert needs_news(alert) is rests_on_news
    planned = plan([alert], around(blind=frozenset({"A"})), NOON)
    assert whys(planned) == ({"a": Why.BLIND} if rests_on_news else {})
    assert whys(plan([alert], around(blind=frozenset({"B"})), NOON)) == {}


@pytest.mark.parametrize("given", [{"acknowledged": True}, {"over": True}], ids=str)
def test_what_somebody_knows_or_what_has_ended_is_told_no_more(given):
    found = [an_alert("new", **given), an_alert("again", told_at=NOON, **given)]
    assert plan(found, around(), NOON).ended == ("new", "again")


def test_what_needs_nobody_any_more_is_over_whatever_would_keep_it_back():
    everything = around(silences=[Silence(shop="A", until=MORNING)], quiet={"A": NIGHT}, blind=frozenset({"A"}))
    found = [a_warning("known", acknowledged=True), a_warning("met", over=True)]
    planned = plan(found, everything, EVENING)
    assert (planned.ended, planned.kept, planned.batches) == (("known", "met"), {}, ())


def test_of_several_reasons_a_persons_wish_weighs_most_then_blindness_then_the_night_then_the_crowd():
    alert = a_warning(rule="D04", due_at=MORNING + HOUR)
    kept_by: dict[Why, dict[str, Given]] = {
        Why.SILENCED: {"silences": [Silence(rule="D04", until=EVENING + HOUR)]},
        Why.BLIND: {"blind": frozenset({"A"})},
        Why.QUIET: {"quiet": {"A": NIGHT}},
        Why.GROUPED: {"grouped_at": {("A", "D04"): EVENING}},
    }
    reasons = list(kept_by)
    for place, why in enumerate(reasons):
        these = {key: value for one in reasons[place:] for key, value in kept_by[one].items()}
        assert whys(plan([alert], around(**these), EVENING)) == {"a": why}


def test_what_is_hidden_is_looked_at_again_after_the_time_that_the_figures_say():
    kept = plan([an_alert(rule="D04")], around(blind=frozenset({"A"})), NOON).kept["a"]
    assert (kept.why, kept.until) == (Why.BLIND, NOON + FIGURES.hidden_look)


@pytest.mark.parametrize(
    ("created_at", "how_many"),
    [(t(22) - timedelta(seconds=1), 2), (t(22), 1), (MORNING - timedelta(seconds=1), 1), (MORNING, 2)],
)
def test_of_the_night_is_what_came_from_its_first_moment_to_its_last(created_at, how_many):
    found = [a_warning("1", created_at=EVENING), a_warning("2", created_at=created_at)]
    assert len(plan(found, around(quiet={"A": NIGHT}), MORNING).batches) == how_many


def test_what_breaks_through_at_night_is_told_one_by_one_although_the_night_before_kept_it_back():
    found = [an_alert(str(number), created_at=EVENING) for number in range(2)]
    batches = plan(found, around(quiet={"A": NIGHT}), EVENING + 24 * HOUR).batches
    assert [(batch.how, len(batch.alerts)) for batch in batches] == [(How.SINGLE, 1)] * 2


def test_failed_steps_of_many_orders_are_one_message_and_apart_from_other_news_of_the_rule():
    failed = [an_alert(str(number), rule="step", text_key="step_failed", due_at=None) for number in range(6)]
    other = an_alert("other", rule="step", text_key="other", due_at=None)
    batches = plan([*failed, other], around(), NOON).batches
    assert [(batch.how, len(batch.alerts)) for batch in batches] == [(How.SINGLE, 1), (How.MANY, 6)]


def test_what_says_the_same_of_one_mailbox_is_one_message_however_few():
    found = [a_mail(str(number)) for number in range(2)]
    assert [(batch.how, len(batch.alerts)) for batch in plan(found, around(), NOON).batches] == [(How.SINGLE, 2)]


def test_at_the_head_is_what_is_due_first_then_what_came_first():
    found = [
        a_warning("later", due_at=t(20)),
        a_warning("sooner", due_at=t(19)),
        *(a_warning(str(number), due_at=None, created_at=NOON - number * HOUR) for number in range(3)),
        a_warning("b", due_at=t(19), created_at=NOON - HOUR),
    ]
    assert told(plan(found, around(), NOON)) == [["b", "sooner", "later", "2", "1", "0"]]


def test_the_end_of_a_trouble_goes_to_the_channel_that_told_it():
    (batch,) = plan([a_mail(text_key="seeing", channel=1)], around(), NOON).batches
    assert batch.channel == 1


def test_the_end_of_a_trouble_that_the_night_kept_back_is_a_message_beside_the_mornings_summary():
    night = around(quiet={"A": NIGHT, "": NIGHT})
    found = [a_mail(str(number), created_at=EVENING) for number in range(2)]
    found.append(a_mail("over", text_key="seeing", channel=1, created_at=EVENING))
    planned = plan(found, night, MORNING)
    assert sorted((batch.how, [one.key for one in batch.alerts], batch.channel) for batch in planned.batches) == [
        (How.AFTER_QUIET, ["0", "1"], None),
        (How.SINGLE, ["over"], 1),
    ]


def test_what_was_told_before_is_told_again_in_one_message_for_each_shop_and_rule():
    again = [an_alert(str(number), told_at=NOON) for number in range(2)] + [an_alert("x", rule="D04", told_at=NOON)]
    planned = plan([*again, an_alert("new")], around(), NOON + HOUR)
    assert [(batch.how, len(batch.alerts)) for batch in planned.batches] == [
        (How.STILL, 2), (How.STILL, 1), (How.SINGLE, 1)
    ]  # fmt: skip


def test_the_pauses_between_repeats_grow_up_to_a_day():
    assert [next_repeat(count, FIGURES) / HOUR for count in range(7)] == [1, 2, 4, 8, 16, 24, 24]
