"""The faults that the script has for the shop's door: errors that pass, one that stays until mended.

Owns the rows of `fault` in the simulator's store; `mend` is the switch that a person throws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flows.shop.protocol import ShopError
from flows.shop.simulator.script import Script
from flows.shop.simulator.store import Play, Store
from flows.shop.simulator.story import Story


class FaultMode(StrEnum):
    """What goes wrong: before anything is done, after it was done (the answer is lost), or for good."""

    REFUSES = "refuses"
    LOSES_ANSWER = "loses_answer"
    BROKEN = "broken"


TRANSIENT_CODE: Final = "503"
PERMANENT_CODE: Final = "internal_error"
FOREVER: Final = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One order's trouble with one effect; `remaining` calls fail, None: until mended."""

    effect: str
    mode: FaultMode
    remaining: int | None


FAULTS: Final[Mapping[Story, tuple[Fault, ...]]] = {
    Story.SHOP_DOWN: (Fault("pack", FaultMode.REFUSES, 2), Fault("hand_over", FaultMode.LOSES_ANSWER, 1)),
    Story.STEP_BROKEN: (Fault("hand_over", FaultMode.BROKEN, FOREVER),),
}


def plant(play: Play, script: Script) -> None:
    """Write the script's faults into a new store."""
    for order_no, fault in _faults(script):
        play.sql(
            "insert or ignore into fault values (?, ?, ?, ?)",
            order_no,
            fault.effect,
            fault.mode,
            fault.remaining,
        )


def due(play: Play, order_no: str, effect: str) -> FaultMode | None:
    """What goes wrong with this call, if anything."""
    row = play.sql(
        "select mode from fault where order_no = ? and effect = ? and (remaining is null or remaining > 0)",
        order_no,
        effect,
    ).fetchone()
    return FaultMode(row[0]) if row else None


def wear_off(play: Play, order_no: str, effect: str) -> None:
    """Count one failed call; a fault that is for good stays."""
    play.sql("update fault set remaining = remaining - 1 where order_no = ? and effect = ?", order_no, effect)


def error(effect: str, order_no: str, mode: FaultMode) -> ShopError:
    """Give the error that the caller sees."""
    broken = mode is FaultMode.BROKEN
    return ShopError(effect, order_no, PERMANENT_CODE if broken else TRANSIENT_CODE, transient=not broken)


def mend(store: Store, order_no: str) -> bool:
    """Take away an order's lasting faults; whether there were any."""
    with store.change() as play:
        return play.sql("delete from fault where order_no = ? and remaining is null", order_no).rowcount > 0


def broken_orders(store: Store) -> list[str]:
    """List the orders with a fault that stays until mended."""
    with store.look() as play:
        rows = play.sql("select distinct order_no from fault where remaining is null order by order_no")
        return [order_no for (order_no,) in rows]


def _faults(script: Script) -> Iterator[tuple[str, Fault]]:
    for story, faults in FAULTS.items():
        for plan in script.stories(story):
            for fault in faults:
                yield plan.order_no, fault
