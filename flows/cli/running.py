"""What starts or runs work: `demo`, `simulate-shop`, `up`, `rerun`, `test`. The only commands that may load Prefect."""

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
