"""What we take from the Open API's answers: each field that Shipclock uses, and no other.

The border that a buyer's data does not cross: a field that is not named here is dropped before anything sees it
(tiktok-shop-api, section 7). Ids are text, money is Decimal, times are aware UTC; a time of 0 or none is None.
Values we do not know are None, never an error: the platform adds new ones at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from flows.shop.field import (
    SPELLINGS,
    Amount,
    Code,
    Flag,
    Id,
    Moment,
    Secret,
    Status,
    Text,
    ids_of,
    listed,
    millis,
    number,
    rows,
    windows,
    words_of,
)

Kind = TypeVar("Kind", bound="Taken")


class PackageStatus(StrEnum):
    """Where a package is."""

    TO_FULFILL = "TO_FULFILL"
    PROCESSING = "PROCESSING"  # shipping is arranged, the carrier has not come
    FULFILLING = "FULFILLING"  # on its way
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"  # often lost or damaged


class ShipException(StrEnum):
    """The one structured word for a parcel that is lost or damaged."""

    LOST = "PACKAGE_LOST"
    DAMAGED = "PACKAGE_DAMAGED"
    RETURNED = "RETURNED_TO_SHIPPER"
    SCRAPPED = "PACKAGE_SCRAP"


class ShippingType(StrEnum):
    """Who buys the transport."""

    PLATFORM = "TIKTOK"
    SELLER = "SELLER"


class CancelStatus(StrEnum):
    """Where a cancellation is; CANCEL: withdrawn or rejected."""

    PENDING = "CANCELLATION_REQUEST_PENDING"
    SUCCESS = "CANCELLATION_REQUEST_SUCCESS"
    CANCEL = "CANCELLATION_REQUEST_CANCEL"
    COMPLETE = "CANCELLATION_REQUEST_COMPLETE"


class Initiator(StrEnum):
    """Who asked for a cancellation or a return."""

    BUYER = "BUYER"
    SELLER = "SELLER"
    SYSTEM = "SYSTEM"
    OPERATOR = "OPERATOR"


class ReturnType(StrEnum):
    """What the buyer wants."""

    REFUND = "REFUND"
    RETURN_AND_REFUND = "RETURN_AND_REFUND"
    REPLACEMENT = "REPLACEMENT"


class ReturnStatus(StrEnum):
    """Where a return is."""

    PENDING = "RETURN_OR_REFUND_REQUEST_PENDING"
    REJECTED = "REFUND_OR_RETURN_REQUEST_REJECT"
    AWAITING_SHIP = "AWAITING_BUYER_SHIP"
    SHIPPED = "BUYER_SHIPPED_ITEM"
    PARCEL_REJECTED = "REJECT_RECEIVE_PACKAGE"
    SUCCESS = "RETURN_OR_REFUND_REQUEST_SUCCESS"
    CANCEL = "RETURN_OR_REFUND_REQUEST_CANCEL"
    COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
    AWAITING_ANSWER = "AWAITING_BUYER_RESPONSE"
    REPLACEMENT_PENDING = "REPLACEMENT_REQUEST_PENDING"
    REPLACEMENT_REJECTED = "REPLACEMENT_REQUEST_REJECT"
    REPLACEMENT_REFUNDED = "REPLACEMENT_REQUEST_REFUND_SUCCESS"
    REPLACEMENT_CANCEL = "REPLACEMENT_REQUEST_CANCEL"
    REPLACEMENT_COMPLETE = "REPLACEMENT_REQUEST_COMPLETE"


class Taken(BaseModel):
    """What an answer holds, cut down to the fields that are named; everything else is dropped unseen."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Payment(Taken):
    """What the order comes to."""

    currency: Text = ""
    total_amount: Amount = None


class LineItem(Taken):
    """One unit: of two soaps there are two line items."""

    id: Text = ""
    sku_id: Text = ""
    seller_sku: Text = ""
    product_name: Text = ""
    sku_name: Text = ""
    sale_price: Amount = None
    currency: Text = ""
    display_status: Status = None
    package_id: Text = ""
    tracking_number: Text = ""


def _payment(given: object) -> object:
    return given if isinstance(given, Mapping | Payment) else Payment()


class PackageId(Taken):
    """A package that an order names."""

    id: Text = ""


class ApiOrder(Taken):
    """One order as the API has it; `cancel_reason` is left out, for it may be the buyer's language or words."""

    id: Id
    status: Status = None
    create_time: Moment = None
    paid_time: Moment = None
    update_time: Moment = None
    cancel_time: Moment = None
    rts_time: Moment = None
    collection_time: Moment = None
    delivery_time: Moment = None
    request_cancel_time: Moment = None
    cancellation_initiator: Annotated[Initiator | None, words_of(Initiator)] = None
    is_buyer_request_cancel: Flag = False
    is_on_hold_order: Flag = False
    is_cod: Flag = False
    is_sample_order: Flag = False
    fulfillment_type: Text = ""
    shipping_type: Annotated[ShippingType | None, words_of(ShippingType)] = None
    delivery_option_id: Text = ""
    shipping_provider: Text = ""
    shipping_provider_id: Text = ""
    tracking_number: Text = ""
    warehouse_id: Text = ""
    order_type: Text = ""
    payment: Annotated[Payment, BeforeValidator(_payment)] = Payment()
    packages: Annotated[tuple[PackageId, ...], BeforeValidator(rows)] = ()
    line_items: Annotated[tuple[LineItem, ...], BeforeValidator(rows)] = ()
    # Deadlines (tiktok-shop-api, section 4)
    rts_sla_time: Moment = None
    tts_sla_time: Moment = None
    shipping_due_time: Moment = None
    collection_due_time: Moment = None
    delivery_due_time: Moment = None
    delivery_sla_time: Moment = None
    delivery_option_required_delivery_time: Moment = None
    cancel_order_sla_time: Moment = None


