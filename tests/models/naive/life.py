"""What truly happens to a made-up order: its course, drawn at random from a seed.

Plain chances, no rule of the product: odd courses (shipped after cancelling, delivered after a loss) are wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from models.fact import FactKind as K
from tests.models.naive.order import Shop

DAY = 24 * 60
HOURS_AROUND: Final = {"D02": 72, "hand over": 48, "answer": 48}
STARTS: Final = (  # some days before nights of changing clocks, before Tet, and plain days
    datetime(2026, 3, 5, tzinfo=UTC),
    datetime(2026, 3, 26, tzinfo=UTC),
    datetime(2026, 10, 22, tzinfo=UTC),
    datetime(2026, 10, 29, tzinfo=UTC),
    datetime(2026, 2, 11, tzinfo=UTC),
    datetime(2026, 6, 1, tzinfo=UTC),
)
ZONES: Final = tuple(
    ZoneInfo(name) for name in ("UTC", "Asia/Ho_Chi_Minh", "America/Los_Angeles", "Europe/London", "Asia/Kolkata")
)
LATER_KINDS: Final = (
    K.PICKED_UP,
    K.DROPPED_OFF,
    K.IN_TRANSIT,
    K.DELIVERY_ATTEMPT_FAILED,
    K.DELIVERED,
    K.LOST_DECLARED,
    K.DAMAGED_DECLARED,
)


class Event(NamedTuple):
    """Something that truly happened at `at`; `by_us` is a person's own act in Shipclock, known at once."""

    kind: K
    at: datetime
    payload: Mapping[str, Any] = MappingProxyType({})
    by_us: bool = False


def a_shop(chance: Random, start: datetime) -> Shop:
    """A shop somewhere, with or without evidence of parcels on their way."""
    seen = None
    if chance.random() < 0.4:
        kinds = chance.sample(LATER_KINDS, chance.randrange(4))
        seen = {kind: start + timedelta(minutes=chance.randrange(-DAY, 12 * DAY)) for kind in kinds}
    return Shop(
        zone=chance.choice(ZONES),
        mode=chance.choice(["pickup", "pickup", "drop_off"]),
        shipping=chance.choice(["seller", "platform"]),
        closed=frozenset({date(2026, 3, 9), date(2026, 3, 30)} if chance.random() < 0.2 else ()),
        seen=seen,
        market=chance.choice(["article", "article", "article", "vn-2025", "us-2026"]),
    )


