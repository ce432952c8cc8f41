"""`redact`: a real mail made fit to be shown to others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.output import EXIT_FAULT, EXIT_REFUSED, fail, note, say


def redact(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The mail as your mail program saves it (.eml).")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to write; by default FILE.redacted.eml beside it.")
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", metavar="WORDS", help="Words that are harmless; repeatable.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Make a mail that you can show: who bought, where to and which order is masked, the wording stays.

    Every word that Shipclock does not know from TikTok Shop's mails becomes consonants, every long number another
    one, the same each time; so do addresses, links, user names and what headers say. Amounts, times and the build
    of the mail stay, attachments are emptied.

    It knows words, not people: somebody called like a common word may remain, and a label that Shipclock does not
    know is masked, too. So it shows what became what, and all that remains. READ IT ONCE MORE BEFORE YOU SEND IT.
    If a label is masked that is harmless, write it behind --keep.
    """
    from ingest.label_files import load_vocabulary
    from ingest.redaction import RedactionError
    from ingest.redaction import redact as redacted
    from models.catalogue import words
    from models.home import find_home

    target = out or file.with_suffix(".redacted.eml")
    if target.exists() and (not force or target.samefile(file)):
        fail(words().text("cli.redact.exists", file=target), EXIT_REFUSED)
    try:
        done = redacted(file.read_bytes(), load_vocabulary(find_home().path / "labels"), keep=keep or ())
    except RedactionError as fault:
        fail(str(fault), EXIT_FAULT)
    target.write_bytes(done.raw)
    say(words().text("cli.redact.replaced", count=len(done.replaced)))
    for before, after in done.replaced:
        say(f"  {before}  ->  {after}")
    say("\n" + words().text("cli.redact.remains"))
    for line in done.remains:
        say(f"  {line}")
    note("\n" + words().text("cli.redact.written", file=target))
