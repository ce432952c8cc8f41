"""What the list of alerts on a page reads, kept for some seconds. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard import queries
from flows import alarms
from flows.alarms import Line
from models.db.alert_tables import SilenceRow

MOST: Final = 200  # alerts that are looked at; in a storm they are few lines all the same


@queries.kept(queries.FRESH)
def open_alerts() -> list[list[Line]]:
    """Give the alerts that nobody has acknowledged, together what is of one shop and rule and stands alike."""
    return alarms.alike(alarms.open_lines(queries.office(), MOST))


@queries.kept(queries.FRESH)
def silences() -> Sequence[SilenceRow]:
    """Give the silences that keep something back now."""
    return alarms.silences(queries.office())
