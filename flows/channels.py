"""The channels of the settings: handing a message to the first that takes it, and noting how each does.

The first is all of `addresses` together, the others are those of `fallback`, one each; `levels` says what each is told.
What is sent where is told by place alone: an address holds a token.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from flows.office import Office
from flows.telling import Message
from models.alert_channel import NOBODY, Channel, Try, next_channel, preferring
from models.alert_figures import alert_figures
from models.alert_level import AlertLevel, hearers, level_of, unheard
from models.catalogue import words
from models.db.alert_telling import channels, note_channel
from models.db.session import open_session
from models.settings_alerts import AlertSettings

Deliver: TypeAlias = Callable[[Sequence[str], Message], bool]


def who_hears(settings: AlertSettings) -> Iterator[str]:
    """Say what each channel is told, and what nobody is; nothing where all of them are told everything."""
    if not settings.levels:
        return
    places = range(len(settings.channels))
    for place in places:
        told = settings.hears.get(place)
        what = _named(told) if told else words().text("alarms.levels.all")
        yield words().text("alarms.levels.channel", place=place + 1, what=what)
    if nobody := unheard(settings.hears, places):
        yield words().text("alarms.levels.nobody", what=_named(nobody))


def _named(levels: Collection[AlertLevel]) -> str:
    return ", ".join(f"{level} ({words().text(f'alarms.levels.{level}')})" for level in AlertLevel if level in levels)


class Loud(Protocol):
    """What tells how loud an alert is."""

    @property
    def text_key(self) -> str:
        """Its text."""

    @property
    def critical(self) -> bool:
        """Whether it is."""


@dataclass(slots=True)
class Post:
    """The channels in one round of sending; one that failed in it is not tried again."""

    office: Office
    deliver: Deliver
    tried: set[int] = field(default_factory=set)

    def send(self, message: Message, prefer: int | None) -> int | None:
        """Hand it to the first channel that hears of it and takes it; give its place, None if it has to wait.

        `prefer` is tried before the others: who heard of a trouble is told of its end.
        """
        heard = self._heard(message.rows, prefer)
        if not heard:
            return NOBODY
        attempts = max(row.attempts for row in message.rows)
        while (channel := self._next(heard, prefer, attempts)) is not None:
            arrived = self.deliver(self.office.settings.alerts.channels[channel.place], message)
            self._note(channel, arrived=arrived)
            if arrived:
                return channel.place
            self.tried.add(channel.place)
        return None

    def can_send(self, alerts: Sequence[Loud], prefer: int | None) -> bool:
        """Whether there is a channel to try in this round, or nobody hears of it anyway."""
        heard = self._heard(alerts, prefer)
        return not heard or self._next(heard, prefer, 0) is not None

    def _heard(self, alerts: Sequence[Loud], prefer: int | None) -> list[int]:
        """The places of the channels that are told this; who heard of a trouble is told of its end at any level."""
        settings = self.office.settings.alerts
        places = range(len(settings.channels))
        levels = {level_of(one.text_key, critical=one.critical) for one in alerts}
        heard = hearers(settings.hears, places, levels)
        return [place for place in places if place in heard or place == prefer]

    def _next(self, heard: Collection[int], prefer: int | None, attempts: int) -> Channel | None:
        with open_session(self.office.engine, read_only=True) as session:
            known = channels(session, len(self.office.settings.alerts.channels))
        hearing = [channel for channel in known if channel.place in heard]
        this = Try(now=self.office.now(), tried=self.tried, attempts=attempts)
        return next_channel(preferring(hearing, prefer), alert_figures(), this)

    def _note(self, channel: Channel, *, arrived: bool) -> None:
        after = channel.after(alert_figures(), self.office.now(), arrived=arrived)
        if after == channel:
            return
        with open_session(self.office.engine) as session:
            note_channel(session, after)
            session.commit()
