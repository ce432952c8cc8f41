"""The faults that the script has for the shop's door: errors that pass, one that stays until mended.

Owns the rows of `fault` in the simulator's store; `mend` is the switch that a person throws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flows.shop.simulator.script import Script
from flows.shop.simulator.store import Play, Store
from flows.shop.simulator.story import Story


class FaultMode(StrEnum):
    """What goes wrong: before anything is done, after it was done (the answer is lost), or for good."""

    REFUSES = "refuses"  # 503
    LIMITED = "limited"  # 429
    INTERNAL = "internal"  # 36009003, nothing done
    CUT = "cut"  # the connection ends, nothing done
    SILENT = "silent"  # no answer comes, nothing done
    LOSES_ANSWER = "loses_answer"  # done, then the connection ends
    INTERNAL_DONE = "internal_done"  # done, then 36009003
    SILENT_DONE = "silent_done"  # done, then no answer comes
    NOT_READY = "not_ready"  # a label that is not there yet
    ODD_VALUES = "odd_values"  # a status that nobody has heard of
    BROKEN = "broken"  # a code that no list has, until mended


DONE: Final = frozenset({FaultMode.LOSES_ANSWER, FaultMode.INTERNAL_DONE, FaultMode.SILENT_DONE, FaultMode.ODD_VALUES})


FOREVER: Final = None
ANY: Final = "*"  # in place of an order number


@dataclass(frozen=True, slots=True)
class Fault:
    """One order's trouble with one effect; `remaining` calls fail, None: until mended."""

    effect: str
    mode: FaultMode
    remaining: int | None


FAULTS: Final[Mapping[Story, tuple[Fault, ...]]] = {
    Story.SHOP_DOWN: (Fault("ship", FaultMode.REFUSES, 6), Fault("ship", FaultMode.LOSES_ANSWER, 1)),
    Story.STEP_BROKEN: (Fault("ship", FaultMode.INTERNAL, FOREVER),),
}


def plant(play: Play, script: Script) -> None:
    """Write the script's faults into a new store."""
    for order_no, fault in _faults(script):
        play.sql(
            "insert into fault (order_no, effect, mode, remaining) values (?, ?, ?, ?)",
            order_no,
            fault.effect,
            fault.mode,
            fault.remaining,
        )


@dataclass(frozen=True, slots=True)
class Due:
    """A fault whose turn has come."""

    fault_id: int
    mode: FaultMode


def due(play: Play, order_no: str, *effects: str) -> Due | None:
    """What goes wrong with this call, if anything; `effects` are its names, the most particular first."""
    for effect in effects:
        row = play.sql(
            "select id, mode from fault where order_no in (?, ?) and effect = ?"
            " and (remaining is null or remaining > 0) order by id limit 1",
            order_no,
            ANY,
            effect,
        ).fetchone()
        if row:
            return Due(row[0], FaultMode(row[1]))
    return None


def wear_off(play: Play, due: Due) -> None:
    """Count one failed call; a fault that is for good stays."""
    play.sql("update fault set remaining = remaining - 1 where id = ?", due.fault_id)


def let_fail(store: Store, effect: str, mode: FaultMode, *, order_no: str = "*", calls: int | None = 1) -> None:
    """Let the next `calls` (None: all, until mended) go wrong that bear this name, for one order or any.

    Names are those of the routes (`ship_package`) and of what they do (`ship`, `cancel`, `answer`, `read`).
    """
    with store.change() as play:
        play.sql(
            "insert into fault (order_no, effect, mode, remaining) values (?, ?, ?, ?)", order_no, effect, mode, calls
        )


def mend(store: Store, order_no: str) -> bool:
    """Take away an order's lasting faults; whether there were any."""
    with store.change() as play:
        return play.sql("delete from fault where order_no = ? and remaining is null", order_no).rowcount > 0


def _faults(script: Script) -> Iterator[tuple[str, Fault]]:
    for story, faults in FAULTS.items():
        for plan in script.stories(story):
            for fault in faults:
                yield plan.order_no, fault
