"""One e-mail as reading needs it: headers that decide, the visible bodies, what is broken.

Bytes in, value out, total: an odd mail is a Message with defects, never an exception. Attachments
are never opened and an enclosed mail is never mistaken for the body (email-notifications, 6).
What is as it declares to be is decoded at once; mail-parser is asked where something is not.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message as MimePart
from email.utils import parsedate_to_datetime
from enum import StrEnum
from itertools import dropwhile, takewhile
from typing import Final

from mailparser import MailParser

from ingest.decoding import decode_body, decode_header_value, unfolded
from ingest.mime import MAX_PARTS, TooManyHeadersError, TooManyPartsError, parse_mime
from ingest.text import one_line

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_BODY_CHARS: Final = 4 * 1024 * 1024
MAX_TAGS: Final = 20_000  # of HTML: a notification has some hundreds, and nesting costs their square
MAX_ONE_TAG: Final = 100_000  # characters: an embedded picture fits, thousands of attributes cost their square
MAX_HEADER_BYTES: Final = 256 * 1024
MAX_HEADERS: Final = 500

# mail-parser logs what it finds in mails, names and subjects among it: none of that leaves here.
logging.getLogger("mailparser").addHandler(logging.NullHandler())
logging.getLogger("mailparser").propagate = False

_HEADER_END: Final = re.compile(rb"\n\r?\n")
_HEADER_START: Final = re.compile(rb"^[^\s:]+:", re.MULTILINE)
_ODD_FROM: Final = re.compile(rb"^from[ \t]+:", re.IGNORECASE | re.MULTILINE)  # dropped here, a From to others
_LONG_TAG: Final = re.compile(rf"<(?!!)[^<>]{{{MAX_ONE_TAG},}}")
_TEXT_TYPES: Final[Mapping[str, bool]] = {  # content type: is it markup?
    "text/plain": False,
    "text/html": True,
    "application/xhtml+xml": True,
    "text/enriched": True,
}
_STATEFUL: Final = ("iso-2022", "utf-7", "hz")  # mail-parser leaves these undecoded in 7-bit parts
_KEPT: Final = frozenset(
    {
        "auto-submitted", "precedence", "list-unsubscribe", "x-autoreply", "x-autorespond",
        "resent-from", "x-forwarded-to", "x-forwarded-for", "return-path", "content-type",
    }
)  # fmt: skip
_TRACE: Final = frozenset({"received", "received-spf", "authentication-results"})
_SENT_TO: Final = frozenset({"to", "cc", "delivered-to", "x-original-to"})
_CUT: Final = frozenset(
    {"StartBoundaryNotFoundDefect", "CloseBoundaryNotFoundDefect", "InvalidBase64LengthDefect",
     "InvalidBase64PaddingDefect"}
)  # fmt: skip


class Defect(StrEnum):
    """What is wrong with the form of a mail."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_HEADERS = "too_many_headers"
    TOO_MANY_PARTS = "too_many_parts"
    UNPARSABLE = "unparsable"
    CUT = "cut"  # the end is missing
    NO_BOUNDARY = "no_boundary"
    CHARSET = "charset"  # the declared charset was not the real one
    NO_TEXT = "no_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail. `texts` and `htmls` are decoded bodies, in order; `sent_at` is aware UTC or None.

    `froms` holds every From header as it stands; `trace` the Received, Received-SPF and
    Authentication-Results headers from the top down as (lower-case name, value); `verdicts_below` the values of
    the Authentication-Results directly below the topmost Received, with no other header between; `enclosed_froms`
    the senders of mails attached to this one, whose text is in no body. `sent_to` holds the headers To, Cc,
    Delivered-To and X-Original-To in the same form as `trace`.
    """

    froms: tuple[str, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    trace: tuple[tuple[str, str], ...] = ()
    verdicts_below: tuple[str, ...] = ()
    sent_to: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    htmls: tuple[str, ...] = ()
    enclosed_froms: tuple[str, ...] = ()
    defects: frozenset[Defect] = frozenset()


def parse_message(raw: bytes) -> Message:
    """Return what `raw` holds; never raises on content."""
    header_block = _header_block(raw)
    refused = _refused(raw, header_block)
    if refused is not None:
        return Message(defects=frozenset({refused}))
    try:
        return _message_from(parse_mime(raw), [""] * len(_ODD_FROM.findall(header_block)))
    except TooManyPartsError:
        return Message(defects=frozenset({Defect.TOO_MANY_PARTS}))
    except TooManyHeadersError:
        return Message(defects=frozenset({Defect.TOO_MANY_HEADERS}))
    except Exception:  # noqa: BLE001  the parsers raise anything on hostile input
        return Message(defects=frozenset({Defect.UNPARSABLE}))


def _refused(raw: bytes, header_block: bytes) -> Defect | None:
    """Name the limit that `raw` breaks, before any parser sees it."""
    if not raw or raw.isspace():
        return Defect.EMPTY
    if len(raw) > MAX_BYTES:
        return Defect.TOO_LARGE
    if len(header_block) > MAX_HEADER_BYTES or len(_HEADER_START.findall(header_block)) > MAX_HEADERS:
        return Defect.TOO_MANY_HEADERS
    return None


def _header_block(raw: bytes) -> bytes:
    end = _HEADER_END.search(raw)
    return raw[: end.start()].removesuffix(b"\r") if end else raw


def _message_from(mime: MimePart, odd_froms: list[str]) -> Message:
    headers = [(name.lower(), str(value)) for name, value in mime.raw_items()]
    leaves, enclosed, defects = _walk(mime)
    texts, htmls, lied = _bodies(leaves, mime)
    if lied:
        defects.add(Defect.CHARSET)
    if not any(body.strip() for body in (*texts, *htmls)):
        defects.add(Defect.NO_TEXT)
    if sum(map(len, (*texts, *htmls))) > MAX_BODY_CHARS or any(map(_has_too_many_tags, htmls)):
        defects.add(Defect.TOO_LARGE)
    return Message(
        froms=(*(value for name, value in headers if name == "from"), *odd_froms),
        subject=_first_header(headers, "subject"),
        sent_at=_sent_at(mime),
        trace=tuple((name, unfolded(value)) for name, value in headers if name in _TRACE),
        verdicts_below=tuple(_verdicts_below(headers)),
        sent_to=tuple((name, decode_header_value(value)) for name, value in headers if name in _SENT_TO),
        headers={name: decode_header_value(value) for name, value in reversed(headers) if name in _KEPT},
        texts=tuple(texts),
        htmls=tuple(htmls),
        enclosed_froms=tuple(enclosed),
        defects=frozenset(defects),
    )


def _verdicts_below(headers: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield the verdicts that stand directly below the topmost Received."""
    below = dropwhile(lambda header: header[0] != "received", headers)
    next(below, None)
    return (unfolded(value) for _, value in takewhile(lambda header: header[0] == "authentication-results", below))


