"""`shipclock alerts`: what is open and why, acknowledged by key, order or all at once; silences with end and reason."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from models.db.alerts import BREACH_LEVEL, Alert, raise_alerts
from models.db.session import open_session
from tests.flows.cli.conftest import JUNIPER, LOTUS, Shipclock
from tests.flows.cli.importing import NOW

SHOP = "Lotus Lane Home"


def breach(number: str, shop: str = SHOP) -> Alert:
    return Alert(
        subject=f"ord_{number}",
        rule="D02",
        level=BREACH_LEVEL,
        text_key="breached",
        shop_id=shop,
        order_no=number,
        critical=True,
        values={"due_at": NOW.isoformat()},
    )


@pytest.fixture
def shouted(shipclock: Shipclock, engine: Engine) -> Shipclock:
    """Two orders that missed their time."""
    with open_session(engine) as session:
        raise_alerts(session, [breach(LOTUS), breach(JUNIPER, "Juniper & Pine Co.")], NOW)
        session.commit()
    return shipclock


def open_orders(shipclock: Shipclock) -> set[str]:
    return {alert["order_no"] for alert in shipclock("alerts", "--json").json["alerts"]}


def test_what_is_open_is_listed_with_its_key_its_state_and_words(shouted: Shipclock):
    said = shouted("alerts")
    assert said.code == 0
    [line] = [line for line in said.out.splitlines() if LOTUS in line]
    assert "not sent yet" in line
    assert "set to shipped" in line
    told = shouted("alerts", "--json").json
    assert (told["count"], {alert["standing"] for alert in told["alerts"]}) == (2, {"waits"})
    assert all(alert["short"] in said.out for alert in told["alerts"])


def test_an_alert_is_acknowledged_by_its_key_its_order_or_with_all(shouted: Shipclock):
    key = next(one["short"] for one in shouted("alerts", "--json").json["alerts"] if one["order_no"] == LOTUS)
    assert "Acknowledged: 1." in shouted("alerts", "ack", key, "--by", "Lan").out
    assert open_orders(shouted) == {JUNIPER}
    assert shouted("alerts", "ack", key).code == 4
    assert shouted("alerts", "ack", JUNIPER, "--json").json["acknowledged"] == [breach(JUNIPER).dedup_key]
    assert "No alert is open" in shouted("alerts").out
    assert shouted("alerts", "ack", "--all").code == 0


@pytest.mark.parametrize("words", [(), (LOTUS, "--all")])
def test_which_alerts_are_meant_is_asked_where_it_is_not_clear(shouted: Shipclock, words: tuple[str, ...]):
    said = shouted("alerts", "ack", *words)
    assert said.code == 2
    assert "--all" in said.err


def test_a_silence_is_made_listed_and_ended(shouted: Shipclock):
    said = shouted("alerts", "silence", "--shop", SHOP, "--rule", "D02", "--for", "2h", "--reason", "Tet")
    assert "Silenced for 2 h: set to shipped (Lotus Lane Home)." in said.out
    [line] = [line for line in shouted("alerts", "silences").out.splitlines() if "Tet" in line]
    assert "set to shipped (Lotus Lane Home)" in line
    [silence] = shouted("alerts", "silences", "--json").json["silences"]
    assert shouted("alerts", "unsilence", str(silence["id"])).code == 0
    assert "Nothing is silenced." in shouted("alerts", "silences").out
    assert shouted("alerts", "unsilence", str(silence["id"])).code == 4


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--shop", SHOP, "--for", "soon", "--reason", "Tet"), 2, "`soon` is not a length of time"),
        (("--for", "2h", "--reason", "Tet"), 4, "Name a shop, a rule, or both"),
        (("--shop", SHOP, "--for", "90d", "--reason", "Tet"), 4, "at most 30 days"),
        (("--shop", "Nobody's", "--for", "2h", "--reason", "Tet"), 2, 'There is no shop "Nobody\'s"'),
    ],
)
def test_a_silence_that_cannot_be_says_why(shouted: Shipclock, words: tuple[str, ...], code: int, told: str):
    said = shouted("alerts", "silence", *words)
    assert (said.code, told in said.err) == (code, True)


def test_check_and_the_list_say_which_channel_is_told_of_what_and_what_nobody_is(place, shipclock: Shipclock):
    with (place / "shipclock.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[alerts]\naddresses = ["json://127.0.0.1/"]\nlevels = ["warning", "breach"]\n')
    explained = (
        "(1 is `addresses`) is told: breach (a time limit ran out), warning (a time limit is close).",
        "Nobody is sent: urgent (what else is critical), notice (the rest, such as mail that waits), digest (",
    )
    checked, listed = shipclock("check", "--offline"), shipclock("alerts")
    for told in explained:
        assert told in checked.out
        assert told in listed.err + listed.out


def test_where_every_channel_is_told_everything_nothing_is_said_of_levels(place, shipclock: Shipclock):
    with (place / "shipclock.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[alerts]\naddresses = ["json://127.0.0.1/"]\n')
    listed = shipclock("alerts")
    assert "is told:" not in shipclock("check", "--offline").out + listed.out + listed.err
