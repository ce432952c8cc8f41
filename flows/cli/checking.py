"""`check`: is everything as it must be, and if not, what to do."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Json
from flows.cli.output import EXIT_FAULT, emit, say


def check(
    offline: Annotated[bool, typer.Option("--offline", help="Leave the mail servers and TikTok Shop alone.")] = False,
    as_json: Json = False,
) -> None:
    """Check settings, database, mailboxes, shops, alerts and Prefect, and say what to do about each problem.

    A mailbox whose password was refused before is tried once more, so run this after you have corrected it.
    Ends with 1 if anything is wrong.
    """
    from flows.cli.health import findings

    found = []
    for finding in findings(offline=offline):
        found.append(finding)
        if not as_json:
            say(finding.line)
    if as_json:
        emit({"ok": all(one.ok for one in found), "checks": [one.as_json() for one in found]})
    if not all(one.ok for one in found):
        raise typer.Exit(EXIT_FAULT)


def health(
    as_json: Json = False,
    metrics: Annotated[bool, typer.Option("--metrics", help="Print the figures as Prometheus reads them.")] = False,
) -> None:
    """Say whether a running Shipclock is well: how old its news are, what waits, whether a worker was heard of.

    It reads the database alone and asks nobody; `shipclock check` logs in everywhere. While `shipclock up` runs, the
    same stands at /healthz (with 503 for not well) and /metrics; the address is in run.json as health_url.
    Ends with 1 if it is not well.
    """
    from flows.cli.opening import opened
    from flows.vitals import as_json as machine_form
    from flows.vitals import as_metrics, lines, reasons, vitals_of

    office = opened()
    vitals = vitals_of(office)
    why = reasons(vitals, office.settings)
    if metrics:
        say(as_metrics(vitals, why).rstrip("\n"))
    elif as_json:
        emit(machine_form(vitals, why))
    else:
        for line in lines(vitals, why):
            say(line)
    if why:
        raise typer.Exit(EXIT_FAULT)
