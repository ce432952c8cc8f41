"""After a sleep or an outage: mail and clocks catch up, then one summary, whatever crashes in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from shutil import move, rmtree

import pytest
from sqlmodel import col, select

from flows import clock, outbox, supervise
from flows.look import Work, look
from flows.office import Office, open_office
from flows.outbox import NOTHING, Sent, send_due
from flows.supervise import Supervisor
from flows.telling import Message
from flows.watch import check_due
from ingest.poll import poll_mailbox
from models.alert_plan import Silence
from models.db.alert_people import silence
from models.db.alerts import BREACH_LEVEL, Alert, raise_alert
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.steps import claim, due_steps
from models.db.tables import AlertRow
from models.db.wake import PATIENCE, note_awake, untold_sleep
from tests.flows.prefect_server import a_home
from tests.models.makers import a_fact, placed, t

SHOP = "Tre Viet Store"
SEND, WATCH, POLL = (Work(deployment=name) for name in ("send-alerts", "watch-deadlines", "poll-mailbox"))
MAIL = b"From: me@example.com\nSubject: news\n\nnews\n"
ASLEEP, AWAKE = 19.2, 24.7  # 1 March 19:12 to 2 March 00:42 UTC, so 02:12 to 07:42 in the shop


@pytest.fixture
def office(tmp_path: Path, database: str) -> Iterator[Office]:
    """A shop with eight orders whose mailbox was read to its end; somebody looked at ASLEEP last."""
    opened = open_office(a_home(tmp_path, database))
    clock.set_virtual(opened.engine, t(ASLEEP))
    (tmp_path / "mail" / "new" / "0").write_bytes(MAIL)
    read_mail(opened)
    with open_session(opened.engine) as session:
        for number in range(8):
            at = ASLEEP - 70 + number * 4
            facts = (*placed(at), *(a_fact(kind, at + 1, by="human") for kind in ("stock_confirmed", "packed")))
            record_facts(session, opened.shop(SHOP), [(order_no(number), fact) for fact in facts], opened.now())
        session.commit()
    send_due(opened)
    look(opened)
    yield opened
    opened.engine.dispose()


def order_no(number: int) -> str:
    return f"57646141303878575{number}"


def read_mail(office: Office) -> None:
    poll_mailbox(office.engine, office.settings.mailbox[0], office.settings.shop, office.home, office.now)


def alert(office: Office, count: int = 1) -> None:
    """Missed clocks of so many orders that nobody else knows."""
    values = {"due_at": office.now().isoformat()}
    with open_session(office.engine) as session:
        for number in range(count):
            missed = Alert(subject=f"ord_{number}", rule="D02", level=BREACH_LEVEL, text_key="breached", values=values)
            raise_alert(session, missed, t(ASLEEP))
        session.commit()


def asleep(office: Office) -> bool:
    with open_session(office.engine, read_only=True) as session:
        return untold_sleep(session) is not None


def unsent(office: Office) -> list[str]:
    with open_session(office.engine, read_only=True) as session:
        return list(session.exec(select(AlertRow.dedup_key).where(col(AlertRow.next_attempt_at).is_not(None))))


def fall_silent(office: Office) -> None:
    """Let nothing wait that is not held back by a person."""
    with open_session(office.engine) as session:
        for row in session.exec(select(AlertRow).where(col(AlertRow.held_by).is_(None))):
            session.delete(row)
        session.commit()


def test_all_that_came_up_in_a_sleep_is_one_message_after_mail_and_watcher(office: Office, told):
    told.clear()
    clock.set_virtual(office.engine, t(AWAKE))
    assert WATCH in (work := look(office).work)
    assert SEND not in work
    assert send_due(office) == NOTHING
    check_due(office)
    assert SEND in look(office).work
    sent = send_due(office)
    assert (sent.messages, sent.failed, len(told)) == (1, 0, 1)
    assert sent.alerts > 3
    assert unsent(office) == []
    assert SEND not in look(office).work


def test_the_summary_tells_when_what_and_the_worst_first(office: Office, told):
    told.clear()
    clock.set_virtual(office.engine, t(AWAKE))
    look(office)
    check_due(office)
    send_due(office)
    head, first, *_, last = told[0].body.splitlines()
    assert head.startswith("Nobody looked from Mon 2 Mar 02:12 to Mon 2 Mar 07:42 (Asia/Ho_Chi_Minh).")
    assert "Time limits that ran out: 1; Time limits that are close: " in head
    assert order_no(0) in first
    assert "late by 3 h" in first
    assert "shipclock todo" in last


def test_of_a_long_list_only_the_worst_are_named_and_the_rest_is_counted(office: Office, told):
    clock.set_virtual(office.engine, t(AWAKE))
    look(office)
    check_due(office)
    alert(office, 600)
    told.clear()
    send_due(office)
    lines = told[0].body.splitlines()
    assert len([line for line in lines if line.startswith("- ")]) == 10
    assert "more." in lines[-2]
    assert unsent(office) == []


def test_alerts_of_the_next_hour_are_told_as_ever(office: Office, told):
    clock.set_virtual(office.engine, t(AWAKE))
    look(office)
    check_due(office)
    send_due(office)
    told.clear()
    alert(office)
    assert send_due(office) == Sent(alerts=1, messages=1, failed=0)
    assert "Nobody looked" not in told[0].body


def test_half_an_hour_without_a_look_is_no_sleep_yet(office: Office):
    clock.set_virtual(office.engine, t(ASLEEP) + timedelta(minutes=30))
    assert look(office).slept is None
    clock.set_virtual(office.engine, t(ASLEEP) + timedelta(minutes=60, microseconds=1))
    slept = look(office).slept
    assert slept is not None
    assert slept.since == t(ASLEEP) + timedelta(minutes=30)


def test_without_the_look_of_each_minute_sending_notices_the_sleep_itself(office: Office, told):
    told.clear()
    clock.set_virtual(office.engine, t(AWAKE))
    assert send_due(office) == NOTHING
    check_due(office)
    clock.set_virtual(office.engine, t(AWAKE) + PATIENCE)
    assert send_due(office).messages == 1


def test_mail_or_watcher_that_do_not_come_hold_the_summary_back_for_three_minutes_at_most(office: Office, told):
    alert(office)
    told.clear()
    clock.set_virtual(office.engine, t(AWAKE))
    look(office)
    clock.set_virtual(office.engine, t(AWAKE) + PATIENCE - timedelta(seconds=1))
    assert SEND not in look(office).work
    clock.set_virtual(office.engine, t(AWAKE) + PATIENCE)
    assert SEND in look(office).work
    assert send_due(office).messages == 1


def test_a_sleep_in_which_nothing_came_up_ends_without_a_word(office: Office, told):
    clock.set_virtual(office.engine, t(ASLEEP) + timedelta(minutes=45))
    look(office)
    check_due(office)
    told.clear()
    fall_silent(office)
    assert SEND in look(office).work
    assert send_due(office) == NOTHING
    assert (told, asleep(office)) == ([], False)


def test_what_a_person_silenced_does_not_make_a_sleep_last(office: Office, told):
    alert(office)
    with open_session(office.engine) as session:
        silence(session, Silence(rule="D02", until=t(AWAKE + 48)), "Tet", "Lan", office.now())
        session.commit()
    send_due(office)
    fall_silent(office)
    told.clear()
    clock.set_virtual(office.engine, t(AWAKE))
    look(office)
    clock.set_virtual(office.engine, t(AWAKE) + PATIENCE)
    send_due(office)
    assert (told, asleep(office)) == ([], False)


def test_that_a_trouble_is_over_is_told_beside_the_summary_of_a_sleep(office: Office, told):
    alert(office)
    values = {"mailbox": "main", "span": "2 h"}
    over = Alert(subject="mailbox:main", rule="D20", level=20, text_key="seeing", values=values, channel=0)
    with open_session(office.engine) as session:
        raise_alert(session, over, office.now())
        session.commit()
    told.clear()
    clock.set_virtual(office.engine, t(AWAKE))
    look(office)
    check_due(office)
    clock.set_virtual(office.engine, t(AWAKE) + PATIENCE)
    send_due(office)
    assert ["Nobody looked" in one.body for one in told] == [False, True]


@pytest.mark.parametrize("arrived", [False, True], ids=["before it arrives", "before it is noted"])
def test_a_crash_neither_loses_an_alert_nor_sends_the_storm_later(
    office: Office, told, monkeypatch: pytest.MonkeyPatch, *, arrived: bool
):
    clock.set_virtual(office.engine, t(AWAKE))
    look(office)
    check_due(office)
    waiting = unsent(office)
    told.clear()

    def dies(_: object, message: Message) -> bool:
        if arrived:
            told.append(message)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "deliver", dies)
        with pytest.raises(SystemExit):
            send_due(office)
    assert unsent(office) == waiting
    clock.set_virtual(office.engine, t(AWAKE) + PATIENCE)
    send_due(office)
    assert [sorted(row.dedup_key for row in one.rows) for one in told] == [sorted(waiting)] * (1 + arrived)
    assert unsent(office) == []


def test_a_summary_that_cannot_be_sent_takes_along_what_came_since(office: Office, told, monkeypatch):
    clock.set_virtual(office.engine, t(AWAKE))
    look(office)
    check_due(office)
    told.clear()
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "deliver", lambda *_: False)
        assert send_due(office).failed > 3
    alert(office)
    clock.set_virtual(office.engine, t(AWAKE) + timedelta(seconds=10))
    assert send_due(office).messages == 1
    assert unsent(office) == []
    assert not asleep(office)


def be_away_for_most_of_an_hour(office: Office) -> None:
    """Let the mailbox not answer, and then be there again with news."""
    away = office.home.path / "away"
    move(office.home.path / "mail", away)
    for minutes in range(0, 60, 10):
        clock.set_virtual(office.engine, t(ASLEEP) + timedelta(minutes=minutes))
        look(office)
    move(away, office.home.path / "mail")
    (office.home.path / "mail" / "new" / "1").write_bytes(MAIL)


def test_a_poll_that_comes_to_no_end_after_an_outage_holds_alerts_back_for_three_minutes_at_most(office: Office, told):
    be_away_for_most_of_an_hour(office)
    alert(office)
    told.clear()
    for minutes in (51, 52, 53, 54):
        clock.set_virtual(office.engine, t(ASLEEP) + timedelta(minutes=minutes))
        look(office)
    assert send_due(office).messages == 1
    assert not asleep(office)


def test_what_comes_after_a_mailbox_was_silent_is_one_message(office: Office, told):
    be_away_for_most_of_an_hour(office)
    assert not asleep(office)
    clock.set_virtual(office.engine, t(ASLEEP) + timedelta(minutes=51))
    polls = [work for work in look(office).work if work.deployment == POLL.deployment]
    assert (len(polls), asleep(office)) == (1, True)
    alert(office, 5)
    assert send_due(office) == NOTHING
    read_mail(office)
    check_due(office)
    told.clear()
    assert send_due(office).messages == 1


def test_a_network_that_wakes_up_later_is_waited_for(office: Office, told):
    away = office.home.path / "away"
    move(office.home.path / "mail", away)
    clock.set_virtual(office.engine, t(AWAKE))
    look(office)
    check_due(office)
    assert SEND not in look(office).work
    move(away, office.home.path / "mail")
    clock.set_virtual(office.engine, t(AWAKE) + timedelta(minutes=1))
    assert SEND in look(office).work
    told.clear()
    assert send_due(office).messages == 1


def test_the_supervisor_says_once_that_nobody_looked(office: Office, monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []
    where = {"SHIPCLOCK_HOME": str(office.home.path), "SHIPCLOCK_CONFIG": str(office.home.config)}
    where |= {"SHIPCLOCK_DATABASE_URL": office.home.database_url, "PREFECT_API_URL": ""}
    supervisor = Supervisor(environment=where, tell=said.append)
    monkeypatch.setattr(supervise, "start_runs", lambda *_: [])  # no server runs here
    clock.set_virtual(office.engine, t(AWAKE))
    supervisor.look_once()
    supervisor.look_once()
    assert [words.partition(".")[0] for words in said] == ["Nobody looked for 5 h"]


def test_a_leap_of_the_demos_clock_is_no_sleep(office: Office):
    clock.set_virtual(office.engine, t(AWAKE))
    with open_session(office.engine) as session:
        note_awake(session, t(AWAKE))
        session.commit()
    assert look(office).slept is None


def test_the_end_of_a_sleep_is_told_in_the_shops_own_time_with_the_orders_that_caught_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(supervise, "start_runs", lambda *_: [])  # no server runs here
    where = {
        "SHIPCLOCK_HOME": str(office.home.path),
        "SHIPCLOCK_CONFIG": str(office.home.config),
        "SHIPCLOCK_DATABASE_URL": office.home.database_url,
    }
    said: list[str] = []
    supervisor = Supervisor(environment={**where, "PREFECT_API_URL": ""}, tell=said.append)
    clock.set_virtual(office.engine, t(AWAKE))
    supervisor.look_once()
    assert not [words for words in said if "I slept" in words]  # its clocks have not caught up
    changed = check_due(office).orders
    supervisor.look_once()
    supervisor.look_once()
    assert [words for words in said if "I slept" in words] == [f"I slept 02:12-07:42; caught up {changed} orders."]
    assert changed > 1


HOURS = timedelta(hours=9)  # by which the clock was wrong


def wrong_clock(office: Office) -> datetime:
    """A look with a clock that is HOURS ahead, then it is set back; give the right time."""
    right = office.now()
    clock.set_virtual(office.engine, right + HOURS)
    look(office)
    return right


def test_after_the_clock_was_set_back_alerts_go_out_and_its_sleep_holds_up_nothing(office: Office, told):
    right = wrong_clock(office)
    clock.set_virtual(office.engine, right)
    told.clear()
    alert(office)
    looked = look(office)
    assert looked.set_back == HOURS
    assert SEND in looked.work
    send_due(office)
    assert unsent(office) == []
    assert look(office).set_back is None


def test_after_the_clock_was_set_back_a_lease_ends_and_the_step_is_taken_again(office: Office):
    right = wrong_clock(office)
    with open_session(office.engine) as session:
        row, order = due_steps(session, office.now(), 1)[0]
        assert claim(session, row, order, by="killed run", now=office.now())
        session.commit()
        key = (row.order_id, row.step)
    clock.set_virtual(office.engine, right)
    look(office)
    with open_session(office.engine, read_only=True) as session:
        assert key in {(row.order_id, row.step) for row, _ in due_steps(session, right, 100)}


def test_after_the_clock_was_set_back_a_mailbox_that_fails_is_shouted_in_time(office: Office):
    right = wrong_clock(office)
    clock.set_virtual(office.engine, right)
    rmtree(office.home.path / "mail")
    look(office)
    clock.set_virtual(office.engine, right + timedelta(minutes=16))
    look(office)
    with open_session(office.engine, read_only=True) as session:
        assert session.exec(select(AlertRow).where(AlertRow.rule == "D20")).all()


def test_a_clock_that_a_time_server_corrects_by_seconds_was_not_set_back(office: Office):
    clock.set_virtual(office.engine, office.now() - timedelta(seconds=60))
    assert look(office).set_back is None
