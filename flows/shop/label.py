"""The labels of an order: where they can be opened for a day, to be shown to the person who asked and never kept.

Whoever has such an address sees the buyer's. No row, log, cache or error may hold it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from flows.shop.api_error import ApiError, ErrorKind
from flows.shop.desk import Desk
from flows.shop.handing_over import TO_SHIP, refused
from flows.shop.protocol import Answer
from flows.shop.reaction import answer_to
from flows.shop.schema import ShippingType
from models.platform_status import PlatformStatus

WEB: Final = ("https://", "http://127.0.0.1:")  # what a page may link to; a practice platform is on this machine
NOT_READY: Final = refused("label_not_ready")
NOT_YET: Final = TO_SHIP - {PlatformStatus.PARTIALLY_SHIPPING} | {PlatformStatus.ON_HOLD, PlatformStatus.UNPAID}


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One parcel's label, with its packing slip where the platform has one."""

    tracking_no: str
    address: str = field(repr=False)


def labels_of(desk: Desk, order_no: str) -> tuple[Label, ...] | Answer:
    """Fetch the labels of an order, one a parcel; or say why there are none. Raises ShopError."""
    try:
        order = desk.order(order_no, "label")
        if order.shipping_type is ShippingType.SELLER:
            return refused("label_own_carrier")
        if order.status in NOT_YET or not order.packages:
            return NOT_READY
        return tuple(_label(desk, package.id) for package in order.packages)
    except ApiError as error:
        return NOT_READY if error.kind is ErrorKind.NOT_READY else answer_to(error, order_no)


def _label(desk: Desk, package_id: str) -> Label:
    found = desk.client.document(package_id)
    if not found.doc_url.startswith(WEB):
        raise ApiError("shipping_document", 0, ErrorKind.NO_LABEL)
    return Label(tracking_no=found.tracking_number, address=found.doc_url)
