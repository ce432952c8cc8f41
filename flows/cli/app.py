"""The commands of `shipclock`, in the groups that its help shows.

Importing this must stay cheap (`shipclock --help` answers at once): command modules import databases, mail
and Prefect inside their functions, and help is plain text, for drawing boxes costs half a second.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import cleandoc
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from flows.cli import (
    acting,
    alerting,
    answering,
    backing_up,
    benching,
    checking,
    entering,
    explaining,
    importing,
    intake,
    labelling,
    learning,
    looking,
    packing,
    people,
    policies,
    proving,
    quarantine,
    rebuilding,
    redacting,
    running,
    setup,
    shops,
    signing_in,
    webhooks,
)
from flows.cli.output import say

FIRST: Final = "First steps"
DAILY: Final = "Daily work"
CLOSER: Final = "Looking closer"


class Grouped(TyperGroup):
    """A group whose help lists its commands under headings, in the order they were registered."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # typer keeps these types private
        """Write one list for each heading."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command = self.commands[name]
            panel = getattr(command, "rich_help_panel", None) or "Commands"
            panels.setdefault(str(panel), []).append((name, command.get_short_help_str(70)))
        for panel, rows in panels.items():
            with formatter.section(panel):
                formatter.write_dl(rows)


def examples(*lines: str) -> str:
    """Give the end of a command's help: lines as they would be typed, not wrapped."""
    return "\b\n" + "\n".join(["Examples:", *(f"  shipclock {line}" for line in lines)])


def as_typed(command: Callable[..., None]) -> str:
    r"""Give a command's docstring; a line of `\b` alone keeps the lines below it as they are typed."""
    return cleandoc(command.__doc__ or "").replace("\\b\n", "\b\n")


