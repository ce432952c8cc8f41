"""What becomes of an alert: told once more until somebody knows, kept back, over, and told as over once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import move

import pytest
from sqlmodel import select

from flows import alarms
from flows.alarms import Standing, Told, Wish
from flows.all_clear import tell_all_clear
from flows.look import look
from flows.outbox import NOTHING
from flows.shop.consent import Tokens
from flows.shop.grant import Grant, store
from flows.vitals import vitals_of
from ingest.poll import poll_mailbox
from models.db.alerts import Alert
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.tables import DeadlineRow
from models.deadline import RuleId
from models.fact import Fact
from models.language import settle
from tests.databases import ON_SQLITE
from tests.flows.alarm_place import OTHER, SHOP, START, Place, alarm_place, missed, soon
from tests.models.makers import a_fact, placed

HOUR = timedelta(hours=1)
NUMBER = "576461413038785752"
SILENT = Alert(
    subject=f"shop:{SHOP}", rule="D21", level=10, text_key="silent", shop_id=SHOP, values={"span": "13 h"}
)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, database: str) -> Iterator[Place]:
    with alarm_place(tmp_path, database) as opened:
        yield opened


def news(place: Place, *facts: Fact, order_no: str = NUMBER) -> None:
    with open_session(place.office.engine) as session:
        record_facts(session, place.office.shop(SHOP), [(order_no, fact) for fact in facts], place.office.now())
        session.commit()


def read_mail(place: Place) -> None:
    office = place.office
    poll_mailbox(office.engine, office.settings.mailbox[0], office.settings.shop, office.home, office.now)


def standing(place: Place) -> list[Standing]:
    return [line.standing for line in alarms.open_lines(place.office, 10)]


def silence(place: Place, hours: float = 2, shop: str = SHOP, rule: str = "", reason: str = "Tet") -> Told:
    return alarms.silence(place.office, Wish(shop=shop, rule=rule, length=hours * HOUR, reason=reason), "lan")


def test_what_is_critical_is_told_once_more_with_growing_pauses_until_somebody_knows(place: Place):
    place.shout([missed(1)])
    assert [hour for hour in range(9) if place.send(START + hour).messages] == [0, 1, 3, 7]
    assert place.told[2].startswith("Still: Tre Viet Store: order ")
    assert place.told[2].endswith("(first told 3 h ago)")
    assert alarms.acknowledge_all(place.office, "lan").values["acknowledged"] == [missed(1).dedup_key]
    assert place.send(START + 30) == NOTHING


def test_what_is_not_critical_is_told_once(place: Place):
    place.shout([soon(1, START + 20)])
    assert place.send().messages == 1
    assert place.send(START + 48) == NOTHING


def test_what_somebody_knows_before_it_is_told_is_told_to_nobody(place: Place):
    place.shout([missed(1), missed(2)])
    known = alarms.acknowledge(place.office, [missed(1).dedup_key], "lan")
    assert known.words == "Acknowledged: 1. It is told no more."
    assert place.send().alerts == 1


def test_an_alert_is_named_by_the_beginning_of_its_key_or_by_its_order(place: Place):
    place.shout([missed(1), missed(2), replace(missed(2), rule="D08")])
    (first, *_) = alarms.open_lines(place.office, 10)
    assert len(alarms.acknowledge(place.office, [first.short[:5]], "lan").values["acknowledged"]) == 1
    assert alarms.acknowledge(place.office, ["nothing"], "lan").words.startswith("No open alert is called nothing")
    rest = {line.order_no for line in alarms.open_lines(place.office, 10)}
    for number in rest:
        assert alarms.acknowledge(place.office, [str(number)], "lan").done
    assert alarms.open_lines(place.office, 10) == []


def test_of_two_who_acknowledge_at_once_one_does_and_the_other_is_told_who(place: Place):
    place.shout([missed(1)])
    keys = [missed(1).dedup_key]
    with ThreadPoolExecutor(2) as together:
        said = list(together.map(lambda who: alarms.acknowledge(place.office, keys, who), ["lan", "minh"]))
    assert sorted(one.already for one in said) == [False, True]
    (row,) = place.rows()
    late = f"{row.acknowledged_by} acknowledged it less than a minute ago."
    assert [one.words for one in said if one.already] == [late]


def test_a_higher_level_is_told_although_the_lower_one_was_acknowledged(place: Place):
    place.shout([soon(1, START + 1)])
    alarms.acknowledge_all(place.office, "lan")
    place.shout([missed(1)])
    assert place.send().alerts == 1


@ON_SQLITE
def test_an_order_that_is_shipped_or_cancelled_is_told_no_more(place: Place):
    place.awake_until(73)
    packed = (*placed(0), *(a_fact(kind, 1, by="human") for kind in ("stock_confirmed", "packed")))
    for order_no in (NUMBER, NUMBER[:-1] + "3"):
        news(place, *packed, order_no=order_no)
    place.send()
    before = len(place.told)
    place.awake_until(73.5)
    news(place, a_fact("marked_shipped", 73.5), order_no=NUMBER)
    news(place, a_fact("cancelled", 73.5, actor="seller"), order_no=NUMBER[:-1] + "3")
    place.send(80)
    assert [body for body in place.told[before:] if "set to shipped" in body] == []
    assert not [row for row in place.rows() if row.repeat_at]


@ON_SQLITE
def test_who_consents_anew_is_told_no_more_that_the_consent_ends(place: Place):
    ends = replace(missed(1), subject=f"shop:{SHOP}", rule="consent", level=0, text_key="consent_ends", order_no=None)
    place.shout([ends])
    assert place.send().alerts == 1
    office, later = place.office, place.office.now() + 24 * HOUR
    tokens = Tokens(access="a", refresh="r", expires_at=later, ends_at=later)
    store(office.engine, office.home, SHOP, Grant(tokens=tokens, cipher="c", platform_id="1"))
    assert place.send(START + 10) == NOTHING


@ON_SQLITE
def test_a_warning_that_waited_until_its_clock_was_met_is_told_to_nobody(place: Place):
    place.first.in_service = place.second.in_service = False
    place.awake_until(60)
    news(place, *placed(0), a_fact("stock_confirmed", 1, by="human"), a_fact("packed", 2, by="human"))
    assert place.send().failed
    place.awake_until(61)
    news(place, a_fact("marked_shipped", 61))
    place.first.in_service = True
    place.send()
    assert [body for body in place.told if "set to shipped" in body] == []


def test_a_silence_keeps_back_until_its_end_then_what_is_still_true_is_told(place: Place):
    place.shout([missed(1), missed(2, OTHER)])
    assert silence(place).done
    assert place.send().alerts == 1
    assert Standing.SILENCED in standing(place)
    assert place.send(START + 1).alerts == 1  # the other shop's, once more
    assert place.send(START + 2).alerts == 1
    assert place.told[-1].startswith(SHOP)


def test_a_silence_that_is_ended_early_lets_all_out_again(place: Place):
    place.shout([missed(1)])
    number = silence(place).values["silence"]
    assert place.send() == NOTHING
    assert [row.id for row in alarms.silences(place.office)] == [number]
    assert alarms.unsilence(place.office, number, "minh").done
    assert place.send().alerts == 1
    assert not alarms.unsilence(place.office, number, "minh").done


@ON_SQLITE
@pytest.mark.parametrize(("rule", "name"), [("X05", "shipped after it was cancelled"), ("step", "steps that failed")])
def test_whatever_is_shouted_can_be_silenced_and_is_named_in_words(place: Place, rule: str, name: str):
    place.shout([replace(missed(1), rule=rule)])
    said = silence(place, rule=rule)
    assert said.done
    assert f"{name} ({SHOP})" in said.words
    assert place.send() == NOTHING


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"shop": ""}, "Name a shop, a rule, or both"),
        ({"rule": "D99"}, "`D99` is no rule that can be silenced"),
        ({"hours": 0}, "lasts more than nothing"),
        ({"hours": 24 * 31}, "at most 30 days"),
        ({"reason": "  "}, "Say in a few words why"),
        ({"reason": "call 0912 345 678"}, "A reason names nobody"),
    ],
)
@ON_SQLITE
def test_a_silence_is_refused_without_an_end_a_reason_and_what_it_covers(place: Place, wish, told):
    said = silence(place, **wish)
    assert not said.done
    assert told in said.words
    assert alarms.silences(place.office) == []


def blinded(place: Place, minutes: float = 16) -> Path:
    """A mailbox that was read, and then is gone for so long."""
    read_mail(place)
    away = place.office.home.path / "away"
    move(place.office.home.path / "mail", away)
    place.awake_until(START + minutes / 60)
    look(place.office)
    return away


def test_the_end_of_a_blindness_that_was_told_is_told_once_where_it_was_told(place: Place):
    place.first.in_service = False
    away = blinded(place)
    for minute in range(17, 24):
        place.send(START + minute / 60)
    assert [body.split(":")[0] for body in place.second.bodies] == ["Mailbox main has not been read for 20 min"]
    place.first.in_service = True
    move(away, place.office.home.path / "mail")
    place.awake_until(START + 1)
    look(place.office)
    look(place.office)
    place.send()
    assert place.second.bodies[1:] == ["Mailbox main is being read again, after 1 h."]
    assert place.first.bodies == []
    assert place.send(START + 48) == NOTHING


def test_the_end_of_a_blindness_that_nobody_was_told_of_is_no_news(place: Place):
    away = blinded(place)
    move(away, place.office.home.path / "mail")
    place.awake_until(START + 1)
    look(place.office)
    assert tell_all_clear(place.office) == 0
    place.send()
    assert place.told == []


def test_while_a_mailbox_is_not_read_silence_is_hidden_and_the_alarm_says_so(place: Place):
    away = blinded(place)
    place.shout([replace(SILENT, about=place.office.now().isoformat()), missed(1)])
    place.send()
    assert standing(place).count(Standing.BLIND) == 1
    assert not [body for body in place.told if "no mail from TikTok Shop" in body]
    place.send(START + 1.5)
    (again,) = [body for body in place.told if body.startswith("Still: Mailbox main has not been read for 1 h")]
    assert "alerts about news that did not come: 1." in again
    move(away, place.office.home.path / "mail")
    place.awake_until(START + 2)
    look(place.office)
    place.send()
    assert [body for body in place.told if "no mail from TikTok Shop" in body]


@pytest.fixture
def quiet(tmp_path: Path, database: str) -> Iterator[Place]:
    """The same, quiet from 22:00 to 07:00 of the shops' time, and at 23:00."""
    with alarm_place(tmp_path, database, 'digest = false\nquiet_hours = "22:00-07:00"') as opened:
        opened.awake_until(16)
        yield opened


