"""One call that came through the door: who asks, what about, when; and how its parameters are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flows.shop.simulator.cast import Cast
from flows.shop.simulator.script import OrderPlan, Script
from flows.shop.simulator.state import Order, Package, find
from flows.shop.simulator.store import Play, seconds
from flows.shop.simulator.web.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What a write did or was refused, for the simulator's own count."""

    subject: str
    order_no: str
    applied: bool
    code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A call within its transaction; `base` is this server's own address, `ids` those of the path."""

    play: Play
    script: Script
    cast: Cast
    now: datetime
    ids: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    base: str = ""
    deeds: list[Deed] = field(default_factory=list)

    @property
    def unix(self) -> int:
        """Now, in Unix seconds."""
        return seconds(self.now)

    def done(self, subject: str, order_no: str, code: int = 0) -> None:
        """Note what this call did; a code: what it was refused."""
        self.deeds.append(Deed(subject=subject, order_no=order_no, applied=not code, code=code))

    def order(self, order_no: str) -> tuple[Order, OrderPlan]:
        """Find an order of this shop. Raises Refusal."""
        row = find(self.play, Order, order_no)
        if row is None or row.shop != self.cast.name:
            raise Refusal("no_order")
        return row, self.script.by_no[order_no]

    def package(self, package_id: str) -> tuple[Package, OrderPlan]:
        """Find a package of this shop. Raises Refusal."""
        row = find(self.play, Package, package_id)
        if row is None or row.shop != self.cast.name:
            raise Refusal("no_package")
        return row, self.script.by_no[row.order_no]

    def text(self, name: str) -> str:
        """Read a text that the body must have."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise Refusal("parameter", f"'{name}'")
        return value

    def texts(self, name: str, most: int = 100) -> list[str]:
        """Read a list of texts from the body; empty where it has none."""
        value = self.body.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > most or not all(isinstance(one, str) for one in value):
            raise Refusal("parameter", f"'{name}'")
        return value

    def number(self, name: str) -> int | None:
        """Read a whole number from the body; None where it has none."""
        value = self.body.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise Refusal("parameter", f"'{name}'")
        return value
