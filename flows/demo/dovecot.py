"""A real IMAP server in front of the demo's Maildir: Dovecot in a temporary folder, over TLS.

All of it runs as one ordinary user (as root Dovecot serves no mail) and its paths are short, for unix sockets
have a length limit. It is gone when the block ends.
"""

from __future__ import annotations

import grp
import ipaddress
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from flows.ports import claim_port

PASSWORD: Final = "made-up-secret"  # noqa: S105  # of a server that serves invented mail on loopback alone
IMAP_PORT: Final = 11430  # the first that is tried; below those that systems give to outgoing connections
START_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 0.02
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


class DovecotMissingError(Exception):
    """Dovecot is not installed here, or did not start; the message says what to do."""


class Dovecot:
    """The server. `with Dovecot() as server: folder = server.add_user("shop")`."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="dc", dir="/tmp"))  # short, and made for us alone
        self.cert = self.home / "cert.pem"
        self._claims = claim_port(IMAP_PORT), claim_port(IMAP_PORT)
        self.port, self.plain_port = (claim.number for claim in self._claims)
        self._as_root = os.getuid() == 0
        self._owner = pwd.getpwnam("nobody") if self._as_root else pwd.getpwuid(os.getuid())
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it. Raises DovecotMissingError."""
        if reason := missing():
            raise DovecotMissingError(reason)
        _write_certificate(self.cert, self.home / "key.pem")
        (self.home / "dovecot.conf").write_text(self._config())
        self.give(self.home)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it and take its folder away."""
        self.stop()
        for claim in self._claims:
            claim.give_up()
        shutil.rmtree(self.home, ignore_errors=True)

    def add_user(self, user: str) -> Path:
        """Make a new, empty mailbox; give its Maildir."""
        maildir = self.home / "home" / user / "Maildir"
        maildir.parent.mkdir(parents=True)
        self.give(self.home / "home")
        return maildir

    def start(self) -> None:
        """Start it and wait until it greets. One that ends is started anew: its last life may still hold its port.

        Raises DovecotMissingError with what it said last.
        """
        until = time.monotonic() + START_SECONDS
        while not self._greets():
            if time.monotonic() > until:
                self.stop()
                raise DovecotMissingError(f"Dovecot did not start: {self._last_words()}")
            if self._process is None or self._process.poll() is not None:
                self._process = self._launched()
            time.sleep(LOOK_SECONDS)  # nothing tells when it listens but asking

    def _launched(self) -> subprocess.Popen[bytes]:
        command = [_dovecot() or "dovecot", "-F", "-c", str(self.home / "dovecot.conf")]
        owner = self._owner
        who: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        return subprocess.Popen(  # noqa: S603  # a fixed command, and a path in a folder of our own: no words of others
            command,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **(who if self._as_root else {}),
        )

    def _last_words(self) -> str:
        log = self.home / "log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return lines[-1] if lines else f"no word of it in {log}"

    def stop(self) -> None:
        """End it at once."""
        if self._process is not None:
            with suppress(ProcessLookupError):  # it ended by itself
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
    """Say why there can be no server here; None if there can."""
    return None if _dovecot() else "Dovecot is not installed: run .ci/install-debian"


def _dovecot() -> str | None:
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


def _write_certificate(cert: Path, key: Path) -> None:
    """Write a self-signed certificate for localhost and 127.0.0.1."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
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
