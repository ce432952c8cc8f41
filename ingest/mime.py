"""A mail's bytes to its tree of parts, within limits that hold while it is being parsed.

Guessing from the raw bytes how many parts and headers there will be can be fooled (RFC 2231 in a boundary), and
counting afterwards is too late: so the parser itself counts, and stops at the limit.
"""

from __future__ import annotations

from email._policybase import Compat32, Policy, compat32  # `email.policy` has no class for the one that reads most
from email.message import Message as MimePart
from email.parser import BytesFeedParser
from typing import Final

MAX_PARTS: Final = 200
MAX_ONE_HEADER: Final = 32 * 1024  # bytes, folds included
MAX_ALL_HEADERS: Final = 5_000  # of the mail and all its parts


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
    count = _Count()
    policy = _Counting(count=count)  # type: ignore[call-arg]  # its stub knows the attributes of the class above alone
    parser = BytesFeedParser(count.part, policy=policy)
    parser.feed(raw)
    return parser.close()
