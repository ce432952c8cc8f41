"""The channels of the settings: handing a message to the first that takes it, and noting how each does.

The first is all of `addresses` together, the others are those of `fallback`, one each. What is sent where is told by
place alone: an address holds a token.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from flows.office import Office
from flows.telling import Message
from models.alert_channel import Channel, Try, next_channel, preferring
from models.alert_figures import alert_figures
from models.db.alert_telling import channels, note_channel
from models.db.session import open_session
from models.settings import AlertSettings

Deliver: TypeAlias = Callable[[Sequence[str], Message], bool]


def addresses_of(settings: AlertSettings) -> list[tuple[str, ...]]:
    """Give the addresses of each channel, in order; there is always a first, which may have none."""
    return [settings.addresses, *((one,) for one in settings.fallback)]


@dataclass(slots=True)
class Post:
    """The channels in one round of sending; one that failed in it is not tried again."""

    office: Office
    deliver: Deliver
    tried: set[int] = field(default_factory=set)

    def send(self, message: Message, prefer: int | None) -> int | None:
        """Hand it to the first channel that takes it; give its place, None if it has to wait.

        `prefer` is tried before the others: who heard of a trouble is told of its end.
        """
        attempts = max(row.attempts for row in message.rows)
        while (channel := self._next(prefer, attempts)) is not None:
            arrived = self.deliver(addresses_of(self.office.settings.alerts)[channel.place], message)
            self._note(channel, arrived=arrived)
            if arrived:
                return channel.place
            self.tried.add(channel.place)
        return None

    def can_send(self, prefer: int | None) -> bool:
        """Whether there is a channel to try in this round."""
        return self._next(prefer, 0) is not None

    def _next(self, prefer: int | None, attempts: int) -> Channel | None:
        places = addresses_of(self.office.settings.alerts)
        with open_session(self.office.engine, read_only=True) as session:
            known = channels(session, len(places))
        this = Try(now=self.office.now(), tried=self.tried, attempts=attempts)
        return next_channel(preferring(known, prefer), alert_figures(), this)

    def _note(self, channel: Channel, *, arrived: bool) -> None:
        after = channel.after(alert_figures(), self.office.now(), arrived=arrived)
        if after == channel:
            return
        with open_session(self.office.engine) as session:
            note_channel(session, after)
            session.commit()
