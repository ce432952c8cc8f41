"""When a mail's own signature is asked: as it comes, of whoever claims to be TikTok Shop, where DNS answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ingest.finding import Finding
from ingest.signature import LookUp, opinion_on
from models.settings import MailboxSettings

KEYS_LAST: Final = timedelta(days=7)  # signers may change their keys and take the old ones away


def with_opinion(finding: Finding, mailbox: MailboxSettings, now: datetime, look_up: LookUp) -> Finding:
    """Add what the mail's own signature says, now that it has just come: its key may be gone next month."""
    raw, domain = finding.message.raw, finding.claimed_domain
    is_old = finding.sent_at is not None and finding.sent_at < now - KEYS_LAST
    if raw is None or domain is None or is_old or not mailbox.asks_dkim:
        return finding
    return replace(finding, dkim=opinion_on(raw, domain, look_up))
