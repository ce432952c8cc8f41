"""What the tests of `import` and `reconcile` share: shops, the evening of the samples, files, and rows as stored."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine
from sqlmodel import SQLModel, select

from models.db.session import open_session
from tests.ingest.exports import a_csv, a_line

US: Final = "Juniper & Pine Co."
VN: Final = "Lotus Lane Home"
NOW: Final = datetime(2026, 11, 20, 20, tzinfo=UTC)
OTHER: Final = "576461413038785753"


def rows(engine: Engine, table: type[SQLModel]) -> list[dict[str, Any]]:
    """All rows of a table."""
    with open_session(engine, read_only=True) as session:
        return [row.model_dump() for row in session.exec(select(table))]


def to_ship(path: Path, *numbers: str) -> str:
    """An export of orders to ship."""
    return str(a_csv(path, *(a_line(Order_ID=number) for number in numbers)))
