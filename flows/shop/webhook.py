"""Receiving TikTok Shop's webhooks: a quicker word of what polling finds anyway (tiktok-shop-api, section 6).

Only what bears the app's signature over its raw bytes is looked at. What a webhook says of a request becomes facts with
the keys that polling gives; the order is read from the shop by the next look, whatever was said. Bodies are never
logged and never kept.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from hashlib import sha256
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows.shop.grant import CONSENT_RULE
from flows.shop.news import Known, order_news
from flows.shop.report import news_among
from flows.shop.request_news import cancellation_news, return_news
from flows.shop.schema import ApiOrder, Cancellation, CancelStatus, Return, ReturnStatus
from flows.shop.signing import webhook_sign
from flows.shop.sync_page import known_rows
from models.db.alerts import Alert, raise_alert
from models.db.facts import facts_of
from models.db.insert import insert_new
from models.db.orders import record_facts
from models.db.session import DatabaseError, open_session
from models.db.shop_tables import NoticeRow
from models.fact import Fact
from models.platform_status import PlatformStatus
from models.settings import ShopSettings
from models.stage import HandoverMode

LARGEST: Final = 64 * 1024  # bytes; theirs have some hundreds
OK: Final = 200  # anything else is sent again for half a day
LONGEST_KEY: Final = 64


class NoticeType(IntEnum):
    """What a webhook is about, of those that say more than "look"."""

    ORDER = 1
    CONSENT_ENDED = 6
    CONSENT_ENDS = 7
    CANCELLATION = 11
    RETURN = 12


CONSENT: Final = {NoticeType.CONSENT_ENDED: "consent_ended", NoticeType.CONSENT_ENDS: "consent_ends"}
MOVED: Final = frozenset({PlatformStatus.IN_TRANSIT, PlatformStatus.DELIVERED})
"""States that a webhook proves by itself. What it leaves out of the others (who cancelled, and why) matters more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Takes webhooks of the shops that have an API."""

    engine: Engine
    app_key: str
    secret: str
    shops: Mapping[str, ShopSettings]  # by their id at the platform; "" is the only shop, whose id nobody gave
    now: Callable[[], datetime]

    def app(self) -> Starlette:
        """Give what a server runs: any path, POST alone."""
        return Starlette(routes=[Route("/{path:path}", self.receive, methods=["POST"])])

    async def receive(self, request: Request) -> Response:
        """Answer at once, with nothing in it; what could not be stored is sent again by the platform."""
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        if not self.is_genuine(request.headers.get("authorization", ""), body):
            return Response(status_code=401)
        try:
            await run_in_threadpool(self.take, body)
        except DatabaseError:
            return Response(status_code=503)
        return Response(status_code=OK)

    def is_genuine(self, signature: str, body: bytes) -> bool:
        """Whether the platform signed exactly these bytes."""
        return hmac.compare_digest(signature.encode(), webhook_sign(self.app_key, body, self.secret).encode())

    def take(self, body: bytes) -> None:
        """Store what a genuine webhook tells, once. What is not understood is no reason to have it sent again."""
        notice = _parsed(body)
        shop = self._shop(notice)
        if notice is None or shop is None:
            return
        now, data = self.now(), notice.get("data")
        data = data if isinstance(data, dict) else {}
        with open_session(self.engine) as session:
            if not insert_new(session, NoticeRow, [_row(notice, data, body, shop, now)]):
                return
            self._tell(session, shop, _number(notice.get("type")), data, now)
            session.commit()

    def _shop(self, notice: Mapping[str, Any] | None) -> ShopSettings | None:
        named = str(notice.get("shop_id") or "") if notice else ""
        return self.shops.get(named) or self.shops.get("")

    def _tell(self, session: Session, shop: ShopSettings, kind: int, data: Mapping[str, Any], now: datetime) -> None:
        if kind in CONSENT:
            alert = Alert(
                subject=f"shop:{shop.name}",
                rule=CONSENT_RULE,
                level=0,
                text_key=CONSENT[NoticeType(kind)],
                about=f"{now:%G-W%V}",
                shop_id=shop.name,
                critical=True,
            )
            raise_alert(session, alert, now)
        for row in known_rows(session, shop.name, [str(data.get("order_id"))]).values():
            told = facts_told(kind, data, Known(handover=HandoverMode(row.handover_mode)), now)
            fresh = [(row.order_no, fact) for fact in news_among(told, facts_of(session, row.id))]
            record_facts(session, shop, fresh, now)


def facts_told(kind: int, data: Mapping[str, Any], known: Known, now: datetime) -> list[Fact]:
    """Give the facts that a webhook proves: that a parcel moved, or that a buyer asks for something. Never raises."""
    try:
        if kind == NoticeType.ORDER:
            order = ApiOrder.model_validate({**data, "id": data.get("order_id"), "status": data.get("order_status")})
            return order_news(order, known, now) if order.status in MOVED else []
        if kind == NoticeType.CANCELLATION:
            asked = Cancellation.model_validate({**data, "role": data.get("cancellations_role")})
            return cancellation_news(asked, None, now) if asked.cancel_status is CancelStatus.PENDING else []
        if kind == NoticeType.RETURN:
            wanted = Return.model_validate({**data, "role": data.get("return_role")})
            return return_news(wanted, now) if wanted.return_status is ReturnStatus.PENDING else []
    except ValidationError:
        return []
    return []


async def _body(request: Request) -> bytes | None:
    """The raw bytes; None as soon as they are too many."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            return None
        parts.append(part)
    return b"".join(parts)


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        notice = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return notice if isinstance(notice, dict) else None


def _row(
    notice: Mapping[str, Any], data: Mapping[str, Any], body: bytes, shop: ShopSettings, now: datetime
) -> dict[str, Any]:
    key, number = str(notice.get("tts_notification_id") or ""), str(data.get("order_id") or "")
    return {
        "key": key if key.isalnum() and len(key) <= LONGEST_KEY else sha256(body).hexdigest(),
        "shop_id": shop.name,
        "order_no": number if number.isdecimal() and len(number) <= LONGEST_KEY else None,
        "type": _number(notice.get("type")),
        "received_at": now,
    }


def _number(given: object) -> int:
    return given if isinstance(given, int) and 0 <= given < 2**31 else 0