class Life:
    """Draws the events of one order."""

    def __init__(self, chance: Random, shop: Shop, start: datetime) -> None:
        self.chance = chance
        self.shop = shop
        self.placed = start + timedelta(minutes=chance.randrange(2 * DAY))

    def often(self, share: float) -> bool:
        """True in this share of all cases."""
        return self.chance.random() < share

    def within(self, low: float, high: float) -> timedelta:
        """Some minutes between so many hours."""
        return timedelta(minutes=self.chance.randint(int(low * 60), int(high * 60)))

    def about(self, hours: int, low: float, high: float) -> timedelta:
        """Some time between; now and then the limit itself, a second or a minute beside it."""
        if self.often(0.12):
            return timedelta(hours=hours, seconds=self.chance.choice([0, 0, 1, -1, 60, -60]))
        return self.within(low, high)

    def events(self) -> list[Event]:
        """All that happens, in no order."""
        return [
            *self.ordering(),
            *self.cancelling(),
            *self.holding(),
            *self.sending(),
        ]

    def ordering(self) -> Iterator[Event]:
        payload: dict[str, Any] = {}
        if self.often(0.35):
            payload["promised_at"] = (self.placed + self.within(48, 240)).isoformat()
        if self.often(0.1):
            payload["due_at"] = (self.placed + self.within(20, 120)).isoformat()
        if self.often(0.2):
            payload["handover_mode"] = self.chance.choice(["pickup", "drop_off"])
        if self.often(0.2):
            payload["shipping_mode"] = self.chance.choice(["seller", "platform"])
        yield Event(K.ORDER_PLACED, self.placed, payload)
        if self.often(0.85):
            yield Event(K.ORDER_PAID, self.placed)
        elif self.often(0.6):
            yield Event(K.ORDER_PAID, self.placed + self.about(48, 1, 70))
        for _ in range(self.chance.choice([0, 0, 0, 0, 1, 2])):
            rule = self.chance.choice(["D02", "D04", "D06", "D08", "D09", "D10", "D11", "D15"])
            due = self.placed + (self.within(100, 400) if rule in {"D10", "D11", "D15"} else self.within(30, 140))
            yield Event(K.DUE_STATED, self.placed + self.within(0, 80), {"rule": rule, "due_at": due.isoformat()})

    def cancelling(self) -> Iterator[Event]:
        if self.often(0.1):
            actor = self.chance.choice(["buyer", "seller", "system"])
            yield Event(K.CANCELLED, self.placed + self.within(1, 150), {"actor": actor})
        if self.often(0.06):
            yield Event(
                K.SELLER_CANCEL_STARTED, self.placed + self.within(1, 60), {"reason_code": "out_of_stock"}, by_us=True
            )
        asked = self.placed + self.within(0.5, 60)
        for number in range(self.chance.choice([0, 0, 0, 1, 1, 2])):
            named = {"request_no": str(number)} if self.often(0.6) else {}
            yield Event(K.CANCEL_REQUESTED, asked, {**named, **self.stated_answer(asked)})
            yield from self.answering(asked, named, "cancel_request", "D08", CANCEL_ANSWERS)
            asked += self.within(50, 150)

    def stated_answer(self, asked: datetime) -> dict[str, Any]:
        return {"due_at": (asked + self.within(10, 70)).isoformat()} if self.often(0.1) else {}

    def answering(
        self, asked: datetime, named: dict[str, Any], case: str, rule: str, answers: tuple[K, ...]
    ) -> Iterator[Event]:
        if self.often(0.15):
            name = next(iter(named.values()), asked.isoformat(timespec="minutes"))
            payload = {"case_id": f"{case}:{name}", "rule": rule, "due_at": (asked + self.within(50, 90)).isoformat()}
            yield Event(K.ANSWER_EXTENDED, asked + self.within(1, 47), payload, by_us=True)
        if self.often(0.65):
            by_us = self.often(0.4)
            name = next(iter(named.values()), asked.isoformat(timespec="minutes"))
            payload = {"case_id": f"{case}:{name}"} if by_us else named
            yield Event(self.chance.choice(answers), asked + self.about(48, 0.5, 75), payload, by_us=by_us)

    def holding(self) -> Iterator[Event]:
        for started, ended, payload in (
            (K.PLATFORM_HOLD_STARTED, K.PLATFORM_HOLD_ENDED, {}),
            (K.HOLD_PLACED, K.HOLD_RELEASED, {"hold": "fraud_check", "role": "packer"}),
        ):
            if self.often(0.1):
                at = self.placed + self.within(0, 100)
                yield Event(started, at, payload, by_us=started is K.HOLD_PLACED)
                if self.often(0.7):
                    yield Event(ended, at + self.within(0.5, 60), payload, by_us=started is K.HOLD_PLACED)

    def sending(self) -> Iterator[Event]:
        if self.often(0.6):
            yield Event(K.STOCK_CONFIRMED, self.placed + self.within(0.2, 40), by_us=True)
        if self.often(0.6):
            yield Event(K.PACKED, self.placed + self.within(0.5, 75), by_us=True)
        if self.often(0.1):
            return
        shipped = self.placed + self.about(72, 1, 85)
        mode = {"handover_mode": self.chance.choice(["pickup", "drop_off"])} if self.often(0.15) else {}
        yield Event(K.MARKED_SHIPPED, shipped, mode)
        if self.often(0.1):
            mode = {"handover_mode": self.chance.choice(["pickup", "drop_off"])}
            yield Event(K.HANDOVER_SWITCHED, shipped + self.within(0, 60), mode, by_us=True)
        yield from self.travelling(shipped)

    def travelling(self, shipped: datetime) -> Iterator[Event]:
        collected = shipped + self.about(48, 0.5, 75)
        if self.often(0.25):
            yield Event(K.COMPLAINT_FILED, shipped + self.within(48, 75), by_us=True)
        if self.often(0.8):
            how = K.PICKED_UP if (self.shop.mode == "pickup") is self.often(0.93) else K.DROPPED_OFF
            yield Event(how, collected, by_us=how is K.DROPPED_OFF and self.often(0.5))
        if self.often(0.1):
            return
        scanned = collected + self.about(24, 0, 40)
        for _ in range(self.chance.choice([0, 1, 1, 1, 2, 3])):
            yield Event(K.IN_TRANSIT, scanned)
            scanned += self.about(72, 4, 90)
        yield from self.arriving(scanned)

    def arriving(self, scanned: datetime) -> Iterator[Event]:
        attempts = self.chance.choice([0, 0, 0, 0, 1, 1, 2, 3])
        for number in range(attempts):
            named = {"attempt_no": str(number + 1)} if self.often(0.4) else {}
            yield Event(K.DELIVERY_ATTEMPT_FAILED, scanned, named)
            if self.often(0.3):
                yield Event(K.BUYER_NOTIFIED, scanned + self.within(0.2, 60), {"case_id": "delivery"}, by_us=True)
            scanned += self.within(4, 50)
        if self.often(0.08):
            lost = self.chance.choice([K.LOST_DECLARED, K.DAMAGED_DECLARED])
            yield Event(lost, scanned + self.within(-60, 120))
        if self.often(0.3):
            yield from self.claiming(scanned + self.within(0, 200))
        if self.often(0.75):
            delivered = scanned + self.within(0, 200 if self.often(0.2) else 48)
            yield Event(K.DELIVERED, delivered)
            yield from self.giving_back(delivered)

    def claiming(self, at: datetime) -> Iterator[Event]:
        """A person settles a claim, in order or not, to its end or not."""
        cases = ["claim:lost", "claim:lost", "claim:late", "claim:late", "claim:damaged"]
        case = {"case_id": self.chance.choice(cases)}
        if self.often(0.7):
            choice = self.chance.choice(["claim", "claim", "claim", "wait"])
            yield Event(K.CLAIM_CHOSEN, at, {**case, "choice": choice}, by_us=True)
        for kind, share in (
            (K.CANCELLED, 0.6),
            (K.BUYER_NOTIFIED, 0.6),
            (K.REFUND_REQUESTED, 0.5),
            (K.REFUND_DONE, 0.3),
            (K.CASE_CLOSED, 0.2),
        ):
            at += self.about(24, 1, 40)
            if self.often(share):
                reason = {"reason_code": case["case_id"].removeprefix("claim:"), "actor": "seller"}
                yield Event(kind, at, reason if kind is K.CANCELLED else case, by_us=True)

    def giving_back(self, delivered: datetime) -> Iterator[Event]:
        if self.often(0.25):
            asked = delivered + self.within(1, 200)
            named = {"return_no": "8"} if self.often(0.7) else {}
            wish = {"return_type": self.chance.choice(["return", "refund"])}
            yield Event(K.RETURN_REQUESTED, asked, {**named, **wish, **self.stated_answer(asked)})
            yield from self.answering(asked, named, "return", "D15", RETURN_ANSWERS)


CANCEL_ANSWERS: Final = (K.CANCEL_APPROVED, K.CANCEL_REJECTED, K.CANCEL_REJECTED, K.CANCEL_WITHDRAWN)
RETURN_ANSWERS: Final = (K.RETURN_ACCEPTED, K.RETURN_REJECTED)
