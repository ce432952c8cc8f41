"""Which class a step's failure is of, by its code and by how the attempt ended.

What the platform's answers mean is data (`class` in shop/reactions.toml); only our own codes stand here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from flows.shop.effect import BUSY
from flows.shop.reaction import reactions
from models.error_class import ErrorClass

OWN: Final[Mapping[str, ErrorClass]] = MappingProxyType(
    {
        "timeout": ErrorClass.TIMEOUT,
        "TimeoutError": ErrorClass.TIMEOUT,
        BUSY: ErrorClass.BUSY,
        "unknown_order": ErrorClass.REFUSED,
        "UnknownShopError": ErrorClass.ACCESS,
    }
)
BY_RESULT: Final[Mapping[str, ErrorClass]] = MappingProxyType(
    {
        "transient": ErrorClass.SHOP_UNAVAILABLE,
        "failed": ErrorClass.BUG,
        "refused": ErrorClass.REFUSED,
        "business_failure": ErrorClass.REFUSED,
    }
)


def class_of(result: str, code: str | None) -> ErrorClass | None:
    """Give the class of an attempt that ended so; None when it did not fail."""
    unsaid = BY_RESULT.get(result)
    return unsaid and _by_code().get(code or "", unsaid)


@cache
def _by_code() -> Mapping[str, ErrorClass]:
    return {**{row.code: row.error_class for row in reactions().values()}, **OWN}
