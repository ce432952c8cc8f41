"""What came of saying whose a mail is, in a sentence: the same on the command line and on the Mail page."""

from __future__ import annotations

from shlex import quote

from flows.office import Office
from ingest.shop_teaching import Taught
from models.catalogue import words


def lesson_words(office: Office, taught: Taught, mail: int, shop: str) -> str:
    """Say what was remembered and what mails were read again, or why nothing was, and what to do instead."""
    texts, result, settings = words(), taught.result, office.shop(shop)
    return texts.text(
        f"mail.lesson.{taught.lesson}",
        mail=mail,
        shop=shop,
        mailbox=settings.mailbox,
        currency=settings.currency,
        kind=texts.text(f"mail.sign.{taught.sign.kind}") if taught.sign else "",
        value=quote(taught.sign.value) if taught.sign else "",
        passed=result.seen - result.quarantined,
        waiting=result.quarantined,
    )
