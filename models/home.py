"""Where Shipclock lives on this machine: its home, its settings file, its database, its secrets.

Reads the environment and `.env` once. Secrets are handed out by name and never printed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet
from dotenv import dotenv_values

CONFIG_NAME: Final = "shipclock.toml"
SIGN_IN_VARIABLE: Final = "SHIPCLOCK_SIGN_IN_SECRET"
TIKTOK_SECRET: Final = "SHIPCLOCK_TIKTOK_SECRET"  # noqa: S105  # the name of a variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Paths and secrets of one installation; nothing is created before it is needed."""

    path: Path
    config: Path
    database_url: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def dotenv(self) -> Path:
        """The `.env` beside the settings file, where `init` keeps the password (mode 0600)."""
        return self.config.parent / ".env"

    @property
    def log_file(self) -> Path:
        """Where a fault that nobody expected is written down: places in our code, never its values."""
        return self.path / "faults.log"

    @property
    def key_file(self) -> Path:
        """The key for mail and tokens that are kept, where SHIPCLOCK_KEY does not give it; made when first needed."""
        return self.path / "key"

    @property
    def run_file(self) -> Path:
        """`run.json`: addresses, process ids and paths of what runs now."""
        return self.path / "run.json"

    def password(self, mailbox: str) -> str | None:
        """The mailbox's password from SHIPCLOCK_PASSWORD_<MAILBOX>; None when it is not set."""
        return self.environment.get(password_name(mailbox)) or None

    def client_secret(self, mailbox: str) -> str:
        """The secret of the mailbox's own app, from SHIPCLOCK_CLIENT_SECRET_<MAILBOX>; else empty."""
        return self.environment.get(client_secret_name(mailbox)) or ""

    def tiktok_secret(self) -> str:
        """The secret of the app at TikTok Shop, from SHIPCLOCK_TIKTOK_SECRET; else empty."""
        return self.environment.get(TIKTOK_SECRET) or ""

    def sign_in_secret(self) -> str:
        """The secret of the app that signs a company's people in, from SHIPCLOCK_SIGN_IN_SECRET; else empty."""
        return self.environment.get(SIGN_IN_VARIABLE) or ""

    def key(self) -> bytes:
        """Give the key for mail and tokens that are kept: SHIPCLOCK_KEY, else the file `key` (0600)."""
        if given := self.environment.get("SHIPCLOCK_KEY"):
            return given.encode()
        return _key_in(self.key_file)


def password_name(mailbox: str) -> str:
    """Name the environment variable that holds a mailbox's password."""
    return "SHIPCLOCK_PASSWORD_" + mailbox.upper().replace("-", "_")


def client_secret_name(mailbox: str) -> str:
    """Name the environment variable that holds the secret of a mailbox's own app."""
    return "SHIPCLOCK_CLIENT_SECRET_" + mailbox.upper().replace("-", "_")


def find_home(environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Home:
    """Find the home from SHIPCLOCK_HOME, SHIPCLOCK_CONFIG, SHIPCLOCK_DATABASE_URL, `.env`, or the defaults.

    The environment wins over the `.env` of the current folder, that one over the `.env` beside the settings
    file. Defaults: `~/.shipclock`, the settings file in the current folder if there is one, else in the home,
    and an SQLite file in the home.
    """
    folder = cwd or Path.cwd()
    given = {**_dotenv(folder), **(os.environ if environ is None else environ)}
    path = Path(given.get("SHIPCLOCK_HOME") or Path.home() / ".shipclock").expanduser().absolute()
    config = _config_path(given, folder, path)
    given = {**_dotenv(config.parent), **given}
    return Home(
        path=path,
        config=config,
        database_url=given.get("SHIPCLOCK_DATABASE_URL") or f"sqlite:///{path / 'shipclock.db'}",
        environment=given,
    )


def _dotenv(folder: Path) -> dict[str, str]:
    return {name: value for name, value in dotenv_values(folder / ".env").items() if value is not None}


def _config_path(given: Mapping[str, str], folder: Path, home: Path) -> Path:
    if chosen := given.get("SHIPCLOCK_CONFIG"):
        return Path(chosen).expanduser().absolute()
    here = folder / CONFIG_NAME
    return here if here.exists() else home / CONFIG_NAME


def _key_in(file: Path) -> bytes:
    """Read the key file, or make it; two processes that start at once end up with one key."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"key.{os.getpid()}")
    if not file.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(Fernet.generate_key())
        try:
            os.link(draft, file)  # fails if another process was first: then its key counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_bytes().strip()
