"""The figures of reading mail again and of noticing a changed wording: `models/mail_figures.toml`.

The only place that opens them; `models.rescan` and `models.drift` say what they mean.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from models.drift import DriftFigures, drift_figures_of
from models.rescan import RescanFigures, rescan_figures_of


@cache
def rescan_figures() -> RescanFigures:
    """How far back mail is read again."""
    return rescan_figures_of(_table("rescan"))


@cache
def drift_figures() -> DriftFigures:
    """When a wording counts as changed."""
    return drift_figures_of(_table("drift"))


def _table(name: str) -> Mapping[str, Any]:
    data: Mapping[str, Any] = tomllib.loads((files("models") / "mail_figures.toml").read_text("utf-8"))[name]
    return data
