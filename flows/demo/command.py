"""`shipclock demo`: from options to a play on the screen, or to one closing object.

Headless it plays as fast as the runs allow; with the dashboard the virtual clock follows the real one.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from flows.cli.output import EXIT_FAULT, EXIT_USAGE, emit, note, pairs, say
from flows.demo.home import START, DemoHome, MailServer, OtherPlayError, open_demo_home
from flows.demo.play import Play
from flows.demo.report import report
from flows.shop.simulator.drop import MaildirDrop
from flows.shop.simulator.serving import keep_quiet
from flows.stack import Stack, StackError, StoppedError
from flows.up import ending_on_signals, ending_signals
from models.db.reading import problems, quarantine_count, stage_counts
from models.db.session import open_session

# The progress lines tell enough; a run's own log would come out between them, and after the server has gone.
QUIET: Final = {"PREFECT_LOGGING_LEVEL": "CRITICAL", "PREFECT_LOGGING_TO_API_ENABLED": "false"}
OVER: Final = "The play of {days} days is over. The dashboard stays until Ctrl-C."
IMAP_USER: Final = "demo"
FAST_MOVE: Final = timedelta(hours=12)  # headless: how much is played together
REST_SECONDS: Final = 1.0  # with the dashboard: the least time between two moves


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What the user chose; `speed` in virtual hours per real second."""

    headless: bool = False
    as_json: bool = False
    seed: int = 7
    speed: float = 0.5
    days: int = 20
    imap: bool = False
    home: Path | None = None


def run_demo(options: DemoOptions) -> int:
    """Play the demo; give the exit code: 0 played or ended by Ctrl-C, 1 a fault, 2 a home of another seed."""
    with ending_on_signals(threading.Event()) as stop, _mail_server(options) as server:
        try:
            with open_demo_home(options.home, options.seed, server) as demo:
                note(f"The demo lives in {demo.home.path}")
                code = _run(options, demo, stop)
        except OtherPlayError as fault:
            note(str(fault))
            return EXIT_USAGE
        if options.headless and options.home is None:
            shutil.rmtree(demo.home.path, ignore_errors=True)
    return code


def _run(options: DemoOptions, demo: DemoHome, stop: threading.Event) -> int:
    try:
        with Stack(demo.home, tell=note, stop=stop) as stack:
            (_play_headless if options.headless else _play_live)(options, demo, stack, stop)
            note("Ending ...")
    except StoppedError:
        note("Ended before the play was over.")
        return EXIT_FAULT if options.headless else 0
    except StackError as fault:
        note(str(fault))
        return EXIT_FAULT
    return 0


def _play_headless(options: DemoOptions, demo: DemoHome, stack: Stack, stop: threading.Event) -> None:
    """Play to the end as fast as the runs allow, then print what it came to."""
    note("Starting a Prefect server for it (10 to 20 s) ...")
    stack.start_server()
    play = _take_the_stage(demo, stack)
    for moment in _moments(demo.office.now(), START + timedelta(days=options.days), FAST_MOVE):
        with _cut_short(stop):
            play.move_to(moment)
        note(_progress(demo, moment))
    told = report(demo, reruns=play.reruns)
    if options.as_json:
        emit(told)
    else:
        _print_report(told)


def _take_the_stage(demo: DemoHome, stack: Stack) -> Play:
    """Make the play, whose flow runs happen in this process and must find the demo's own Prefect server."""
    os.environ.update(stack.environment, **QUIET)
    from prefect.context import refresh_global_settings_context  # noqa: PLC0415  # seconds of import
    from prefect.logging.configuration import setup_logging  # noqa: PLC0415  # the same

    refresh_global_settings_context()  # Prefect read its settings when it was imported, before there was a server
    setup_logging(incremental=False)
    keep_quiet()
    from flows.demo.runs import RUNS  # noqa: PLC0415  # the same

    return Play(demo, RUNS)


def _moments(start: datetime, end: datetime, move: timedelta) -> Iterator[datetime]:
    moment = start
    while moment < end:
        moment = min(moment + move, end)
        yield moment


