"""What is odd about the mail at this moment, in a line each, for pages: silence, waiting mail, changed wordings.

The same questions as those of the alerts, so that a page and an alarm never disagree. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.office import Office
from flows.shop_watch import silence_of, waiting_in
from flows.wording_watch import changed_wordings
from models.catalogue import words
from models.db.alerts import Alert


def find_notices(office: Office) -> list[str]:
    """Give the lines, what presses most first; none where all is as usual."""
    return [*_silences(office), *_waiting(office), *map(_line, changed_wordings(office))]


def _silences(office: Office) -> Iterator[str]:
    for mailbox in office.settings.mailbox:
        for shop in office.shops_of(mailbox.name):
            alert = silence_of(office, mailbox, shop, office.now())
            if alert is not None:
                yield _line(alert)


def _waiting(office: Office) -> Iterator[str]:
    late = {alert.about for mailbox in office.settings.mailbox for alert in waiting_in(office, mailbox, office.now())}
    if late:
        yield words().text("pages.noticed.waiting", count=len(late))


def _line(alert: Alert) -> str:
    return words().text(f"alerts.{alert.text_key}", shop=alert.shop_id or "", **alert.values)
