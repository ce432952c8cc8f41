"""Mails broken in ways that transport, filters and attackers break them: from a seed, the same each time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

FIXTURES: Final = Path(__file__).parents[1] / "mail"
SMALL: Final = 200_000  # bytes; the few larger fixtures would make gigabytes of mutations
CHARSETS: Final = (b"utf-8", b"us-ascii", b"iso-2022-jp", b"windows-1258", b"utf-16", b"x-unknown", b"idna", b"a\0b")

Mutation = Callable[[random.Random, bytes], bytes]


@cache
def fixtures() -> Sequence[bytes]:
    """The fixtures that are broken, in the order of their names."""
    raws = [file.read_bytes() for file in sorted(FIXTURES.glob("*.eml"))]
    return [raw for raw in raws if len(raw) <= SMALL]


def others() -> Sequence[bytes]:
    """The odd mails of other projects."""
    files = sorted(FIXTURES.glob("others/*/m*"))
    return [file.read_bytes() for file in files]


def mutations(count: int, seed: int = 4) -> Iterator[bytes]:
    """Give `count` broken mails, each of one to four breaks."""
    chance = random.Random(seed)
    for number in range(count):
        raw = fixtures()[number % len(fixtures())]
        for _ in range(chance.choice((1, 1, 2, 4))):
            raw = chance.choice(MUTATIONS)(chance, raw)
        yield raw


def _span(chance: random.Random, raw: bytes, longest: int) -> tuple[int, int]:
    start = chance.randrange(len(raw) + 1)
    return start, min(len(raw), start + chance.randint(1, longest))


def _flip(chance: random.Random, raw: bytes) -> bytes:
    flipped = bytearray(raw)
    for _ in range(chance.choice((1, 10, 200))):
        if flipped:
            flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    return bytes(flipped)


def _cut(chance: random.Random, raw: bytes) -> bytes:
    start, end = _span(chance, raw, chance.choice((1, 100, len(raw) + 1)))
    return raw[:start] + raw[end:]


def _end(chance: random.Random, raw: bytes) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _double(chance: random.Random, raw: bytes) -> bytes:
    start, end = _span(chance, raw, 2_000)
    return raw[:end] + raw[start:end] * chance.choice((1, 3, 50)) + raw[end:]


def _swap(chance: random.Random, raw: bytes) -> bytes:
    start, end = _span(chance, raw, 500)
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + raw[start:end] + raw[at:]


def _repeat_header(chance: random.Random, raw: bytes) -> bytes:
    head, gap, body = raw.partition(b"\n\n") if b"\n\n" in raw else raw.partition(b"\r\n\r\n")
    lines = head.split(b"\n")
    line = chance.choice(lines)
    lines[chance.randrange(len(lines)) : 0] = [line] * chance.choice((1, 2, 300))
    return b"\n".join(lines) + gap + body


def _drop_line(chance: random.Random, raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    del lines[chance.randrange(len(lines))]
    return b"\n".join(lines)


def _charset(chance: random.Random, raw: bytes) -> bytes:
    for known in (b"utf-8", b"UTF-8", b"iso-8859-1", b"windows-1258"):
        raw = raw.replace(known, chance.choice(CHARSETS), 1)
    return raw


def _encoding(chance: random.Random, raw: bytes) -> bytes:
    known = chance.choice((b"quoted-printable", b"base64", b"7bit", b"8bit"))
    return raw.replace(known, chance.choice((b"base64", b"quoted-printable", b"x-uuencode", b"gzip", b"")), 1)


def _boundary(chance: random.Random, raw: bytes) -> bytes:
    return raw.replace(b"\n--", chance.choice((b"\n-", b"\n --", b"\n--x", b"--")), chance.choice((1, 2, -1)))


def _nest(chance: random.Random, raw: bytes) -> bytes:
    depth = chance.choice((1, 3, 30))
    for at in range(depth):
        head = b"From: a@example.com\nContent-Type: multipart/mixed; boundary=n%d\n\n--n%d\n" % (at, at)
        raw = head + chance.choice((b"Content-Type: message/rfc822\n\n", b"")) + raw + b"\n--n%d--\n" % at
    return raw


def _other(chance: random.Random, raw: bytes) -> bytes:
    other = chance.choice(fixtures())
    return raw[: chance.randrange(len(raw) + 1)] + other[chance.randrange(len(other) + 1) :]


def _insert(chance: random.Random, raw: bytes) -> bytes:
    at = chance.randrange(len(raw) + 1)
    piece = chance.choice((b"\0", b"\r", b"=?", b"<!--", b"<table>", b"(", b'"', b"\xff", b"&#x0;", b"=\n", b" " * 500))
    return raw[:at] + piece * chance.choice((1, 40)) + raw[at:]


MUTATIONS: Final[Sequence[Mutation]] = (
    _flip, _cut, _end, _double, _swap, _repeat_header, _drop_line, _charset, _encoding, _boundary, _nest, _other,
    _insert,
)  # fmt: skip
