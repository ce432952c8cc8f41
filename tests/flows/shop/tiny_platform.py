"""A platform of a few orders that speaks the Open API over HTTP and does exactly what a test tells it to.

It counts what it did (`did`), keeps what it was sent (`sent`), and takes faults: before or after a call was carried
out, as a code or as a connection that breaks. Its signatures are checked as the real ones are.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlsplit

from flows.shop.endpoint import endpoints
from flows.shop.signing import sign

SECRET: Final = "made-up-secret"
BROKEN: Final = -1  # instead of a code: the connection ends without an answer
GONE: Final = {"AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED"}
PLACED, SHIPPED, ENDED = 1_760_000_000, 1_760_100_000, 1_760_200_000  # seconds

Said = tuple[int, dict[str, Any]]
Row = dict[str, Any]


class TinyPlatform:
    """The platform. Its attributes are its state, to be set and looked at."""

    def __init__(self) -> None:
        self.orders: dict[str, Row] = {}
        self.packages: dict[str, Row] = {}
        self.cancellations: dict[str, Row] = {}
        self.reasons = ["seller_cancel_reason_out_of_stock"]
        self.reject_reasons = ["seller_reject_apply_product_has_been_packed"]
        self.slots: list[Row] = []
        self.warning = ""
        self.did: Counter[str] = Counter()
        self.sent: list[tuple[str, Row]] = []  # endpoint, body with the query's idempotency key
        self.faults: list[tuple[str, bool, int]] = []  # endpoint, after it was done, code
        self.by_package: dict[str, int] = {}  # the code that a package is refused with
        self.before: dict[str, Callable[[], None]] = {}  # what happens just before a call is carried out
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    def __enter__(self) -> Self:
        """Serve."""
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def an_order(self, number: str, *, packages: int = 1, **fields: object) -> Row:
        """Place an order, ready to be shipped by the platform's carrier."""
        ids = [f"{number}{place}" for place in range(packages)]
        for package_id in ids:
            self.packages[package_id] = {"package_id": package_id, "package_status": "TO_FULFILL", "order": number}
        items = [{"id": f"{one}7", "package_id": one, "display_status": "AWAITING_SHIPMENT"} for one in ids]
        self.orders[number] = {
            "id": number,
            "user_id": "7000000000000000001",
            "status": "AWAITING_SHIPMENT",
            "create_time": PLACED,
            "update_time": PLACED,
            "fulfillment_type": "FULFILLMENT_BY_SELLER",
            "shipping_type": "TIKTOK",
            "packages": [{"id": one} for one in ids],
            "line_items": items,
            **fields,
        }
        return self.orders[number]

    def a_request(self, number: str, cancel_id: str = "4030000000000000001", **fields: object) -> Row:
        """Let the buyer ask for a cancellation."""
        self.cancellations[cancel_id] = {
            "cancel_id": cancel_id,
            "order_id": number,
            "cancel_type": "BUYER_CANCEL",
            "cancel_status": "CANCELLATION_REQUEST_PENDING",
            "role": "BUYER",
            "create_time": PLACED,
            "update_time": PLACED,
            **fields,
        }
        return self.cancellations[cancel_id]

    def fails(self, endpoint: str, code: int, *, after: bool = False, times: int = 1) -> None:
        """Let the next calls of an endpoint fail: `after` they were carried out, or instead."""
        self.faults += [(endpoint, after, code)] * times

    def answer(self, method: str, address: str, body: bytes) -> Said | None:
        """Answer one call; None: the connection breaks."""
        parts = urlsplit(address)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if query.get("sign") != sign(parts.path, query, body, SECRET):
            return (106001, {})
        name, places = _meant(method, parts.path)
        given = json.loads(body) if body else {}
        with self._lock:
            self.sent.append((name, {**given, **{key: query[key] for key in ("idempotency_key",) if key in query}}))
            self.before.pop(name, lambda: None)()
            fault = next((one for one in self.faults if one[0] == name), None)
            if fault:
                self.faults.remove(fault)
            code, data = (0, {}) if fault and not fault[1] else getattr(self, f"_{name}")(places, query, given)
        if fault:
            return None if fault[2] == BROKEN else (fault[2], {})
        return (code, data)

    # --- what each call does ---

    def _authorised_shops(self, _places: Row, _query: Row, _body: Row) -> Said:
        return 0, {"shops": [{"id": "1", "cipher": "GCP_new"}]}

    def _get_orders(self, _places: Row, query: Row, _body: Row) -> Said:
        return 0, {"orders": [self.orders[one] for one in query["ids"].split(",") if one in self.orders]}

    def _get_package(self, places: Row, _query: Row, _body: Row) -> Said:
        return 0, self.packages[places["package_id"]]

    def _handover_slots(self, _places: Row, _query: Row, _body: Row) -> Said:
        return 0, {"can_pickup": True, "can_drop_off": True, "pickup_slots": self.slots}

    def _ship_package(self, places: Row, _query: Row, body: Row) -> Said:
        tracking = body.get("self_shipment", {}).get("tracking_number", "")
        return self.ship(places["package_id"], tracking), {}

    def _batch_ship(self, _places: Row, _query: Row, body: Row) -> Said:
        codes = {row["id"]: self.ship(row["id"]) for row in body["packages"]}
        errors = [{"code": code, "detail": {"package_id": one}} for one, code in codes.items() if code]
        return 0, {"errors": errors}

    def _mark_shipped(self, places: Row, _query: Row, body: Row) -> Said:
        order = self.orders[places["order_id"]]
        for package in order["packages"]:
            if code := self.ship(package["id"], body["tracking_number"]):
                return code, {}
        return 0, {"order_id": order["id"], **({"warning": {"message": self.warning}} if self.warning else {})}

    def _shipping_services(self, _places: Row, _query: Row, _body: Row) -> Said:
        return 0, {"shipping_services": [{"id": "1", "is_default": True}]}

    def _create_package(self, _places: Row, _query: Row, body: Row) -> Said:
        number = body["order_id"]
        package_id = f"{number}0"
        self.packages.setdefault(package_id, {"package_id": package_id, "order": number})
        self.orders[number]["packages"] = [{"id": package_id}]
        return self.ship(package_id), {"package_id": package_id}

    def ship(self, package_id: str, tracking: str = "") -> int:
        """Ship one package, whoever asked for it; give the code of why not."""
        package = self.packages[package_id]
        order = self.orders[package["order"]]
        if code := self.by_package.get(package_id):
            return code
        if package.get("package_status", "TO_FULFILL") != "TO_FULFILL":
            return 21011040
        self.did[f"ship {package_id}"] += 1
        package["package_status"] = "PROCESSING"
        for item in order["line_items"]:
            if item["package_id"] == package_id:
                item |= {"display_status": "AWAITING_COLLECTION", "tracking_number": tracking or f"T{package_id}"}
        left = [one for one in order["packages"] if self.packages[one["id"]]["package_status"] == "TO_FULFILL"]
        order |= {"status": "PARTIALLY_SHIPPING" if left else "AWAITING_COLLECTION", "rts_time": SHIPPED}
        order["shipping_provider"] = "Example Logistics"
        return 0

    def _shipping_document(self, places: Row, _query: Row, _body: Row) -> Said:
        return 0, {"doc_url": f"https://label.invalid/{places['package_id']}?secret=1", "tracking_number": "T1"}

    def _cancel_eligibility(self, _places: Row, _query: Row, _body: Row) -> Said:
        line = {"request_type": "CANCEL", "eligible": bool(self.reasons), "available_reason_names": self.reasons}
        return 0, {"sku_eligibility": [{"sku_id": "1", "line_item_eligibility": [line]}]}

    def _cancel_order(self, _places: Row, _query: Row, body: Row) -> Said:
        order = self.orders[body["order_id"]]
        if order["status"] == "CANCELLED":
            return 25001011, {}
        if body["cancel_reason"] not in self.reasons:
            return 25001021, {}
        self.did[f"cancel {order['id']}"] += 1
        order |= {"status": "CANCELLED", "cancel_time": ENDED, "cancellation_initiator": "SELLER"}
        status = "CANCELLATION_REQUEST_SUCCESS"
        self.a_request(order["id"], f"{order['id']}9", cancel_type="CANCEL", role="SELLER", cancel_status=status)
        return 0, {"cancel_id": f"{order['id']}9"}

    def _search_cancellations(self, _places: Row, _query: Row, body: Row) -> Said:
        found = [row for row in self.cancellations.values() if row["order_id"] in body["order_ids"]]
        return 0, {"cancellations": found, "next_page_token": ""}

    def _approve_cancellation(self, places: Row, _query: Row, _body: Row) -> Said:
        code = self._decide(places["cancel_id"], "CANCELLATION_REQUEST_SUCCESS", "approve")
        if not code:
            order = self.orders[self.cancellations[places["cancel_id"]]["order_id"]]
            order |= {"status": "CANCELLED", "cancel_time": ENDED}
        return code, {}

    def _reject_cancellation(self, places: Row, _query: Row, _body: Row) -> Said:
        return self._decide(places["cancel_id"], "CANCELLATION_REQUEST_CANCELLED", "reject"), {}

    def _decide(self, cancel_id: str, status: str, verb: str) -> int:
        request = self.cancellations[cancel_id]
        if request["cancel_status"] != "CANCELLATION_REQUEST_PENDING":
            return 25001003
        self.did[f"{verb} {cancel_id}"] += 1
        request |= {"cancel_status": status, "update_time": ENDED}
        return 0

    def _reject_reasons(self, _places: Row, _query: Row, _body: Row) -> Said:
        return 0, {"reasons": [{"name": name} for name in self.reject_reasons]}

    def _open_conversation(self, _places: Row, _query: Row, _body: Row) -> Said:
        return 0, {"conversation_id": "710"}

    def _send_message(self, _places: Row, _query: Row, _body: Row) -> Said:
        self.did["message"] += 1
        return 0, {"message_id": "720"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        platform = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def _answer(self, body: bytes) -> None:
                said = platform.answer(self.command, self.path, body)
                if said is None:
                    self.close_connection = True
                    return
                envelope = {"code": said[0], "message": "", "request_id": "R1", "data": said[1]}
                text = json.dumps(envelope).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def _meant(method: str, path: str) -> tuple[str, Mapping[str, str]]:
    for name, row in endpoints().items():
        form = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", row.path.format_map(_Version(row.version)))
        if row.method == method and (found := re.fullmatch(form, path)):
            return name, found.groupdict()
    raise AssertionError(f"{method} {path}")


class _Version(dict[str, str]):
    """Fills in the version, and leaves the other places as they are."""

    def __init__(self, version: str) -> None:
        super().__init__(version=version)

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"
