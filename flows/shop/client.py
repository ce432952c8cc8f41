"""The calls of the Open API that Shipclock makes, for one shop: typed answers without a buyer in them.

How a call travels (signature, token, limits, tries) is `flows.shop.transport`'s; which version it speaks is
`endpoints.toml`'s. Every method raises ApiError. A write is sent once, and whoever asked for it reads back what
became of it when its answer is lost.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine

from flows.shop.api_error import ApiError, ErrorKind, before_the_call
from flows.shop.consent import app_of
from flows.shop.endpoint import endpoints
from flows.shop.field import number
from flows.shop.grant import Grants
from flows.shop.limit import Limiter
from flows.shop.reading import ShopReader, chunks
from flows.shop.schema import Slot, raw_list
from flows.shop.transport import Transport
from flows.shop.wire import open_http
from models.home import Home
from models.settings import Settings, ShopSettings

LIMITS: Final = "limits.db"  # in the home, for all its processes


class ShopClient(ShopReader):
    """One shop at the Open API, to be looked at and acted in."""

    def ship(self, package_id: str, *, method: str = "", slot: Slot | None = None) -> str:
        """Ship a package that the platform transports; return the request id."""
        body: dict[str, Any] = {"handover_method": method} if method else {}
        if slot is not None:
            body["pickup_slot"] = {"start_time": slot.start_time, "end_time": slot.end_time}
        return self._write("ship_package", {"package_id": package_id}, body)

    def ship_own(self, package_id: str, *, tracking_no: str, provider_id: str) -> str:
        """Ship a package with a carrier of the seller's own (SEA, LATAM); return the request id."""
        parcel = {"tracking_number": tracking_no, "shipping_provider_id": provider_id}
        return self._write("ship_package", {"package_id": package_id}, {"self_shipment": parcel})

    def batch_ship(self, package_ids: Sequence[str], *, method: str = "") -> Mapping[str, int]:
        """Ship several packages, 20 a call; give the code of each that was not shipped."""
        failed: dict[str, int] = {}
        for group in chunks(package_ids, endpoints()["batch_ship"].page):
            rows = [{"id": one, **({"handover_method": method} if method else {})} for one in group]
            failed |= _failed(self.transport.call("batch_ship", body={"packages": rows}).data, group)
        return failed

    def mark_shipped(
        self, order_no: str, *, tracking_no: str, provider_id: str, line_item_ids: Sequence[str]
    ) -> tuple[str, str]:
        """Set an order with a carrier of one's own to shipped (US, UK, EU, JP); return request id and any warning."""
        body = {
            "tracking_number": tracking_no,
            "shipping_provider_id": provider_id,
            "order_line_item_ids": list(line_item_ids),
        }
        reply = self.transport.call("mark_shipped", places={"order_id": order_no}, body=body)
        warning = reply.data.get("warning")
        return reply.request_id, str(warning.get("message") or "") if isinstance(warning, dict) else ""

    def create_package(self, order_no: str, *, line_item_ids: Sequence[str]) -> tuple[str, str]:
        """Buy the platform's label, which ships the order (US); return request id and the package's id."""
        lines = list(line_item_ids)
        services = self.transport.call(
            "shipping_services", places={"order_id": order_no}, body={"order_line_item_ids": lines}
        )
        chosen = _default_service(services.data)
        service = {"shipping_service_id": chosen} if chosen else {}  # without one the platform takes its default
        body = {"order_id": order_no, "order_line_item_ids": lines, **service}
        reply = self.transport.call("create_package", body=body)
        return reply.request_id, str(reply.data.get("package_id") or "")

    def cancel(self, order_no: str, *, reason: str, line_item_ids: Sequence[str]) -> tuple[str, str]:
        """Cancel an order as the seller; return request id and the cancellation's id."""
        body = {"order_id": order_no, "cancel_reason": reason, "order_line_item_ids": list(line_item_ids)}
        reply = self.transport.call("cancel_order", body=body)
        return reply.request_id, str(reply.data.get("cancel_id") or "")

    def approve_cancellation(self, cancel_id: str, *, key: str) -> str:
        """Grant a buyer's request; the same `key` again changes nothing. Return the request id."""
        return self._write("approve_cancellation", {"cancel_id": cancel_id}, key=key)

    def reject_cancellation(self, cancel_id: str, *, reason: str, key: str) -> str:
        """Turn a buyer's request down; return the request id."""
        return self._write("reject_cancellation", {"cancel_id": cancel_id}, {"reject_reason": reason}, key=key)

    def approve_return(self, return_id: str, *, decision: str, key: str) -> str:
        """Accept a return or refund; return the request id."""
        return self._write("approve_return", {"return_id": return_id}, {"decision": decision}, key=key)

    def reject_return(self, return_id: str, *, decision: str, reason: str, key: str) -> str:
        """Turn a return or refund down; return the request id."""
        body = {"decision": decision, "reject_reason": reason}
        return self._write("reject_return", {"return_id": return_id}, body, key=key)

    def message_buyer(self, order_no: str, text: str) -> str:
        """Send the buyer of an order an in-app message; return the message's id.

        Who the buyer is, is asked and forgotten within this call.
        """
        try:  # opening it again is harmless, so whatever happens until then, nothing was sent
            opened = self.transport.call("open_conversation", body={"buyer_user_id": self._buyer(order_no)})
        except ApiError as fault:
            raise (before_the_call(fault) if fault.transient else fault) from None
        talk = str(opened.data.get("conversation_id") or "")
        message = {"type": "TEXT", "content": json.dumps({"content": text}, ensure_ascii=False)}
        sent = self.transport.call("send_message", places={"conversation_id": talk}, body=message)
        return str(sent.data.get("message_id") or "")

    def _buyer(self, order_no: str) -> str:
        """The one place that reads a buyer's id, straight from the answer: no typed order has it."""
        reply = self.transport.call("get_orders", query={"ids": order_no})
        for row in raw_list(reply.data, "orders"):
            if row.get("id") == order_no and row.get("user_id"):
                return str(row["user_id"])
        raise ApiError("get_orders", 0, ErrorKind.UNKNOWN, request_id=reply.request_id)

    def _write(
        self, call: str, places: Mapping[str, str], body: Mapping[str, Any] | None = None, *, key: str = ""
    ) -> str:
        query = {"idempotency_key": key} if key else None
        return self.transport.call(call, places=places, query=query, body=body).request_id


