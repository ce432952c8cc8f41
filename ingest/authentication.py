"""What the receiving server found out about a sender: its Authentication-Results headers.

Pure reading of headers (RFC 8601; email-notifications, section 5). Everybody may write such a header; this
module says which are the receiver's own, and what DMARC said in them.

Real mails in public sources show four ways to write them. Gmail: one header, below its own outermost
Received. Yahoo: one, above it, under the name of the machine. Fastmail: several above it under the name of
one machine, DMARC in the last. iCloud: several below it, each check under a name of its own, DMARC in the
second or third, Received-SPF at the end or before the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from ingest.hop import by_host, is_inside, is_same_house

ANY_HOST: Final = "*."  # at the start of a configured name: every host below the domain that follows
# These write their results below their own outermost Received header, and always write DMARC's.
WRITES_BELOW: Final = frozenset({"mx.google.com", "*.icloud.com"})
_RESULTS: Final = "authentication-results"
_MARK: Final = re.compile(r'\\.|["()]', re.DOTALL)
_PLAIN: Final = re.compile(r"[\w.-]+", re.ASCII)
_RESULT: Final = re.compile(r"^\s*([a-z0-9-]+)\s*(?:/\s*\d+\s*)?=\s*([^\s;]+)", re.IGNORECASE)
_HEADER_FROM: Final = re.compile(r"(?<![\w.-])header\.from\s*=\s*([^\s;]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What Authentication-Results say: who wrote them (None: no id) and each DMARC result."""

    authserv_id: str | None
    dmarc: tuple[tuple[str, str | None], ...]  # (result, header.from), lower case


def own_results(trace: Sequence[tuple[str, str]], authserv_id: str | None) -> Results | None:
    """Return the receiver's own results, all that it wrote together; None when it wrote none.

    They begin at the topmost header, which must be the receiver's, above every Received header by which the
    mail came in from outside: whatever stands lower was there when the mail arrived. `authserv_id` is a host
    or, with a leading `*.`, any host below a domain; None is Microsoft, which writes no id.
    """
    configured = authserv_id.lower() if authserv_id else None
    start = next((at for at, (name, _) in enumerate(trace) if name == _RESULTS), None)
    if start is None:
        return None
    hops = [value for name, value in trace[:start] if name == "received"]
    run = list(_run(trace[start:], configured))
    if not run or not _all_inside(hops, configured):
        return None
    if not _is_bounded(trace[start:], hops, configured):
        return run[0]
    told = tuple(result for results in run for result in results.dmarc)
    decided = any(results.dmarc for results in (_first_of_each(run) if configured in WRITES_BELOW else run))
    return Results(authserv_id=run[0].authserv_id, dmarc=told if decided else ())


def results_below(
    trace: Sequence[tuple[str, str]], directly_below: Sequence[str], authserv_id: str | None
) -> Results | None:
    """Return what a server that writes below its own Received header wrote there; None when it wrote none.

    To be asked only where the mailbox's settings say that the server does so and takes out such headers that come
    from outside: one that wrote none would let the sender's speak. The topmost Received must be that server's, and what
    stands again under a name, lower, or behind another header counts for nothing. A verdict above that Received, where
    no sender can write, goes before all of them.
    """
    configured = authserv_id.lower() if authserv_id else None
    names = [name for name, _ in trace if name != "received-spf"]
    if configured is None or "received" not in names:
        return None
    if names[0] == _RESULTS:
        return own_results(trace, authserv_id)
    if not _is_of_house(by_host(next(value for name, value in trace if name == "received")), configured):
        return None
    run = list(_own(directly_below, configured))
    if not run:
        return None
    told = tuple(result for results in _first_of_each(run) for result in results.dmarc)
    return Results(authserv_id=run[0].authserv_id, dmarc=told if run[0].dmarc else ())


def _own(values: Iterable[str], configured: str) -> Iterator[Results]:
    return takewhile(lambda results: is_receivers(results.authserv_id, configured), map(read_results, values))


