"""How single values of the Open API's answers are taken: never an error, for the platform changes at any time.

Ids are text, money is Decimal, times are aware UTC; what is not set, 0, or nothing we know, is None or empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, Field

from models.platform_status import PlatformStatus

Word = TypeVar("Word", bound=StrEnum)

CODE: Final = re.compile(r"[a-z0-9_.]{1,100}")
SPELLINGS: Final = {  # the same thing under another name, in another call or an older version
    "CANCEL": "CANCELLED",
    "CANCELLATION_REQUEST_CANCELLED": "CANCELLATION_REQUEST_CANCEL",
    "SELLER_RESPOND_BUYER_CANCEL": "SELLER_RESPOND_CANCEL",
    "PACKAGE_DAMAGAED": "PACKAGE_DAMAGED",
}


def seconds(given: object) -> datetime | None:
    """Turn Unix seconds into a moment; 0, or what is no number, means "not set"."""
    if isinstance(given, datetime):
        return given
    try:
        since = int(str(given))
        return datetime.fromtimestamp(since, UTC) if since else None
    except (ValueError, OverflowError, OSError):
        return None


def millis(given: object) -> object:
    """Turn Unix milliseconds, the unit of tracking alone, into a moment."""
    return given if isinstance(given, datetime) else datetime.fromtimestamp(int(str(given)) / 1000, UTC)


def amount(given: object) -> Decimal | None:
    """Take money."""
    try:
        money = Decimal(str(given))
    except InvalidOperation:
        return None
    return money if money.is_finite() else None


def number(given: object) -> int | None:
    """Take a whole number."""
    return int(given) if isinstance(given, int | str) and str(given).isdecimal() else None


def coded(given: object) -> str:
    """Keep a code of the platform; words, which may be the buyer's, are dropped."""
    text = str(given or "")
    return text if CODE.fullmatch(text) else ""


def words_of(kind: type[Word]) -> BeforeValidator:
    """Take a known word in any of its spellings; None for one we do not know."""

    def known(given: object) -> Word | None:
        said = SPELLINGS.get(str(given), str(given))
        return kind(said) if said in {word.value for word in kind} else None

    return BeforeValidator(known)


def listed(given: object) -> object:
    """Take a list."""
    return given if isinstance(given, list | tuple) else []


def rows(given: object) -> list[object]:
    """Take the objects of a list."""
    return [row for row in given if isinstance(row, Mapping | BaseModel)] if isinstance(given, list | tuple) else []


def windows(given: object) -> list[object]:
    """Take the time windows that have both ends."""
    return [row for row in rows(given) if isinstance(row, BaseModel) or _has_ends(row)]


def _has_ends(row: object) -> bool:
    return isinstance(row, Mapping) and all(number(row.get(end)) for end in ("start_time", "end_time"))


def texted(given: object) -> object:
    """Take text, or a number as text."""
    return str(given) if isinstance(given, str | int) else ""


Moment = Annotated[datetime | None, BeforeValidator(seconds)]
Text = Annotated[str, BeforeValidator(texted)]
Id = Annotated[Text, Field(min_length=1)]
Amount = Annotated[Decimal | None, BeforeValidator(amount)]
Flag = Annotated[bool, BeforeValidator(lambda given: given is True)]
Code = Annotated[str, BeforeValidator(coded)]
Secret = Annotated[Text, Field(repr=False, exclude=True)]  # at hand, and in nothing that is printed or dumped
Status = Annotated[PlatformStatus | None, words_of(PlatformStatus)]


def ids_of(given: object) -> list[str]:
    """Take the ids of a package's orders, of which the rest is dropped."""
    rows = [row.get("id") if isinstance(row, dict) else row for row in given] if isinstance(given, list | tuple) else []
    return [str(row) for row in rows if isinstance(row, str | int)]