def _default_service(data: Mapping[str, Any]) -> str:
    services = raw_list(data, "shipping_services")
    default = next((row for row in services if row.get("is_default") is True), services[0] if services else {})
    return str(default.get("id") or "")


def _failed(data: Mapping[str, Any], asked: Sequence[str]) -> dict[str, int]:
    """Take the packages that a batch left out: it succeeds as a whole even where each of them failed.

    A failure that names no package may be that of any.
    """
    failed: dict[str, int] = {}
    for row in raw_list(data, "errors"):
        code, detail = number(row.get("code")) or 0, row.get("detail")
        named = str(detail.get("package_id") or "") if isinstance(detail, dict) else ""
        failed = {**failed, named: code} if named else {**dict.fromkeys(asked, code), **failed}
    return failed


def limiter_of(home: Home) -> Limiter:
    """Open the limits that all processes of a home share."""
    home.path.mkdir(parents=True, exist_ok=True)
    return Limiter(home.path / LIMITS)


def open_client(
    home: Home, settings: Settings, engine: Engine, shop: ShopSettings, now: Callable[[], datetime]
) -> ShopClient:
    """Open the way to a shop. Raises ApiError, with what to do, where the app is not set up.

    It is closed when nobody holds it any more.
    """
    app = app_of(home, settings)
    http = open_http()
    grants = Grants(engine=engine, home=home, shop=shop.name, app=app, http=http, now=now)
    client = ShopClient(Transport(app=app, grants=grants, limiter=limiter_of(home), http=http, now=now))
    weakref.finalize(client, http.close)
    return client
