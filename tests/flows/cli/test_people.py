"""`people` and `share`: who may open the dashboard, from the terminal of the shop's machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from flows.people import Entry, NoEntry, enter, who
from models.db.session import make_engine
from models.home import find_home
from models.person import FREE_TRIES, Person
from models.stage import Role
from tests.flows.cli.conftest import Shipclock
from tests.flows.test_people import LASTS, PHONE


@pytest.fixture
def engine(place: Path):
    made = make_engine(find_home(cwd=place).database_url)
    yield made
    made.dispose()


@pytest.fixture
def pin(shipclock: Shipclock) -> str:
    """The PIN that Lan was handed."""
    said = shipclock("people", "add", "Lan", "--role", "packer")
    assert said.code == 0
    made = re.search(r"The PIN is (\d{6})\.", said.out)
    assert made is not None
    return made[1]


def token_of(engine: Engine, pin: str) -> str:
    """Sign Lan in."""
    entry = enter(engine, "Lan", pin, PHONE, LASTS)
    assert isinstance(entry, Entry)
    return entry.token


def test_a_person_is_added_with_a_pin_that_is_shown_once_and_lets_them_in(shipclock, engine, pin):
    listed = shipclock("people")
    assert re.search(r"Lan\s+packer\s+PIN", listed.out)
    assert pin not in listed.out
    assert isinstance(enter(engine, "lan", pin, PHONE, LASTS), Entry)


@pytest.mark.usefixtures("pin")
def test_nobody_is_added_twice_and_a_bad_name_is_told_why(shipclock):
    assert shipclock("people", "add", "LAN").code == 4
    said = shipclock("people", "add", "<Lan>")
    assert said.code == 2
    assert "letters, digits" in said.err


@pytest.mark.usefixtures("pin")
def test_somebody_unknown_is_told_with_those_who_are_known(shipclock):
    said = shipclock("people", "role", "Mai", "manager")
    assert said.code == 4
    assert "Known: Lan" in said.err


def test_a_role_a_pin_and_a_sign_in_are_changed(shipclock, engine, pin):
    token = token_of(engine, pin)
    assert shipclock("people", "role", "Lan", "viewer").code == 0
    assert who(engine, token) == Person(name="Lan", role=Role.VIEWER)
    assert "1 browsers" in shipclock("people", "sign-out", "Lan").out
    assert who(engine, token) is None
    new = shipclock("people", "pin", "Lan", "--json").json["pin"]
    assert isinstance(enter(engine, "Lan", new, PHONE, LASTS), Entry)


def test_a_shut_door_is_seen_and_opened(shipclock, engine, pin):
    for _ in range(FREE_TRIES):
        enter(engine, "Lan", "000001", PHONE, LASTS)
    assert enter(engine, "Lan", pin, PHONE, LASTS) is NoEntry.SHUT
    assert "shut until" in shipclock("people").out
    assert shipclock("people", "unlock", "Lan").code == 0
    assert isinstance(enter(engine, "Lan", pin, PHONE, LASTS), Entry)


def test_who_is_removed_is_gone_at_once(shipclock, engine, pin):
    token = token_of(engine, pin)
    assert shipclock("people", "remove", "lan").code == 0
    assert who(engine, token) is None
    assert enter(engine, "Lan", pin, PHONE, LASTS) is NoEntry.WRONG
    assert "Nobody is here yet" in shipclock("people").out


def test_nothing_is_shared_before_somebody_could_sign_in(shipclock, place: Path):
    before = (place / "shipclock.toml").read_text(encoding="utf-8")
    said = shipclock("share", "--on")
    assert said.code == 4
    assert "shipclock people add" in said.err
    assert (place / "shipclock.toml").read_text(encoding="utf-8") == before


@pytest.mark.usefixtures("pin")
def test_sharing_is_switched_on_with_the_address_and_advice_and_off_again(shipclock, place: Path):
    before = (place / "shipclock.toml").read_text(encoding="utf-8")
    on = shipclock("share", "--on")
    assert on.code == 0
    assert re.search(r"open to the people with a PIN \(1\), at http://[\d.]+:8501", on.out)
    assert "Without TLS" in on.err
    assert "starts the next time" in on.err
    assert shipclock("check", "--json").json is not None
    assert shipclock("share", "--json").json["sign_in"] == "pin"
    assert shipclock("share", "--off").code == 0
    assert shipclock("share", "--json").json["address"] is None
    left = (place / "shipclock.toml").read_text(encoding="utf-8")
    assert left.startswith(before.rstrip("\n"))


def dashboard_of(shipclock: Shipclock) -> list[tuple[bool, str]]:
    """What `check` says of the dashboard."""
    found = shipclock("check", "--json").json["checks"]
    return [(one["ok"], one["told"]) for one in found if one["name"] == "Dashboard"]


def test_check_says_who_may_come_in_and_what_keeps_everybody_out(shipclock, place: Path):
    assert dashboard_of(shipclock) == [(True, "serves this machine alone; `shipclock share` lets others in")]
    shipclock("people", "add", "Lan", "--role", "packer")
    shipclock("share", "--on")
    assert (False, "1 people may sign in, and none of them is a manager") in dashboard_of(shipclock)
    shipclock("people", "role", "Lan", "manager")
    assert (True, "1 people may sign in") in dashboard_of(shipclock)
    with (place / "shipclock.toml").open("a", encoding="utf-8") as settings:
        settings.write('certificate = "gone.pem"\ncertificate_key = "gone.key"\n')
    assert [ok for ok, told in dashboard_of(shipclock) if "is not there" in told] == [False, False]


def test_check_asks_for_the_secret_of_a_companys_sign_in(shipclock, place: Path):
    with (place / "shipclock.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            '\n[dashboard]\nsign_in = "company"\nclient_id = "1"\npublic_url = "https://ship.example.com"\n'
            'provider = "https://accounts.google.com/.well-known/openid-configuration"\n'
        )
    shipclock("people", "add", "Mai", "--role", "manager", "--email", "mai@example.com")
    assert dashboard_of(shipclock) == [
        (False, "your company's sign-in cannot be asked without its secret, SHIPCLOCK_SIGN_IN_SECRET")
    ]
