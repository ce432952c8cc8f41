"""A few claimed steps carried out together: their orders looked at together, what came of them written down together.

Each is still tried by itself, and one that fails holds up no other. Those that change something at their shop are
tried side by side: most of their time goes by waiting for its answers. A run that is killed loses what was not written
down yet: the leases lapse, the steps come back, and what a shop did already it tells again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from operator import attrgetter
from threading import Lock
from typing import Final, TypeAlias

from flows.claiming import Claiming, Due, Held
from flows.office import Office
from flows.shop.protocol import Answer
from flows.steps import Attempt, Tried, carry_out, is_due, look_at, try_step, write_down
from models.db.session import DatabaseError
from models.db.steps import Claim
from models.ids import order_id
from models.order import Order
from models.stage import Step

FRESH_SECONDS: Final = 5.0  # an order that was looked at longer ago is looked at again
UNWRITTEN_SECONDS: Final = 2.0  # a slow shop must not keep from people what the others did
CHANGES_THE_SHOP: Final = frozenset({Step.HAND_OVER})  # decided by what is known at that very moment
SIDE_BY_SIDE: Final = 4  # far below what a shop allows in a second, and few enough for a small database


@dataclass(kw_only=True)
class Handful:
    """Steps that one run has claimed together; `clock` gives seconds that never leap."""

    office: Office
    run: str | None
    by: str
    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, Order] = field(default_factory=dict)  # by order id
    _seen_at: float = 0.0
    _tried: list[Tried] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)  # of what was tried: some are tried side by side
    _written_at: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin now."""
        self._written_at = self.clock()

    def look(self, claims: Collection[Claim]) -> None:
        """Look at the orders of these claims, here and at their shops, in few questions."""
        for shop_name, ofs in groupby(sorted(claims, key=attrgetter("shop_id")), key=attrgetter("shop_id")):
            self._look_at(shop_name, [one for one in ofs if one.step not in CHANGES_THE_SHOP])
        self._seen_at = self.clock()

    def _look_at(self, shop_name: str, claims: Collection[Claim]) -> None:
        try:
            orders = look_at(self.office, shop_name, {one.order_no for one in claims})
        except DatabaseError:
            raise
        except Exception:  # noqa: BLE001  # each is looked at by itself then, and the poisoned one fails alone
            return
        self._seen |= {order_id(shop_name, number): order for number, order in orders.items()}
        due = [one for one in claims if one.order_no in orders and is_due(one.step, orders[one.order_no])]
        self.office.open_shop(shop_name).look_ahead(
            confirming=[one.order_no for one in due if one.step is Step.CONFIRM],
            tracking=[one.order_no for one in due if one.step is Step.TRACK],
        )

    def seen(self, shop_name: str, order_no: str, step: Step) -> Order | None:
        """Give the order as it was looked at, for one step; None where it must be looked at now."""
        stale = self.clock() - self._seen_at > FRESH_SECONDS
        return None if stale or step in CHANGES_THE_SHOP else self._seen.get(order_id(shop_name, order_no))

    def attempt(self, claimed: Claim, do: Do) -> Tried:
        """Try a step and keep what came of it, to be written down. Raises DatabaseError."""
        tried = try_step(claimed, partial(do, self, claimed))
        with self._lock:
            self._tried.append(tried)
        return tried

    def write_in_time(self) -> list[Attempt]:
        """Write down what was tried, if the last time is long ago; give what was written."""
        return self.write() if self.clock() - self._written_at > UNWRITTEN_SECONDS else []

    def write(self) -> list[Attempt]:
        """Write down what was tried. Raises DatabaseError."""
        with self._lock:
            tried, self._tried = self._tried, []
        self._written_at = self.clock()
        for one in tried:
            self._seen.pop(one.claim.order_id, None)
        return write_down(self.office, tried, run=self.run, by=self.by)


Do: TypeAlias = Callable[[Handful, Claim], Answer]


def carry_out_all(claiming: Claiming, due: Sequence[Due], do: Do, *, run: str | None, by: str) -> Iterator[Attempt]:
    """Carry out these steps by `do`, a few at a time; give how each ended once that is written down."""
    for held in claiming.handfuls(due):
        handful = Handful(office=claiming.office, run=run, by=by, clock=claiming.clock)
        try:
            handful.look(held.claims)
            yield from _tried(held, handful, do)
        except BaseException:  # the run is being ended: what was done is kept
            with suppress(DatabaseError):
                handful.write()
            raise
        yield from handful.write()


def _tried(held: Held, handful: Handful, do: Do) -> Iterator[Attempt]:
    """Try them step by step, for each builds on what an earlier one of its order came to; give what was written."""
    attempt = partial(handful.attempt, do=do)
    for step, claims in groupby(held, key=attrgetter("step")):
        yield from handful.write()
        for tried in _side_by_side(attempt, claims) if step in CHANGES_THE_SHOP else map(attempt, claims):
            held.claiming.note(tried)
            yield from handful.write_in_time()


def _side_by_side(attempt: Callable[[Claim], Tried], claims: Iterator[Claim]) -> Iterator[Tried]:
    """Try some at once, each in a thread that knows which run it is of; give them as they end."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        under_way: set[Future[Tried]] = set()
        for claimed in claims:
            under_way.add(pool.submit(copy_context().run, attempt, claimed))
            if len(under_way) == SIDE_BY_SIDE:
                ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in ended)
        yield from (one.result() for one in as_completed(under_way))


def plainly(handful: Handful, claimed: Claim) -> Answer:
    """Carry out a step without a task run of its own. Raises StepFault."""
    shop_name, order_no, step = claimed.shop_id, claimed.order_no, claimed.step
    return carry_out(handful.office, shop_name, order_no, step, handful.seen(shop_name, order_no, step))
