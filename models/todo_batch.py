"""Which to-dos go together: the same verb for many orders of one shop, as pressing as each other, is one batch.

Pure. A batch is done in one go, so only what people do in one go makes one; what needs a look at each order does not.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from models.todo import TodoKind

BATCHED: Final = frozenset({TodoKind.CONFIRM, TodoKind.PACK, TodoKind.HAND_OVER, TodoKind.DROP_OFF})
FEWEST: Final = 3  # two are seen faster one by one
MOST: Final = 200  # orders of one batch that are shown and done at once: a packer's list holds as many
BANDS: Final = (timedelta(0), timedelta(hours=6), timedelta(hours=24))
"""Left until the due time: late, within hours, within a day, later. What is in one band is as pressing."""
