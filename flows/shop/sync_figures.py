"""The figures of reading a shop's news: `flows/shop/sync.toml`. The only place that opens it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncFigures:
    """How often a shop is looked at, how far back and how much in one run; when news of one source are missing."""

    every: timedelta
    overlap: timedelta
    first: timedelta
    page: int
    pages: int
    notices: int
    kept: timedelta
    missing_after: timedelta
    missing_within: timedelta


@cache
def sync_figures() -> SyncFigures:
    """Give them."""
    data = tomllib.loads((files("flows.shop") / "sync.toml").read_text("utf-8"))
    return SyncFigures(
        every=timedelta(minutes=data["every"]),
        overlap=timedelta(hours=data["overlap"]),
        first=timedelta(days=data["first"]),
        page=data["page"],
        pages=data["pages"],
        notices=data["notices"],
        kept=timedelta(days=data["kept"]),
        missing_after=timedelta(hours=data["missing"]["after"]),
        missing_within=timedelta(hours=data["missing"]["within"]),
    )
