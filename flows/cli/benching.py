"""`bench`: how fast Shipclock is on this machine, against the limits it promises."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Json
from flows.cli.output import EXIT_FAULT, emit, note, pairs, say


def bench() -> None:
    """Measure how fast Shipclock is on this machine, against the limits it promises."""


def lifecycle(
    orders: Annotated[
        int, typer.Option("--orders", metavar="N", min=1, help="How many stored orders to recompute.")
    ] = 100_000,
    deadlines: Annotated[
        int, typer.Option("--deadlines", metavar="N", min=1, help="How many open deadlines to keep.")
    ] = 1_000_000,
    due: Annotated[int, typer.Option("--due", metavar="N", min=1, help="How many of them fall due.")] = 1_000,
    as_json: Json = False,
) -> None:
    """Measure one order, a round of watching and a rebuild, with made-up orders in a temporary folder.

    It takes about four minutes and 1.5 GB of disk, and wants the machine for itself. Your own database is not touched.
    Ends with 1 if a limit is broken.
    """
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from flows.bench.lifecycle import measure
    from flows.bench.machine import machine

    about, figures = machine(), []
    if not as_json:
        pairs(about)
    with TemporaryDirectory(prefix="shipclock-bench-") as folder:
        for figure in measure(Path(folder), orders=orders, deadlines=deadlines, due=due, tell=note):
            figures.append(figure)
            if not as_json:
                say(figure.line)
    if as_json:
        emit({"machine": about, "figures": [figure.as_json() for figure in figures]})
    if not all(figure.holds for figure in figures):
        raise typer.Exit(EXIT_FAULT)
