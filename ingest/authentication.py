"""What the receiving server found out about a sender: its Authentication-Results header.

Pure reading of headers (RFC 8601; email-notifications, section 5). Everybody may write such a header;
this module says which one is the receiver's own, and what DMARC said in it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# These write their result below their own outermost Received header, and always write one.
WRITES_BELOW: Final = frozenset({"mx.google.com"})
# One operator, several domains: hops between them are inside.
_SAME_OPERATOR: Final = (
    frozenset({"outlook.com", "office365.com"}),
    frozenset({"icloud.com", "apple.com", "me.com"}),
)
_INSIDE: Final = tuple(
    ipaddress.ip_network(net)
    for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "100.64.0.0/10",
                "::1/128", "fc00::/7", "fe80::/10")
)  # fmt: skip
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_INNER_COMMENT: Final = re.compile(r"\((?:[^()\\]|\\.)*\)")
_RESULT: Final = re.compile(r"^\s*([a-z0-9-]+)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)\b", re.IGNORECASE)
_HEADER_FROM: Final = re.compile(r"\bheader\.from\s*=\s*([^\s;]+)", re.IGNORECASE)
_FROM_HOST: Final = re.compile(r"^from\s+(\S+)", re.IGNORECASE)
_BY_HOST: Final = re.compile(r"(?:^|\s)by\s+(\S+)", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"\[?(?:IPv6:)?([0-9a-f:.]{3,45})\]?", re.IGNORECASE)
_PEER: Final = re.compile(r"\(([^()]*)\)")
_MAX_COMMENT_DEPTH: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One Authentication-Results header: who wrote it (None: no id) and each DMARC result."""

    authserv_id: str | None
    dmarc: tuple[tuple[str, str | None], ...]  # (result, header.from), lower case


def own_results(trace: Sequence[tuple[str, str]], authserv_id: str | None) -> Results | None:
    """Return the receiver's own results; None when it wrote none.

    Only the topmost header counts, and only above every Received header by which the mail came in
    from outside: whatever stands lower was there when the mail arrived. `authserv_id` None is
    Microsoft, which writes no id.
    """
    for position, (name, value) in enumerate(trace):
        if name != "authentication-results":
            continue
        results = read_results(value)
        hops = [received for _, received in trace[:position]]
        own = results.authserv_id == (authserv_id.lower() if authserv_id else None)
        return results if own and _all_inside(hops, authserv_id) else None
    return None


def read_results(value: str) -> Results:
    """Return what an Authentication-Results header says, comments and quoted strings left out."""
    segments = _without_comments(value).split(";")
    first = _RESULT.match(segments[0])
    authserv_id = None if first else (segments[0].split() or [""])[0].lower()
    dmarc: list[tuple[str, str | None]] = []
    for segment in segments if first else segments[1:]:
        result = _RESULT.match(segment)
        if result and result[1].lower() == "dmarc":
            domain = _HEADER_FROM.search(segment)
            dmarc.append((result[2].lower(), domain[1].lower().strip(".") if domain else None))
    return Results(authserv_id=authserv_id, dmarc=tuple(dmarc))


def _without_comments(value: str) -> str:
    value = _QUOTED.sub(" ", value)
    for _ in range(_MAX_COMMENT_DEPTH):
        value, found = _INNER_COMMENT.subn(" ", value)
        if not found:
            break
    return value.split("(", 1)[0]  # what an unclosed comment swallows


def _all_inside(hops: Sequence[str], authserv_id: str | None) -> bool:
    """Tell whether no Received header among `hops` took the mail in from outside."""
    outermost_may_be_outside = authserv_id is not None and authserv_id.lower() in WRITES_BELOW
    for hop in hops:
        if _is_inside(hop):
            continue
        if not (outermost_may_be_outside and hop is hops[-1] and _by_host(hop) == authserv_id):
            return False
    return True


def _is_inside(received: str) -> bool:
    """Tell whether a Received header tells of a hop within the receiver's own machines."""
    sender = _FROM_HOST.match(received)
    if sender is None:
        return True  # no "from": handed over within one machine
    peer = _PEER.search(received)
    stated = f"{sender[1]} {peer[1] if peer else ''}"
    for found in _ADDRESS.finditer(stated):
        address = _as_address(found[1])
        if address is not None and any(address in net for net in _INSIDE if net.version == address.version):
            return True
    names = [word.strip("[]") for word in (peer[1].split() if peer else []) if _is_name(word)]
    host = _operator(names[0] if names else sender[1])
    return host is not None and host == _operator(_by_host(received))


def _by_host(received: str) -> str:
    found = _BY_HOST.search(received)
    return found[1].lower().strip("().;") if found else ""


def _is_name(word: str) -> bool:
    return "." in word and _as_address(word.strip("[]")) is None


def _as_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _operator(host: str) -> object:
    """Return who runs `host`, for comparing: its last two labels, or a known group of them."""
    labels = host.lower().strip(".").split(".")
    if len(labels) < 2 or not all(labels):  # noqa: PLR2004  says itself
        return None
    domain = ".".join(labels[-2:])
    return next((group for group in _SAME_OPERATOR if domain in group), domain)
