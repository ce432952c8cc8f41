"""The calls of the Open API that Shipclock makes, for one shop: typed answers without a buyer in them.

How a call travels (signature, token, limits, tries) is `flows.shop.transport`'s; which version it speaks is
`endpoints.toml`'s. Every method raises ApiError. Reads are repeated by themselves where that can help; a write is
sent once, and whoever asked for it reads back what became of it when its answer is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from flows.shop.schema import (
    ApiOrder,
    AuthorisedShop,
    Cancellation,
    Document,
    Package,
    Provider,
    Return,
    Slot,
    Slots,
    TrackingEvent,
)


class ShopClient:
    """One shop at the Open API."""

    # --- reading ---

    def authorised_shops(self) -> list[AuthorisedShop]:
        """List the shops that this token opens."""
        raise NotImplementedError

    def orders_updated(self, since: datetime, until: datetime | None = None) -> Iterator[ApiOrder]:
        """Give orders changed from `since` (inclusive) to `until` (exclusive), oldest change first, page by page."""
        raise NotImplementedError

    def orders(self, order_nos: Sequence[str]) -> list[ApiOrder]:
        """Give these orders, 50 a call; unknown ones are left out."""
        raise NotImplementedError

    def packages_updated(self, since: datetime, until: datetime | None = None) -> Iterator[Package]:
        """Give packages changed from `since` on, oldest change first."""
        raise NotImplementedError

    def package(self, package_id: str) -> Package:
        """Give one package in detail."""
        raise NotImplementedError

    def slots(self, package_id: str) -> Slots:
        """Say how and when a package may be handed over."""
        raise NotImplementedError

    def tracking(self, order_no: str) -> list[TrackingEvent]:
        """List the scans of an order's parcels, oldest first."""
        raise NotImplementedError

    def providers(self, delivery_option_id: str) -> list[Provider]:
        """List the carriers of a delivery option; none where the platform ships itself."""
        raise NotImplementedError

    def document(self, package_id: str) -> Document:
        """Give the address of the label with packing slip, else of the label. To be shown, never stored or logged."""
        raise NotImplementedError

    def cancellations_updated(self, since: datetime, until: datetime | None = None) -> Iterator[Cancellation]:
        """Give cancellations changed from `since` on, oldest change first."""
        raise NotImplementedError

    def cancellations_of(self, order_no: str) -> list[Cancellation]:
        """List the cancellations of one order, oldest first."""
        raise NotImplementedError

    def returns_updated(self, since: datetime, until: datetime | None = None) -> Iterator[Return]:
        """Give returns changed from `since` on, oldest change first."""
        raise NotImplementedError

    def returns_of(self, order_no: str) -> list[Return]:
        """List the returns of one order, oldest first."""
        raise NotImplementedError

    def cancel_reasons(self, order_no: str) -> tuple[str, ...]:
        """Give the reason codes with which the seller may cancel this order now; none: they may not."""
        raise NotImplementedError

    def reject_reasons(self, cancel_id: str) -> tuple[str, ...]:
        """Give the reason codes with which this request may be rejected."""
        raise NotImplementedError

    # --- writing: sent once ---

    def ship(self, package_id: str, *, method: str = "", slot: Slot | None = None) -> str:
        """Ship a package that the platform transports; return the request id."""
        raise NotImplementedError

    def ship_own(self, package_id: str, *, tracking_no: str, provider_id: str) -> str:
        """Ship a package with a carrier of the seller's own (SEA, LATAM); return the request id."""
        raise NotImplementedError

    def batch_ship(self, package_ids: Sequence[str], *, method: str = "") -> Mapping[str, int]:
        """Ship several packages, 20 a call; give the code of each that was not shipped."""
        raise NotImplementedError

    def mark_shipped(
        self, order_no: str, *, tracking_no: str, provider_id: str, line_item_ids: Sequence[str]
    ) -> tuple[str, str]:
        """Set an order with a carrier of one's own to shipped (US, UK, EU, JP); return request id and any warning."""
        raise NotImplementedError

    def create_package(self, order_no: str, *, line_item_ids: Sequence[str]) -> tuple[str, str]:
        """Buy the platform's label, which ships the order (US); return request id and the package's id."""
        raise NotImplementedError

    def cancel(self, order_no: str, *, reason: str, line_item_ids: Sequence[str]) -> tuple[str, str]:
        """Cancel an order as the seller; return request id and the cancellation's id."""
        raise NotImplementedError

    def approve_cancellation(self, cancel_id: str, *, key: str) -> str:
        """Grant a buyer's request; the same `key` again changes nothing. Return the request id."""
        raise NotImplementedError

    def reject_cancellation(self, cancel_id: str, *, reason: str, key: str) -> str:
        """Turn a buyer's request down; return the request id."""
        raise NotImplementedError

    def approve_return(self, return_id: str, *, decision: str, key: str) -> str:
        """Accept a return or refund; return the request id."""
        raise NotImplementedError

    def reject_return(self, return_id: str, *, decision: str, reason: str, key: str) -> str:
        """Turn a return or refund down; return the request id."""
        raise NotImplementedError

    def message_buyer(self, order_no: str, text: str) -> str:
        """Send the buyer of an order an in-app message; return the message's id.

        Who the buyer is, is asked and forgotten within this call.
        """
        raise NotImplementedError