def test_in_quiet_hours_only_what_cannot_wait_is_told_and_the_rest_is_one_message_at_their_end(quiet: Place):
    quiet.shout([missed(1), soon(2, 23), soon(3, 48), replace(soon(4, 48), rule="D08"), soon(5, 48, OTHER)])
    assert quiet.send().alerts == 2  # missed, and a clock that ends before seven
    assert standing(quiet).count(Standing.QUIET) == 3
    for hour in range(17, 24):
        assert quiet.send(hour) == NOTHING
    before = len(quiet.told)
    quiet.send(24)
    morning = sorted(quiet.told[before:])
    assert len(morning) == 3  # one for each shop, and the missed one once more
    assert morning[-1].splitlines()[0] == (
        f"{SHOP}: from 22:00 to 07:00 (Asia/Ho_Chi_Minh) it was quiet. Time limits that are close: 2."
    )


@ON_SQLITE
@pytest.mark.parametrize(
    ("own", "standing_at_23"),
    [
        ("", {SHOP: Standing.QUIET, OTHER: Standing.QUIET}),
        ('quiet_hours = "23:30-05:00"', {SHOP: Standing.QUIET}),  # the other's begin later
        ('quiet_hours = "never"', {SHOP: Standing.QUIET}),
    ],
    ids=["none", "later", "never"],
)
def test_a_shops_own_quiet_hours_count_in_place_of_those_of_all(tmp_path: Path, database: str, own, standing_at_23):
    with alarm_place(tmp_path, database, 'digest = false\nquiet_hours = "22:00-07:00"', shop=own) as opened:
        opened.awake_until(16)
        opened.shout([soon(1, 48), soon(2, 48, OTHER)])
        opened.send()
        assert {line.shop: line.standing for line in alarms.open_lines(opened.office, 9)} == standing_at_23


