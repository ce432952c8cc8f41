"""Buyers planted in mails, and the search for them in everything that Shipclock leaves behind.

The search sees what is written plainly or escaped, and what is packed as base64, gzip or zlib, or several of them.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

DEPTH: Final = 3  # packed inside packed inside packed
BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
GZIP: Final = b"\x1f\x8b\x08"
ZLIB: Final = (b"x\x9c", b"x\x01", b"x\xda")


@dataclass(frozen=True, slots=True)
class Found:
    """A planted value and where it was found."""

    marker: str
    where: str


def search_files(root: Path, markers: Iterable[str], *, leave_out: Iterable[Path] = ()) -> list[Found]:
    """Search every file below `root`; databases column by column. `leave_out`: the mailbox itself."""
    wanted = {marker: _spellings(marker) for marker in markers}
    left_out = tuple(leave_out)
    files = [path for path in sorted(root.rglob("*")) if path.is_file() and not _below(path, left_out)]
    return [found for path in files for found in _search_file(path, wanted)]


def search_bytes(data: bytes, markers: Iterable[str], where: str) -> list[Found]:
    """Search one piece of data, unpacking what is packed in it."""
    wanted = {marker: _spellings(marker) for marker in markers}
    return _hits(data, wanted, where)


def _below(path: Path, folders: tuple[Path, ...]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _search_file(path: Path, wanted: dict[str, tuple[bytes, ...]]) -> Iterator[Found]:
    raw = path.read_bytes()
    yield from _hits(raw, wanted, str(path))
    if raw.startswith(b"SQLite format 3\0"):
        yield from _search_database(path, wanted)


def _search_database(path: Path, wanted: dict[str, tuple[bytes, ...]]) -> Iterator[Found]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        for table in tables:
            for row in database.execute(f'select * from "{table}"'):  # noqa: S608  # a table's own name
                for value in row:
                    if isinstance(value, (str, bytes)):
                        data = value.encode() if isinstance(value, str) else value
                        yield from _hits(data, wanted, f"{path}:{table}")


def _hits(data: bytes, wanted: dict[str, tuple[bytes, ...]], where: str, depth: int = 0) -> list[Found]:
    folded = data.lower()
    found = [Found(marker, where) for marker, ways in wanted.items() if any(way in folded for way in ways)]
    if depth < DEPTH:
        for inner in _unpacked(data):
            found += _hits(inner, wanted, f"{where} (packed)", depth + 1)
    return found


def _spellings(marker: str) -> tuple[bytes, ...]:
    """Give the ways in which text turns up: UTF-8, UTF-16, JSON and Python escapes, percent-encoded."""
    plain = marker.lower()
    escaped = plain.encode("ascii", "backslashreplace").decode()
    ways = (plain, escaped, quote(plain), plain.replace(" ", "+"))
    return tuple({way.lower().encode() for way in ways} | {plain.encode("utf-16-le")})


def _unpacked(data: bytes) -> Iterator[bytes]:
    for match in BASE64.finditer(data):
        yield from _from_base64(match.group())
    for start in _starts(data, GZIP):
        yield from _inflated(data[start:], 31)
    for sign in ZLIB:
        if data.startswith(sign):
            yield from _inflated(data, 15)


def _from_base64(text: bytes) -> Iterator[bytes]:
    body = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        yield base64.b64decode(body + b"=" * (-len(body) % 4))
    except binascii.Error:
        return


def _starts(data: bytes, sign: bytes) -> Iterator[int]:
    at = data.find(sign)
    while at >= 0:
        yield at
        at = data.find(sign, at + 1)


def _inflated(data: bytes, wbits: int) -> Iterator[bytes]:
    try:
        yield zlib.decompressobj(wbits).decompress(data)
    except zlib.error:
        return


def packed(text: str) -> bytes:
    """Pack a control marker the hard way: gzip inside base64, as the search must be able to find it."""
    return base64.b64encode(gzip.compress(text.encode()))