class Slot(Taken):
    """One time window of the carrier. The schema's own spelling is "avaliable"."""

    start_time: int
    end_time: int
    available: Annotated[bool, BeforeValidator(lambda given: given is not False), Field(alias="avaliable")] = True


class Slots(Taken):
    """How a package may be handed over."""

    can_pickup: Flag = False
    can_drop_off: Flag = False
    can_van_collection: Flag = False
    pickup_slots: Annotated[tuple[Slot, ...], BeforeValidator(windows)] = ()


class Package(Taken):
    """One package: a search calls its parts `id` and `status`, the detail `package_id` and `package_status`."""

    id: Annotated[Id, Field(validation_alias=AliasChoices("package_id", "id"))]
    status: Annotated[
        PackageStatus | None, words_of(PackageStatus), Field(validation_alias=AliasChoices("package_status", "status"))
    ] = None
    sub_status: Annotated[Text, Field(validation_alias=AliasChoices("package_sub_status", "sub_status"))] = ""
    ship_exception_reason: Annotated[ShipException | None, words_of(ShipException)] = None
    order_ids: Annotated[
        tuple[str, ...], BeforeValidator(ids_of), Field(validation_alias=AliasChoices("orders", "order_ids"))
    ] = ()
    shipping_type: Annotated[ShippingType | None, words_of(ShippingType)] = None
    tracking_number: Text = ""
    shipping_provider_name: Text = ""
    shipping_provider_id: Text = ""
    handover_method: Text = ""
    order_line_item_ids: Annotated[tuple[Text, ...], BeforeValidator(listed)] = ()
    create_time: Moment = None
    update_time: Moment = None


class NextAction(Taken):
    """What the seller has to answer, and by when: the authoritative moment."""

    action: Annotated[Text, BeforeValidator(lambda given: SPELLINGS.get(str(given), given))] = ""
    deadline: Moment = None


Actions = Annotated[tuple[NextAction, ...], BeforeValidator(rows)]


class CancelLine(Taken):
    """One unit that a cancellation is about."""

    order_line_item_id: Text = ""


class Cancellation(Taken):
    """One cancellation; `cancel_reason` is the platform's code, the text beside it is dropped."""

    cancel_id: Id
    order_id: Id
    cancel_type: Text = ""
    cancel_status: Annotated[CancelStatus | None, words_of(CancelStatus)] = None
    role: Annotated[Initiator | None, words_of(Initiator)] = None
    cancel_reason: Code = ""
    create_time: Moment = None
    update_time: Moment = None
    seller_next_action_response: Actions = ()
    cancel_line_items: Annotated[tuple[CancelLine, ...], BeforeValidator(rows)] = ()

    @property
    def answer_by(self) -> datetime | None:
        """The moment by which the seller must answer."""
        return next((act.deadline for act in self.seller_next_action_response if act.deadline), None)


class Return(Taken):
    """One return or refund that the buyer wants."""

    return_id: Id
    order_id: Id
    return_type: Annotated[ReturnType | None, words_of(ReturnType)] = None
    return_status: Annotated[ReturnStatus | None, words_of(ReturnStatus)] = None
    role: Annotated[Initiator | None, words_of(Initiator)] = None
    create_time: Moment = None
    update_time: Moment = None
    seller_next_action_response: Actions = ()


class TrackingEvent(Taken):
    """One scan, with the code as given; its text is the carrier's, in any language, may name people: not kept."""

    at: Annotated[datetime, BeforeValidator(millis), Field(alias="update_time_millis")]
    action_code: Annotated[int | None, BeforeValidator(number)] = None
    description: Secret = ""


class Provider(Taken):
    """A carrier that may be named for a delivery option."""

    id: Id
    name: Text = ""


class AuthorisedShop(Taken):
    """A shop that the seller has opened to us; the cipher goes with every call about it."""

    id: Id
    name: Text = ""
    region: Text = ""
    seller_type: Text = ""
    cipher: Secret = ""


class Document(Taken):
    """A label: its address opens a page with the buyer's address to anyone for 24 hours. Shown, never kept."""

    doc_url: Secret = ""
    tracking_number: Text = ""


def raw_list(data: object, key: str) -> list[dict[str, Any]]:
    """Give the rows under `key` of an answer's data; none where the answer has none."""
    found = data.get(key) if isinstance(data, dict) else None
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def taken(kind: type[Kind], rows: Iterable[Mapping[str, Any]]) -> list[Kind]:
    """Take what each row holds; one without what names it, which nobody could act on, is left out."""
    found = []
    for row in rows:
        try:
            found.append(kind.model_validate(row))
        except ValidationError:
            continue
    return found
