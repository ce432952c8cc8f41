"""From when on a mailbox is read again, and why: after an outage, in a rebuilt folder, for an order's first mail.

Pure: moments in, moments out (aware, in UTC). What is finished stays so; its hash tells it apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class RescanCause(StrEnum):
    """Why days are read again."""

    GAP = "gap"  # nobody looked for longer than usual
    REBUILT = "rebuilt"  # a folder counts its mails anew (UIDVALIDITY)
    UNKNOWN_ORDER = "unknown_order"  # a status mail came before, or without, the order's first mail
    ROUTINE = "routine"  # each hour, in case a server showed a mail late
    RESTORED = "restored"  # the database is an older one again: what was read since then is not in it


@dataclass(frozen=True, slots=True, kw_only=True)
class RescanFigures:
    """`gap` is a silence after which is looked again; the others are how far back, `slack` on top of all."""

    slack: timedelta
    gap: timedelta
    gap_at_least: timedelta
    rebuilt_at_least: timedelta
    order_before: timedelta
    elsewhere: timedelta
    kept: timedelta


def rescan_figures_of(table: Mapping[str, Any]) -> RescanFigures:
    """The figures of a table. Raises KeyError or TypeError for one that is missing or no number."""
    days = ("slack", "gap_at_least", "rebuilt_at_least", "order_before", "kept")
    hours = ("gap", "elsewhere")
    return RescanFigures(
        **{name: timedelta(days=table[name]) for name in days},
        **{name: timedelta(hours=table[name]) for name in hours},
    )


def after_gap(last_ok_at: datetime | None, now: datetime, figures: RescanFigures) -> datetime | None:
    """From when on to look again if nobody looked for long; None if there was no gap, or never a look before."""
    if last_ok_at is None or now - last_ok_at <= figures.gap:
        return None
    return _widened(last_ok_at, now, figures.gap_at_least, figures.slack)


def after_rebuild(last_ok_at: datetime, now: datetime, figures: RescanFigures) -> datetime:
    """From when on a rebuilt folder may hold mail that was not read; what lies before was read by `last_ok_at`."""
    return _widened(last_ok_at, now, figures.rebuilt_at_least, figures.slack)


def for_order(told_at: datetime, figures: RescanFigures) -> datetime:
    """From when on an order's first mail may have come, of which the first news is from `told_at`."""
    return told_at - figures.order_before - figures.slack


def after_restore(saved_at: datetime, figures: RescanFigures) -> datetime:
    """From when on mail may not be in a database that was saved at `saved_at`."""
    return saved_at - figures.slack


def routine(now: datetime, figures: RescanFigures) -> datetime:
    """From when on is looked again each hour."""
    return now - figures.gap_at_least


def _widened(last_ok_at: datetime, now: datetime, at_least: timedelta, slack: timedelta) -> datetime:
    """As long before the last look as the outage lasted: mail servers fail together with us, and deliver late."""
    outage = max(now - last_ok_at, timedelta(0))
    return min(last_ok_at - outage - slack, now - at_least)
