"""Every call that the simulated platform answers: written from the reference, not from what Shipclock asks.

A number in a path stands for an id. `names` are what faults may call a call by, beside its own name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flows.shop.simulator.web import calls_cancel, calls_chat, calls_order, calls_package, calls_return, calls_ship
from flows.shop.simulator.web.ask import Ask
from flows.shop.simulator.web.refusal import Refusal
from flows.shop.simulator.wire import Wire

ORDER_INFO: Final = "seller.order.info"
FULFILMENT: Final = "seller.fulfillment.basic"
LOGISTICS: Final = "seller.logistics"
AFTERSALE: Final = "seller.return_refund.basic"
CHAT: Final = "seller.customer_service"  # off until the platform has approved the app for it
USUAL: Final = (ORDER_INFO, FULFILMENT, LOGISTICS, AFTERSALE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One call: its versions, what it does, the scope it needs, whether it is about one shop, whether it writes."""

    name: str
    method: str
    path: str  # without the version; `*` for an id
    versions: frozenset[str]
    call: Callable[[Ask], Wire]
    scope: str = ""
    cipher: bool = True
    writes: bool = False
    keyed: bool = False
    names: tuple[str, ...] = ("read",)


def _read(method: str, path: str, versions: str, call: Callable[[Ask], Wire], scope: str) -> Route:
    return Route(
        name=call.__name__, method=method, path=path, versions=frozenset(versions.split()), call=call, scope=scope
    )


def _write(path: str, versions: str, call: Callable[[Ask], Wire], scope: str, *names: str) -> Route:
    return Route(
        name=call.__name__,
        method="POST",
        path=path,
        versions=frozenset(versions.split()),
        call=call,
        scope=scope,
        writes=True,
        keyed=names == ("answer",),
        names=(*names, "write"),
    )


ROUTES: Final = (
    Route(
        name="authorised_shops",
        method="GET",
        path="authorization/shops",
        versions=frozenset({"202309"}),
        call=calls_order.authorised_shops,
        cipher=False,
    ),
    _read("POST", "order/orders/search", "202309", calls_order.search_orders, ORDER_INFO),
    _read("GET", "order/orders", "202309 202507", calls_order.get_orders, ORDER_INFO),
    _read("POST", "fulfillment/packages/search", "202309", calls_package.search_packages, FULFILMENT),
    _read("GET", "fulfillment/packages/*", "202309", calls_package.get_package, FULFILMENT),
    _read("GET", "fulfillment/packages/*/handover_time_slots", "202309", calls_package.handover_slots, FULFILMENT),
    _read("GET", "fulfillment/packages/*/shipping_documents", "202309", calls_package.shipping_document, FULFILMENT),
    _read("GET", "fulfillment/orders/*/tracking", "202309", calls_package.tracking, FULFILMENT),
    _read(
        "POST", "fulfillment/orders/*/shipping_services/query", "202309", calls_package.shipping_services, FULFILMENT
    ),
    _read(
        "GET", "logistics/delivery_options/*/shipping_providers", "202309", calls_package.shipping_providers, LOGISTICS
    ),
    _write("fulfillment/packages/*/ship", "202309", calls_ship.ship_package, FULFILMENT, "ship", "hand_over"),
    _write("fulfillment/packages/ship", "202309", calls_ship.batch_ship, FULFILMENT, "ship", "hand_over"),
    _write("fulfillment/orders/*/packages", "202309", calls_ship.mark_shipped, FULFILMENT, "ship", "hand_over"),
    _write("fulfillment/packages", "202309", calls_ship.create_package, FULFILMENT, "ship", "hand_over"),
    _write("return_refund/cancellations", "202309 202602", calls_cancel.cancel_order, AFTERSALE, "cancel"),
    _read("GET", "return_refund/orders/*/aftersale_eligibility", "202309 202602", calls_cancel.eligibility, AFTERSALE),
    _read("POST", "return_refund/cancellations/search", "202309 202602", calls_cancel.search_cancellations, AFTERSALE),
    _write("return_refund/cancellations/*/approve", "202309", calls_cancel.approve_cancellation, AFTERSALE, "answer"),
    _write("return_refund/cancellations/*/reject", "202309", calls_cancel.reject_cancellation, AFTERSALE, "answer"),
    _read("GET", "return_refund/reject_reasons", "202309", calls_cancel.reject_reasons, AFTERSALE),
    _read("POST", "return_refund/returns/search", "202309 202602", calls_return.search_returns, AFTERSALE),
    _write("return_refund/returns/*/approve", "202309", calls_return.approve_return, AFTERSALE, "answer"),
    _write("return_refund/returns/*/reject", "202309", calls_return.reject_return, AFTERSALE, "answer"),
    _write("customer_service/conversations", "202309", calls_chat.open_conversation, CHAT, "message"),
    _write("customer_service/conversations/*/messages", "202309 202606", calls_chat.send_message, CHAT, "message"),
)
_BY_PATH: Final = {(route.method, route.path): route for route in ROUTES}
_PATHS: Final = frozenset(route.path for route in ROUTES)


def find_route(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """Find the call that a path asks for, and the ids in it. Raises Refusal."""
    domain, _, rest = path.strip("/").partition("/")
    version, _, resource = rest.partition("/")
    parts = [domain, *resource.split("/")]
    ids = tuple(part for part in parts if part.isdecimal())
    known = "/".join("*" if part.isdecimal() else part for part in parts)
    if known not in _PATHS:
        raise Refusal("path")
    route = _BY_PATH.get((method, known))
    if route is None:
        raise Refusal("method")
    if version not in route.versions:
        raise Refusal("version")
    return route, ids
