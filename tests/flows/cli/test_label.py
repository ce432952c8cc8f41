"""`label`: the address of an order's label is said once to whoever asks, and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.db.session import make_engine
from models.home import find_home
from tests.flows.cli.conftest import LOTUS, Shipclock
from tests.flows.shop.keyed_home import give_keys
from tests.flows.shop.tiny_platform import TinyPlatform

ADDRESS = f"https://label.invalid/{LOTUS}0?secret=1"


@pytest.fixture
def platform(deliver, place: Path, shipclock: Shipclock, monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyPlatform]:
    """A platform that has the order, and a shop here that has its keys."""
    deliver("004")
    assert shipclock("poll").code == 0
    home = find_home(cwd=place)
    engine = make_engine(home.database_url)
    with TinyPlatform() as serving:
        serving.an_order(LOTUS, status="AWAITING_COLLECTION")
        give_keys(serving, home.config, home, engine, "Lotus Lane Home", monkeypatch)
        yield serving
    engine.dispose()


@pytest.mark.usefixtures("platform")
def test_the_address_is_the_answer_and_the_warning_is_not(shipclock):
    said = shipclock("label", LOTUS)
    assert (said.code, said.out.strip()) == (0, ADDRESS)
    assert "send it to nobody" in said.err


@pytest.mark.usefixtures("platform")
def test_the_address_is_kept_in_no_file_of_the_home(shipclock, place):
    shipclock("label", LOTUS)
    kept = [path for path in place.rglob("*") if path.is_file() and b"label.invalid" in path.read_bytes()]
    assert kept == []


def test_a_label_that_is_not_ready_is_refused_with_what_to_do(shipclock, platform):
    platform.orders[LOTUS]["status"] = "AWAITING_SHIPMENT"
    said = shipclock("label", LOTUS)
    assert (said.code, said.out) == (4, "")
    assert "Try again in a minute" in said.err


def test_a_platform_that_is_away_is_told_as_such(shipclock, platform, monkeypatch):
    monkeypatch.setattr("flows.shop.transport.FIRST_WAIT_SECONDS", 0)
    platform.fails("get_orders", 36009002, times=9)
    assert shipclock("label", LOTUS).code == 1


def test_a_shop_without_keys_says_where_its_labels_are(deliver, shipclock):
    deliver("004")
    shipclock("poll")
    said = shipclock("label", LOTUS)
    assert said.code == 4
    assert "Seller Center" in said.err
