"""What people said to an order's alerts stands in its timeline, by name: who knew, who wanted silence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.timeline import timeline
from dashboard.words import plain
from flows import alarms
from flows.alarms import Wish
from flows.office import open_office
from models.alert_channel import NOBODY
from models.db.alert_tables import SilenceRow
from models.db.alerts import BREACH_LEVEL, Alert, raise_alerts
from models.db.reading import OrderFile
from models.db.session import open_session
from models.db.tables import AlertRow, OrderRow
from models.home import Home
from models.ids import order_id
from tests.dashboard import seed
from tests.dashboard.conftest import OpenPage
from tests.models.makers import Given

NOW, HOUR, ZONE = seed.NOW, timedelta(hours=1), ZoneInfo("Asia/Ho_Chi_Minh")
SHOP, NUMBER = seed.SHOP, "576461413038785752"


def an_alert(**given: Given) -> AlertRow:
    """A missed clock that was told three hours ago and waits to be told once more."""
    at = NOW - 3 * HOUR
    usual: Given = {"dedup_key": "o|D02||10", "shop_id": SHOP, "order_no": NUMBER, "rule": "D02", "level": 10}
    usual |= {"text_key": "breached", "values": {}, "created_at": at, "sent_at": at, "told_at": at, "channel": 0}
    return AlertRow(**(usual | {"repeat_at": NOW + HOUR} | given))


def a_silence(**given: Given) -> SilenceRow:
    usual: Given = {"shop_id": SHOP, "rule": "D02", "since": NOW - 2 * HOUR, "until": NOW + 2 * HOUR}
    return SilenceRow(**(usual | {"reason": "mending", "by": "Lan"} | given))


def told(alert: AlertRow, *silences: SilenceRow) -> list[tuple[str, str]]:
    row: dict[str, Any] = dict.fromkeys(OrderRow.model_fields)  # the rest tells nothing here
    order = OrderRow(**row | {"id": "o", "shop_id": SHOP, "order_no": NUMBER})
    nothing = dict.fromkeys(("facts", "deadlines", "cases", "todos", "steps", "attempts", "audit"), ())
    file = OrderFile(order=order, alerts=[alert], silences=silences, **nothing)
    return [(entry.who, entry.what) for entry in timeline(file, NOW, ZONE)]


def whos(alert: AlertRow, *silences: SilenceRow) -> list[str]:
    return [who for who, _ in told(alert, *silences)]


def test_who_acknowledged_an_alert_is_named_with_the_alert():
    known = an_alert(acknowledged_at=NOW - HOUR, acknowledged_by="Minh *", repeat_at=None)
    assert told(known) == [
        (plain("Minh *"), "Acknowledged: Alarm: set to shipped missed"),
        ("Shipclock", "Alarm: set to shipped missed (sent)"),
    ]


def test_what_was_acknowledged_before_it_was_sent_is_there_as_not_sent():
    known = an_alert(acknowledged_at=NOW, acknowledged_by="dashboard", suppressed=True, repeat_at=None)
    known.sent_at = known.told_at = None
    assert told(known) == [
        ("somebody at this dashboard", "Acknowledged: Alarm: set to shipped missed"),
        ("Shipclock", "Alarm: set to shipped missed (not sent)"),
    ]


def test_what_no_channel_is_told_was_not_sent():
    assert told(an_alert(channel=NOBODY)) == [("Shipclock", "Alarm: set to shipped missed (not sent)")]


def test_a_silence_is_there_by_name_with_its_end_and_reason_and_so_is_who_ended_it():
    lifted = a_silence(lifted_at=NOW - HOUR, lifted_by="Minh")
    (who_ended, ended), (who, silenced), _ = told(an_alert(), lifted)
    assert (who_ended, ended) == ("Minh", "No longer silenced: " + plain(f"set to shipped ({SHOP})"))
    assert who == "Lan"
    assert silenced.startswith("Silenced until ")
    assert plain(f"set to shipped ({SHOP})") in silenced
    assert silenced.endswith("(It is being mended)")


@pytest.mark.parametrize(
    ("silence", "alert", "shown"),
    [
        ({"shop_id": "", "rule": "D02"}, {}, True),
        ({"rule": ""}, {}, True),
        ({"rule": "D04"}, {}, False),
        ({"since": NOW - 9 * HOUR, "until": NOW - 4 * HOUR}, {}, False),  # it had ended before the alert
        ({"since": NOW - 9 * HOUR, "lifted_at": NOW - 4 * HOUR}, {}, False),
        ({}, {"repeat_at": None}, False),  # told before, and not again
        ({}, {"repeat_at": None, "told_at": NOW - 2 * HOUR}, True),  # told for the last time as it began
        ({}, {"repeat_at": None, "acknowledged_at": NOW - HOUR, "acknowledged_by": "Lan"}, True),
        ({}, {"repeat_at": None, "sent_at": None, "told_at": None, "next_attempt_at": NOW}, True),
        ({"since": NOW - 4 * HOUR}, {"suppressed": True, "sent_at": None, "told_at": None, "repeat_at": None}, True),
    ],
)
def test_of_a_shops_silences_those_that_kept_back_alerts_of_the_order_are_there(silence, alert, shown):
    said = [what for _, what in told(an_alert(**alert), a_silence(**silence)) if what.startswith("Silenced")]
    assert bool(said) is shown


def test_the_page_of_an_order_names_who_acknowledged_and_who_silenced_its_alerts(home: Home, open_page: OpenPage):
    office, number = open_office(home), seed.LATE.order_no
    alert = Alert(
        subject=order_id(SHOP, number), rule="D02", level=BREACH_LEVEL, text_key="breached", about="told",
        shop_id=SHOP, order_no=number, critical=True, values={"due_at": NOW.isoformat()},
    )  # fmt: skip
    with open_session(office.engine) as session:
        raise_alerts(session, [alert], NOW - HOUR)
        session.commit()
    assert alarms.silence(office, Wish(shop=SHOP, length=HOUR, reason="known"), "Hoa").done
    assert alarms.acknowledge(office, [alert.dedup_key], "Minh").done
    words = [element.value for element in open_page("order", order=number, shop=SHOP).markdown]
    assert {"Hoa", "Minh"} <= set(words)
    assert "Acknowledged: Alarm: set to shipped missed" in words
