"""What stands against the values of a command: those that mean nothing, and those that may be a buyer's.

Pure. What nobody reads would get lost, and what is typed is kept: a buyer's name, phone or address must not enter
(order-lifecycle, section 2). These guards are asked before those of the command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from models.answer import Ask, Refused
from models.case_guard import PARCEL_RECALLED, SELLER_REASONS
from models.command_name import CommandName as Do
from models.guard import DESPITE_HOLD, SHIP_ANYWAY
from models.packing_rules import ALL, RULES
from models.stage import HandoverMode, ShippingMode

STOCK: Final = ("ok", "yes", "no")

ALLOWED: Final[Mapping[Do, Mapping[str, tuple[str, ...]]]] = {
    Do.CONFIRM: {"stock": STOCK},
    Do.MARK_PACKED: {"stock": STOCK, "checklist": (ALL, *RULES), "override": (DESPITE_HOLD,)},
    Do.MARK_SHIPPED: {"override": (DESPITE_HOLD, SHIP_ANYWAY)},
    Do.SELLER_CANCEL: {"reason_code": SELLER_REASONS},
    Do.APPROVE_CANCEL: {"override": (PARCEL_RECALLED,)},
    Do.RECORD: {
        "attempt_no": ("1", "2"),
        "actor": ("buyer", "seller", "system", "unknown"),
        "return_type": ("return", "refund"),
        "handover_mode": tuple(HandoverMode),
        "shipping_mode": tuple(ShippingMode),
    },
}
"""The values a key may have, where it is given; what a command cannot do without is asked for by its own guards."""

CODES: Final = ("tracking_no", "request_no", "return_no", "reason_code")
CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
FREE: Final = ("carrier", "drop_off_point")

MAIL: Final = re.compile(r"\S@\S")
PHONE: Final = re.compile(r"\d(?:[\s().+/-]{0,3}\d){6,}")  # seven digits or more, however they are set apart
DATE: Final = re.compile(r"\b20\d\d-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d)?|\b[0-3]?\d([./-])[01]?\d\1(?:20)\d\d\b")


def values_known(ask: Ask) -> Refused | None:
    """Each value is one that its key may have."""
    for key, allowed in ALLOWED.get(ask.command.name, {}).items():
        if not all(part in allowed for part in _parts(ask, key)):
            return Refused(code="bad_value", values={"key": key, "allowed": ", ".join(allowed)})
    return None


def _parts(ask: Ask, key: str) -> Iterator[str]:
    """What is given for a key; a checklist is a list, and its commas may be one too many."""
    given = ask.value(key).lower() if key == "stock" else ask.value(key)
    return (part.strip() for part in (given.split(",") if key == "checklist" else [given]) if part.strip())


def names_no_buyer(ask: Ask) -> Refused | None:
    """Numbers and codes have no blanks, and neither a reason nor a place holds a phone number or mail address."""
    for key in CODES:
        if ask.value(key) and not CODE.fullmatch(ask.value(key)):
            return Refused(code="bad_code", values={"key": key})
    if ask.command.name is Do.RECORD and not _is_case(ask, ask.value("case_id")):
        return Refused(code="bad_code", values={"key": "case_id"})
    told = {"reason": ask.command.reason or "", **{key: ask.value(key) for key in FREE}}
    stray = [key for key, text in told.items() if _may_be_a_buyers(text, _own_numbers(ask))]
    return Refused(code="names_buyer", values={"key": stray[0]}) if stray else None


def _is_case(ask: Ask, given: str) -> bool:
    """A case of the order, or what could be the id of one; a request's own number may be written oddly."""
    known = given in {"", *(case.case_id for case in ask.order.cases)}
    return known or all(CODE.fullmatch(part) for part in given.split(":"))


def _own_numbers(ask: Ask) -> Iterator[str]:
    """The numbers that a reason may hold: the order's, and those of its parcels."""
    yield ask.command.order_no
    yield from (parcel.tracking_no or "" for parcel in ask.order.parcels)


def may_name_somebody(text: str) -> bool:
    """Whether a text that a person typed holds what looks like a phone number or mail address."""
    return _may_be_a_buyers(text, iter(()))


def _may_be_a_buyers(text: str, known: Iterator[str]) -> bool:
    for number in filter(None, known):
        text = text.replace(number, "#")
    return bool(MAIL.search(text) or PHONE.search(DATE.sub("#", text)))
