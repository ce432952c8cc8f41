"""What may be asked of one shop at the Open API: pages walked to their end, rows typed, buyers dropped.

Reads are repeated by themselves where that can help. Every method raises ApiError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import Any, Final, TypeVar

from flows.shop.api_error import ApiError, ErrorKind
from flows.shop.endpoint import endpoints
from flows.shop.schema import (
    ApiOrder,
    AuthorisedShop,
    Cancellation,
    Document,
    Package,
    Provider,
    Return,
    Slots,
    Taken,
    TrackingEvent,
    raw_list,
    taken,
)
from flows.shop.transport import Transport

Kind = TypeVar("Kind", bound=Taken)

OLDEST_CHANGE_FIRST: Final = {"sort_field": "update_time", "sort_order": "ASC"}
OLDEST_FIRST: Final = {"sort_field": "create_time", "sort_order": "ASC"}
WITH_SLIP: Final = "SHIPPING_LABEL_AND_PACKING_SLIP"
NO_SUCH_FORM: Final = frozenset({ErrorKind.REQUEST_REFUSED, ErrorKind.UNKNOWN})


class ShopReader:
    """One shop at the Open API, to be looked at."""

    def __init__(self, transport: Transport) -> None:
        """Ask by this way."""
        self.transport = transport

    def authorised_shops(self) -> list[AuthorisedShop]:
        """List the shops that this token opens."""
        return self._listed("authorised_shops", "shops", AuthorisedShop)

    def orders_updated(self, since: datetime, until: datetime | None = None) -> Iterator[ApiOrder]:
        """Give orders changed from `since` (inclusive) to `until` (exclusive), oldest change first, page by page."""
        walked = self._walk("search_orders", "orders", ApiOrder, OLDEST_CHANGE_FIRST, _changed(since, until))
        return _once(walked, lambda order: (order.id, order.update_time))

    def orders(self, order_nos: Sequence[str]) -> list[ApiOrder]:
        """Give these orders, 50 a call; unknown ones are left out."""
        groups = chunks(order_nos, endpoints()["get_orders"].page)
        return [
            order
            for group in groups
            for order in self._listed("get_orders", "orders", ApiOrder, query={"ids": ",".join(group)})
        ]

    def packages_updated(self, since: datetime, until: datetime | None = None) -> Iterator[Package]:
        """Give packages changed from `since` on, oldest change first."""
        walked = self._walk("search_packages", "packages", Package, OLDEST_CHANGE_FIRST, _changed(since, until))
        return _once(walked, lambda package: (package.id, package.update_time))

    def package(self, package_id: str) -> Package:
        """Give one package in detail."""
        return self._one("get_package", Package, places={"package_id": package_id})

    def slots(self, package_id: str) -> Slots:
        """Say how and when a package may be handed over."""
        return self._one("handover_slots", Slots, places={"package_id": package_id})

    def tracking(self, order_no: str) -> list[TrackingEvent]:
        """List the scans of an order's parcels, oldest first."""
        events = self._listed("tracking", "tracking", TrackingEvent, places={"order_id": order_no})
        return sorted(events, key=lambda event: event.at)

    def providers(self, delivery_option_id: str) -> list[Provider]:
        """List the carriers of a delivery option; none where the platform ships itself."""
        places = {"delivery_option_id": delivery_option_id}
        try:
            return self._listed("shipping_providers", "shipping_providers", Provider, places=places)
        except ApiError as fault:
            if fault.kind is ErrorKind.NO_PROVIDERS:
                return []
            raise

    def document(self, package_id: str) -> Document:
        """Give the address of the label with packing slip, else of the label. To be shown, never stored or logged."""
        places = {"package_id": package_id}
        try:
            return self._one("shipping_document", Document, places=places, query={"document_type": WITH_SLIP})
        except ApiError as fault:
            if fault.kind not in NO_SUCH_FORM:
                raise
        return self._one("shipping_document", Document, places=places, query={"document_type": "SHIPPING_LABEL"})

    def cancellations_updated(self, since: datetime, until: datetime | None = None) -> Iterator[Cancellation]:
        """Give cancellations changed from `since` on, oldest change first."""
        return self._cancellations(OLDEST_CHANGE_FIRST, _changed(since, until))

    def cancellations_of(self, order_no: str) -> list[Cancellation]:
        """List the cancellations of one order, oldest first."""
        return list(self._cancellations(OLDEST_FIRST, {"order_ids": [order_no]}))

    def returns_updated(self, since: datetime, until: datetime | None = None) -> Iterator[Return]:
        """Give returns changed from `since` on, oldest change first."""
        return self._returns(OLDEST_CHANGE_FIRST, _changed(since, until))

    def returns_of(self, order_no: str) -> list[Return]:
        """List the returns of one order, oldest first."""
        return list(self._returns(OLDEST_FIRST, {"order_ids": [order_no]}))

    def cancel_reasons(self, order_no: str) -> tuple[str, ...]:
        """Give the reason codes with which the seller may cancel this order now; none: they may not."""
        query = {"initiate_aftersale_user": "SELLER", "request_types": "CANCEL"}
        data = self.transport.call("cancel_eligibility", places={"order_id": order_no}, query=query).data
        lines = [line for sku in raw_list(data, "sku_eligibility") for line in raw_list(sku, "line_item_eligibility")]
        offered = [_names(line) for line in lines if line.get("request_type") == "CANCEL"]
        allowed = [set(names) for names in offered]
        return tuple(name for name in (offered[0] if offered else ()) if all(name in line for line in allowed))

    def reject_reasons(self, cancel_id: str) -> tuple[str, ...]:
        """Give the reason codes with which this request may be rejected."""
        data = self.transport.call("reject_reasons", query={"return_or_cancel_id": cancel_id}).data
        return tuple(str(row["name"]) for row in raw_list(data, "reasons") if row.get("name"))

    def _cancellations(self, sort: Mapping[str, str], body: Mapping[str, Any]) -> Iterator[Cancellation]:
        walked = self._walk("search_cancellations", "cancellations", Cancellation, sort, body)
        return _once(walked, lambda found: (found.cancel_id, found.update_time))

    def _returns(self, sort: Mapping[str, str], body: Mapping[str, Any]) -> Iterator[Return]:
        walked = self._walk("search_returns", "return_orders", Return, sort, body)
        return _once(walked, lambda found: (found.return_id, found.update_time))

    def _listed(
        self,
        call: str,
        key: str,
        kind: type[Kind],
        *,
        places: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> list[Kind]:
        return taken(kind, raw_list(self.transport.call(call, places=places, query=query).data, key))

    def _one(
        self, call: str, kind: type[Kind], *, places: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> Kind:
        reply = self.transport.call(call, places=places, query=query)
        found = taken(kind, [reply.data])
        if not found:
            raise ApiError(call, 0, ErrorKind.UNKNOWN, request_id=reply.request_id)
        return found[0]

    def _walk(
        self, call: str, key: str, kind: type[Kind], sort: Mapping[str, str], body: Mapping[str, Any]
    ) -> Iterator[Kind]:
        """Give the rows of each page; a page token that comes twice is the end, as an empty one is."""
        query = {"page_size": str(endpoints()[call].page), **sort}
        seen = {""}
        while True:
            data = self.transport.call(call, query=query, body=body).data
            yield from taken(kind, raw_list(data, key))
            token = str(data.get("next_page_token") or "")
            if token in seen:
                return
            seen.add(token)
            query = {**query, "page_token": token}


def chunks(values: Sequence[str], size: int) -> list[Sequence[str]]:
    """Cut values into groups of `size` at most."""
    return [values[start : start + size] for start in range(0, len(values), size)]


def _names(line: Mapping[str, Any]) -> tuple[str, ...]:
    """The reasons that one line of an order may be cancelled for; none where it may not."""
    names = line.get("available_reason_names")
    return tuple(map(str, names)) if line.get("eligible") is True and isinstance(names, list) else ()


def _changed(since: datetime, until: datetime | None) -> dict[str, int]:
    """Bound a search; the platform counts whole seconds, so nothing between two of them may be missed."""
    bounds = {"update_time_ge": int(since.timestamp())}
    return bounds if until is None else {**bounds, "update_time_lt": ceil(until.timestamp())}


def _once(rows: Iterator[Kind], name: Callable[[Kind], object]) -> Iterator[Kind]:
    """Leave out what one walk gave already: rows move between pages while they are read."""
    seen = set()
    for row in rows:
        if (key := name(row)) not in seen:
            seen.add(key)
            yield row
