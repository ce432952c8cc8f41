"""Why an export, or a line of it, was not taken: codes, and the words for them.

No fault carries a cell's text: what a line holds may be a buyer's. The line's number leads to it. Only the word of a
state that is not known is named, so that it can be taught.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.catalogue import words


class ExportFault(StrEnum):
    """Why nothing of a file was taken."""

    MISSING = "missing"
    FOLDER = "folder"
    EMPTY = "empty"
    PDF = "pdf"
    PICTURE = "picture"
    WEB_PAGE = "web_page"
    NO_WORKBOOK = "no_workbook"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    OLD_EXCEL = "old_excel"
    UNREADABLE = "unreadable"
    NO_HEADING = "no_heading"
    NO_COLUMN = "no_column"
    TWO_COLUMNS = "two_columns"
    MIXED_DATES = "mixed_dates"
    CONTRARY_DATES = "contrary_dates"
    AMBIGUOUS_DATES = "ambiguous_dates"


class ExportError(Exception):
    """An export that cannot be taken; the message says why and what to do."""

    def __init__(self, fault: ExportFault, **values: object) -> None:
        super().__init__(words().text(f"export.faults.{fault}", **values))
        self.fault = fault


class LineFault(StrEnum):
    """Why a line, and with it its order, was left out."""

    NO_ORDER_NO = "no_order_no"
    BAD_ORDER_NO = "bad_order_no"
    SPOILED_ORDER_NO = "spoiled_order_no"
    SPOILED_TRACKING_NO = "spoiled_tracking_no"
    SHIFTED = "shifted"
    OVERLONG = "overlong"
    NO_PLACED_AT = "no_placed_at"
    BAD_TIME = "bad_time"
    FUTURE_TIME = "future_time"
    EARLY_TIME = "early_time"
    TWO_PLACED_AT = "two_placed_at"
    BAD_QUANTITY = "bad_quantity"
    UNKNOWN_STATE = "unknown_state"
    NO_STATE = "no_state"
    NOT_STORED = "not_stored"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """A line that was left out. `line` is its number as a spreadsheet program counts, `word` the one not known."""

    line: int
    fault: LineFault
    order_no: str | None = None
    word: str | None = None

    @property
    def words(self) -> str:
        """Why, and what to do."""
        return words().text(
            f"export.lines.{self.fault}", line=self.line, order_no=self.order_no or "-", word=self.word or "-"
        )
