"""Options that several commands share, spelled and explained the same everywhere."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]
ShopName: TypeAlias = Annotated[
    str | None, typer.Option("--shop", metavar="NAME", help="Only this shop, by its name in shipclock.toml.")
]
Limit: TypeAlias = Annotated[
    int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="At most this many lines.")
]
