"""Mail: `poll` reads the mailboxes into the database, `parse` reads files without one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json
from flows.cli.output import EXIT_USAGE, emit, note, say


def poll(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="MAILBOX", help="Only these mailboxes; all by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read what is new in the mailboxes, now.

    Nothing is deleted, and nothing is marked or moved unless `after_reading` in the settings asks for it. A server
    that is left in peace for a while is asked all the same. Ends with 3 if another Shipclock is reading the mailbox
    at this moment.
    """
    from flows.cli import polling
    from flows.cli.opening import opened

    office = opened()
    polls = [polling.poll_one(office, mailbox) for mailbox in polling.chosen(office, names or [])]
    if as_json:
        emit({"mailboxes": [one.as_json() for one in polls]})
    for one in polls:
        if one.fault:
            note(one.words)
        elif not as_json:
            say(one.words)
    if code := max((one.exit_code for one in polls), default=0):
        raise typer.Exit(code)


def parse(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files (.eml) or folders of them.")],
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The settings file whose mailbox and shops count.")
    ] = None,
    mailbox: Annotated[str | None, typer.Option(help="Read as mail of this mailbox; the first by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Show what Shipclock understands of mail files; nothing is stored.

    Needs no database. A mail that is quarantined says why. What it prints holds order numbers, items and
    amounts, and never the buyer, the subject or the mail's words. Every file gives a line, however odd; ends
    with 2 if a path is not there.
    """
    from flows.cli import parsing

    reader = parsing.Reader.for_settings(config, mailbox)
    gone = parsing.missing(paths)
    for file in parsing.files_in([path for path in paths if path not in gone]):
        answer = reader.read(file)
        if as_json:
            emit(answer)
        else:
            say(parsing.line_of(answer))
    if gone:
        raise typer.Exit(EXIT_USAGE)