def _has_too_many_tags(html: str) -> bool:
    return html.count("<") > MAX_TAGS or (len(html) > MAX_ONE_TAG and _LONG_TAG.search(html) is not None)


def _first_header(headers: list[tuple[str, str]], wanted: str) -> str:
    return next((one_line(decode_header_value(value)) for name, value in headers if name == wanted), "")


def _mail_parser(mime: MimePart) -> MailParser | None:
    """Return mail-parser's view, or None where it gives up (it can raise anything)."""
    try:
        return MailParser(mime)
    except Exception:  # noqa: BLE001  the parsers raise anything on hostile input
        return None


def _sent_at(mime: MimePart) -> datetime | None:
    """Return what the Date header says, in UTC; None if it says nothing, or no zone."""
    try:
        sent_at: datetime | None = parsedate_to_datetime(str(mime["Date"]))
    except Exception:  # noqa: BLE001  the parsers raise anything on hostile input
        sent_at = _oddly_sent_at(mime)
    return sent_at.astimezone(UTC) if sent_at and sent_at.tzinfo else None


def _oddly_sent_at(mime: MimePart) -> datetime | None:
    try:
        parsed = _mail_parser(mime)
        sent_at = parsed.date if parsed and mime["Date"] else None
        return sent_at if isinstance(sent_at, datetime) else None
    except Exception:  # noqa: BLE001  the parsers raise anything on hostile input
        return None


def _walk(mime: MimePart) -> tuple[list[MimePart], list[str], set[Defect]]:
    """List the body parts, the senders of enclosed mails, and the defects of the structure."""
    leaves: list[MimePart] = []
    enclosed: list[str] = []
    defects: set[Defect] = set()
    for count, part in enumerate(_own_parts(mime)):
        if count > MAX_PARTS:
            defects.add(Defect.TOO_MANY_PARTS)
            break
        if any(type(defect).__name__ in _CUT for defect in part.defects):
            defects.add(Defect.CUT)
        kind = part.get_content_type()
        if kind.startswith("multipart/") and not part.is_multipart():
            defects.add(Defect.NO_BOUNDARY)
            leaves.append(part)
        elif kind == "message/rfc822":
            enclosed += _enclosed_froms(part)
        elif kind in _TEXT_TYPES and (part is mime or part.get_content_disposition() != "attachment"):
            leaves.append(part)
    return leaves, enclosed, defects


def _enclosed_froms(part: MimePart) -> list[str]:
    inner = part.get_payload(0) if part.is_multipart() else None
    return [str(value) for value in inner.get_all("From", [])] if isinstance(inner, MimePart) else []


def _own_parts(mime: MimePart) -> Iterator[MimePart]:
    """Yield the parts of this mail alone, in order, without recursion."""
    waiting = [mime]
    while waiting:
        part = waiting.pop()
        yield part
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            children = part.get_payload()
            waiting += reversed([child for child in children if isinstance(child, MimePart)])


def _bodies(leaves: list[MimePart], mime: MimePart) -> tuple[list[str], list[str], bool]:
    """Decode the body parts; where a charset lied, by mail-parser if it keeps them all whole."""
    decoded = [(_is_markup(leaf), *decode_body(leaf)) for leaf in leaves]
    if lied := any(lie for _, _, lie in decoded):
        plain = [leaf for leaf, (is_markup, _, _) in zip(leaves, decoded, strict=True) if not is_markup]
        marked = [leaf for leaf, (is_markup, _, _) in zip(leaves, decoded, strict=True) if is_markup]
        parsed = _mail_parser(mime)
        if parsed is not None and _kept_whole(plain, parsed.text_plain) and _kept_whole(marked, parsed.text_html):
            return list(parsed.text_plain), list(parsed.text_html), False
    texts = [text for is_markup, text, _ in decoded if not is_markup]
    return texts, [text for is_markup, text, _ in decoded if is_markup], lied


def _is_markup(leaf: MimePart) -> bool:
    kind = leaf.get_content_type()
    if kind not in _TEXT_TYPES:  # a multipart without a boundary: look at the text itself
        return "<html" in str(leaf.get_payload())[:100_000].lower()
    return _TEXT_TYPES[kind]


def _kept_whole(leaves: list[MimePart], texts: list[str]) -> bool:
    return len(leaves) == len(texts) and all(
        text.strip() and "\ufffd" not in text and not _is_stateful(leaf)
        for leaf, text in zip(leaves, texts, strict=True)
    )


def _is_stateful(leaf: MimePart) -> bool:
    return str(leaf.get_content_charset("")).startswith(_STATEFUL)
