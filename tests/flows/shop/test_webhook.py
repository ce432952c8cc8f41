"""The receiver of webhooks: only what the platform signed counts, once, and polling gives the same facts after it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from flows.cli.webhooks import shops_by_id
from flows.look import SYNC, Work, look
from flows.shop.api_error import ApiError, ErrorKind
from flows.shop.news import Known
from flows.shop.signing import webhook_sign
from flows.shop.sync import ShopSync
from flows.shop.sync_page import Synced
from flows.shop.webhook import LARGEST, Receiver, facts_told
from models.db.session import open_session
from models.db.shop_tables import NoticeRow
from models.db.tables import AlertRow
from models.settings import ShopSettings
from models.stage import HandoverMode, Stage
from tests.databases import ON_SQLITE
from tests.flows.shop.api_office import ApiOffice, an_api_office, order_no, seconds
from tests.flows.shop.clients import NOW, SHOP
from tests.flows.shop.wire_server import APP_KEY, SAMPLES, SECRET, SHOP_ID
from tests.planted import search_files
from tests.waiting import PATIENCE

WORK = Work(deployment=SYNC, parameters={"shop": SHOP})
PERMISSION: Final = 105005
VECTOR = json.loads((SAMPLES / "signing_vectors.json").read_text("utf-8"))["webhook"]


@dataclass(frozen=True)
class Listening:
    """An office that receives webhooks."""

    api: ApiOffice
    http: httpx.Client

    def send(self, body: bytes, signature: str | None = None) -> int:
        """Send bytes, signed as the platform does if not said otherwise; give the status, the body must be empty."""
        signed = webhook_sign(APP_KEY, body, SECRET) if signature is None else signature
        answer = self.http.post("/hooks/shipclock", content=body, headers={b"Authorization": signed.encode()})
        assert answer.content == b""
        return answer.status_code

    def tell(self, kind: int, key: str = "1", **data: Any) -> int:  # noqa: ANN401  # any JSON
        """Send a genuine webhook about the first order."""
        about = {"order_id": order_no(1), **data}
        notice = {"type": kind, "tts_notification_id": key, "shop_id": SHOP_ID, "timestamp": seconds(0), "data": about}
        return self.send(json.dumps(notice).encode())

    def notices(self) -> list[NoticeRow]:
        """What was taken."""
        with open_session(self.api.office.engine, read_only=True) as session:
            return list(session.exec(select(NoticeRow)))


@pytest.fixture
def hooks(tmp_path: Path, database: str) -> Iterator[Listening]:
    """A shop with one order that was read, and its receiver."""
    with an_api_office(tmp_path, database=database, platform_id=SHOP_ID) as api:
        api.order(1)
        api.sync()
        receiver = Receiver(
            engine=api.office.engine,
            app_key=APP_KEY,
            secret=SECRET,
            shops=shops_by_id(api.office.settings.shop),
            now=api.office.now,
        )
        with served(receiver) as url, httpx.Client(base_url=url, timeout=PATIENCE) as http:
            yield Listening(api, http)


@contextmanager
def served(receiver: Receiver) -> Iterator[str]:
    """Serve as the command does, on a port that was free; give the address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # from now on whoever calls is answered, if a moment later
        server = uvicorn.Server(uvicorn.Config(receiver.app(), log_level="critical", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def test_the_references_own_webhook_is_genuine(hooks: Listening):
    assert hooks.send(VECTOR["raw_body"].encode(), VECTOR["authorization"]) == 200


@pytest.mark.parametrize("signature", ["", "0" * 64, "ünsinn", VECTOR["authorization"].upper()])
def test_what_bears_no_signature_of_ours_is_refused_and_leaves_nothing(hooks: Listening, signature: str):
    assert hooks.send(VECTOR["raw_body"].encode(), signature) == 401
    assert hooks.send(VECTOR["raw_body"].encode() + b" ", VECTOR["authorization"]) == 401
    assert hooks.notices() == []


def test_a_body_that_is_too_large_is_not_read(hooks: Listening):
    assert hooks.send(b"x" * (LARGEST + 1)) == 413
    assert hooks.http.get("/hooks/shipclock").status_code == 405


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[1]", b"{", b'{"type": {}}', b'{"data": 7, "shop_id": []}', b"[" * 9999]
)
def test_a_genuine_body_that_is_odd_is_taken_and_tells_nothing(hooks: Listening, body: bytes):
    before = hooks.api.facts()
    assert hooks.send(body) == 200
    assert hooks.api.facts() == before


def test_a_request_to_cancel_stops_the_packer_at_once_and_polling_adds_the_rest_without_doubling(hooks: Listening):
    pending: dict[str, Any] = {
        "cancel_id": "9",
        "cancel_status": "CANCELLATION_REQUEST_PENDING",
        "create_time": seconds(0),
    }
    assert hooks.tell(11, cancellations_role="BUYER", **pending) == 200
    assert hooks.api.orders()[order_no(1)].holds == ["cancel_requested"]
    hooks.api.shelf.put(
        "cancellations", **pending, order_id=order_no(1), cancel_type="BUYER_CANCEL", role="BUYER",
        cancel_reason="xx_no_longer_needed", update_time=seconds(0),
        seller_next_action_response=[{"action": "SELLER_RESPOND_CANCEL", "deadline": seconds(20)}],
    )  # fmt: skip
    hooks.api.sync(0.1)
    (order,) = hooks.api.orders().values()
    assert (order.holds, order.next_due_rule) == (["cancel_requested"], "D08")
    known = hooks.api.facts()
    assert hooks.tell(11, "2", cancellations_role="BUYER", **pending) == 200
    assert hooks.api.facts() == known


def test_a_parcel_that_moved_and_a_wish_to_return_are_known_before_the_next_look(hooks: Listening):
    hooks.tell(1, "1", order_status="IN_TRANSIT", update_time=seconds(0))
    assert hooks.api.orders()[order_no(1)].stage == Stage.IN_TRANSIT
    hooks.tell(12, "2", return_id="7", return_type="REFUND", return_status="RETURN_OR_REFUND_REQUEST_PENDING",
               return_role="BUYER", create_time=seconds(0), update_time=seconds(0))  # fmt: skip
    assert "return_requested" in hooks.api.kinds()


@pytest.mark.parametrize("kind", [1, 3, 4, 11, 12, 13, 36, 99])
def test_whatever_a_webhook_is_about_its_order_is_read_by_the_next_look(hooks: Listening, kind: int):
    assert WORK not in look(hooks.api.office).work
    hooks.api.order(1, status="CANCELLED", cancel_time=seconds(0), update_time=seconds(-2000))  # no walk would see it
    assert hooks.tell(kind) == 200
    assert WORK in look(hooks.api.office).work
    hooks.api.sync()
    assert hooks.api.orders()[order_no(1)].stage == Stage.CANCELLED
    assert WORK not in look(hooks.api.office).work


def test_an_order_that_only_a_webhook_told_of_is_opened_by_the_next_look(hooks: Listening):
    hooks.api.order(2, update_time=seconds(-2000))
    hooks.tell(1, order_id=order_no(2), order_status="AWAITING_SHIPMENT")
    assert order_no(2) not in hooks.api.orders()
    hooks.api.sync()
    assert order_no(2) in hooks.api.orders()


def test_a_webhook_that_comes_again_is_one(hooks: Listening):
    for _ in range(3):
        assert hooks.tell(4, "1") == 200
        assert (
            hooks.send(json.dumps({"type": 3, "shop_id": SHOP_ID, "data": {"order_id": order_no(1)}}).encode()) == 200
        )
    assert sorted(notice.type for notice in hooks.notices()) == [3, 4]


def test_a_webhook_of_a_shop_that_is_not_ours_is_taken_and_forgotten(hooks: Listening):
    assert hooks.send(json.dumps({"type": 1, "shop_id": "749", "data": {"order_id": order_no(1)}}).encode()) == 200
    assert hooks.notices() == []


@pytest.mark.parametrize(("kind", "text"), [(6, "consent_ended"), (7, "consent_ends")])
def test_a_consent_that_ends_is_shouted_once_a_week(hooks: Listening, kind: int, text: str):
    for key in ("1", "2", "3"):
        hooks.tell(kind, key, message="Nguyen Van A", expiration_time=seconds(99))
    with open_session(hooks.api.office.engine, read_only=True) as session:
        found = session.exec(select(AlertRow).where(AlertRow.rule == "consent")).all()
    assert [(row.text_key, row.critical) for row in found] == [(text, True)]
    hooks.api.office.engine.dispose()
    assert search_files(hooks.api.office.home.path, ["Nguyen Van A"]) == []


@ON_SQLITE  # its file is taken away
def test_a_database_that_is_busy_has_the_webhook_sent_again(hooks: Listening):
    (hooks.api.office.home.path / "shipclock.db").unlink()
    hooks.api.office.engine.dispose()
    (hooks.api.office.home.path / "shipclock.db").mkdir()
    assert hooks.tell(1) == 503


NAMES = st.sampled_from(
    ["order_id", "order_status", "cancel_status", "cancel_id", "return_id", "return_status", "update_time",
     "create_time", "cancellations_role"]
)  # fmt: skip
VALUES = st.one_of(
    st.none(), st.text(), st.integers(), st.lists(st.integers()), st.sampled_from(["IN_TRANSIT", "BUYER"])
)


@given(st.integers(0, 13), st.dictionaries(NAMES, VALUES))
def test_any_genuine_content_raises_nothing(kind: int, data: dict[str, Any]):
    facts_told(kind, data, Known(handover=HandoverMode.PICKUP), NOW)


def a_shop(name: str, platform_id: str) -> ShopSettings:
    """A shop with that id at the platform."""
    return ShopSettings(name=name, market="VN", currency="VND", timezone="UTC", mailbox="m", platform_id=platform_id)


def test_one_shop_needs_no_id_and_several_need_each_its_own():
    one, other = a_shop("A", ""), a_shop("B", "2")
    assert shops_by_id([one]) == {"": one}
    assert shops_by_id([one, other]) == {}
    assert shops_by_id([a_shop("A", "1"), other]).keys() == {"1", "2"}


def test_what_webhooks_told_of_hides_neither_that_the_shop_does_not_answer_nor_what_else_is_new(hooks: Listening):
    hooks.tell(1, order_id=order_no(2), order_status="AWAITING_SHIPMENT")
    hooks.api.order(2)
    hooks.api.shelf.down = PERMISSION
    with pytest.raises(ApiError):
        hooks.api.sync()
    with open_session(hooks.api.office.engine, read_only=True) as session:
        assert [row.text_key for row in session.exec(select(AlertRow).where(AlertRow.rule == "D20"))] == ["api_refused"]
    hooks.api.shelf.down = None
    hooks.api.sync(1)
    assert order_no(2) in hooks.api.orders()
    assert [bool(notice.read_at) for notice in hooks.notices()] == [True]


def test_an_order_told_of_that_cannot_be_asked_for_holds_up_no_other(hooks: Listening, monkeypatch: pytest.MonkeyPatch):
    hooks.tell(1, order_id=order_no(2), order_status="AWAITING_SHIPMENT")
    hooks.api.order(2)
    hooks.api.order(3)

    def is_refused(_: ShopSync, numbers: Sequence[str]) -> Synced:
        if not numbers:
            return Synced()
        raise ApiError("cancellations", 36009003, ErrorKind.REQUEST_REFUSED)

    monkeypatch.setattr(ShopSync, "look_up", is_refused)
    hooks.api.sync(1)
    assert {order_no(2), order_no(3)} <= set(hooks.api.orders())
    assert [bool(notice.read_at) for notice in hooks.notices()] == [True]
