"""What is worth a look in an export although it was taken, with the words for it.

Pure. A remark never stands for a guess: it says what was left unread, and where to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ingest.export_columns import Column, ExportWords
from ingest.export_line import OVER, ReadLine, named
from ingest.vocabulary import label_key
from models.catalogue import words


class RemarkKind(StrEnum):
    """What is odd about a line."""

    REPEATED = "repeated"
    PART_CANCELLED = "part_cancelled"
    UNKNOWN_SUBSTATE = "unknown_substate"
    UNKNOWN_REQUEST = "unknown_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is odd about a line that was taken. `line` is its number as a spreadsheet program counts.

    `other` is the number of the line that it is compared with, `word` the one that is not known.
    """

    line: int
    kind: RemarkKind
    order_no: str
    word: str | None = None
    other: int | None = None

    @property
    def words(self) -> str:
        """What is odd, and how it was taken."""
        values = {"line": self.line, "order_no": self.order_no, "word": self.word, "other": self.other}
        return words().text(f"export.remarks.{self.kind}", **values)


def remarks_on(lines: Sequence[ReadLine], known: ExportWords) -> Iterator[Remark]:
    """What is odd about the lines of one order, in the order of the file."""
    partly = not all(line.cancelled for line in lines)
    for line in lines:
        if line.repeats is not None:
            yield Remark(line=line.number, kind=RemarkKind.REPEATED, order_no=line.order_no, other=line.repeats)
            continue
        if line.cancelled and partly:
            yield Remark(line=line.number, kind=RemarkKind.PART_CANCELLED, order_no=line.order_no)
        yield from _unknown_words(line, known)


def _unknown_words(line: ReadLine, known: ExportWords) -> Iterator[Remark]:
    """Words that would say more: of an order that is over nothing more is needed."""
    if line.state in OVER:
        return
    for column, kind, table in (
        (Column.SUBSTATE, RemarkKind.UNKNOWN_SUBSTATE, known.states),
        (Column.REQUEST, RemarkKind.UNKNOWN_REQUEST, known.requests),
    ):
        cell = line.cells.get(column)
        if cell is not None and label_key(str(cell)) not in table:
            yield Remark(line=line.number, kind=kind, order_no=line.order_no, word=named(cell))
