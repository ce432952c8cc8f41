"""With which code and words the simulated platform refuses a call (tiktok-shop-api, section 5).

Where that list has no code for a case, one is made up that no list has, and says so: our side must cope with those too.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, NamedTuple


class Words(NamedTuple):
    """A code, what it says, and the HTTP status that goes with it."""

    code: int
    message: str
    http: HTTPStatus = HTTPStatus.OK


REFUSALS: Final[Mapping[str, Words]] = {
    # the door
    "path": Words(36009009, "The path does not exist.", HTTPStatus.NOT_FOUND),
    "method": Words(36009010, "The method is not allowed for this path.", HTTPStatus.METHOD_NOT_ALLOWED),
    "version": Words(36009014, "The version name is invalid, please check and retry."),
    "format": Words(36009022, "The body is not a JSON object."),
    "parameter": Words(36009004, "Invalid or missing parameter", HTTPStatus.BAD_REQUEST),
    "timestamp_old": Words(
        36009004,
        "Invalid timestamp. The value of the 'timestamp' query parameter must not be earlier than 5 minutes before"
        " the current time.",
        HTTPStatus.BAD_REQUEST,
    ),
    "timestamp_new": Words(
        36009004,
        "Invalid timestamp. The value of the 'timestamp' query parameter must not be later than 30 seconds after"
        " the current time.",
        HTTPStatus.BAD_REQUEST,
    ),
    "sign": Words(106001, "Invalid credentials. The 'sign' query parameter is invalid.", HTTPStatus.UNAUTHORIZED),
    "token_expired": Words(
        105002, "Expired credentials. The 'x-tts-access-token' header has expired.", HTTPStatus.UNAUTHORIZED
    ),
    "token_unknown": Words(
        36009004, "Invalid credentials. The 'x-tts-access-token' header is invalid.", HTTPStatus.UNAUTHORIZED
    ),
    "scope": Words(105005, "Access denied. Required access scope is not granted.", HTTPStatus.FORBIDDEN),
    "cipher_missing": Words(106013, "The 'shop_cipher' query parameter is missing."),
    "cipher_wrong": Words(101000, "The 'shop_cipher' query parameter does not fit the access token."),
    "cipher_unexpected": Words(36009004, "Invalid parameter. 'shop_cipher' is not accepted here."),
    "code": Words(36004004, "The authorization code is invalid or has expired."),  # made up
    "refresh": Words(36004005, "The refresh token is invalid or has expired."),  # made up
    # trouble
    "limit": Words(
        36009002,
        "Too many requests. You've made too many requests in a short period of time.",
        HTTPStatus.TOO_MANY_REQUESTS,
    ),
    "overload": Words(36009007, "The service is overloaded.", HTTPStatus.SERVICE_UNAVAILABLE),
    "internal": Words(36009003, "Internal error. Please try again."),
    "broken": Words(21999999, "The operation cannot be completed."),  # made up
    # orders and packages
    "no_order": Words(21001099, "The order does not exist."),  # made up
    "no_package": Words(21008098, "The package does not exist."),  # made up
    "shipped": Words(21011040, "Package has already been shipped."),
    "order_shipped": Words(21011020, "The order has already been shipped."),
    "label_bought": Words(21023046, "A label has been bought for these items already."),
    "cancelled": Words(21011041, "The order has been cancelled."),
    "on_hold": Words(21011044, "The order is on hold."),
    "unpaid": Words(21011099, "The order has not been paid."),  # made up
    "request_open": Words(
        21011007, "Package item has after-sale request, please process the after-sale request first."
    ),
    "slot": Words(21011053, "The pickup slot is not available."),
    "provider": Words(21011025, "The shipping provider does not serve this delivery option."),
    "tracking": Words(21011022, "The tracking number is invalid or in use."),
    "wrong_way": Words(21011098, "This order cannot be shipped by this call."),  # made up
    "market": Words(21011097, "This call is not supported in this market."),  # made up
    "label_early": Words(21042104, "The package has not been shipped yet."),
    "label_late": Words(11034037, "The shipping document is being made. Please try again later."),
    "label_over": Words(21042102, "The package has been picked up."),
    "label_none": Words(21008017, "The package is not shipped by the platform."),
    "no_providers": Words(21008117, "The delivery option is served by the platform."),
    # after-sales
    "already_cancelled": Words(25001011, "The order has been cancelled already."),
    "reason_unknown": Words(25001014, "The cancel reason does not exist."),
    "reason_mismatch": Words(25001021, "Reason not match order status"),
    "cannot_intercept": Words(25001045, "The package has been shipped and cannot be intercepted."),
    "decided": Words(25001003, "The request can no longer be decided."),
    "no_cancellation": Words(25020003, "The request does not exist or is closed."),
    "reject_reason": Words(25001015, "The reject reason is not valid for this request."),
    # messages
    "no_conversation": Words(45109003, "A conversation with this buyer is not allowed."),
    "message_text": Words(45101006, "The message contains words that are not allowed."),
}


class Refusal(Exception):  # noqa: N818  # an answer of the platform, not a fault of ours
    """The platform says no; `name` is a key of REFUSALS, `about` goes behind the words."""

    def __init__(self, name: str, about: str = "") -> None:
        """Find the words."""
        self.words = REFUSALS[name]
        self.message = f"{self.words.message} {about}".strip()
        super().__init__(self.message)

    @property
    def code(self) -> int:
        """The platform's code."""
        return self.words.code