@ON_SQLITE
def test_a_shops_own_quiet_hours_end_by_its_own_clock_and_hold_nothing_that_cannot_wait(tmp_path: Path, database: str):
    own = 'quiet_hours = "20:00-04:00"\ntimezone = "Asia/Tokyo"'  # 18:00 to 02:00 in the first shop
    with alarm_place(tmp_path, database, "digest = false", shop=own) as opened:
        opened.awake_until(18.9)  # 01:54 in the first shop
        cannot_wait = [missed(1, OTHER), soon(2, 19, OTHER)]
        opened.shout([*cannot_wait, soon(3, 19.1, OTHER), soon(4, 48)])
        assert opened.send().alerts == 3
        (held,) = [line for line in alarms.open_lines(opened.office, 9) if line.standing is Standing.QUIET]
        assert (held.shop, held.order_no) == (OTHER, soon(3, 19.1, OTHER).order_no)
        assert opened.send(18.99) == NOTHING
        assert opened.send(19).alerts == 1


def test_what_waits_for_the_morning_is_no_sign_of_trouble(quiet: Place):
    quiet.shout([soon(3, 48)])
    quiet.send()
    quiet.at(20)
    vitals = vitals_of(quiet.office)
    assert (vitals.alerts_waiting, vitals.oldest_alert_at) == (1, None)


