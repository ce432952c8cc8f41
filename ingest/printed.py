"""What a mail's values are read from and with, and the refusal of those that cannot be true.

Values only. A refusal names parts and the order number, never the mail's text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ingest.labelled import Findings
from ingest.moment import Calendar
from ingest.text import one_line
from ingest.vocabulary import Language
from models.notification import QuarantineReason
from models.settings import ShopSettings

_LONGEST_CODE: Final = 60


class Refused(Exception):  # noqa: N818  not a fault: the mail is left to a person
    """The mail is understood but must not be acted on; `detail` names parts, never the mail's text."""

    def __init__(self, reason: QuarantineReason, *, order_no: str | None = None, detail: str = "") -> None:
        """Keep the reason, the order number if known, and what is wrong."""
        super().__init__(reason)
        self.reason = reason
        self.order_no = order_no
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What values are read from and with."""

    findings: Findings
    language: Language
    fallback: Language
    calendar: Calendar
    shop: ShopSettings
    order_no: str

    def code(self, table: str, text: str | None) -> str | None:
        """Return the code of `text` in a lookup table, in the mail's language or English."""
        if not text:
            return None
        return self.language.code_of(table, text) or self.fallback.code_of(table, text)

    def refused(self, reason: QuarantineReason, detail: str) -> Refused:
        """Return the refusal with this order's number."""
        return Refused(reason, order_no=self.order_no, detail=detail)


def short(text: str | None) -> str | None:
    """Return `text` on one line, cut to the length of a code or number."""
    return one_line(text)[:_LONGEST_CODE] if text else None
