"""A changed wording shows as a field that mails no longer state, or as more mails not understood; chance does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from models.drift import Arrived, Drift, Share, Stated, fallen_fields, more_unclear
from models.mail_figures import drift_figures
from models.notification import Item, Notification, NotificationKind
from models.stated import stated_fields

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FIGURES = drift_figures()
THIS, BEFORE = 3 * DAY, 10 * DAY  # ago


def mails(count: int, ago: timedelta, *fields: str, kind: str = "new_order", language: str = "en") -> list[Stated]:
    """So many mails of one shop, sent minute after minute, so long ago."""
    return [
        Stated(
            at=NOW - ago + timedelta(minutes=number),
            shop="A",
            kind=kind,
            language=language,
            fields=frozenset(fields),
        )
        for number in range(count)
    ]


def fields_of(stated: list[Stated]) -> list[str]:
    return [drift.field for drift in fallen_fields(stated, FIGURES, NOW)]


def test_a_field_that_is_gone_is_told_with_its_numbers_and_when_it_was_last_found():
    stated = [*mails(9, BEFORE, "total", "items"), *mails(2, THIS, "total", "items"), *mails(20, 2 * DAY, "items")]
    assert fallen_fields(stated, FIGURES, NOW) == [
        Drift(
            shop="A",
            kind="new_order",
            language="en",
            field="total",
            before=Share(count=9, mails=9),
            now=Share(count=2, mails=22),
            last_at=NOW - THIS + timedelta(minutes=1),
        )
    ]


@pytest.mark.parametrize(("before", "after", "told"), [(8, 8, True), (7, 8, False), (8, 7, False), (50, 3, False)])
def test_a_few_mails_alarm_nobody(before: int, after: int, told):
    assert bool(fields_of([*mails(before, BEFORE, "total"), *mails(after, THIS)])) is told


def test_what_some_orders_alone_have_comes_and_goes():
    half = [*mails(10, BEFORE, "discount"), *mails(10, BEFORE)]
    fewer = [*mails(4, THIS, "discount"), *mails(16, THIS)]
    assert fields_of([*half, *fewer]) == []


def test_a_fall_that_is_no_chance_but_small_is_let_be():
    before = mails(1000, BEFORE, "carrier")
    after = [*mails(750, THIS, "carrier"), *mails(250, THIS)]
    assert fields_of([*before, *after]) == []


def test_each_kind_and_language_is_compared_with_itself():
    other = [*mails(20, THIS, kind="shipped"), *mails(20, THIS, language="vi")]
    assert fields_of([*mails(20, BEFORE, "total"), *mails(20, THIS, "total"), *other]) == []


def test_a_field_that_is_new_is_no_loss():
    assert fields_of([*mails(20, BEFORE), *mails(20, THIS, "total")]) == []


@pytest.mark.parametrize("ago", [15 * DAY, -DAY], ids=["long ago", "in the future"])
def test_mails_of_other_weeks_count_for_nothing(ago: timedelta):
    assert fields_of([*mails(20, ago, "total"), *mails(20, THIS)]) == []


def arrived(understood: int, unclear: int, ago: timedelta) -> list[Arrived]:
    known = [True] * understood + [False] * unclear
    return [Arrived(at=NOW - ago + timedelta(minutes=number), understood=one) for number, one in enumerate(known)]


@pytest.mark.parametrize(
    ("after", "told"),
    [((10, 20), True), ((28, 2), False), ((0, 7), False)],
    ids=["most", "the usual few", "too few mails"],
)
def test_more_mails_that_are_not_understood_are_told(after: tuple[int, int], told):
    found = more_unclear([*arrived(30, 1, BEFORE), *arrived(*after, THIS)], FIGURES, NOW)
    assert (found is not None) is told


def test_the_rise_is_told_with_its_numbers():
    found = more_unclear([*arrived(30, 1, BEFORE), *arrived(10, 20, THIS)], FIGURES, NOW)
    assert found is not None
    assert (found.before, found.now) == (Share(count=1, mails=31), Share(count=20, mails=30))
    assert found.first_at == NOW - THIS + timedelta(minutes=10)


def test_what_a_mail_stated_is_kept_as_names_alone():
    told = Notification(
        kind=NotificationKind.NEW_ORDER,
        language="en",
        order_nos=("576470000111222333",),
        shop="A",
        placed_at=NOW,
        paid=False,
        amounts={"total": Decimal(1)},
        items=(Item(name="Tea", quantity=1), Item(name="Pot", quantity=1, sku="P")),
    )
    assert stated_fields(told) == ["items", "paid", "placed_at", "sku", "total"]


def test_a_digests_own_dates_are_a_date_to_ship_by():
    told = Notification(
        kind=NotificationKind.SHIP_REMINDER, language="en", order_nos=("1",), shop="A", ship_by_each={"1": NOW}
    )
    assert stated_fields(told) == ["ship_by"]
