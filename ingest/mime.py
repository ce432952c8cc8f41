"""A mail's bytes to its tree of parts, within limits that hold while it is being parsed.

Guessing from the raw bytes how many parts and headers there will be can be fooled (RFC 2231 in a boundary), and
counting afterwards is too late: so the parser itself counts, and stops at the limit. Mail that is formed as it should
be, as nearly all is, is taken apart at its boundaries, which costs a fraction of looking at each of its lines.
"""

from __future__ import annotations

import re
from email._policybase import Compat32, Policy, compat32  # `email.policy` has no class for the one that reads most
from email.message import Message as MimePart
from email.parser import BytesFeedParser
from typing import Final

MAX_PARTS: Final = 200
MAX_MULTIPARTS: Final = 150  # nesting costs the parser a frame and a scan of all lines each
MAX_SCANS: Final = 2_000_000  # of a line for one boundary
MAX_ONE_HEADER: Final = 32 * 1024  # bytes, folds included
MAX_ALL_HEADERS: Final = 5_000  # of the mail and all its parts
_DEEPEST: Final = 4  # levels of parts in parts that are taken apart the quick way
_MULTIPART: Final = re.compile(rb"boundary[\s\d*]{0,20}=", re.IGNORECASE)
_LONE_RETURN: Final = re.compile(r"\r(?!\n)")
_BLANK_LINE: Final = re.compile(r"\n\r?\n")
_BOUNDARY_END: Final = re.compile(r"(--)?[ \t]*(?:\r?\n|\Z)")
_HEADER: Final = re.compile(r"[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*")  # one that the parser takes as it is
_WHOLE_ENCODINGS: Final = frozenset({"7bit", "8bit", "binary"})  # of a multipart: any other is a defect


class TooManyHeadersError(Exception):
    """More headers than any notification has, or a longer one."""


class TooManyPartsError(Exception):
    """More parts than any notification has."""


class _Count:
    """What one mail may still have."""

    def __init__(self) -> None:
        self.parts = MAX_PARTS
        self.headers = MAX_ALL_HEADERS

    def part(self, policy: Policy = compat32) -> MimePart:
        self.parts -= 1
        if self.parts < 0:
            raise TooManyPartsError
        return MimePart(policy)

    def header(self, lines: list[str]) -> None:
        self.headers -= 1
        if self.headers < 0 or sum(map(len, lines)) > MAX_ONE_HEADER:
            raise TooManyHeadersError


class _Counting(Compat32):
    """The usual policy, which tells each header to a count."""

    count = _Count()  # an attribute of the class is what a policy can be made with; each mail has its own

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        self.count.header(sourcelines)
        return super().header_source_parse(sourcelines)


def parse_mime(raw: bytes) -> MimePart:
    """Return the tree of parts. Raises TooManyHeadersError, TooManyPartsError, and whatever the parser raises."""
    text = raw.decode("ascii", "surrogateescape")
    whole = _part(text, _policy()) if _LONE_RETURN.search(text) is None else None
    if whole is not None:
        return whole
    _refuse_nests(raw)
    return parse_line_by_line(raw)


def _refuse_nests(raw: bytes) -> None:
    """Raise TooManyPartsError for a mail that would take the parser long."""
    multiparts = len(_MULTIPART.findall(raw))
    if multiparts > MAX_MULTIPARTS or multiparts * raw.count(b"\n") > MAX_SCANS:
        raise TooManyPartsError


def parse_line_by_line(raw: bytes) -> MimePart:
    """Return the tree of parts with all defects, as the standard library's parser does; raises as `parse_mime`."""
    policy = _policy()
    parser = BytesFeedParser(policy.count.part, policy=policy)
    parser.feed(raw)
    return parser.close()


def _policy() -> _Counting:
    return _Counting(count=_Count())  # type: ignore[call-arg]  # its stub knows the attributes of the class above alone


def _part(text: str, policy: _Counting, depth: int = 0) -> MimePart | None:
    """Return a part that is formed as it should be; None where only the parser can tell what it is."""
    blank = _BLANK_LINE.search(text)
    part = policy.count.part(policy)
    if blank is None or depth > _DEEPEST or not _take_headers(part, text, blank.start(), policy):
        return None
    body, kind = text[blank.end() :], part.get_content_maintype()
    if kind == "multipart":
        return _with_parts(part, body, policy, depth)
    part.set_payload(body)
    return None if kind == "message" else part


def _take_headers(part: MimePart, text: str, blank: int, policy: _Counting) -> bool:
    """Take the headers up to the blank line; False where a line is no part of one."""
    at, end = 0, text.index("\n", blank) + 1
    while at < end:
        header = _HEADER.match(text, at, end)
        if header is None:
            return False
        part.set_raw(*policy.header_source_parse([header[0]]))
        at = header.end()
    return True


def _with_parts(part: MimePart, body: str, policy: _Counting, depth: int) -> MimePart | None:
    """Give a multipart its parts; None where no boundary sets them apart from the first to the last."""
    boundary = part.get_boundary()
    encoding = str(part.get("content-transfer-encoding", "8bit")).lower()
    if not boundary or encoding not in _WHOLE_ENCODINGS or part.get_content_subtype() == "digest":
        return None
    pieces = _between(body, boundary)
    for piece in pieces:
        child = _part(piece, policy, depth + 1)
        if child is None:
            return None
        if not child.is_multipart():  # the end of its last line belongs to the boundary
            child.set_payload(str(child.get_payload()).removesuffix("\n").removesuffix("\r"))
        part.attach(child)
    return part if pieces else None


def _between(body: str, boundary: str) -> list[str]:
    """Return what stands between the lines that set parts apart; nothing where the last of them is missing."""
    pieces: list[str] = []
    mark, start = f"--{boundary}", -1
    at = body.find(mark)
    while at >= 0:
        line = _BOUNDARY_END.match(body, at + len(mark)) if at == 0 or body[at - 1] == "\n" else None
        if line is not None:
            if start >= 0:
                pieces.append(body[start:at])
            if line[1]:
                return pieces
            start = line.end()
        at = body.find(mark, at + 1)
    return []
