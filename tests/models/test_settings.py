"""What a single key of shipclock.toml may hold."""

from datetime import date, time
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.settings import MailboxSettings, ShopSettings


def a_shop(**given: object):
    harmless = {
        "name": "Tre Viet Store",
        "market": "VN",
        "currency": "VND",
        "timezone": "Asia/Ho_Chi_Minh",
        "mailbox": "main",
    }
    return ShopSettings.model_validate(harmless | given)


def a_mailbox(**given: object):
    return MailboxSettings.model_validate({"name": "main"} | given)


def test_a_shop_needs_only_name_market_currency_zone_and_mailbox():
    shop = a_shop()
    assert shop.policy == "vn-2025"  # that of its market
    assert shop.business_hours == (time(9), time(18))
    assert shop.orders_from is None


def test_business_hours_are_written_from_opening_to_closing():
    assert a_shop(business_hours="08:30-17:15").business_hours == (time(8, 30), time(17, 15))


@pytest.mark.parametrize("days", [["mon", "wed", "sun"], [0, 2, 6], ["Monday", "WED", "sun"]])
def test_weekdays_are_names_or_numbers(days):
    assert a_shop(business_days=days).business_days == (0, 2, 6)


@pytest.mark.parametrize("days", [["2027-02-06"], [date(2027, 2, 6)]])
def test_closed_days_are_dates_quoted_or_not(days):
    assert a_shop(closed_days=days).closed_days == (date(2027, 2, 6),)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "  "),
        ("market", "Vietnam"),
        ("currency", "DONG"),
        ("currency", "vnd"),
        ("timezone", "Asia/Saigon2"),
        ("timezone", "../etc/passwd"),
        ("handover", "pikup"),
        ("shipping", "me"),
        ("business_hours", "18:00-09:00"),
        ("business_hours", "9 to 6"),
        ("business_hours", [9, 18]),
        ("business_days", []),
        ("business_days", ["funday"]),
        ("business_days", [7]),
        ("closed_days", ["2027-13-01"]),
        ("closed_days", [20270206]),
        ("orders_from", "yesterday"),
        ("unknown", 1),
    ],
)
def test_a_shop_refuses(key, value):
    with pytest.raises(ValidationError):
        a_shop(**{key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "Main Mailbox"),
        ("kind", "pop3"),
        ("host", "imaps://imap.gmail.com"),
        ("port", 0),
        ("port", 65536),
        ("allowed_from_domains", []),
        ("allowed_from_domains", ["no-reply@shop.tiktok.com"]),
        ("allowed_from_domains", ["tiktok"]),
        ("folders", [""]),
        ("folders", [r"\Sent"]),
        ("idle", "often"),
        ("after_reading", "delete"),
        ("password", "secret"),
    ],
)
def test_a_mailbox_refuses(key, value):
    with pytest.raises(ValidationError):
        a_mailbox(**{key: value})


@pytest.mark.parametrize("name", ["", "mx.google.com", "*.yahoo.com", "*.mx.provider.co.uk", "mx1"])
def test_a_receiver_is_a_name_or_a_pattern_below_one_providers_domain(name):
    assert a_mailbox(authserv_id=name).authserv_id == name


@pytest.mark.parametrize(
    "name", ["*", "*.", "*.com", "*.com.", "*.co.uk", "*.COM.vn", "*yahoo.com", "mx.*.com", "a b", "a;b"]
)
def test_a_receiver_that_strangers_can_be_is_refused(name):
    with pytest.raises(ValidationError):
        a_mailbox(authserv_id=name)


def test_domains_are_compared_in_small_letters():
    assert a_mailbox(allowed_from_domains=["Shop.TikTok.com"]).allowed_from_domains == ("shop.tiktok.com",)


def test_a_relative_path_counts_from_the_settings_folder():
    given = {"name": "main", "kind": "folder", "path": "mail"}
    assert MailboxSettings.model_validate(given, context={"folder": Path("/srv/shop")}).path == Path("/srv/shop/mail")


def test_a_wrong_value_is_not_repeated_by_the_error():
    with pytest.raises(ValidationError) as fault:
        a_mailbox(host="imaps://user:secret@host")
    assert "secret" not in str(fault.value)
