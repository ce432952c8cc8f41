"""Which way an alert is sent: the first channel, and the next one while that is given up.

Pure. A channel is a place in the settings' order, 0 is the first; moments are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from models.alert_figures import AlertFigures

FIRST_REST: Final = timedelta(minutes=1)
NOBODY: Final = -1  # the place of what no channel hears: it stands on the dashboard alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """How a channel does: failures in a row and since when, and until when it is left alone."""

    place: int
    failures: int = 0
    failing_since: datetime | None = None
    not_before: datetime | None = None

    def given_up(self, figures: AlertFigures, now: datetime) -> bool:
        """Whether it failed so often, or for so long, that the next channel is used."""
        if self.failing_since is None:
            return False
        return self.failures >= figures.channel_failures or now - self.failing_since >= figures.channel_patience

    def rests(self, now: datetime) -> bool:
        """Whether it is left alone for now."""
        return self.not_before is not None and now < self.not_before

    def after(self, figures: AlertFigures, now: datetime, *, arrived: bool) -> Channel:
        """The channel after a try at `now`."""
        if arrived:
            return Channel(place=self.place)
        rest = min(FIRST_REST * 2 ** min(self.failures, 16), figures.longest_rest)
        since = self.failing_since or now
        return replace(self, failures=self.failures + 1, failing_since=since, not_before=now + rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A try to send a message at `now`: which channels failed in this round, and how often it was tried before."""

    now: datetime
    tried: Collection[int] = ()
    attempts: int = 0


def next_channel(channels: Sequence[Channel], figures: AlertFigures, now: Try) -> Channel | None:
    """The channel to try now, of those in order; None when it has to be waited for.

    One that is given up is passed over while it rests, and looked at again after that; when all are, the first is tried
    all the same, for there is no other. A message that a channel refused often enough goes to the next one by itself.
    """
    patient = now.attempts + 1 < figures.channel_failures
    for channel in channels:
        given_up = channel.given_up(figures, now.now)
        if channel.place in now.tried:
            if patient and not given_up:
                return None
        elif not given_up or not channel.rests(now.now):
            return channel
    return next((channel for channel in channels if channel.place not in now.tried), None)


def preferring(channels: Sequence[Channel], place: int | None) -> list[Channel]:
    """The channels in order, but the one that told the trouble first: who heard of it hears of its end."""
    return sorted(channels, key=lambda channel: (channel.place != place, channel.place))
