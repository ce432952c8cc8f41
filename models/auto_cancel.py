"""When the platform cancels an order by itself if nothing more happens: shown to people, never a reason for a stage.

Pure. What the platform itself states wins (a `due_stated` whose rule is one of the names below); else the figures
are those of a policy's `auto_cancel`, counted from the order. The article has none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from models.clock import stated_due
from models.history import History
from models.policy import NOT_COLLECTED, NOT_DELIVERED, NOT_SHIPPED
from models.stage import RANK, Stage

MISSING: Final = (
    (RANK[Stage.AWAITING_HANDOVER], NOT_SHIPPED),
    (RANK[Stage.PICKED_UP], NOT_COLLECTED),
    (RANK[Stage.LOST], NOT_DELIVERED),
)
"""What an order lacks whose rank is below, by rank. What is lost is not delivered any more."""


def auto_cancel_at(history: History, stage: Stage) -> datetime | None:
    """The moment (UTC) for an order at this stage; None when nobody knows one, or nothing is missing."""
    missing = [name for below, name in MISSING if RANK[stage] < below]
    stated = [at for name in missing if (at := stated_due(history.evidence, name)) is not None]
    if stated:
        return min(stated)
    figures, placed_at = history.terms.policy.auto_cancel, history.placed_at
    figure = figures.get(missing[0]) if missing else None
    if figure is None or placed_at is None:
        return None
    return figure.run(placed_at, history.terms.calendar, history.terms.working_days)[0]
