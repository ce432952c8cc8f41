"""A platform on loopback that keeps what a test puts there and gives it out in pages, by time of change, as rows.

It knows no rule: orders, packages, cancellations and returns are what a test says they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.flows.shop.wire_server import Answer, Request, WireServer, done, failed

Row = dict[str, Any]

SEARCHES: Final = {
    "/orders/search": ("orders", "id"),
    "/packages/search": ("packages", "id"),
    "/cancellations/search": ("cancellations", "cancel_id"),
    "/returns/search": ("return_orders", "return_id"),
}


class Shelf(WireServer):
    """Answers searches and details from `rows`, each kind by id. `down`: an error of the platform for everything."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, dict[str, Row]] = {kind: {} for kind, _ in SEARCHES.values()}
        self.details: dict[str, Row] = {}
        self.down: int | None = None

    def put(self, kind: str, **row: Any) -> Row:  # noqa: ANN401  # any JSON
        """Keep a row, or change the one of the same id."""
        name = next(name for other, name in SEARCHES.values() if other == kind)
        kept = self.rows[kind].setdefault(str(row[name]), {})
        kept.update(row)
        return kept

    def answer(self, request: Request) -> Answer:
        """Answer by what is kept; what a test scripted comes first."""
        scripted = super().answer(request)
        if not isinstance(scripted.body, Mapping) or scripted.body.get("code") != 36009009:  # no such path
            return scripted
        if self.down is not None:
            return failed(self.down)
        return self._searched(request) or self._looked_up(request) or scripted

    def _searched(self, request: Request) -> Answer | None:
        found = next((row for path, row in SEARCHES.items() if request.path.endswith(path)), None)
        if found is None:
            return None
        kind, _ = found
        asked = request.json if request.body else {}
        rows = sorted(self.rows[kind].values(), key=lambda row: (row.get("update_time", 0), str(row)))
        rows = [row for row in rows if _wanted(row, asked)]
        size, start = int(request.query["page_size"]), int(request.query.get("page_token") or 0)
        page, end = rows[start : start + size], start + size
        return done({kind: page, "next_page_token": str(end) if end < len(rows) else "", "total_count": len(rows)})

    def _looked_up(self, request: Request) -> Answer | None:
        if request.path.endswith("/orders"):
            numbers = request.query.get("ids", "").split(",")
            return done({"orders": [self.rows["orders"][one] for one in numbers if one in self.rows["orders"]]})
        package = request.path.rpartition("/packages/")[2]
        return done(self.details[package]) if package in self.details else None


def _wanted(row: Row, asked: Mapping[str, Any]) -> bool:
    changed = row.get("update_time", 0)
    named = asked.get("order_ids")
    return asked.get("update_time_ge", 0) <= changed and (named is None or row.get("order_id") in named)