def _progress(demo: DemoHome, moment: datetime) -> str:
    """Say in one line how the shops stand."""
    with open_session(demo.office.engine, read_only=True) as session:
        counts = stage_counts(session)
        failing, odd = len(problems(session)), quarantine_count(session)
    over = sum(counts.get(stage, 0) for stage in ("COMPLETED", "DELIVERED", "CANCELLED"))
    day = (moment - START) / timedelta(days=1)
    return (
        f"Day {day:4.1f}: {sum(counts.values())} orders, {over} of them over; "
        f"{failing} problems, {odd} mails not understood"
    )


def _print_report(told: dict[str, Any]) -> None:
    """Print the closing object for people."""
    pairs({name.replace("_", " "): str(value) for name, value in told.items() if name != "stories"})
    say("stories")
    for line in told["stories"]:
        say(f"  {line['story']:<28} {line['order_no']}  {line['stage'] or 'never became an order'}")


def _play_live(options: DemoOptions, demo: DemoHome, stack: Stack, stop: threading.Event) -> None:
    """Play in step with the real clock, with dashboard, worker and deployments, until Ctrl-C."""
    note("Starting Prefect and the dashboard (half a minute, Ctrl-C ends it) ...")
    stack.start_server()
    stack.start_worker()
    stack.start_dashboard()
    stack.deploy()
    play = stack.in_background(lambda: _take_the_stage(demo, stack))
    note(f"Each real second is {options.speed:g} virtual hours. Prefect's own pages: {stack.prefect_url}")
    note("The dashboard is at")
    say(stack.dashboard_url or "")
    end = START + timedelta(days=options.days)
    note(f"TikTok Shop, simulated, answers at {demo.shop.url}")
    note(f"Which order lives through which story stands in {_write_stories(demo)}")
    moment, before = demo.office.now(), time.monotonic()
    if moment >= end:
        note(OVER.format(days=options.days))
    while not stop.is_set():
        _rest(stop, REST_SECONDS - (time.monotonic() - before))
        passed, before = time.monotonic() - before, time.monotonic()
        stack.tend()
        if moment >= end:
            continue
        moment = min(moment + passed * timedelta(hours=options.speed), end)
        with _cut_short(stop):
            play.move_to(moment)
        if moment >= end:
            note(OVER.format(days=options.days))


@contextmanager
def _cut_short(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C end what runs inside at once, wherever it is: every run may be killed at any point.

    Raises StoppedError.
    """

    def interrupt(*_: object) -> None:
        stop.set()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in ending_signals()}
    try:
        if stop.is_set():
            raise StoppedError
        yield
    except KeyboardInterrupt:
        raise StoppedError from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _write_stories(demo: DemoHome) -> Path:
    """Write the stories with their order numbers, so that they can be looked up on the dashboard."""
    file = demo.home.path / "stories.txt"
    plans = sorted(demo.store.script.plans, key=lambda plan: (plan.story, plan.placed_at))
    file.write_text("".join(f"{plan.order_no}  {plan.story}  {plan.shop}\n" for plan in plans), encoding="utf-8")
    return file


def _rest(stop: threading.Event, seconds: float) -> None:
    """Wait, but not beyond a wish to end."""
    until = time.monotonic() + seconds
    while not stop.is_set() and time.monotonic() < until:
        time.sleep(0.1)


@contextmanager
def _mail_server(options: DemoOptions) -> Iterator[MailServer | None]:
    """Run an IMAP server for the demo's mail while the block lasts; None without --imap, or without Dovecot."""
    if not options.imap:
        yield None
        return
    from flows.demo.dovecot import PASSWORD, Dovecot, missing  # noqa: PLC0415  # knows POSIX users: not for everybody

    if reason := missing():
        note(f"{reason}. The demo reads its mail from files instead.")
        yield None
        return
    with Dovecot() as server:
        maildir = MaildirDrop(server.add_user(IMAP_USER)).path
        server.give(maildir)  # as root we write into it, and the server, which is nobody, keeps its lists there
        address: dict[str, str | int] = {"kind": "imap", "host": "localhost", "port": server.port, "user": IMAP_USER}
        yield MailServer(maildir=maildir, password=PASSWORD, settings={**address, "ca_file": str(server.cert)})
