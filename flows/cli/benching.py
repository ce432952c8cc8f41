"""`bench`: how fast Shipclock is on this machine, against the limits it promises."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import Json
from flows.cli.output import EXIT_FAULT, emit, note, pairs, say

if TYPE_CHECKING:
    from flows.bench.figure import Figure


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
    from flows.bench.lifecycle import measure

    _tell(partial(measure, orders=orders, deadlines=deadlines, due=due, tell=note), as_json=as_json)


def intake(
    mails: Annotated[
        int, typer.Option("--mails", metavar="N", min=1, help="How many mails to read in a round.")
    ] = 2000,
    rounds: Annotated[int, typer.Option("--rounds", metavar="N", min=1, help="How many rounds, after a first.")] = 5,
    memory_mails: Annotated[
        int, typer.Option("--memory-mails", metavar="N", min=1, help="Over how many mails memory is measured.")
    ] = 20_000,
    old_mails: Annotated[
        int, typer.Option("--old-mails", metavar="N", min=1, help="How many mails the mailbox without news holds.")
    ] = 100_000,
    as_json: Json = False,
) -> None:
    """Measure how much it costs to read mail, against two peers that read the same mailbox in the same process.

    `plain` is a loop as one would write it at first: imaplib mail by mail, BeautifulSoup, one commit each. `bare` is
    the quickest that does the least: batches, selectolax, one statement. Neither proves senders, survives a crash or
    keeps an order's clocks. Needs Dovecot (.ci/install-debian), some ten minutes and 1 GB of disk; your own mailbox is
    not touched. Ends with 1 if a limit is broken.
    """
    from flows.bench.intake import Sizes, measure

    sizes = Sizes(mails=mails, rounds=rounds, memory_mails=memory_mails, old_mails=old_mails)
    _tell(partial(measure, sizes=sizes, tell=note), as_json=as_json)


def flows(
    orders: Annotated[
        int, typer.Option("--orders", metavar="N", min=1, help="How many orders go from mail to delivered.")
    ] = 5_000,
    a_day: Annotated[
        int, typer.Option("--a-day", metavar="N", min=1, help="How many of them come in one virtual day.")
    ] = 1_250,
    peer_orders: Annotated[
        int, typer.Option("--peer-orders", metavar="N", min=1, help="How many orders the naive peer drives.")
    ] = 100,
    as_json: Json = False,
) -> None:
    """Measure how many orders an hour go from mail to delivered, on a real Prefect server with a real worker.

    Simulated shops send mails and answer over HTTP; what has work is found and run as `up` does it, and counted until
    Prefect has recorded all of it. Then a naive peer calls the flow order-stage once for each order and step. It takes
    about half an hour and 2 GB of disk, and wants the machine for itself. Ends with 1 if a limit is broken.
    """
    from flows.bench.driving import measure

    _tell(partial(measure, orders=orders, a_day=a_day, peer_orders=peer_orders, tell=note), as_json=as_json)


def idle(
    minutes: Annotated[
        float, typer.Option("--minutes", metavar="N", min=0.1, help="How long to watch it do nothing.")
    ] = 30.0,
    looks: Annotated[
        int, typer.Option("--looks", metavar="N", min=1, help="Over how many looks growth is told.")
    ] = 500,
    as_json: Json = False,
) -> None:
    """Measure what Shipclock costs while nothing happens: a whole `up` with one empty mailbox, half an hour long.

    Tells processor and memory of our own processes and of Prefect's, the runs that were started, and what grows over
    500 looks. Needs Linux and Dovecot (.ci/install-debian), and wants the machine for itself; your own Shipclock is
    not touched. Ends with 1 if a limit is broken.
    """
    from flows.bench.idle import measure

    _tell(partial(measure, minutes=minutes, looks=looks, tell=note), as_json=as_json)


def _tell(measure: Callable[[Path], Iterable[Figure]], *, as_json: bool) -> None:
    """Measure in a temporary folder, say each figure as soon as it is there, and end with 1 if a limit is broken."""
    from tempfile import TemporaryDirectory

    from flows.bench.figure import BenchError
    from flows.bench.machine import machine
    from flows.demo.dovecot import DovecotMissingError

    about, figures = machine(), []
    if not as_json:
        pairs(about)
    try:
        with TemporaryDirectory(prefix="shipclock-bench-") as folder:
            for figure in measure(Path(folder)):
                figures.append(figure)
                if not as_json:
                    say(figure.line)
    except (BenchError, DovecotMissingError) as fault:
        note(f"Not measured: {fault}")
        raise typer.Exit(EXIT_FAULT) from None
    if as_json:
        emit({"machine": about, "figures": [figure.as_json() for figure in figures]})
    if not all(figure.holds for figure in figures):
        raise typer.Exit(EXIT_FAULT)
