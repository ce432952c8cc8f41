"""`[dashboard]` of shipclock.toml: who may look at the dashboard and act there, and from where it is reached."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Annotated, Final, Literal

from models.catalogue import words
from models.settings_key import Host, Section, SettingsPath, WebAddress, example_of, key

ANYBODY: Final = ("common", "organizations", "consumers")  # Microsoft's endpoints for all the world
ALL_ADDRESSES: Final = "0.0.0.0"  # noqa: S104  # whoever comes by one of them must sign in
EVERYWHERE: Final = frozenset({ALL_ADDRESSES, "::"})
LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class DashboardSettings(Section):
    """Without a sign-in whoever sits at this machine is the manager, and nobody else gets in."""

    sign_in: Annotated[Literal["none", "pin", "company"], key('sign_in = "pin"')] = "none"
    address: Annotated[str, key('address = "0.0.0.0"', pattern=r"^[\w.:-]+$")] = "127.0.0.1"
    port: Annotated[int, key("port = 8501", ge=1, le=65535)] = 8501
    hosts: Annotated[
        tuple[Host, ...], key('hosts = ["shop-pc.local"]')
    ] = ()  # its number in the network needs no name here
    session_hours: Annotated[int, key("session_hours = 12", ge=1, le=168)] = (
        12  # [D] a shift: whoever leaves a phone behind leaves it for one
    )
    certificate: Annotated[SettingsPath | None, key('certificate = "shop-pc.pem"')] = None
    certificate_key: Annotated[SettingsPath | None, key('certificate_key = "shop-pc-key.pem"')] = None
    provider: Annotated[
        WebAddress | None, key('provider = "https://accounts.google.com/.well-known/openid-configuration"')
    ] = None
    client_id: Annotated[str, key('client_id = "1234.apps"', pattern=r"^\S*$")] = ""
    public_url: Annotated[WebAddress | None, key('public_url = "https://ship.example.com"')] = None

    @property
    def alone(self) -> bool:
        """Whether it serves this machine alone."""
        return self.sign_in == "none"

    @property
    def secure(self) -> bool:
        """Whether what is sent can be read by nobody else in the network."""
        return self.certificate is not None or self.public_url is not None

    @property
    def scheme(self) -> str:
        """How its own process is spoken to."""
        return "https" if self.certificate else "http"

    @property
    def own_address(self) -> str:
        """Under which address this machine itself reaches it."""
        return "127.0.0.1" if self.address in EVERYWHERE else self.address

    def answers_to(self, host: str) -> bool:
        """Tell whether a request for that host (without port) is for this dashboard, and not one for another's name.

        A page of a stranger can let its own name lead here (DNS rebinding); it cannot do so with a number.
        """
        name = host.strip("[]").casefold()
        if name in LOOPBACK_NAMES:
            return True
        return not self.alone and (is_number(name) or name in {one.casefold() for one in self._names()})

    def _names(self) -> Iterator[str]:
        yield from self.hosts
        if self.public_url:
            yield self.public_url.split("://", 1)[1].split("/", 1)[0].split(":", 1)[0]


def is_number(host: str) -> bool:
    """Tell whether a host is named by its number in the network."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Tell whether only this machine itself can reach that host."""
    return host in LOOPBACK_NAMES or (is_number(host) and ip_address(host).is_loopback)


def dashboard_faults(given: DashboardSettings) -> Iterator[tuple[str, str]]:
    """Find what is wrong although each key alone is right: the key, and why and what to do."""
    if given.alone and not is_loopback(given.address):
        yield "address", words().text("settings.lets_in", given=given.address)
    if (given.certificate is None) != (given.certificate_key is None):
        yield "certificate", words().text("settings.both_or_none")
    if given.sign_in == "company":
        yield from _company_faults(given)


def _company_faults(given: DashboardSettings) -> Iterator[tuple[str, str]]:
    for name in ("provider", "client_id", "public_url"):
        if not getattr(given, name):
            yield (
                "sign_in",
                words().text("settings.company_needs", key=name, example=example_of(DashboardSettings, name)),
            )
    if given.provider and any(f"/{anybody}/" in given.provider for anybody in ANYBODY):
        yield "provider", words().text("settings.anybody")
