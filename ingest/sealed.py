"""Raw bytes of quarantined mail and tokens, kept encrypted under the home's key.

The key is never in the database: who holds a copy of that alone cannot read a mail.
"""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken

from models.home import Home


class SealError(Exception):
    """A sealed mail cannot be opened: it was sealed under another key, or damaged."""


def seal(raw: bytes, home: Home) -> bytes:
    """The mail's bytes, encrypted and authenticated."""
    return _fernet(home).encrypt(raw)


def unseal(ciphertext: bytes, home: Home) -> bytes:
    """The mail's bytes. Raises SealError."""
    try:
        return _fernet(home).decrypt(ciphertext)
    except InvalidToken:
        raise SealError(
            "A quarantined mail cannot be opened: SHIPCLOCK_KEY (or the home's file `key`) is not the one "
            "it was sealed with. Put the old key back, or dismiss the mail."
        ) from None


def check_key(home: Home) -> None:
    """Raise SealError if SHIPCLOCK_KEY, where it is set, is no key; the home's own file is one."""
    if home.environment.get("SHIPCLOCK_KEY"):
        _fernet(home)


def _fernet(home: Home) -> Fernet:
    try:
        return Fernet(home.key())
    except ValueError:
        raise SealError(
            "SHIPCLOCK_KEY is not a key. Remove it, so that one is made, or put the old one back."
        ) from None
