"""One Received header: whether the mail came in from outside there, or moved within the receiver's house.

Pure. Only what the taking server saw itself counts: its peer's address, then the peer's looked-up name. The
name a peer gives itself counts only where the server wrote no address at all.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

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
_FROM: Final = re.compile(r"^from\s+(\S+)(?:\s*\(((?:[^()]|\([^()]*\))*)\))?", re.IGNORECASE)
_BY_HOST: Final = re.compile(r"(?:^|\s)by\s+(\S+)", re.IGNORECASE)
_BRACKETED: Final = re.compile(r"\[([^\]\s]{2,60})\]")
_NAME: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?", re.IGNORECASE)

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class _Peer:
    """Who handed the mail over: the address, if one is stated, and the name that may be believed."""

    address: _Address | None
    name: str


def is_inside(received: str, house: str | None) -> bool:
    """Tell whether a Received header tells of a hop within the receiver's own machines.

    `house` is a domain of the receiver's; None is Microsoft.
    """
    peer = _peer_in(received, house)
    if peer is None:
        return True  # no "from": handed over within one machine
    address = peer.address
    if address is not None and any(address in net for net in _INSIDE if net.version == address.version):
        return True
    if address is None and peer.name and "." not in peer.name:
        return True  # a machine of one's own, called without its domain: no server takes a stranger's mail like that
    return is_same_house(peer.name, by_host(received)) or (house is not None and is_same_house(peer.name, house))


def by_host(received: str) -> str:
    """Return the host that took the mail over, in lower case; empty when none is named."""
    found = _BY_HOST.search(received)
    return found[1].lower().strip("().;") if found else ""


def is_same_house(one: str, other: str) -> bool:
    """Tell whether two host names are one operator's."""
    operator = _operator(one)
    return operator is not None and operator == _operator(other)


def _peer_in(received: str, house: str | None) -> _Peer | None:
    found = _FROM.match(received)
    if found is None:
        return None
    told, seen = found[1].strip("[]"), found[2] or ""
    bracketed = _BRACKETED.search(seen)
    if bracketed is not None:  # "from what-it-says (looked-up [address])"
        looked_up = next((word for word in seen.split() if _NAME.fullmatch(word)), "")
        return _Peer(address=_as_address(bracketed[1]), name=looked_up)
    address = next((one for word in seen.split() if (one := _as_address(word)) is not None), None)
    if address is not None:  # "from what-it-says (address)", as Microsoft writes between its own machines
        return _Peer(address=address, name=told if house is None else "")
    address = _as_address(told)
    return _Peer(address=address, name="" if address is not None else told)


def _as_address(text: str) -> _Address | None:
    try:
        return ipaddress.ip_address(re.sub(r"(?i)^ipv6:", "", text.strip("[],;")))
    except ValueError:
        return None


def _operator(host: str) -> object:
    """Return who runs `host`, for comparing: its last two labels, or a known group of them."""
    labels = host.lower().strip(".").split(".")
    if len(labels) < 2 or not all(labels) or _as_address(host) is not None:  # noqa: PLR2004  says itself
        return None
    domain = ".".join(labels[-2:])
    return next((group for group in _SAME_OPERATOR if domain in group), domain)
