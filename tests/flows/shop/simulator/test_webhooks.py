"""News of the platform over webhooks: signed, sent again when nobody takes them, some twice, some late."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from flows.shop.signing import webhook_sign
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.web.grants import AppKeys
from flows.shop.simulator.webhook import WAITS, Webhooks
from tests.flows.shop.simulator.world import START

KEYS = AppKeys()


class Ear(ThreadingHTTPServer):
    """Takes webhooks and answers with `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listening)
        self.heard: list[tuple[bytes, str]] = []
        self.status = 200


class Listening(BaseHTTPRequestHandler):
    def do_POST(self):  # the library's name
        raw = self.rfile.read(int(self.headers["content-length"]))
        assert isinstance(self.server, Ear)
        self.server.heard.append((raw, self.headers["authorization"]))
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def ear():
    with Ear() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def told(in_market, ear):
    """A crowd whose news go to the ear."""
    url = f"http://127.0.0.1:{ear.server_port}/tiktok"
    hooks = Webhooks(url=url, app_key=KEYS.app_key, secret=KEYS.secret)
    return in_market("sea", crowd=Crowd(orders=40, days=0), webhooks=hooks)


def test_news_are_signed_over_their_bytes(told, ear):
    told.go(START + timedelta(hours=2))
    assert ear.heard
    assert {sign == webhook_sign(KEYS.app_key, raw, KEYS.secret) for raw, sign in ear.heard} == {True}


def test_each_kind_of_news_has_its_number_and_the_fields_of_the_reference(told, ear):
    told.go(START + timedelta(days=2))
    plan = told.plan()
    for one in [p for p in told.store.script.plans if p.paid][:30]:
        told.ship(one)
    told.after(days=6)
    bodies = [json.loads(raw) for raw, _ in ear.heard]
    fields = {body["type"]: body["data"].keys() for body in bodies}
    assert fields[1] == {"order_id", "order_status", "is_on_hold_order", "update_time"}
    assert fields[11] == {"order_id", "cancellations_role", "cancel_status", "cancel_id", "create_time"}
    assert {body["shop_id"] for body in bodies} == {plan.cast.platform_id}
    said = {body["data"]["order_status"] for body in bodies if body["type"] == 1}
    assert "CANCEL" in said  # where the API says CANCELLED
    assert "CANCELLED" not in said


def test_some_news_come_twice_and_some_after_what_came_later(told, ear):
    told.go(START + timedelta(days=3))
    bodies = [json.loads(raw) for raw, _ in ear.heard]
    assert max(Counter(body["tts_notification_id"] for body in bodies).values()) == 2
    times = [body["timestamp"] for body in bodies]
    assert times != sorted(times)


def test_what_is_not_taken_comes_again_after_2_minutes_30_minutes_3_hours_12_hours_and_then_no_more(told, ear):
    ear.status = 500
    told.go(START + timedelta(hours=2))
    first = json.loads(ear.heard[0][0])["tts_notification_id"]
    told.go(START + timedelta(days=3))
    with told.store.look() as play:
        rows = play.sql(
            "select at, tries from webhook where json_extract(body, '$.tts_notification_id') = ? order by tries, at",
            first,
        ).fetchall()
    moments = {tries: datetime.fromtimestamp(at, UTC) for at, tries in rows}
    assert [moments[n + 1] - moments[n] for n in range(1, 5)] == list(WAITS)
    assert max(moments) == 5
