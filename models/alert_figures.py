"""The figures of alerts: when they are gathered, repeated and sent another way (`models/alert_figures.toml`).

The only place that opens them; `models.alert_plan` and `models.alert_channel` say what they mean.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFigures:
    """How many are many, how long each pause is, and between which times of the shop a day's digest is sent."""

    many: int
    group_pause: timedelta
    first_repeat: timedelta
    repeat_times: float
    longest_repeat: timedelta
    channel_failures: int
    channel_patience: timedelta
    longest_rest: timedelta
    hidden_look: timedelta
    digest_from: time
    digest_until: time
    longest_silence: timedelta


def parse_alert_figures(text: str) -> AlertFigures:
    """The figures of a TOML text. Raises KeyError, TypeError or ValueError for one that is missing or wrong."""
    data = tomllib.loads(text)
    group, repeat, channel, digest = (data[name] for name in ("group", "repeat", "channel", "digest"))
    return AlertFigures(
        many=group["many"],
        group_pause=timedelta(minutes=group["pause_minutes"]),
        first_repeat=timedelta(hours=repeat["first"]),
        repeat_times=repeat["times"],
        longest_repeat=timedelta(hours=repeat["longest"]),
        channel_failures=channel["failures"],
        channel_patience=timedelta(minutes=channel["minutes"]),
        longest_rest=timedelta(minutes=channel["longest_rest_minutes"]),
        hidden_look=timedelta(minutes=data["hidden"]["look_minutes"]),
        digest_from=time.fromisoformat(digest["from"]),
        digest_until=time.fromisoformat(digest["until"]),
        longest_silence=timedelta(hours=data["silence"]["longest"]),
    )


@cache
def alert_figures() -> AlertFigures:
    """The figures that come with the product."""
    return parse_alert_figures((files("models") / "alert_figures.toml").read_text("utf-8"))
