"""The demo's mail server for tests, with a hand on each of its mailboxes.

One server serves a whole test session; each test takes a user of its own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

from imapclient import IMAPClient

from flows.demo.dovecot import PASSWORD, missing
from flows.demo.dovecot import Dovecot as Server
from flows.processes import members
from models.settings import MailboxSettings
from tests.waiting import PATIENCE

__all__ = ["PASSWORD", "Account", "Dovecot", "missing"]

JUNK: Final = "Werbung"  # what this server calls its folder of that use, once somebody made it
USES: Final = f"""separator = /
  mailbox {JUNK} {{
    special_use = \\Junk
  }}
"""

_numbers: Final = count()


class Dovecot(Server):
    """The server. `with Dovecot() as server: account = server.account()`."""

    def _config(self) -> str:
        return super()._config().replace("separator = /\n", USES)

    def account(self) -> Account:
        """A new, empty mailbox."""
        user = f"shop{next(_numbers)}"
        self.add_user(user)
        return Account(self, user)

    def kill_sessions(self) -> None:
        """Kill the processes that serve clients now, as a crash would; the server itself stays."""
        assert self._process is not None
        for process, _ in members(self._process.pid):
            with contextlib.suppress(OSError):  # gone meanwhile
                if (process / "comm").read_text() == "imap\n":
                    os.kill(int(process.name), signal.SIGKILL)


@dataclass(frozen=True)
class Account:
    """One mailbox of the server."""

    server: Dovecot
    user: str

    def settings(self, name: str = "main", **changes: object) -> MailboxSettings:
        """The settings that read this mailbox over TLS."""
        server = self.server
        values = {
            "name": name,
            "host": "localhost",
            "port": server.port,
            "user": self.user,
            "ca_file": server.cert,
        }
        return MailboxSettings.model_validate({**values, **changes})

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """A logged-in client, as a person's mail program would be."""
        context = ssl.create_default_context(cafile=str(self.server.cert))
        with IMAPClient("localhost", self.server.port, ssl_context=context, timeout=PATIENCE) as client:
            client.login(self.user, PASSWORD)
            yield client

    def append(self, *raws: bytes, folder: str = "INBOX") -> None:
        """Let mail arrive."""
        with self.client() as client:
            for raw in raws:
                client.append(folder, raw)

    def fill(self, raws: Sequence[bytes]) -> None:
        """Put many mails into the empty INBOX at once, before its first opening."""
        folder = self.maildir / "cur"
        folder.mkdir(parents=True)
        for number, raw in enumerate(raws):
            (folder / f"1772323200.M{number:06d}P1.test,S={len(raw)}:2,").write_bytes(raw)
        self.server.give(self.maildir.parent)

    @property
    def maildir(self) -> Path:
        """Where its mail lies."""
        return self.server.home / "home" / self.user / "Maildir"

    def flags(self, folder: str = "INBOX") -> dict[int, tuple[bytes, ...]]:
        """The flags of every message by uid, without the one that the server sets by itself (recent)."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            found = client.get_flags(client.search())
        return {uid: tuple(flag for flag in flags if flag != rb"\Recent") for uid, flags in found.items()}

    def leave(self, raws: Sequence[bytes], *, arrived: datetime, folder: str = "") -> None:
        """Let mails arrive while nobody looks, at that moment: files of the Maildir, as a delivery agent writes them.

        `folder` is the Maildir's own name of a subfolder that exists (".Name"), or nothing for the INBOX.
        """
        for raw in raws:
            file = self.maildir / folder / "new" / f"{int(arrived.timestamp())}.M{next(_numbers):06d}P1.test"
            file.write_bytes(raw)
            os.utime(file, (arrived.timestamp(), arrived.timestamp()))
        self.server.give(self.maildir.parent)

    def rebuild(self) -> int:
        """Forget UIDs as a rebuilt mailbox does; give the new UIDVALIDITY."""
        with self.client() as client:
            before = int(client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"])
        for file in self.maildir.glob("dovecot*"):
            file.unlink() if file.is_file() else shutil.rmtree(file)
        (self.maildir / "dovecot-uidlist").write_text(f"3 V{before + 1} N1\n")
        self.server.give(self.maildir.parent)
        with self.client() as client:
            return int(client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"])


SIGN_IN: Final = """
auth_mechanisms = plain xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth2.conf
}}
"""
ASKS: Final = """
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""


class DovecotBySignIn(Dovecot):
    """The server that takes access tokens too, and asks a sign-in server about them."""

    introspection: str = ""

    def ask(self, url: str) -> None:
        """Ask there from now on."""
        self.stop()
        (self.home / "oauth2.conf").write_text(ASKS.format(url=url))
        self.give(self.home)
        self.start()

    def _config(self) -> str:
        (self.home / "oauth2.conf").write_text(ASKS.format(url="http://127.0.0.1:1/"))
        return super()._config() + SIGN_IN.format(home=self.home)
