"""What starts or runs work: `demo`, `up`, `rerun`, `test`. The only commands that may load Prefect."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json, ShopName
from flows.cli.output import EXIT_FAULT, EXIT_USAGE, emit, fail, say
from models.stage import Step

ROOT = Path(__file__).resolve().parents[2]


def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Play to the end without a dashboard.")] = False,
    as_json: Json = False,
    seed: Annotated[int, typer.Option(help="Which story is played; the same number plays the same.")] = 7,
    speed: Annotated[float, typer.Option(min=0.01, max=1000, help="Virtual hours in a real second.")] = 0.5,
    days: Annotated[int, typer.Option(min=1, max=60, help="Virtual days to play.")] = 20,
    imap: Annotated[bool, typer.Option("--imap", help="Serve the made-up mail with Dovecot, if it is here.")] = False,
    home: Annotated[Path | None, typer.Option(help="Where the demo lives; a new folder by default.")] = None,
) -> None:
    """Play a shop with made-up orders, so that you can look around.

    Buyers, carrier and TikTok Shop are played; Shipclock is the real one, in a folder of its own. Nothing of
    yours is read or changed. Ctrl-C ends it.
    """
    from flows.demo.command import DemoOptions, run_demo

    options = DemoOptions(headless=headless, as_json=as_json, seed=seed, speed=speed, days=days, imap=imap, home=home)
    raise typer.Exit(run_demo(options))


def up(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port of the dashboard, else a free one.")] = None,
    no_dashboard: Annotated[bool, typer.Option("--no-dashboard", help="Watch and alert only.")] = False,
) -> None:
    """Start everything: reading mail, watching clocks, sending alerts, and the dashboard.

    It runs until Ctrl-C. Addresses, process ids and paths stand in run.json in the home.
    """
    from flows.up import run_up
    from models.home import find_home

    raise typer.Exit(run_up(find_home(), port=port, no_dashboard=no_dashboard))


def rerun(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number, or SHOP:NUMBER.")],
    step: Annotated[Step | None, typer.Option(help="Which step; by default the one that failed.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for the audit.")] = None,
    shop: ShopName = None,
    as_json: Json = False,
) -> None:
    """Run a step of an order again that Shipclock could not finish.

    With a running `shipclock up` it becomes a run in Prefect, else it runs here and now. What was done already is
    not done twice.
    """
    from flows.cli.again import run_again

    answer, words, failed = run_again(number, step=step, reason=reason, shop=shop)
    if as_json:
        emit(answer)
    else:
        say(words)
    if failed:
        raise typer.Exit(EXIT_FAULT)


def test(context: typer.Context) -> None:
    """Run Shipclock's own tests with pytest; what you write behind it is passed on.

    The exit code is pytest's.
    """
    import subprocess
    import sys

    if not (ROOT / "tests").is_dir():
        fail(f"There are no tests in {ROOT}: run this in a clone of the repository.", EXIT_USAGE)
    done = subprocess.run([sys.executable, "-m", "pytest", *context.args], cwd=ROOT, check=False)  # noqa: S603  # the user's own words
    raise typer.Exit(done.returncode)
