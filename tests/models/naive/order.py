"""An order as the reports of one minute show it: plain questions that the rules ask of a list.

Written from order-lifecycle, sections 4 to 6, by hand a second time; of the product it takes the words alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from models.fact import FactKind as K
from tests.models.naive.evidence import Told, speaks

NEVER: Final = datetime.max.replace(tzinfo=UTC)
HUMAN, PLATFORM = 1, 3


@dataclass(frozen=True, kw_only=True)
class Shop:
    """What a shop agreed on; `seen` is when a kind of evidence first reached it, None: all of them long ago."""

    zone: ZoneInfo
    mode: str = "pickup"
    shipping: str = "seller"
    closed: frozenset[date] = frozenset()
    seen: dict[K, datetime] | None = None
    market: str = "article"


class Wish(NamedTuple):
    """What the answers to one kind of wish are called (cancelling, or giving back)."""

    kind: K
    number: str
    case: str
    rule: str
    answers: tuple[K, ...]


CANCEL: Final = Wish(
    K.CANCEL_REQUESTED,
    "request_no",
    "cancel_request",
    "D08",
    (K.CANCEL_APPROVED, K.CANCEL_REJECTED, K.CANCEL_WITHDRAWN),
)
RETURN: Final = Wish(K.RETURN_REQUESTED, "return_no", "return", "D15", (K.RETURN_ACCEPTED, K.RETURN_REJECTED))


class Request(NamedTuple):
    """One wish of the buyer: by when it must be answered, what answered it."""

    name: str  # its number, else its minute
    at: datetime
    due: datetime
    answers: list[Told]

    @property
    def answered_at(self) -> datetime | None:
        """When: the earliest of approved, rejected, withdrawn, each as its highest authority tells."""
        times = [speaks([told for told in self.answers if told.kind is kind]) for kind in {*self.kinds}]
        return min((told.at for told in times if told), default=None)

    @property
    def kinds(self) -> set[K]:
        """What was answered, contradictions included."""
        return {told.kind for told in self.answers}

    @property
    def verdict(self) -> Told | None:
        """What was answered; of several the higher authority, then the later time (X10). Approved means cancelled."""
        spoken = [speaks([told for told in self.answers if told.kind is kind]) for kind in self.kinds]
        given = [told for told in spoken if told and told.kind is not K.CANCEL_WITHDRAWN]
        given = given or [told for told in spoken if told]
        return max(given, key=lambda told: (told.strength, told.at, told.kind), default=None)


class Seen:
    """The reports known at one minute."""

    def __init__(self, told: list[Told], shop: Shop) -> None:
        self.told = told
        self.shop = shop

    def of(self, *kinds: K) -> list[Told]:
        """All reports of these kinds."""
        return [told for told in self.told if told.kind in kinds]

    def when(self, *kinds: K) -> datetime | None:
        """When it happened: the earliest among the reports of the highest authority (section 5.6)."""
        best = speaks(self.of(*kinds))
        return best.at if best else None

    def proof(self, rank: int) -> datetime | None:
        """The earliest time at which this rank or more is proved; cancelling proves nothing here."""
        times = []
        for kind in {told.kind for told in self.told}:
            best = speaks([told for told in self.of(kind) if told.rank >= rank])
            if best is not None:
                times.append(best.at)
        return min(times, default=None)

    def text(self, key: str, *kinds: K) -> str | None:
        """What the report that speaks for these kinds says under `key`, else what any says, first by the alphabet."""
        best = speaks(self.of(*kinds))
        said = [str(told.payload[key]) for told in self.of(*kinds) if told.payload.get(key)]
        return (best.payload.get(key) if best else None) or min(said, default=None)

    def stated(self, rule: str) -> datetime | None:
        """The due time told for this rule: the highest authority, then the latest, then the smallest key."""
        return told_last([told for told in self.told if _rule_of(told) == rule])

    def wishes(self, wish: Wish) -> list[Request]:
        """Each request of this kind with its own answers."""
        names = {_name(told, wish.number): None for told in self.of(wish.kind)}
        asked: dict[str, Told] = {}
        for name in names:
            told = speaks([told for told in self.of(wish.kind) if _name(told, wish.number) == name])
            assert told is not None
            asked[name] = told
        asked = dict(sorted(asked.items(), key=lambda item: (item[1].at, item[0])))
        answers = share_out(sorted(self.of(*wish.answers), key=lambda told: (told.at, told.key)), wish, asked)
        return [self._request(wish, name, asked, answers[name]) for name in asked]

    def _request(self, wish: Wish, name: str, asked: dict[str, Told], answers: list[Told]) -> Request:
        due = asked[name].at + timedelta(hours=24 if (wish, self.shop.market) == (CANCEL, "us-2026") else 48)
        said = [told for told in self.of(K.DUE_STATED) if told.payload.get("rule") == wish.rule]
        latest = max(asked, key=lambda name: (asked[name].at, name))
        due = told_last([asked[name], *(said if name == latest else [])]) or due
        for told in sorted(self.of(K.ANSWER_EXTENDED), key=lambda told: (told.at, told.key)):
            until = datetime.fromisoformat(told.payload["due_at"])
            in_time = all(told.at <= moment for moment in (due, *(answer.at for answer in answers)))
            if told.payload.get("case_id") == f"{wish.case}:{name}" and in_time and due < until:  # T34b
                due = until
        return Request(name, asked[name].at, due, answers)


def share_out(answers: list[Told], wish: Wish, asked: dict[str, Told]) -> dict[str, list[Told]]:
    """Which answers each request got: by number, by case, else all that were asked by then and still open."""
    mine: dict[str, list[Told]] = {name: [] for name in asked}
    for told in answers:
        name = told.payload.get(wish.number) or str(told.payload.get("case_id", "")).removeprefix(f"{wish.case}:")
        if name in mine:
            mine[name].append(told)
            continue
        if told.payload.get("case_id"):
            continue
        numbered = bool(told.payload.get(wish.number))  # of a request that we know without its number
        may = [name for name, request in asked.items() if not (numbered and request.payload.get(wish.number))]
        before = [name for name in may if asked[name].at <= told.at]
        still_open = [name for name in before if not mine[name]]
        for name in still_open or before[-1:] or may[:1]:
            mine[name].append(told)
    return mine


def told_last(reports: list[Told]) -> datetime | None:
    """The due time that counts: the highest authority's, then the one said last, then the smallest key's."""
    best = None
    for told in reports:
        if told.payload.get("due_at"):
            order = (-told.strength, -told.at.timestamp(), told.key)
            if best is None or order < best[0]:
                best = order, datetime.fromisoformat(told.payload["due_at"])
    return best[1] if best else None


def _name(told: Told, number: str) -> str:
    return str(told.payload.get(number) or told.at.isoformat(timespec="minutes"))


def _rule_of(told: Told) -> str | None:
    if told.kind is K.ORDER_PLACED:
        return "D02"
    return told.payload.get("rule") if told.kind is K.DUE_STATED else None
