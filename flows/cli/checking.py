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
