"""Facts that disagree: which disagreement it is and which facts it rests on (order-lifecycle, section 8).

Pure values; `models.disagreement` finds them. A conflict never changes a fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One row of section 8 seen on an order. `since` (UTC) is the time of the fact that made it.

    `settled`: a person closed it (`close_case` with case_id "conflict:X05"); it stays listed.
    """

    id: str
    since: datetime
    fact_keys: tuple[str, ...]
    critical: bool = False
    settled: bool = False

    @property
    def case_id(self) -> str:
        """How `close_case` names it."""
        return f"conflict:{self.id}"
