"""Bytes of a mail to text when charsets are missing, unknown or lies.

Owns decoding only: declared charset, then UTF-8, then charset-normalizer's guess, at last UTF-8 with
replacement. Total; says when the declared charset was not the real one.
"""

from __future__ import annotations

import re
from email.header import decode_header
from email.message import Message as MimePart
from quopri import decodestring
from typing import Final

from charset_normalizer import from_bytes

_GUESS_BYTES: Final = 64 * 1024  # guessing is slow: the start of a body tells enough
_MIME_NOISE: Final = re.compile(r"^(?:--\S+|content-[\w-]+:.*)$", re.IGNORECASE | re.MULTILINE)
_CHARSET: Final = re.compile(rb"^content-type:[^\n]*(?:\n[ \t][^\n]*)*?charset=\"?([\w-]+)", re.MULTILINE)
_QUOTED: Final = re.compile(rb"^content-transfer-encoding:\s*quoted-printable", re.MULTILINE)
_ALIASES: Final = {"windows-874": "cp874", "tis-620": "cp874", "iso-8859-11": "cp874", "gb2312": "gb18030"}


def decode_body(part: MimePart) -> tuple[str, bool]:
    """Return the text of a body part, and whether its declared charset was wrong."""
    if part.get_content_maintype() == "multipart":  # a multipart without boundary: its text as it stands
        return _without_structure(_data(part))
    data = _data(part)
    declared = part.get_content_charset()
    return decode_bytes(data, str(declared) if declared else None)


def _data(part: MimePart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else _raw_payload(part)


def _without_structure(data: bytes) -> tuple[str, bool]:
    """Return the text of a body whose parts lost their boundary; what the parts say of themselves is heard."""
    noise = data[:_GUESS_BYTES].lower()
    declared = _CHARSET.search(noise)
    if _QUOTED.search(noise):
        data = decodestring(data)
    text, _ = decode_bytes(data, declared[1].decode() if declared else None)
    return _MIME_NOISE.sub("", text), False


def decode_bytes(data: bytes, declared: str | None) -> tuple[str, bool]:
    """Return `data` as text, and whether `declared` was missing its aim."""
    for charset in (declared, "utf-8"):
        text = _decoded(data, charset)
        if text is not None:
            return text, declared is not None and charset != declared
    guess = from_bytes(data[:_GUESS_BYTES]).best()
    text = _decoded(data, guess.encoding) if guess else None
    return (data.decode("utf-8", "replace") if text is None else text), declared is not None


def decode_header_value(value: str) -> str:
    """Return a header's text: encoded words decoded, raw 8-bit bytes as UTF-8, folds undone."""
    value = unfolded(value)
    if "=?" not in value:
        return value.strip()
    try:
        chunks = decode_header(value)
    except Exception:  # noqa: BLE001  the parsers raise anything on hostile input
        return value.strip()
    return "".join(_chunk_text(chunk, charset) for chunk, charset in chunks).strip()


def unfolded(value: str) -> str:
    """Return a header's value as it stands in one line: where structure counts, encoded words are no words."""
    value = value.replace("\r", "").replace("\n", "")
    if not value.isascii():  # surrogates of raw bytes
        value = decode_bytes(value.encode("utf-8", "surrogateescape"), None)[0]
    return value.strip()


def _chunk_text(chunk: bytes | str, charset: str | None) -> str:
    return chunk if isinstance(chunk, str) else decode_bytes(chunk, charset)[0]


def _decoded(data: bytes, charset: str | None) -> str | None:
    if charset is None:
        return None
    try:
        return data.decode(_ALIASES.get(charset.lower(), charset))
    except (LookupError, ValueError):  # ValueError: names with NUL, and all UnicodeErrors
        return None


def _raw_payload(part: MimePart) -> bytes:
    return str(part.get_payload()).encode("utf-8", "surrogateescape")
