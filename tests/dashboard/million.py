"""The dashboard of a seller with a million orders: what each page costs.

`python -m tests.dashboard.million [--orders N] [--database URL]` makes a database with so many orders (once: it is kept
in a folder, --folder), serves the real dashboard, looks at every page in a real Chromium, and prints a table. What is
over its limit is marked. `--database postgresql` starts a server of its own, and makes its database anew.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer
from playwright.sync_api import Browser
from sqlalchemy.engine import make_url
from sqlmodel import col, select

from models.db.schema import migrate
from models.db.session import make_engine, open_session
from models.db.tables import OrderRow
from tests.browser import ROOT, Visit, chromium, free_port, visit, wait_until_healthy
from tests.dashboard.crowd import make
from tests.postgres import Postgres
from tests.waiting import PATIENCE

MOST_SQL: Final = 100.0  # ms of a page's questions together
MOST_ROWS: Final = 200  # of a table that is sent to the browser
MOST_SECONDS: Final = 3.0
MOST_TURN: Final = 0.5  # seconds to the next page of a list
MOST_MEGABYTES: Final = 300.0
TRIES: Final = 3
SESSIONS: Final = 20
SEEN: Final = 3  # pages that each of the sessions looks at
KEPT: Final = Path(tempfile.gettempdir()) / "shipclock-million"
PLAIN: Final = ("streamlit", "run", "dashboard/app.py")
NEXT: Final = "[data-testid=stPaginationNext]"
# In the browser itself, from the click to the new list: what the tool waits for before it clicks is not ours.
TURNING: Final = """first => {
    window.turned = new Promise(done => {
        let began
        document.addEventListener('click', () => began = performance.now(), {capture: true, once: true})
        const look = () => began !== undefined && FIRST_LINE !== first
            ? done((performance.now() - began) / 1000) : requestAnimationFrame(look)
        look()
    })
}"""
FIRST_LINE: Final = "document.querySelector('[data-testid=stPageLink-NavLink][href*=\"order=\"]')?.href"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a look at a page costs: its questions, the most rows of one, of a table; seconds, also of its next page."""

    page: str
    ms: float
    asked: int
    rows: int
    table: int
    seconds: float
    turn: float | None = None
    worst: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """A dashboard that is served, and what it writes down, if it does."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def forget(self) -> None:
        """Let it forget all kept answers."""
        self.process.send_signal(signal.SIGUSR1)

    def megabytes(self) -> float:
        """The memory that it holds."""
        told = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in told.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


@contextmanager
def served(home: Path, database: str, *, watched: bool = False) -> Iterator[Server]:
    """Serve the dashboard of a home as `shipclock up` does."""
    port, log = free_port(), home / "questions.jsonl"
    log.write_text("")
    told = {"SHIPCLOCK_HOME": home, "SHIPCLOCK_CONFIG": home / "shipclock.toml", "SHIPCLOCK_DATABASE_URL": database}
    program = ("tests.dashboard.watched", str(log), *PLAIN[1:]) if watched else PLAIN
    command = [sys.executable, "-m", *program, "--server.port", str(port)]
    environment = {**os.environ, **{name: str(one) for name, one in told.items()}}
    with (home / "dashboard.log").open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process)
        yield Server(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def pages(database: str) -> dict[str, str]:
    """The pages by name; those that search have something to find."""
    engine = make_engine(database)
    with open_session(engine, read_only=True) as session:
        of_lately = select(OrderRow).where(OrderRow.stage == "DELIVERED").order_by(col(OrderRow.placed_at).desc())
        row = session.exec(of_lately.limit(1)).one()
    engine.dispose()
    order = f"/order?order={row.order_no}"
    return {
        "Today": "/",
        "Packing": "/packing",
        "Orders": "/orders",
        "Orders, open, of a shop": f"/orders?open=true&shop={quote(row.shop_id)}",
        "Orders, of a stage": "/orders?stage=CANCELLED",
        "Orders, a number's beginning": f"/orders?q={row.order_no[:9]}",
        "Orders, a number's end": f"/orders?q={row.order_no[-6:]}",
        "Orders, a number nobody has": "/orders?q=1234567",
        "Order": order,
        "Breaches": "/breaches",
        "Numbers": "/figures",
        "Problems": "/problems",
        "Mail": "/mail",
        "Settings": "/settings",
    }


def looked_at(server: Server, seen: Visit, page: str, path: str) -> Cost:
    """Look at a page some times, nothing of which is kept, and give the middle of what that costs."""
    seen.go(path)
    looks = [_look(server, lambda: seen.go(path)) for _ in range(TRIES)]
    turns = [_turned(server, seen, path) for _ in range(TRIES)] if seen.page.locator(NEXT).count() else []
    questions = [[line for line in lines if "sql" in line] for _, lines in looks]
    last = questions[-1]
    nothing: dict[str, Any] = {"sql": "", "ms": 0.0}
    worst = max(last, key=lambda line: line["ms"], default=nothing)
    return Cost(
        page=page,
        ms=median(sum(line["ms"] for line in of_look) for of_look in questions),
        asked=len(last),
        rows=max((line["rows"] for line in last), default=0),
        table=max((line["table"] for line in looks[-1][1] if "table" in line), default=0),
        seconds=median(seconds for seconds, _ in looks),
        turn=median(turns) if turns else None,
        worst=f"{worst['ms']:.0f} ms: {' '.join(worst['sql'].split())}",
    )


def _look(server: Server, do: Callable[[], Any]) -> tuple[float, list[dict[str, Any]]]:
    """Seconds that something takes where no answer is kept, and what it asks."""
    before = server.log.stat().st_size
    server.forget()
    began = time.perf_counter()
    do()
    seconds = time.perf_counter() - began
    with server.log.open(encoding="utf-8") as log:
        log.seek(before)
        return seconds, [json.loads(line) for line in log]


def _turned(server: Server, seen: Visit, path: str) -> float:
    """Seconds from a click to the next page of a list, nothing of which is kept."""
    seen.go(path)
    seen.page.evaluate(TURNING.replace("FIRST_LINE", FIRST_LINE), seen.page.evaluate(FIRST_LINE))
    server.forget()
    seen.page.locator(NEXT).click()
    return float(seen.page.evaluate("window.turned"))


def first_look(home: Path, database: str, browser: Browser) -> float:
    """Seconds from a start of the dashboard (when it answers) to the heading that its first visitor sees."""
    with served(home, database) as server, visit(browser, server.address) as seen:
        began = time.perf_counter()
        seen.page.goto(server.address)
        seen.page.wait_for_selector("h1")
        return time.perf_counter() - began


def memory(home: Path, database: str, browser: Browser, paths: Sequence[str]) -> tuple[float, float]:
    """Megabytes of the dashboard after its first visitor, and with all sessions open, each having seen every page."""
    with served(home, database) as server, ExitStack() as open_ones:
        seen = open_ones.enter_context(visit(browser, server.address))
        seen.go("/")
        before = server.megabytes()
        for number in range(SESSIONS):
            seen = open_ones.enter_context(visit(browser, server.address))
            for path in (*paths[number % len(paths) :], *paths[: number % len(paths)])[:SEEN]:
                seen.go(path)
        return before, server.megabytes()


def _heading() -> str:
    widths = {"SQL ms": 10, "questions": 11, "rows asked": 12, "rows shown": 12, "seconds": 10, "next page s": 13}
    return f"{'page':<30}{''.join(f'{name:>{width}}' for name, width in widths.items())}"


def _line(one: Cost) -> str:
    turn = "" if one.turn is None else _marked(one.turn, MOST_TURN, 2)
    return (
        f"{one.page:<30}{_marked(one.ms, MOST_SQL, 0):>10}{one.asked:>11}{one.rows:>12}"
        f"{_marked(one.table, MOST_ROWS, 0):>12}{_marked(one.seconds, MOST_SECONDS, 2):>10}{turn:>13}"
    )


def _marked(value: float, limit: float, digits: int) -> str:
    return f"{value:,.{digits}f}{' !' if value > limit else '  '}"


def main(
    orders: Annotated[int, typer.Option(min=1_000, help="How many orders.")] = 1_000_000,
    database: Annotated[str, typer.Option(help="Another database than a file, or `postgresql`.")] = "",
    folder: Annotated[Path, typer.Option(help="Where it is kept.")] = KEPT,
    *,
    worst: Annotated[bool, typer.Option("--worst", help="Say each page's slowest question as well.")] = False,
) -> None:
    """Make the database if need be, look at all pages, print the table."""
    with ExitStack() as stack:
        if database == "postgresql":
            database = stack.enter_context(stack.enter_context(Postgres()).database())
        home, address = _home(folder, orders, database)
        typer.echo(f"\n{orders:,} orders, {make_url(address).get_backend_name()}\n{_heading()}")
        measure(home, address, worst=worst)


def _home(folder: Path, orders: int, database: str) -> tuple[Path, str]:
    """A home with so many orders, made now unless it is there; with the address of its database."""
    home = folder / (f"other-{orders}" if database else f"sqlite-{orders}")
    address = database or f"sqlite:///{home / 'shipclock.db'}"
    done, began = home / "done", time.perf_counter()

    def tell(words: str) -> None:
        typer.echo(f"{time.perf_counter() - began:5.0f} s  {words}")

    if done.exists() and done.read_text(encoding="utf-8") == address:
        engine = make_engine(address)
        if (told := migrate(engine)).changed:
            tell(f"brought from version {told.before} to {told.after}")
        engine.dispose()
        return home, address
    if not database:
        for file in home.glob("shipclock.db*"):
            file.unlink()
    make(home, folder / "play", orders, address, tell)
    done.write_text(address, encoding="utf-8")
    tell("made")
    return home, address


def measure(home: Path, database: str, *, worst: bool) -> None:
    """Print the table, a page a line, and what lies below it."""
    named = pages(database)
    with chromium() as (_, browser):
        with served(home, database, watched=True) as server, visit(browser, server.address) as seen:
            for page, path in named.items():
                cost = looked_at(server, seen, page, path)
                typer.echo(_line(cost) + (f"  {cost.worst}" if worst else ""))
        first = median(first_look(home, database, browser) for _ in range(TRIES))
        typer.echo(f"first visitor after start: {_marked(first, MOST_SECONDS, 2)} s to the heading")
        before, after = memory(home, database, browser, list(named.values()))
        grown = f"{after - before:,.0f} MB more than with one"
        typer.echo(f"memory with {SESSIONS} sessions: {_marked(after, MOST_MEGABYTES, 0)} MB, {grown}")


if __name__ == "__main__":
    typer.run(main)
