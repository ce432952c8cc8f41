"""A fact is one piece of evidence: its times, and what its payload may hold (order-lifecycle, sections 2 and 4)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from models.fact import PAYLOAD_KEYS, Authority, Fact, FactKind
from tests.models.makers import Given, a_fact, t

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fact_at(occurred_at: datetime, observed_at: datetime = NOON, **payload: Given) -> Fact:
    return Fact(
        kind=FactKind.ORDER_PLACED,
        occurred_at=occurred_at,
        observed_at=observed_at,
        authority=Authority.PLATFORM,
        source_key="mail-7",
        payload=payload,
    )


@pytest.mark.parametrize(
    "other",
    [
        NOON.replace(tzinfo=None),
        NOON.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")),
        NOON.astimezone(timezone(timedelta(hours=-8))),
    ],
)
def test_times_are_aware_and_in_utc(other: datetime) -> None:
    for moments in ((other, NOON), (NOON, other)):
        with pytest.raises(ValueError, match="fact mail-7: times are aware UTC"):
            fact_at(*moments)


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("UTC"), timezone(timedelta(0))])
def test_utc_by_another_name_is_utc(zone) -> None:
    assert fact_at(NOON.astimezone(zone)).occurred_at == NOON


def test_a_payload_holds_no_other_keys_than_the_allowed_ones() -> None:
    every: dict[str, Given] = dict.fromkeys(PAYLOAD_KEYS, "1")
    assert fact_at(NOON, **every).payload.keys() == PAYLOAD_KEYS
    with pytest.raises(ValueError, match=r"fact mail-7: payload keys not allowed: \['buyer', 'phone'\]"):
        fact_at(NOON, phone="1", buyer="1", amount="5")


@pytest.mark.parametrize(
    ("value", "text"), [("A", "A"), (5, "5"), (0, "0"), (True, "True"), ("", None), (None, None), ("XXXX", "XXXX")]
)
def test_a_value_as_text_is_none_when_it_is_empty(value, text) -> None:
    assert a_fact("order_placed", amount=value).text("amount") == text
    assert a_fact("order_placed").text("amount") is None


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-03-01T05:00:00+00:00", t(5)),
        ("2026-03-01T05:00:00Z", t(5)),
        ("2026-03-01T12:00:00+07:00", t(5)),
        ("2026-03-01T05:00:00", t(5)),  # without a zone it is UTC
        ("2026-03-01", t(0)),
        ("2000-01-01T00:00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
        ("2199-12-31T23:00:00Z", datetime(2199, 12, 31, 23, tzinfo=UTC)),
        ("1999-12-31T23:00:00Z", None),
        ("2200-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("soon", None),
        ("", None),
        (None, None),
        (20260301, None),
    ],
)
def test_a_moment_in_a_payload_is_read_as_utc_or_not_at_all(told, moment) -> None:
    found = a_fact("order_placed", due_at=told).moment("due_at")
    assert found == moment
    assert found is None or found.utcoffset() == timedelta(0)


@pytest.fixture
def machine_in_hanoi(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own clock shows the time of Hanoi."""
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("machine_in_hanoi")
@pytest.mark.parametrize("told", ["2026-03-01T05:00:00", "2026-03-01T05:00:00Z", "2026-03-01T12:00:00+07:00"])
def test_a_moment_is_the_same_on_every_machine(told: str) -> None:
    found = a_fact("order_placed", due_at=told).moment("due_at")
    assert found is not None
    assert (found, found.utcoffset()) == (t(5), timedelta(0))
