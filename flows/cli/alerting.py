"""Alerts on the command line: what waits and why, what was told, acknowledging, and being left in peace for a while."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Json, Limit

By = Annotated[
    str | None, typer.Option("--as", "--by", metavar="NAME", help="Who; without it the user of this machine.")
]


def show(context: typer.Context, limit: Limit = 200, as_json: Json = False) -> None:
    """Show the alerts that wait to be sent, with the reason, and those that were told and nobody has acknowledged.

    What is critical is told again and again, with growing pauses, until somebody acknowledges it or it is over.
    """
    if context.invoked_subcommand is not None:
        return
    from flows.cli import alerts_page

    alerts_page.show(limit, as_json=as_json)


def ack(
    keys: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY", help="Keys from the list or their beginnings, or an order number."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that are open now.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Say that you know: what you acknowledge is told no more, on no channel.

    A higher level of the same trouble (soon due, then overdue) is told all the same.
    """
    from flows.cli import alerts_page

    alerts_page.acknowledge(keys or [], every=every, by=by, as_json=as_json)


def silence(
    length: Annotated[str, typer.Option("--for", metavar="TIME", help="For how long: 30m, 2h, 3d.")],
    reason: Annotated[str, typer.Option(help="Why, for the audit; no names of buyers here.")],
    shop: Annotated[str | None, typer.Option("--shop", metavar="NAME", help="Only of this shop.")] = None,
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="RULE", help="Only about this: a code such as D02, or step.")
    ] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Keep alerts back for a while. They are told when it ends, if they are still true then.

    Name a shop, a rule, or both. Which rules there are: `shipclock policy show`, and D20 (mailbox not read), D21 (no
    mail), D22 (mail waits), step, missing, drift, rebuild, consent, X12.
    """
    from flows.cli import alerts_page

    alerts_page.silence(shop or "", rule or "", length, reason, by=by, as_json=as_json)


def silences(as_json: Json = False) -> None:
    """Show what is silenced now, until when, why, and by whom."""
    from flows.cli import alerts_page

    alerts_page.show_silences(as_json=as_json)


def unsilence(
    number: Annotated[int, typer.Argument(metavar="SILENCE", help="A number from `alerts silences`.")],
    by: By = None,
    as_json: Json = False,
) -> None:
    """End a silence now. What it kept back is told in the next minute, if it is still true."""
    from flows.cli import alerts_page

    alerts_page.unsilence(number, by=by, as_json=as_json)
