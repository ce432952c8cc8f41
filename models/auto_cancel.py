"""When the platform cancels an order by itself if nothing more happens: shown to people, never a reason for a stage.

Pure. The figures are those of a policy's `auto_cancel`, counted from the order; the article has none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from models.history import History
from models.policy import NOT_COLLECTED, NOT_SHIPPED
from models.stage import RANK, Stage

MISSING: Final = ((RANK[Stage.AWAITING_HANDOVER], NOT_SHIPPED), (RANK[Stage.PICKED_UP], NOT_COLLECTED))
"""What an order lacks whose rank is below, by rank."""


def auto_cancel_at(history: History, stage: Stage) -> datetime | None:
    """The moment (UTC) for an order at this stage; None when the policy knows none, or nothing is missing."""
    figures, placed_at = history.terms.policy.auto_cancel, history.placed_at
    if not figures or placed_at is None:
        return None
    figure = next((figures.get(missing) for below, missing in MISSING if RANK[stage] < below), None)
    return figure.run(placed_at, history.terms.calendar, history.terms.working_days)[0] if figure else None
