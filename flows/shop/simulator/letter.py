"""One mail that the platform (or somebody who pretends to be it) sends, before it has words.

Pure values that fit into a row: no buyer, no text. `mails` turns them into bytes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from models.fact import Json
from models.notification import NotificationKind


class Sender(StrEnum):
    """Who sends: the platform, a forger who uses its address, one who uses an address like it."""

    PLATFORM = "platform"
    FORGER = "forger"
    LOOKALIKE = "lookalike"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one mail tells and how. Times are aware UTC.

    `cause` is a reason code of the wording files; `copy` counts how often the same thing was written
    before (another Message-ID, another layout); `cut` breaks it off in the middle of the goods.
    """

    kind: NotificationKind
    order_no: str
    event_at: datetime
    sent_at: datetime
    received_at: datetime
    cause: str = ""
    by: str = ""  # of a cancellation: unpaid, buyer, seller, system
    attempt: int = 0
    tracking_no: str = ""  # empty: the script's own
    copy: int = 0
    sender: Sender = Sender.PLATFORM
    cut: bool = False

    @property
    def genuine(self) -> bool:
        """Whether the platform wrote it."""
        return self.sender is Sender.PLATFORM

    @property
    def readable(self) -> bool:
        """Whether a reader can be expected to understand all of it."""
        return not self.cut

    def to_json(self) -> dict[str, Json]:
        """Give plain values for a row."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, row: dict[str, Json]) -> Self:
        """Give the letter back from its row."""
        values: dict[str, object] = {name: row[name] for name in _NAMES if name in row}
        for name in _MOMENTS:
            values[name] = datetime.fromisoformat(str(row[name]))
        values["kind"] = NotificationKind(str(row["kind"]))
        values["sender"] = Sender(str(row["sender"]))
        return cls(**values)  # type: ignore[arg-type]  # each value was made by to_json

    def repeated(self, after: timedelta) -> Self:
        """Give the mail as the platform writes it once more: new Message-ID, another layout."""
        return replace(self, copy=self.copy + 1, sent_at=self.sent_at + after, received_at=self.received_at + after)


_NAMES = tuple(field.name for field in fields(Letter))
_MOMENTS = ("event_at", "sent_at", "received_at")
