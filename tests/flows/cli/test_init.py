"""`init`: settings that work, written only when all is answered, and never over those that exist."""

import pytest

from flows.cli.provider import markets, provider_of
from flows.cli.settings_text import write_secret
from models.home import find_home
from models.settings_file import read_settings
from models.settings_key import CURRENCIES
from tests.flows.cli.conftest import RECEIVER

FOLDER = ("init", "--folder", "mail", "--shop", "Juniper & Pine Co.", "--market", "us", "--yes")


@pytest.fixture(autouse=True)
def _no_settings_yet(place) -> None:
    (place / "shipclock.toml").unlink()


@pytest.fixture
def settings(place):
    return place / "home" / "shipclock.toml"


def test_init_writes_settings_that_can_be_read(deliver, shipclock, settings):
    deliver("001")
    assert shipclock(*FOLDER, "--orders-from", "2026-03-01").code == 0
    written = read_settings(settings)
    assert written.mailbox[0].authserv_id == RECEIVER
    assert (written.shop[0].currency, written.shop[0].timezone) == ("USD", "America/Los_Angeles")
    assert str(written.shop[0].orders_from) == "2026-03-01"


def test_after_init_a_poll_finds_the_orders(deliver, shipclock):
    deliver("001")
    shipclock(*FOLDER, "--orders-from", "2026-03-01")
    assert "New orders: 1." in shipclock("poll").out


def test_orders_before_the_first_day_are_silent_history(deliver, shipclock):
    deliver("001")
    shipclock(*FOLDER, "--orders-from", "2026-03-15")
    assert "New orders: 0." in shipclock("poll").out


def test_the_dry_run_counts_what_mails_are_about_and_stores_nothing(homeless, deliver, shipclock):
    deliver("001", "030", "050", "070")
    said = shipclock(*FOLDER, "--days", "365")
    for words in ("new order", "buyer wants to cancel", "advertising", "would wait for you"):
        assert words in said.out
    assert not (homeless / "home" / "shipclock.db").exists()


def test_settings_that_exist_are_left_alone(shipclock, settings):
    shipclock(*FOLDER)
    before = settings.read_text(encoding="utf-8")
    said = shipclock(*FOLDER, "--orders-from", "2020-01-01")
    assert said.code == 4
    assert "was left as it is" in said.err
    assert settings.read_text(encoding="utf-8") == before


def test_settings_that_exist_are_replaced_when_that_is_wanted(shipclock, settings):
    shipclock(*FOLDER)
    assert shipclock(*FOLDER, "--orders-from", "2020-01-01", "--force").code == 0
    assert "2020-01-01" in settings.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--folder", "mail", "--market", "VN"), "--shop"),
        (("--folder", "mail", "--shop", "A", "--market", "Vietnam"), "--market: `VIETNAM` is not a country code"),
        (("--folder", "mail", "--shop", "A", "--market", "VN", "--orders-from", "soon"), "--orders-from: `soon`"),
        (("--folder", "mail", "--shop", "A", "--market", "VN", "--authserv-id", "*.com"), "--authserv-id: `*.com`"),
        (("--address", "shop@outlook.com"), "--client-id"),
        (("--address", "shop@gmail.com"), "SHIPCLOCK_PASSWORD_MAIN"),
        (("--address", "shop@nowhere.example"), "--host"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_written(shipclock, settings, words, told):
    said = shipclock("init", "--yes", *words)
    assert said.code == 2
    assert told in said.err
    assert not settings.exists()


def test_with_yes_a_shop_that_was_only_heard_of_is_not_taken_for_ones_own(deliver, shipclock, settings):
    deliver("001")
    said = shipclock("init", "--folder", "mail", "--days", "365", "--market", "US", "--yes")
    assert (said.code, settings.exists()) == (2, False)


def test_the_known_providers_have_a_host_and_a_verdict_name_or_learn_it():
    gmail, icloud = provider_of("a@gmail.com"), provider_of("a@me.com")
    assert gmail is not None
    assert icloud is not None
    assert (gmail.host, gmail.authserv_id) == ("imap.gmail.com", "mx.google.com")
    assert icloud.authserv_id == "*.icloud.com"
    assert provider_of("a@nowhere.example") is None


def test_every_known_market_has_a_real_currency_and_zone():
    for market in markets().values():
        assert market.currency in CURRENCIES


def test_a_password_is_kept_for_its_owner_alone_and_read_back_as_typed(place):
    file = place / ".env"
    file.write_text("SHIPCLOCK_PASSWORD_MAIN=old\nOTHER=1\n", encoding="utf-8")
    write_secret(file, "SHIPCLOCK_PASSWORD_MAIN", "it's $HOME \\ #1")
    home = find_home({"SHIPCLOCK_HOME": str(place / "home")}, cwd=place)
    assert home.password("main") == "it's $HOME \\ #1"
    assert home.environment["OTHER"] == "1"
    assert file.stat().st_mode & 0o777 == 0o600


BELOW = "Received: from a.example by mx.inbox.example\nAuthentication-Results: mx.inbox.example; spf=pass\n"


@pytest.mark.parametrize(("options", "place_of_verdict"), [((), "above"), (("--verdict", "below"), "below")])
def test_a_verdict_below_is_told_of_and_taken_only_when_it_is_asked_for(
    place, shipclock, settings, options, place_of_verdict
):
    (place / "mail").mkdir(exist_ok=True)
    (place / "mail" / "1.eml").write_text(f"{BELOW}From: a@b.example\n\nx\n")
    said = shipclock(*FOLDER, *options)
    assert said.code == 0
    assert "removes Authentication-Results headers" in " ".join(said.err.split())
    written = read_settings(settings).mailbox[0]
    assert (written.authserv_id, written.verdict) == ("mx.inbox.example", place_of_verdict)


def test_check_says_where_the_verdict_stands_and_what_the_setting_means(place, shipclock):
    (place / "mail").mkdir(exist_ok=True)
    (place / "mail" / "1.eml").write_text(f"{BELOW}From: a@b.example\n\nx\n")
    shipclock(*FOLDER)
    said = " ".join(shipclock("check").out.split())
    assert "the verdict stands below" in said
    assert "RFC 8601" in said
    shipclock(*FOLDER, "--force", "--verdict", "below")
    assert "the verdict stands" not in shipclock("check").out
