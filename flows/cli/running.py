"""What starts or runs work: `demo`, `simulate-shop`, `up`, `rerun`, `test`. The only commands that may load Prefect."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json, Limit, ShopName
from flows.cli.output import EXIT_FAULT, EXIT_USAGE, emit, fail, say
from models.error_class import ErrorClass
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


def simulate_shop(
    market: Annotated[
        str, typer.Option(help="Whose calls and time limits: article (the seller rules), sea, us, uk or eu.")
    ] = "article",
    seed: Annotated[int, typer.Option(help="Which story is played; the same number plays the same.")] = 7,
    orders: Annotated[int, typer.Option(min=0, max=100_000, help="A crowd of so many orders; 0: the stories.")] = 0,
    days: Annotated[int, typer.Option(min=0, max=365, help="Days in which the crowd comes; 0: all at once.")] = 30,
    speed: Annotated[
        float, typer.Option(min=0.1, max=100_000, help="Seconds of the play in a real second; 1: real time.")
    ] = 1.0,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where it listens on this machine; 0: a free one.")] = 0,
    mail: Annotated[Path | None, typer.Option(metavar="MAILDIR", help="Send the notification mails there.")] = None,
    webhooks: Annotated[str, typer.Option(metavar="URL", help="Send signed webhooks there.")] = "",
    faults: Annotated[float, typer.Option(min=0, max=1, help="Share of calls that fail at random.")] = 0.0,
    messages: Annotated[bool, typer.Option("--messages", help="Grant the messages to buyers, too.")] = False,
    home: Annotated[Path | None, typer.Option(help="Where the play lives; a new folder by default.")] = None,
) -> None:
    """Serve a made-up shop that speaks TikTok Shop's Open API, to practise on.

    It checks keys as the real one does, lets buyers order, cancel and send back, carriers come late and lose
    parcels, and prints what to put into shipclock.toml. Nobody's parcel is sent. Ctrl-C ends it; with the same
    --home it goes on later.
    """
    import tempfile

    from flows.shop.simulator.market import timers
    from flows.shop.simulator.rehearsal import Rehearsal, run_rehearsal
    from flows.shop.simulator.script import Crowd

    if market.lower() not in timers():
        fail(f'There is no market "{market}". Choose one of {", ".join(timers())}.', EXIT_USAGE)
    chosen = Rehearsal(
        home=home or Path(tempfile.mkdtemp(prefix="shipclock-shop-")),
        market=market.lower(),
        seed=seed,
        crowd=Crowd(orders=orders, days=days) if orders else None,
        speed=speed,
        port=port,
        maildir=mail,
        webhooks=webhooks,
        faults=faults,
        messages=messages,
    )
    raise typer.Exit(run_rehearsal(chosen))


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


def rerun(  # one parameter for each option
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NUMBER]... [STEP]", help="Orders by number or SHOP:NUMBER; of one also which step."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All failed steps, or those of --class and --shop.")] = False,
    error_class: Annotated[
        ErrorClass | None, typer.Option("--class", help="Only what failed like this; by default every fault.")
    ] = None,
    shop: ShopName = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count them; nothing is done.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why, for the audit; no names of buyers.")] = None,
    limit: Limit = 200,
    as_json: Json = False,
) -> None:
    """Run steps again that Shipclock could not finish; without a further word, list them.

    With a running `shipclock up` it becomes one run in Prefect, else it runs here and now. What was done already is
    not done twice. Steps of the classes access and refused wait for you to put something right or to decide: --all
    leaves them alone unless --class names them.
    """
    from flows.cli import again_many

    numbers, step = _orders_and_step(what or [])
    if every and numbers:
        fail("Name orders or say --all, not both.")
    if len(numbers) == 1 and not dry_run:
        _rerun_one(numbers[0], step, reason, shop, as_json=as_json)
        return
    if step is not None:
        fail("A step is named for one order: `shipclock rerun NUMBER STEP`.")
    choice = again_many.choice_of(error_class, shop, numbers)
    if not every and not numbers:
        again_many.show_failed(choice, limit, as_json=as_json)
    elif dry_run:
        again_many.count_only(choice, as_json=as_json)
    else:
        again_many.run_many(choice, reason=reason, as_json=as_json)


def _orders_and_step(what: list[str]) -> tuple[list[str], Step | None]:
    """Tell the numbers from the step behind them; no order's number is a word."""
    if what and what[-1] in set(Step):
        return what[:-1], Step(what[-1])
    return what, None


def _rerun_one(number: str, step: Step | None, reason: str | None, shop: str | None, *, as_json: bool) -> None:
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
