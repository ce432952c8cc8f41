"""How fast the clocks are: one order, a round of watching among a million open deadlines, and the rebuild.

Each figure has its limit. Nothing here touches a database of the user's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from sqlalchemy import Engine

from flows.bench.figure import BenchError, Figure
from flows.bench.made_up import NOW, SHOP, made_up_orders
from flows.bench.storing import AT_A_TIME, Filled, fill
from models.db.orders import terms_of
from models.db.rebuild import CHUNK, look_through
from models.db.schema import migrate
from models.db.session import make_engine, open_session
from models.db.watch import refresh_due
from models.order import fold

FACTS: Final = 8  # of the order whose fold is measured
FOLDS: Final = 4_000
TELL_EVERY: Final = 25_000  # orders
SHOPS: Final = {SHOP.name: SHOP}


def measure(folder: Path, *, orders: int, deadlines: int, due: int, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Measure in a database made in `folder`; `tell` hears of the progress. Raises BenchError."""
    engine = make_engine(f"sqlite:///{folder / 'bench.db'}")
    migrate(engine)
    try:
        yield _one_order(engine)
        filled = _filled(engine, orders, deadlines, tell)
        yield _tick(engine, filled, due)
        yield _rebuild(engine, orders, tell)
    finally:
        engine.dispose()


def _one_order(engine: Engine) -> Figure:
    with open_session(engine, read_only=True) as session:
        terms = terms_of(session, SHOP)
    some = [facts for facts in made_up_orders(100) if len(facts) == FACTS]
    for facts in some:
        fold(facts, terms, NOW)
    began = process_time()
    for facts in islice(cycle(some), FOLDS):
        fold(facts, terms, NOW)
    spent = (process_time() - began) / FOLDS
    return Figure(
        name=f"one order of {FACTS} facts with all its deadlines", value=spent * 1000, limit=0.5, unit="ms CPU"
    )


def _filled(engine: Engine, orders: int, deadlines: int, tell: Callable[[str], None]) -> Filled:
    def so_far(done: int, all_of_them: int) -> None:
        if done % TELL_EVERY < AT_A_TIME:
            tell(f"{done:,} of {all_of_them:,} orders made up ...")

    filled = fill(engine, orders=orders, deadlines=deadlines, tell=so_far)
    with closing(engine.raw_connection()) as connection:  # outside of any transaction
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what filled it is no part of a tick
    return filled


def _tick(engine: Engine, filled: Filled, due: int) -> Figure:
    moment = filled.due[min(due, len(filled.due)) - 1]
    began = perf_counter()
    checked = refresh_due(engine, SHOPS, moment)
    spent = perf_counter() - began
    if checked.failed:
        raise BenchError(f"{len(checked.failed)} orders could not be computed")
    name = f"a tick with {filled.open_deadlines:,} open deadlines, {checked.orders:,} of them due"
    return Figure(name=name, value=spent, limit=1.0, unit="s")


def _rebuild(engine: Engine, orders: int, tell: Callable[[str], None]) -> Figure:
    looked = 0
    began = perf_counter()
    for part in islice(look_through(engine, SHOPS, NOW), -(-orders // CHUNK)):
        if part.differences:
            raise BenchError(f"{len(part.differences)} differences from what was stored")
        looked += part.orders
        if looked % TELL_EVERY < CHUNK:
            tell(f"{looked:,} of {orders:,} orders recomputed and compared ...")
    spent = perf_counter() - began
    name = f"rebuild of {looked:,} stored orders"
    return Figure(name=name, value=looked / spent, limit=1500, unit="orders/s", least=True)
