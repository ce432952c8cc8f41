"""`learn`: why a mail is read as it is, and teaching Shipclock a wording that it does not know."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Json
from flows.cli.output import EXIT_REFUSED, emit


def learn(
    target: Annotated[str, typer.Argument(metavar="MAIL", help="A mail file (.eml), or the number of a waiting mail.")],
    labels: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=LABEL", help="The label at which a field stands, as in the mail."),
    ] = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND=WORDS", help="Words of the subject that tell what the mail is about."),
    ] = None,
    mailbox: Annotated[
        str | None, typer.Option(help="Read a file as mail of this mailbox; the first by default.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what it would bring.")] = False,
    as_json: Json = False,
) -> None:
    """Show what is found in a mail and by which label, what is missing, and teach the missing labels.

    On a terminal it asks for each missing label; with --set and --kind it does not ask. A label must stand in the
    mail beside a value that fits, and may not mean something else already. What is taught stands in
    HOME/labels/LANGUAGE.toml, one file a language: a wording taught wrongly is taken out by deleting it there.
    Then all waiting mail is read again. Buyers' data is never shown.
    """
    from flows.cli import lesson_page
    from flows.cli.opening import opened

    office = opened()
    mail = lesson_page.mail_of(office, target, mailbox)
    explained = lesson_page.look(office, mail)
    lessons = lesson_page.lessons_in(labels or [], kinds or [])
    if not as_json and not lessons:
        lesson_page.show(explained)
        lessons = lesson_page.asked(explained, target)
    taught = lesson_page.teach(office, mail, lessons, dry_run=dry_run) if lessons else None
    if as_json:
        emit(lesson_page.as_json(explained, taught, dry_run=dry_run))
    elif taught is not None:
        lesson_page.tell(taught, dry_run=dry_run)
    if taught is not None and taught.refused:
        raise typer.Exit(EXIT_REFUSED)
