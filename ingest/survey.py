"""A dry run over a mailbox: what its mails of the last days would come to, counted. Nothing is written.

For `init`, before there are settings or a database. Counts, kinds and shop names alone: no text, no address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ingest.apart import judging
from ingest.finding import Context, Finding, context_for
from ingest.mailbox import Mailbox
from ingest.meaning import meaning_of
from ingest.message import parse_message
from ingest.opening import open_mailbox
from ingest.reader import read_body
from ingest.vocabulary import FALLBACK, Field
from models.home import Home
from models.notification import Ignored, IgnoreReason, Notification, NotificationKind, QuarantineReason
from models.settings import MailboxSettings, ShopSettings


@dataclass(slots=True, kw_only=True)
class Survey:
    """How many mails came to what. `shops` counts the names that stand in order mails, configured or not."""

    mails: int = 0
    kinds: Counter[NotificationKind] = field(default_factory=Counter)
    ignored: Counter[IgnoreReason] = field(default_factory=Counter)
    unclear: Counter[QuarantineReason] = field(default_factory=Counter)
    shops: Counter[str] = field(default_factory=Counter)


def survey(  # what a look needs, each a thing of its own
    mailbox: MailboxSettings,
    shops: Sequence[ShopSettings],
    home: Home,
    since: datetime,
    *,
    now: datetime,
    password: str | None = None,
) -> Survey:
    """Read the mail sent since `since`; `password` counts before the one in the environment.

    A mail whose only trouble is that its shop is not configured counts by its kind. Raises MailboxError.
    """
    box = open_mailbox(mailbox, password or home.password(mailbox.name))
    try:
        return survey_of(box, mailbox, shops, home, since, now=now)
    finally:
        box.close()


def survey_of(  # as survey
    box: Mailbox,
    mailbox: MailboxSettings,
    shops: Sequence[ShopSettings],
    home: Home,
    since: datetime,
    *,
    now: datetime,
) -> Survey:
    """The same over a mailbox that is connected already."""
    timeless = [shop.model_copy(update={"orders_from": None}) for shop in shops]
    context = context_for(mailbox, timeless, home, now)
    found = Survey()
    with judging(context) as judge:
        for folder in box.find_folders(mailbox.folders):
            box.open(folder)
            for batch in box.fetch(box.find(since=since.date() - timedelta(days=1))):
                for finding in map(judge.judge, batch):
                    if finding.sent_at is None or finding.sent_at >= since:
                        _count(found, finding, context)
    return found


def _count(found: Survey, finding: Finding, context: Context) -> None:
    found.mails += 1
    match finding.reading:
        case Notification() as told:
            found.kinds[told.kind] += 1
            found.shops[told.shop] += 1
        case Ignored() as ignored:
            found.ignored[ignored.reason] += 1
        case unclear if unclear.reason is QuarantineReason.UNKNOWN_SHOP:
            _count_unknown_shop(found, finding, context)
        case unclear:
            found.unclear[unclear.reason] += 1


def _count_unknown_shop(found: Survey, finding: Finding, context: Context) -> None:
    """Count a mail by its kind and the shop that it names."""
    message = parse_message(finding.message.raw or b"")
    body = read_body(message, context.vocabulary)
    languages = {one.code: one for one in (body.language, context.vocabulary.languages[FALLBACK])}
    meaning = meaning_of(message.subject, body.findings, list(languages.values()), own_shop_named=True, bulk=False)
    if meaning.kind is None:
        found.unclear[QuarantineReason.UNKNOWN_SHOP] += 1
    else:
        found.kinds[meaning.kind] += 1
    if name := body.findings.first(Field.SHOP):
        found.shops[name] += 1
