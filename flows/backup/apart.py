"""What is not in a backup: keys, passwords, and the addresses in the settings that open something by themselves.

Says where each secret is by name and never what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Engine
from sqlmodel import select

from models.db.mail_tables import SealedMailRow, TokenRow
from models.db.session import open_session
from models.db.shop_tables import GrantRow
from models.home import Home
from models.settings import Settings
from models.settings_file import SettingsError, parse_settings

KEY: Final = "SHIPCLOCK_KEY"
SECRETS: Final = re.compile(
    r"SHIPCLOCK_(KEY|TIKTOK_SECRET|PASSWORD_\w+|CLIENT_SECRET_\w+)|PREFECT_API_(KEY|AUTH_STRING)"
)
ADDRESS: Final = re.compile(r"""([A-Za-z][\w+.-]*)://[^\s"'\],]+""")
KEPT_APART: Final = (
    "kept-apart"  # no service of this name: what should go there fails, and says so, until it is put back
)
NOWHERE: Final = "https://kept-apart.invalid"  # RFC 2606: never anybody's


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Where the secrets of a home are: the key, and what else the environment or `.env` gives by name."""

    key: str | None
    names: tuple[str, ...]
    dotenv: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Of what is kept encrypted: how much there is, and how much the key at hand opens."""

    mails: int
    sign_ins: int
    closed_mails: int
    closed_sign_ins: int


def kept_apart(home: Home) -> Apart:
    """Say where the secrets are."""
    names = tuple(sorted(name for name, value in home.environment.items() if value and SECRETS.fullmatch(name)))
    key = KEY if KEY in names else str(home.key_file) if home.key_file.exists() else None
    others = tuple(name for name in names if name != KEY)
    return Apart(key=key, names=others, dotenv=home.dotenv if home.dotenv.exists() else None)


def without_secrets(text: str, file: Path) -> tuple[str, int]:
    """Give the settings without the addresses that hold a token or password, and how many there were.

    TikTok Shop's and sign-in addresses stay. Settings that cannot be read lose all of them.
    """
    try:
        settings = parse_settings(text, file)
    except SettingsError:
        harmless: frozenset[str] = frozenset()
        hidden: tuple[str, ...] = ()
    else:
        tiktok = settings.tiktok
        own = (tiktok.api_url, tiktok.auth_url, tiktok.consent_url, *(box.authority for box in settings.mailbox))
        harmless = frozenset(one for one in own if one)
        hidden = _alert_addresses(settings)
    count = 0

    def put_away(found: re.Match[str]) -> str:
        nonlocal count
        if found[0].rstrip("/") in harmless or found[0] in harmless:
            return found[0]
        count += 1
        return NOWHERE if found[1].lower() in {"http", "https"} else f"{KEPT_APART}://{found[1]}"

    cleaned = ADDRESS.sub(put_away, text)
    if any(one in cleaned for one in hidden) or _still_there(cleaned, file, hidden):
        return "", len(hidden)  # written in a way that only a TOML reader understands: then none of the file
    return cleaned, count


def _still_there(cleaned: str, file: Path, hidden: tuple[str, ...]) -> bool:
    if not hidden:
        return False
    try:
        return bool(set(_alert_addresses(parse_settings(cleaned, file))) & set(hidden))
    except SettingsError:
        return False


def _alert_addresses(settings: Settings) -> tuple[str, ...]:
    return (*settings.alerts.addresses, *settings.alerts.fallback)


def sealed_in(engine: Engine, home: Home) -> Sealed:
    """Try the key at hand on all that is sealed; none is made if there is none."""
    with open_session(engine, read_only=True) as session:
        mails = list(session.exec(select(SealedMailRow.ciphertext)))
        sign_ins = [*session.exec(select(TokenRow.ciphertext)), *session.exec(select(GrantRow.ciphertext))]
    key = _key_at_hand(home)
    return Sealed(
        mails=len(mails),
        sign_ins=len(sign_ins),
        closed_mails=sum(_closed(mails, key)),
        closed_sign_ins=sum(_closed(sign_ins, key)),
    )


def _key_at_hand(home: Home) -> Fernet | None:
    if not home.environment.get(KEY) and not home.key_file.exists():
        return None
    try:
        return Fernet(home.key())
    except ValueError:
        return None


def _closed(sealed: list[bytes], key: Fernet | None) -> Iterator[bool]:
    for ciphertext in sealed:
        try:
            yield key is None or not key.decrypt(ciphertext)
        except InvalidToken:
            yield True


def open_files(folder: Path, names: tuple[str, ...]) -> Mapping[str, bytes]:
    """Give the user's own files of words, by their names below the home."""
    files = (file for name in names for file in sorted((folder / name).glob("*.toml")) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