@pytest.fixture
def daily(tmp_path: Path, database: str) -> Iterator[Place]:
    """The same with a digest, before eight in the morning of the shops' time."""
    with alarm_place(tmp_path, database, "digest = true") as opened:
        opened.awake_until(0.9)
        yield opened


def test_at_eight_each_shop_is_told_of_its_day_once(daily: Place):
    news(daily, *placed(-80), order_no=NUMBER)
    daily.send()
    read_mail(daily)
    for hours in (0.95, 1, 1.1, 4, 5.1, 24.9):
        daily.awake_until(hours)
        look(daily.office)
        daily.send()
    days = [body for body in daily.told if "yesterday" in body]
    assert len(days) == 2
    mine, other = sorted(days, key=len, reverse=True)
    assert "- overdue: " in mine
    assert "The mailbox was read less than a minute ago." in mine
    assert other.splitlines()[0] == "Nothing to do."
    assert other.splitlines()[1] == "No time limit was missed yesterday."


@pytest.mark.parametrize(("language", "written"), [("en", ": 1,234"), ("vi", ": 1.234")])
def test_the_days_counts_are_grouped_as_the_language_groups_them(daily: Place, language: str, written: str):
    news(daily, *placed(-80), order_no=NUMBER)
    with open_session(daily.office.engine) as session:
        clock = session.exec(select(DeadlineRow).where(DeadlineRow.rule == RuleId.D02)).one()
        session.add_all(DeadlineRow(**{**clock.model_dump(), "about": str(one)}) for one in range(1, 1234))
        session.commit()
    settle(language, {})
    daily.awake_until(1)
    look(daily.office)
    daily.send()
    counted = [line for body in daily.told for line in body.splitlines() if line.startswith("- ")]
    assert [line for line in counted if line.endswith(written)]
    assert [line for line in counted if "1234" in line] == []


def test_a_machine_that_is_switched_on_in_the_afternoon_sends_no_digest(daily: Place):
    daily.awake_until(5)
    look(daily.office)
    assert [row for row in daily.rows() if row.rule == "digest"] == []