app = typer.Typer(
    cls=Grouped,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples("demo", "init", "todo", "do 576461413038785752 mark_packed", "COMMAND --help"),
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        say(f"shipclock {version('shipclock')}")
        raise typer.Exit


@app.callback()
def shipclock(
    _version_asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Read the mailbox of a TikTok Shop seller and watch every order's clocks.

    New here? `shipclock demo` plays a shop with made-up orders. Then `shipclock init` sets up your own mailbox,
    and `shipclock up` starts everything.
    """


def _add(name: str, panel: str, command: Callable[..., None], short: str, *lines: str) -> None:
    """Register one command with its line in the list and the examples under its help."""
    app.command(name, rich_help_panel=panel, short_help=short, epilog=examples(*lines))(command)


_add(
    "demo", FIRST, running.demo, "Play a shop with made-up orders, to look around.",
    "demo", "demo --speed 2", "demo --headless --json --seed 7",
)  # fmt: skip
_add(
    "init", FIRST, setup.init, "Set up your mailbox and shops.",
    "init", "init --maildir ~/Maildir --shop 'Tre Viet Store' --market VN --yes",
)  # fmt: skip
sign_in = typer.Typer(
    cls=Grouped, rich_markup_mode=None, short_help="Sign in at Microsoft or Google, or consent at TikTok Shop.",
    no_args_is_help=True,
    epilog=examples("auth microsoft", "auth microsoft main", "auth google --paste", "auth tiktok 'Tre Viet Store'"),
)  # fmt: skip
sign_in.callback()(signing_in.auth)
for signs_in, its_name, its_words in (
    (signing_in.microsoft, "microsoft", "Outlook.com and Microsoft 365, by a code."),
    (signing_in.google, "google", "Gmail, with an app of your own."),
    (signing_in.tiktok, "tiktok", "A shop at TikTok Shop, with an app of your own."),
):
    sign_in.command(its_name, help=as_typed(signs_in), short_help=its_words, epilog=examples(f"auth {its_name}"))(
        signs_in
    )
app.add_typer(sign_in, name="auth", rich_help_panel=FIRST)
_add("check", FIRST, checking.check, "Say whether everything is as it must be.", "check", "check --json")
_add(
    "health",
    CLOSER,
    checking.health,
    "Say whether a running Shipclock is well.",
    "health",
    "health --json",
    "health --metrics",
)
_add("up", DAILY, running.up, "Start everything, until Ctrl-C.", "up", "up --no-dashboard")
_add(
    "webhooks", CLOSER, webhooks.webhooks, "Receive TikTok Shop's webhooks, behind your own web server.",
    "webhooks", "webhooks --port 8765",
)  # fmt: skip
_add("poll", DAILY, intake.poll, "Read what is new in the mailboxes.", "poll", "poll main --json")
_add("todo", DAILY, looking.todo, "Show what to do now, the most urgent first.", "todo", "todo --clicks --limit 5")
_add("orders", DAILY, looking.orders, "List orders.", "orders", "orders --stage to-pack", "orders 8785752 --json")
_add(
    "order", DAILY, looking.order, "Show one order.",
    "order 576461413038785752", "order 'Tre Viet Store:576461413038785752'",
)  # fmt: skip
_add(
    "do", DAILY, acting.do, "Carry out a command on orders, or say that it is done.",
    "do 576461413038785752 confirm",
    "do 576461413038785752 576461413038785753 mark_packed --set checklist=all",
    "do 576461413038785752 mark_shipped --set tracking_no=VN123",
    "do 576461413038785752 reject_cancel --reason 'already packed'",
    "do 576461413038785752 record --set kind=delivered",
    "do 576461413038785752 retract --set fact_id=3fa9c1 --preview",
)  # fmt: skip
_add(
    "label", DAILY, labelling.label, "Fetch an order's label from TikTok Shop.",
    "label 576461413038785752", "label 576461413038785752 --open",
)  # fmt: skip
_add(
    "claim", DAILY, proving.claim, "Write an order's letters: appeal, complaint, claim, question.",
    "claim 576461413038785752", "claim 576461413038785752 --language th",
)  # fmt: skip
_add(
    "evidence", DAILY, proving.evidence, "Write a file that proves an order's course.",
    "evidence 576461413038785752", "evidence 576461413038785752 --shop 'Tre Viet Store' --out appeal.zip",
)  # fmt: skip
_add(
    "packing-rules", DAILY, packing.packing_rules, "Show the packing rules, or say that you keep them.",
    "packing-rules", "packing-rules --acknowledge", "packing-rules --acknowledge --as Lan",
)  # fmt: skip
_add(
    "answer", DAILY, answering.answer, "Answer what is asked of many orders once a day.",
    "answer collected", "answer collected --until 2026-11-20 --yes",
    "answer delivered --yes --except 576461413038785752 --except 576461413038785753",
)  # fmt: skip
_add(
    "import", DAILY, importing.import_orders, "Enter the orders of an export from Seller Center.",
    "import orders.xlsx --dry-run", "import orders.csv --shop 'Tre Viet Store' --json",
)  # fmt: skip
_add(
    "enter", DAILY, entering.enter, "Enter an order by hand.",
    "enter 576461413038785752 --placed-at 2026-11-22T14:05 --item TV-TRAY-L=2",
)  # fmt: skip
_add(
    "reconcile", CLOSER, importing.reconcile, "Compare an export from Seller Center with what is known here.",
    "reconcile orders.xlsx", "reconcile orders.csv --json",
)  # fmt: skip
_add(
    "explain", CLOSER, explaining.explain, "Tell why an order is where we say it is.",
    "explain 576461413038785752",
    "explain 576461413038785752 --at 2026-11-20T08:00",
    "explain --facts facts.json --now 2026-03-02T00:00:00Z --policy article --json",
)  # fmt: skip
_add(
    "parse", CLOSER, intake.parse, "Show what is understood of mail files.",
    "parse mail.eml", "parse folder/ --config shipclock.toml --json",
)  # fmt: skip
_add(
    "redact", CLOSER, redacting.redact, "Mask what is personal in a mail, to show it to us.",
    "redact mail.eml", "redact mail.eml -o to-show.eml --keep Zustellfenster",
)  # fmt: skip
_add(
    "learn", CLOSER, learning.learn, "Show why a mail is read as it is, and teach a new wording.",
    "learn mail.eml", "learn 12", 'learn 12 --set order_no="Order tag" --dry-run',
    'learn mail.eml --kind new_order="You sold something"',
)  # fmt: skip
_add(
    "simulate-shop", CLOSER, running.simulate_shop, "Serve a made-up shop with the Open API, to practise on.",
    "simulate-shop", "simulate-shop --market us --speed 60 --mail ~/Maildir",
    "simulate-shop --market sea --orders 500 --faults 0.05 --port 8080 --home rehearsal",
)  # fmt: skip
_add(
    "rerun", CLOSER, running.rerun, "List steps that failed, and run them again.",
    "rerun", "rerun 576461413038785752", "rerun 576461413038785752 hand_over",
    "rerun --all --class shop_unavailable --dry-run", "rerun --all --class shop_unavailable --shop 'Tre Viet Store'",
)  # fmt: skip

_add(
    "backup", CLOSER, backing_up.backup, "Write all that Shipclock knows into one file.",
    "backup /media/stick/shipclock.zip", "backup ~/backups/$(date +%F).zip",
)  # fmt: skip
_add(
    "restore", CLOSER, backing_up.restore, "Put a backup back into an empty place.",
    "restore /media/stick/shipclock.zip", "restore /media/stick/shipclock.zip --force",
)  # fmt: skip

figures = typer.Typer(
    cls=Grouped, rich_markup_mode=None, short_help="Show the time limits that count, and check your own.",
    help="The time limits that count: which there are, whose figures they are, whether your own are right.",
    epilog=examples("policy show", "policy show us-2026", "policy show --shop 'Tre Viet Store'", "policy check"),
)  # fmt: skip
figures.command(
    "show", short_help="Show every figure with its source.",
    epilog=examples("policy show", "policy show us-2026", "policy show --shop 'Tre Viet Store' --json"),
)(policies.show)  # fmt: skip
figures.command(
    "apply", short_help="Move open orders to the figures of the settings.",
    epilog=examples("policy apply --shop 'Tre Viet Store' --dry-run", "policy apply --shop 'Tre Viet Store'"),
)(policies.apply)  # fmt: skip
figures.command(
    "check", short_help="Say whether figures, extensions and holidays are right.",
    epilog=examples("policy check", "policy check my-policy.toml", "policy check my-extensions.toml --json"),
)(policies.check)  # fmt: skip
app.add_typer(figures, name="policy", rich_help_panel=CLOSER)
_add(
    "rebuild", CLOSER, rebuilding.rebuild, "Compute all orders anew and compare.",
    "rebuild --check", "rebuild --order 576461413038785752", "rebuild --check --json",
)  # fmt: skip

waiting_mail = typer.Typer(
    cls=Grouped, rich_markup_mode=None, short_help="Look after mails that were not understood.",
    invoke_without_command=True, callback=quarantine.show, epilog=examples("quarantine", "quarantine release 12"),
)  # fmt: skip
for name, command, line in (
    ("read-again", quarantine.read_again, "quarantine read-again 12"),
    ("belongs", quarantine.belongs, "quarantine belongs 12 --shop 'Tre Viet Store'"),
    ("release", quarantine.release, "quarantine release 12 13"),
    ("dismiss", quarantine.dismiss, "quarantine dismiss 12"),
):
    waiting_mail.command(name, epilog=examples(line))(command)
app.add_typer(waiting_mail, name="quarantine", rich_help_panel=DAILY)

alerts = typer.Typer(
    cls=Grouped, rich_markup_mode=None, short_help="Show what you are told, acknowledge it, or have peace for a while.",
    invoke_without_command=True, callback=alerting.show, epilog=examples("alerts", "alerts ack --all"),
)  # fmt: skip
alerts.command("ack", epilog=examples("alerts ack 3fa9c1d2", "alerts ack --all"))(alerting.ack)
alerts.command("silence", epilog=examples("alerts silence --shop 'Tre Viet Store' --rule D21 --for 2h --reason 'Tet'"))(
    alerting.silence
)
alerts.command("silences", epilog=examples("alerts silences"))(alerting.silences)
alerts.command("unsilence", epilog=examples("alerts unsilence 3"))(alerting.unsilence)
app.add_typer(alerts, name="alerts", rich_help_panel=DAILY)

own_shops = typer.Typer(
    cls=Grouped, rich_markup_mode=None, short_help="Show by what a shop's mail is known, and which mails it gets.",
    invoke_without_command=True, callback=shops.show, epilog=examples("shops", "shops forget 'Tre Viet Official'"),
)  # fmt: skip
own_shops.command(
    "forget", short_help="Take back a name or address that was taught.",
    epilog=examples("shops forget 'Tre Viet Official'"),
)(shops.forget)  # fmt: skip
app.add_typer(own_shops, name="shops", rich_help_panel=CLOSER)

staff = typer.Typer(
    cls=Grouped, rich_markup_mode=None, short_help="Say who may sign in at the dashboard, and as what.",
    invoke_without_command=True, callback=people.show,
    epilog=examples("people", "people add Lan --role packer", "people remove Lan"),
)  # fmt: skip
staff_changes: tuple[tuple[str, Callable[..., None], str, str], ...] = (
    ("add", people.add, "Add a person, with a PIN.", "people add Lan --role packer"),
    ("role", people.role, "Change what a person may do.", "people role Lan manager"),
    ("pin", people.pin, "Give a person a new PIN.", "people pin Lan"),
    ("unlock", people.unlock, "Open the door that wrong PINs have shut.", "people unlock Lan"),
    ("sign-out", people.sign_out, "Sign a person out everywhere.", "people sign-out Lan"),
    ("remove", people.remove, "Let a person go.", "people remove Lan"),
)
for its_name, change, its_words, line in staff_changes:
    staff.command(its_name, short_help=its_words, epilog=examples(line))(change)
app.add_typer(staff, name="people", rich_help_panel=FIRST)
_add(
    "share", FIRST, people.share, "Let phones of your network open the dashboard.",
    "share", "share --on", "share --off",
)  # fmt: skip

measuring = typer.Typer(
    cls=Grouped, rich_markup_mode=None, short_help="Measure how fast Shipclock is here.",
    no_args_is_help=True, epilog=examples("bench lifecycle", "bench lifecycle --orders 10000 --deadlines 100000"),
)  # fmt: skip
measuring.callback()(benching.bench)
measuring.command("lifecycle", epilog=examples("bench lifecycle", "bench lifecycle --json"))(benching.lifecycle)
measuring.command("intake", epilog=examples("bench intake", "bench intake --mails 500 --rounds 2"))(benching.intake)
measuring.command("flows", epilog=examples("bench flows", "bench flows --orders 300 --peer-orders 20"))(benching.flows)
measuring.command("idle", epilog=examples("bench idle", "bench idle --minutes 5"))(benching.idle)
app.add_typer(measuring, name="bench", rich_help_panel=CLOSER)

app.command(
    "test",
    rich_help_panel=CLOSER,
    short_help="Run Shipclock's own tests.",
    epilog=examples("test", "test tests/models -x"),
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)(running.test)


@cache
def program() -> Callable[..., Any]:
    """Give the command that all of this makes; to put it together takes longer than most commands."""
    return typer.main.get_command(app)
