"""What is odd about mail and API at this moment, in a line each, for pages: silence, waiting or missing news, wordings.

The same questions as those of the alerts, so that a page and an alarm never disagree; missing orders
and wordings are those that were told of, and still are so. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.api_watch import unread_shops
from flows.missing_watch import alerts_of, told_missing
from flows.office import Office
from flows.shop_watch import silence_of, waiting_in
from flows.wording_watch import told_wordings
from models.catalogue import words
from models.db.alerts import Alert
from models.db.session import open_session


def find_notices(office: Office) -> list[str]:
    """Give the lines, what presses most first; none where all is as usual."""
    return [
        *map(_line, unread_shops(office)),
        *_silences(office),
        *_waiting(office),
        *_missing(office),
        *map(_line, told_wordings(office)),
    ]


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


def _missing(office: Office) -> Iterator[str]:
    """One line for each shop and direction; of several orders the oldest is named."""
    for shop in office.settings.shop:
        with open_session(office.engine, read_only=True) as session:
            alerts = alerts_of(told_missing(session, shop, office.now()), shop)
        for key in dict.fromkeys(alert.text_key for alert in alerts):
            first, *others = [alert for alert in alerts if alert.text_key == key]
            more = f" {words().text('alerts.more', count=len(others))}" if others else ""
            yield f"{_line(first)}{more}"


def _line(alert: Alert) -> str:
    values = {"shop": alert.shop_id or "", "order_no": alert.order_no or "", **alert.values}
    return words().text(f"alerts.{alert.text_key}", **values)
