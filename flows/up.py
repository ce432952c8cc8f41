"""`shipclock up`: everything that watches a shop's orders, in one command that ends with Ctrl-C.

Says in words how far it is (stderr) and where the dashboard is (stdout).
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

from flows.office import open_office
from flows.ports import claim_port
from flows.stack import TICK_SECONDS, AlreadyRunningError, Stack, StackError, StoppedError
from flows.supervise import Supervisor
from flows.vitals_page import VitalsPage
from models.catalogue import words
from models.db.schema import Migration
from models.home import Home
from models.settings_file import load_settings

ENDINGS: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # each where the system has it
FAULT: Final = 1
BUSY: Final = 3


def run_up(
    home: Home,
    *,
    port: int | None = None,
    no_dashboard: bool = False,
    stop: threading.Event | None = None,
) -> int:
    """Run Shipclock for this home until it is asked to end; 0 then, 1 on a fault, 3 when it runs already.

    `stop` ends it like Ctrl-C does. Raises SettingsError or DatabaseError before anything is started.
    """
    with ending_on_signals(stop or threading.Event()) as asked:
        home.path.mkdir(parents=True, exist_ok=True)
        open_office(home, tell=_tell_migration).engine.dispose()
        try:
            with Stack(home, tell=say, stop=asked) as stack:
                os.environ.update(stack.environment)  # Prefect reads its settings when it is imported
                with _vitals_page(stack):
                    _start(stack, port, with_dashboard=not no_dashboard)
                    keep_running(stack)
                say("Ending ...")
        except StoppedError:
            say("Ended before everything was up.")
        except StackError as fault:
            say(str(fault))
            return BUSY if isinstance(fault, AlreadyRunningError) else FAULT
        say("Shipclock has ended.")
    return 0


def say(words: str) -> None:
    """Tell the user."""
    typer.echo(words, err=True)


def _tell_migration(migration: Migration) -> None:
    made = "Made the database." if migration.before is None else f"Brought the database to {migration.after}."
    say(made)


def _start(stack: Stack, port: int | None, *, with_dashboard: bool) -> None:
    say(f"Starting Shipclock for {stack.home.path} (half a minute, Ctrl-C ends it) ...")
    stack.start_server()
    say(f"Prefect is up: {stack.prefect_url}")
    stack.start_worker()
    if with_dashboard:
        stack.start_dashboard(port)
        say("The dashboard is up:")
        typer.echo(stack.dashboard_url)
    stack.deploy()
    say("Shipclock is running and looks for work each minute. Ctrl-C ends it.")


@contextmanager
def _vitals_page(stack: Stack) -> Iterator[None]:
    """Answer /healthz and /metrics inside the block; without them the rest works all the same."""
    watch = load_settings(stack.home).watch
    claim = claim_port(watch.port)
    stack.claims.append(claim)
    if claim.number != watch.port:
        say(words().text("cli.health_port", port=watch.port, taken=claim.number))
    try:
        page = VitalsPage(stack.home, watch.host, claim.number)
    except OSError as fault:
        say(words().text("cli.no_health", host=watch.host, port=claim.number, code=type(fault).__name__))
        yield
        return
    with page:
        stack.health_url = page.url
        stack.write_run_file()
        yield


def keep_running(stack: Stack) -> None:
    """Look after all processes, and for work each minute, until somebody asks for an end."""
    supervisor, told = Supervisor(environment=stack.environment, tell=say), ""
    while not stack.asked_to_stop.is_set():
        trouble = _look_after(stack, supervisor)
        if trouble and trouble != told:
            say(f"Something is in the way of looking after all processes: {trouble}. Trying on.")
        told = trouble
        time.sleep(TICK_SECONDS)  # between two looks; short, since nothing wakes it when somebody asks for an end


def _look_after(stack: Stack, supervisor: Supervisor) -> str:
    """Do once what keeps all running; give what was in the way of it.

    A full disk, or no process or thread to be had, may pass: it ends nothing that runs.
    """
    moment = time.monotonic()
    try:
        stack.tend()
        supervisor.tend(moment)
        if supervisor.waker_wanted:
            stack.start_waker()
    except (OSError, RuntimeError) as fault:
        return (fault.strerror if isinstance(fault, OSError) else None) or type(fault).__name__
    return ""


@contextmanager
def ending_on_signals(asked: threading.Event) -> Iterator[threading.Event]:
    """Set `asked` when the user or the system wants an end, inside the block.

    Nobody waits on the event itself, all look at it: a handler that sets one which its own thread waits on
    can stand still for ever.
    """
    if threading.current_thread() is not threading.main_thread():
        yield asked  # only the main thread can be told by signals
        return
    before = {number: signal.signal(number, lambda *_: asked.set()) for number in ending_signals()}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ending_signals() -> list[signal.Signals]:
    """Give the signals that ask for an end here.

    Who starts a program by nohup wants it to live on when its terminal closes. A shell that starts one in the
    background has it ignore a Ctrl-C, too, but whoever sends that by itself means it.
    """
    found = [signal.Signals[name] for name in ENDINGS if hasattr(signal, name)]
    ignored = [one for one in found if one.name == "SIGHUP" and signal.getsignal(one) is signal.SIG_IGN]
    return [one for one in found if one not in ignored]
