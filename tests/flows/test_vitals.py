"""/healthz and /metrics tell how Shipclock itself is, from rows alone, in words and without anybody's data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest

from flows import clock
from flows.office import Office, open_office
from flows.vitals import LATE_ALERT, NO_LOOK, NO_WORKER, as_metrics, reasons, vitals_of
from flows.vitals_page import VitalsPage
from ingest.poll import poll_mailbox
from models.db.alerts import Alert, raise_alert
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.vitals import note_worker
from models.db.wake import note_awake
from tests.flows.prefect_server import a_home
from tests.models.makers import placed, t
from tests.waiting import PATIENCE

SHOP = "Tre Viet Store"
ORDER = "576461413038785752"
MINUTE = timedelta(minutes=1)
MAIL = b"From: me@example.com\nSubject: news\n\nnews\n"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office that is well: its mailbox is read, somebody looked, a worker was heard of; one order came."""
    made = open_office(a_home(tmp_path))
    clock.set_virtual(made.engine, t(2))
    (tmp_path / "mail" / "new" / "0").write_bytes(MAIL)
    poll_mailbox(made.engine, made.settings.mailbox[0], made.settings.shop, made.home, made.now)
    with open_session(made.engine) as session:
        record_facts(session, made.shop(SHOP), [(ORDER, fact) for fact in placed(1)], made.now())
        session.commit()
    alive(made)
    yield made
    made.engine.dispose()


def alive(office: Office) -> None:
    """Somebody looks and a worker is heard of now."""
    with open_session(office.engine) as session:
        note_awake(session, office.now())
        note_worker(session, office.now())
        session.commit()


def why(office: Office) -> list[str]:
    return reasons(vitals_of(office), office.settings)


def ask(office: Office, path: str, method: str = "GET") -> tuple[int, str]:
    with VitalsPage(office.home, "127.0.0.1", 0) as page:
        connection = HTTPConnection(page.url.removeprefix("http://"), timeout=PATIENCE)
        connection.request(method, path)
        reply = connection.getresponse()
        told = reply.status, reply.read().decode()
        connection.close()
    return told


def test_all_is_well_is_200_and_every_figure_is_told(office: Office):
    status, text = ask(office, "/healthz")
    told = json.loads(text)
    assert (status, told["status"], told["reasons"]) == (200, "ok", [])
    assert told["mailboxes"] == {"main": {"data_age_seconds": 0, "error": None}}
    assert told["shops"] == {SHOP: {"data_age_seconds": 0, "error": None}}
    assert told["outbox"] == {"waiting": 0, "oldest_age_seconds": None}
    assert (told["failed_steps"], told["worker_seen_age_seconds"], told["look_age_seconds"]) == (0, 0, 0)
    assert {"quarantined_mails", "oldest_due_age_seconds"} <= told.keys()


@pytest.mark.parametrize(
    ("after", "word"), [(NO_LOOK, "looked for work"), (NO_WORKER, "No worker"), (15 * MINUTE, "Mailbox main")]
)
def test_what_is_silent_for_too_long_makes_it_503_with_the_reason(office: Office, after: timedelta, word: str):
    start = office.now()
    clock.set_virtual(office.engine, start + after)
    assert not [one for one in why(office) if word in one]
    clock.set_virtual(office.engine, start + after + MINUTE)
    status, text = ask(office, "/healthz")
    assert status == 503
    assert [one for one in json.loads(text)["reasons"] if word in one]


def test_alerts_that_cannot_be_sent_are_a_reason(office: Office):
    with open_session(office.engine) as session:
        raise_alert(session, Alert(subject="mailbox:main", rule="silent", level=0, text_key="silent"), office.now())
        session.commit()
    clock.set_virtual(office.engine, office.now() + LATE_ALERT + MINUTE)
    alive(office)
    assert [one for one in why(office) if "Alerts" in one]


def test_metrics_are_in_prometheus_own_form(office: Office):
    status, text = ask(office, "/metrics")
    assert status == 200
    lines = text.splitlines()
    assert "shipclock_healthy 1" in lines
    assert 'shipclock_mailbox_data_age_seconds{mailbox="main"} 0' in lines
    assert f'shipclock_shop_data_age_seconds{{shop="{SHOP}"}} 0' in lines
    assert all(line.startswith(("# HELP shipclock_", "# TYPE shipclock_", "shipclock_")) for line in lines)
    values = [line for line in lines if not line.startswith("#")]
    assert {line.split("{")[0].split()[0] for line in values} == {
        line.split()[2] for line in lines if line.startswith("# TYPE")
    }


def test_a_name_with_quotes_stays_one_label(office: Office):
    shop = office.settings.shop[0].model_copy(update={"name": 'A "B" \\ C'})
    named = office.settings.model_copy(update={"shop": (shop,)})
    with open_session(office.engine, read_only=True):
        vitals = vitals_of(Office(home=office.home, settings=named, engine=office.engine))
    assert r'{shop="A \"B\" \\ C"}' in as_metrics(vitals, [])


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_no_orders_number_is_told(office: Office, path: str):
    clock.set_virtual(office.engine, office.now() + 30 * 24 * 60 * MINUTE)
    assert ORDER not in ask(office, path)[1]


def test_settings_that_cannot_be_read_are_503_without_their_text(office: Office):
    office.home.config.write_text("a-secret = [")
    status, text = ask(office, "/healthz")
    assert status == 503
    assert "a-secret" not in text
    assert "shipclock check" in text


def test_nothing_else_is_served_and_nothing_is_taken(office: Office):
    assert ask(office, "/orders")[0] == 404
    assert ask(office, "/healthz", "POST")[0] == 501
    assert ask(office, "/healthz", "HEAD") == (200, "")
