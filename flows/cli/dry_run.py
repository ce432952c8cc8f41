"""The dry run of `init`: what the mails of the last days would come to, counted. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flows.cli.login import Login
from flows.cli.output import note, say, table
from ingest.survey import Survey, survey
from models import formats
from models.catalogue import words
from models.home import Home


def look_around(login: Login, home: Home, days: int) -> list[str]:
    """Say what the mails of the last days are about; give the shops they name, the most frequent first.

    Raises MailboxError.
    """
    text, now = words(), datetime.now(UTC)
    note(text.text("cli.init.looking", days=days))
    found = survey(login.settings(), (), home, now - timedelta(days=days), now=now, password=login.secret)
    if not found.kinds:
        say(text.text("cli.init.nothing_seen", days=days))
    if found.mails:
        say(text.text("cli.init.seen", count=found.mails, ours=sum(found.kinds.values())))
        table([text.text(f"cli.init.columns.{name}") for name in ("count", "what", "fate")], list(_rows(found)))
    return [name for name, _ in found.shops.most_common()]


def _rows(found: Survey) -> Iterator[list[str]]:
    """Give one line for each thing that mails are about: first orders, then what is unclear, then the rest."""
    text = words()
    for kind, count in found.kinds.most_common():
        yield [formats.number(count), text.text(f"mail.kinds.{kind}"), text.text("cli.init.fate.orders")]
    for unclear, count in found.unclear.most_common():
        yield [formats.number(count), text.text(f"mail.quarantine.{unclear}.why"), text.text("cli.init.fate.unclear")]
    for ignored, count in found.ignored.most_common():
        yield [formats.number(count), text.text(f"mail.ignored.{ignored}"), text.text("cli.init.fate.ignored")]