def _is_of_house(host: str, configured: str) -> bool:
    """Tell whether a host is the receiver's; of a name without a domain nobody knows."""
    return host == configured or is_same_house(host, configured.removeprefix(ANY_HOST))


def is_receivers(written: str | None, configured: str | None) -> bool:
    """Tell whether a header's authserv-id (lower case) is the configured one, or a host below its domain."""
    if written is None or configured is None or not configured.startswith(ANY_HOST):
        return written == configured
    domain = configured.removeprefix("*")
    return written.endswith(domain) and written != domain


def read_results(value: str) -> Results:
    """Return what an Authentication-Results header says, comments and quoted strings left out."""
    segments = _without_comments(value).split(";")
    first = _RESULT.match(segments[0])
    authserv_id = None if first else (segments[0].split() or [""])[0].lower()
    dmarc: list[tuple[str, str | None]] = []
    for segment in segments if first else segments[1:]:
        result = _RESULT.match(segment)
        if result and result[1].lower() == "dmarc":
            domains = {found.lower().rstrip(".") for found in _HEADER_FROM.findall(segment)}
            dmarc.append((result[2].lower(), domains.pop() if len(domains) == 1 else None))
    return Results(authserv_id=authserv_id, dmarc=tuple(dmarc))


def _without_comments(value: str) -> str:
    """Leave out comments, and quoted strings but for plain words; whatever opens and never closes swallows the rest."""
    kept: list[str] = []
    depth, quoted, start = 0, False, 0
    for mark in _MARK.finditer(value):
        if len(mark[0]) > 1 or (mark[0] == '"' and depth) or (mark[0] != '"' and quoted):
            continue  # escaped, or a sign that means nothing where it stands
        if depth == 0:
            piece = value[start : mark.start()]
            kept.append(piece if not quoted or _PLAIN.fullmatch(piece) else " ")
        start = mark.end()
        if mark[0] == '"':
            quoted = not quoted
        else:
            depth = max(0, depth + (1 if mark[0] == "(" else -1))
            kept.append(" ")
    return "".join(kept) + ("" if depth or quoted else value[start:])


def _run(trace: Sequence[tuple[str, str]], configured: str | None) -> Iterator[Results]:
    """Yield the receiver's results from the top down, to the next hop or the first that another wrote."""
    for name, value in trace:
        if name == "received" or (name != _RESULTS and configured in WRITES_BELOW):
            return
        if name != _RESULTS:
            continue
        results = read_results(value)
        if not is_receivers(results.authserv_id, configured):
            return
        yield results


def _is_bounded(trace: Sequence[tuple[str, str]], hops: Sequence[str], configured: str | None) -> bool:
    """Tell whether the sender's headers cannot have run into the receiver's own.

    A provider known by its pattern stands by its form. Of any other server that is sure only at the very top,
    where its own Received header must follow; else the topmost header speaks alone.
    """
    if configured is None:
        return False
    if configured in WRITES_BELOW:
        return True
    closed = any(name == "received" for name, _ in trace)
    return closed and (configured.startswith(ANY_HOST) or not hops)


def _first_of_each(run: Sequence[Results]) -> list[Results]:
    """Leave out what stands again under a name: below its own hop a receiver's name can be forged."""
    return list({results.authserv_id: results for results in reversed(run)}.values())


def _all_inside(hops: Sequence[str], configured: str | None) -> bool:
    """Tell whether no Received header among `hops` took the mail in from outside."""
    house = configured.removeprefix(ANY_HOST) if configured else None
    outside = [at for at, hop in enumerate(hops) if not is_inside(hop, house)]
    if not outside or configured not in WRITES_BELOW:
        return not outside
    return outside == [len(hops) - 1] and _took_in(hops[-1], configured or "")


def _took_in(hop: str, configured: str) -> bool:
    """Tell whether the receiver's own machine took this hop's mail in; iCloud calls some without a domain."""
    host = by_host(hop)
    if not configured.startswith(ANY_HOST):
        return host == configured
    return bool(host) and ("." not in host or is_same_house(host, configured.removeprefix(ANY_HOST)))
