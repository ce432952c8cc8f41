"""`[alerts]` of shipclock.toml: where people are told, of what, and when they are left in peace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

from models.alert_level import AlertLevel, Hears
from models.catalogue import words
from models.settings_key import AppriseAddress, Quiet, Section, key


def _by_channel(given: object) -> object:
    """Take a plain list for that of the first channel."""
    return {1: given} if isinstance(given, list) else given


SomeLevels: TypeAlias = Annotated[tuple[AlertLevel, ...], Field(min_length=1)]
Levels: TypeAlias = Annotated[dict[Annotated[int, Field(ge=1)], SomeLevels], BeforeValidator(_by_channel)]


class AlertSettings(Section):
    """Apprise addresses, what is sent there and when."""

    addresses: Annotated[
        tuple[AppriseAddress, ...], key('addresses = ["ntfy://ntfy.sh/my-shop"]')
    ] = ()  # all of them are told
    fallback: Annotated[tuple[AppriseAddress, ...], key('fallback = ["mailto://user:password@example.com"]')] = ()
    levels: Annotated[Levels, key('levels = ["breach", "urgent"]')] = Field(
        default_factory=dict
    )  # a channel without a list is told everything
    quiet_hours: Annotated[Quiet | None, key('quiet_hours = "22:00-07:00"')] = None  # each shop's own time
    digest: Annotated[bool, key("digest = true")] = True

    @property
    def channels(self) -> tuple[tuple[AppriseAddress, ...], ...]:
        """The addresses of each channel, in order; there is always a first, which may have none."""
        return (self.addresses, *((one,) for one in self.fallback))

    @property
    def hears(self) -> Hears:
        """What each channel is told, by its place: one less than its number."""
        return {number - 1: levels for number, levels in self.levels.items()}


def alert_faults(given: AlertSettings) -> Iterator[tuple[str, str]]:
    """Find what is wrong although each key alone is right: the key, and why and what to do."""
    known = len(given.channels)
    for number in sorted(given.levels):
        if number > known:
            yield "levels", words().text("settings.no_channel", number=number, known=known)
