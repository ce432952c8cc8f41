"""A real IMAP server for tests: Dovecot in a temporary folder, over TLS, gone when the block ends.

One server serves a whole test session; each test takes a user of its own. Rules that took time to find out:
run all of it as one ordinary user (as root no mail is served), and keep its paths short (unix sockets).
"""

from __future__ import annotations

import datetime as dt
import grp
import ipaddress
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from imapclient import IMAPClient

from models.settings import MailboxSettings

PASSWORD: Final = "made-up-secret"
START_SECONDS: Final = 20
CONFIG: Final = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
disable_plaintext_auth = no
auth_failure_delay = 0
mail_fsync = never
mail_max_userip_connections = 100
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
mail_location = maildir:~/Maildir
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0  # else a refused login makes later ones wait
  }}
}}
service stats {{
  chroot =
}}
"""


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
        with IMAPClient("localhost", self.server.port, ssl_context=context, timeout=10) as client:
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


class Dovecot:
    """The server. `with Dovecot() as server: account = server.account()`."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="dc", dir="/tmp"))  # short: unix sockets
        self.cert = self.home / "cert.pem"
        self.port, self.plain_port = _free_ports()
        self._as_root = os.getuid() == 0
        self._owner = pwd.getpwnam("nobody") if self._as_root else pwd.getpwuid(os.getuid())
        self._users: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        _write_certificate(self.cert, self.home / "key.pem")
        (self.home / "dovecot.conf").write_text(self._config())
        self.give(self.home)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def account(self) -> Account:
        """A new, empty mailbox."""
        user = f"shop{len(self._users)}"
        self._users.append(user)
        home = self.home / "home" / user
        home.mkdir(parents=True)
        self.give(home.parent)
        return Account(self, user)

    def start(self) -> None:
        """Start it and wait until it greets."""
        command = [_dovecot() or "dovecot", "-F", "-c", str(self.home / "dovecot.conf")]
        who: dict[str, object] = {}
        if self._as_root:
            who = {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}
        self._process = subprocess.Popen(  # type: ignore[call-overload]
            command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who
        )
        deadline = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=START_SECONDS)
        while not self._greets():
            if dt.datetime.now(dt.UTC) > deadline or self._process.poll() is not None:
                raise RuntimeError(f"Dovecot did not start: {(self.home / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """End it at once."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def give(self, path: Path) -> None:
        """Make the server's user the owner of all below `path`."""
        if self._as_root:
            for one in (path, *path.rglob("*")):
                os.chown(one, self._owner.pw_uid, self._owner.pw_gid)

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.plain_port), timeout=1) as connection:
                return connection.recv(16).startswith(b"* OK")
        except OSError:
            return False

    def _config(self) -> str:
        owner = self._owner
        group = grp.getgrgid(owner.pw_gid).gr_name
        return CONFIG.format(
            home=self.home,
            password=PASSWORD,
            user=owner.pw_name,
            group=group,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            port=self.port,
            plain_port=self.plain_port,
        )


def missing() -> str | None:
    """Why there can be no server here, for a skip; None if there can."""
    return None if _dovecot() else "Dovecot is not installed: run .ci/install-debian"


def _dovecot() -> str | None:
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def _write_certificate(cert: Path, key: Path) -> None:
    """A self-signed certificate for localhost and 127.0.0.1."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2120, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    cert.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
