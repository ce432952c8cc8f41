"""Learning whose verdict on the sender counts and where it stands, from the newest mails: their own server wrote it.

The answer is shown and asked for, never taken over by itself: in the mailbox of somebody who is being
attacked the newest mail may be the attacker's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from pydantic import TypeAdapter, ValidationError

from ingest.authentication import ANY_HOST, WRITES_BELOW, is_receivers, own_results, read_results, results_below
from ingest.hop import is_same_house
from ingest.mailbox import Mailbox
from ingest.message import Message, parse_message
from models.settings import MailboxSettings
from models.settings_key import Place, ReceiverName

NEWEST: Final = 10  # mails that are asked; the headers nearest the top of each are the receiving server's
_ALLOWED: Final = TypeAdapter[str](ReceiverName)


class Learned(NamedTuple):
    """Under which name a server writes its verdicts ("" is none), and whether above its own Received or below."""

    name: str
    place: Place


def newest_receiver(box: Mailbox, mailbox: MailboxSettings) -> Learned | None:
    """Give how the server writes its verdicts; None without a mail that carries one.

    Of several houses the most frequent among the newest mails; of several names of one house (a machine or a
    check each) the pattern over them. Raises MailboxError.
    """
    runs = list(_runs(box, box.find_folders(mailbox.folders)[0]))
    firsts = Counter(names[0] for names, _ in runs)
    if not firsts:
        return None
    houses = Counter({name: sum(n for other, n in firsts.items() if _is_same(name, other)) for name in firsts})
    chosen = houses.most_common(1)[0][0]
    name = _over({name for names, _ in runs for name in names if _is_same(chosen, name)}) or chosen
    places = Counter(_place(name, message) for names, message in runs if _is_same(chosen, names[0]))
    return Learned(name, places.most_common(1)[0][0])


def _place(name: str, message: Message) -> Place:
    """Tell where a mail's verdict stands; a provider known to write below is read so without being told."""
    is_above = own_results(message.trace, name) is not None
    if name in WRITES_BELOW or is_above or results_below(message.trace, message.verdicts_below, name) is None:
        return "above"
    return "below"


def covers(configured: str, found: str) -> bool:
    """Tell whether the configured name or pattern holds for the name or pattern that was found."""
    mine = configured.strip().lower()
    return found == mine or (bool(mine) and is_receivers(found.removeprefix(ANY_HOST), mine))


def is_receiver_name(answer: str) -> bool:
    """Tell whether the settings would take this name or pattern."""
    try:
        _ALLOWED.validate_python(answer)
    except ValidationError:
        return False
    return True


def _is_same(one: str, other: str) -> bool:
    return one == other or is_same_house(one, other)


def _over(names: Iterable[str]) -> str | None:
    """Give what covers all these hosts: the only one, or the pattern of the domain they share; None if too wide."""
    distinct = sorted(set(names))
    if len(distinct) == 1:
        return distinct[0]
    endings = [name.split(".")[:0:-1] for name in distinct]  # without the host's own label, from the end
    shared = takewhile(lambda labels: len(set(labels)) == 1, zip(*endings, strict=False))
    domain = ".".join(reversed([labels[0] for labels in shared]))
    pattern = ANY_HOST + domain
    return pattern if is_receiver_name(pattern) else None


def _runs(box: Mailbox, folder: str) -> Iterator[tuple[list[str], Message]]:
    """Yield each newest mail that carries a verdict, with the names in those nearest the top; "" is no name."""
    box.open(folder)
    uids = list(box.find())[-NEWEST:]
    for batch in box.fetch(uids):
        for message in batch:
            parsed = parse_message(message.raw or b"")
            names = list(_names(parsed.trace))
            if names:
                yield names, parsed


def _names(trace: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield who wrote the verdicts nearest the top, up to the next hop: what stands below came with the mail."""
    seen = False
    for name, value in trace:
        if name == "authentication-results":
            seen = True
            yield read_results(value).authserv_id or ""
        elif seen:
            return
