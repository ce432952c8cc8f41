"""What `share` says and does: who may open the dashboard, its addresses, a QR code, and how to keep it private."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import segno
import tomlkit

from flows.cli.opening import opened
from flows.cli.output import EXIT_REFUSED, fail, note, say
from flows.office import Office
from models.catalogue import words
from models.db.people import people
from models.db.session import open_session
from models.settings_dashboard import ALL_ADDRESSES, EVERYWHERE, DashboardSettings
from models.settings_file import load_settings

# Nothing is sent there: asking for the way to it tells this machine's own number in the network (RFC 5737).
SOMEWHERE: Final = ("192.0.2.1", 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How the dashboard is shared."""

    door: DashboardSettings
    address: str | None  # for others; None where it serves this machine alone
    people: int
    changed: bool

    def show(self) -> None:
        """Print it, with a QR code on a terminal."""
        if self.changed:
            note(words().text("people.share.restart"))
        if self.address is None:
            say(words().text("people.share.alone" if self.people else "people.share.nobody"))
            return
        say(words().text(f"people.share.{self.door.sign_in}", address=self.address, count=self.people))
        if sys.stdout.isatty():
            segno.make(self.address, micro=False).terminal(compact=True)
        if not self.door.secure:
            note(words().text("people.share.plain"))

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        return {
            "sign_in": self.door.sign_in,
            "address": self.address,
            "people": self.people,
            "secure": self.door.secure,
            "changed": self.changed,
        }


def change(*, on: bool, off: bool) -> Page:
    """Switch sharing on or off if asked to, and give how it stands."""
    office = opened()
    count = _people(office)
    if on and not count:
        fail(words().text("people.share.first"), EXIT_REFUSED)
    if on or off:
        _write(office.home.config, on=on)
    door = load_settings(office.home).dashboard
    return Page(door=door, address=_address(door), people=count, changed=door != office.settings.dashboard)


def _people(office: Office) -> int:
    with open_session(office.engine, read_only=True) as session:
        return sum(1 for row in people(session) if row.pin)


def _write(file: Path, *, on: bool) -> None:
    """Change the two keys in the settings file; everything else in it stays as it is written."""
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    door: Any = document.setdefault("dashboard", tomlkit.table())
    if on:
        door["sign_in"] = "pin"
        door.setdefault("address", ALL_ADDRESSES)
    else:
        door.pop("sign_in", None)
        door.pop("address", None)
    file.write_text(tomlkit.dumps(document), encoding="utf-8")


def _address(door: DashboardSettings) -> str | None:
    """Give the address for others: the public one, the first name, else this machine's number in the network."""
    if door.alone:
        return None
    if door.public_url:
        return door.public_url
    host = next(iter(door.hosts), None) or (_number() if door.address in EVERYWHERE else door.address)
    return f"{door.scheme}://{host}:{door.port}"


def _number() -> str:
    """Give this machine's number in its network; loopback where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(SOMEWHERE)
        except OSError:
            return "127.0.0.1"
        return str(asking.getsockname()[0])
