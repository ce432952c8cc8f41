"""What the outbox sends: once each, grouped when many, tried again when the address fails, no buyer in it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from flows import clock
from flows.office import Office, open_office
from flows.outbox import Sent, send_due
from models.db.alerts import BREACH_LEVEL, Alert, raise_alert
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.tables import AlertRow
from models.fact import Fact
from tests.flows.prefect_server import a_home
from tests.models.makers import a_fact, placed, t

SHOP = "Tre Viet Store"


@dataclass
class Post:
    """A receiver of alerts on loopback; `answers` is the status it gives."""

    received: list[dict[str, Any]] = field(default_factory=list)
    answers: int = 200
    port: int = 0


@pytest.fixture
def post() -> Iterator[Post]:
    made = Post()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server calls
            made.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(made.answers)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    made.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def office(tmp_path: Path, database: str, post: Post) -> Iterator[Office]:
    """A shop whose alerts go to `post`, at a virtual moment."""
    home = a_home(tmp_path, database)
    with home.config.open("a", encoding="utf-8") as settings:
        settings.write(f'\n[alerts]\naddresses = ["json://127.0.0.1:{post.port}/"]\n')
    opened = open_office(home)
    clock.set_virtual(opened.engine, t(1))
    yield opened
    opened.engine.dispose()


def news(office: Office, order_no: str, *facts: Fact) -> None:
    with open_session(office.engine) as session:
        record_facts(session, office.shop(SHOP), [(order_no, fact) for fact in facts], office.now())
        session.commit()


def breach(office: Office, number: int) -> None:
    alert = Alert(
        subject=f"ord_{number}",
        rule="D02",
        level=BREACH_LEVEL,
        text_key="breached",
        shop_id=SHOP,
        order_no=f"5764614130387857{number:02d}",
        critical=True,
        values={"due_at": t(0).isoformat()},
    )
    with open_session(office.engine) as session:
        raise_alert(session, alert, office.now())
        session.commit()


def test_a_missed_clock_is_sent_once_with_the_order_number_and_in_words(office: Office, post: Post) -> None:
    clock.set_virtual(office.engine, t(73))
    news(office, "576461413038785752", *placed(0), a_fact("stock_confirmed", 1), a_fact("packed", 1))
    send_due(office)
    again = send_due(office)
    (sent,) = [one for one in post.received if "set to shipped" in one["message"]]
    assert "576461413038785752" in sent["message"]
    assert "late by" in sent["message"]
    assert "D02" not in sent["message"] + sent["title"]
    assert again == Sent(alerts=0, messages=0, failed=0)


def test_five_are_told_one_by_one_and_six_in_one_message(office: Office, post: Post) -> None:
    for number in range(5):
        breach(office, number)
    assert send_due(office) == Sent(alerts=5, messages=5, failed=0)
    for number in range(10, 16):
        breach(office, number)
    assert send_due(office) == Sent(alerts=6, messages=1, failed=0)
    assert "6 orders" in post.received[-1]["message"]


def test_what_cannot_be_sent_stays_and_is_tried_again_later(office: Office, post: Post) -> None:
    breach(office, 1)
    post.answers = 500
    assert send_due(office).failed == 1
    assert send_due(office) == Sent(alerts=0, messages=0, failed=0)
    post.answers = 200
    clock.set_virtual(office.engine, t(1) + timedelta(minutes=1))
    assert send_due(office).alerts == 1
    with open_session(office.engine, read_only=True) as session:
        row = session.exec(select(AlertRow)).one()
    assert (row.attempts, row.next_attempt_at, row.sent_at) == (1, None, t(1) + timedelta(minutes=1))


@pytest.mark.parametrize(("many", "body"), [(1, "see Problems"), (6, "The same goes for 5 other orders")])
def test_a_step_that_was_given_up_is_told_in_words(office: Office, post: Post, many: int, body: str) -> None:
    with open_session(office.engine) as session:
        for number in range(many):
            values = {"step": "hand_over"}
            about = Alert(subject=f"o{number}", rule="step", level=0, text_key="step_failed", values=values)
            raise_alert(session, replace(about, shop_id=SHOP, order_no=f"57646141303878570{number}"), office.now())
        session.commit()
    assert send_due(office) == Sent(alerts=many, messages=1, failed=0)
    assert 'could not finish the step "set to shipped"' in post.received[0]["message"]
    assert body.lower() in post.received[0]["message"].lower()


def test_mails_that_wait_are_told_in_one_message_however_few(office: Office, post: Post) -> None:
    with open_session(office.engine) as session:
        for number in "12":
            alert = Alert(subject="mailbox:main", rule="X12", level=0, text_key="fake", about=number)
            raise_alert(session, alert, office.now())
        session.commit()
    assert send_due(office) == Sent(alerts=2, messages=1, failed=0)
    assert "cannot be trusted: 2." in post.received[0]["message"]
