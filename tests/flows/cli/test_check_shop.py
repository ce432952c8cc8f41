"""`check` for a shop that Shipclock acts in: app, consent, clock, what is answered, carriers; and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.cli.settings_text import write_secret
from flows.office import open_office
from flows.shop.consent import Tokens
from flows.shop.grant import Grant, refuse, store
from tests.flows.cli.conftest import SETTINGS, Shipclock
from tests.flows.shop.wire_server import APP_KEY, CIPHER, SECRET, SHOP_ID, WireServer, done, failed, sample

SHOP = "Lotus Lane Home"
ORDER = {
    "id": "577094200117744820",
    "shipping_type": "SELLER",
    "delivery_option_id": "71",
    "packages": [{"id": "1150000000000000001"}],
}
SEARCHES = ("/packages/search", "/cancellations/search", "/returns/search")
OF_AN_ORDER = (
    "/order/202507/orders",
    "/tracking",
    "/aftersale_eligibility",
    "/packages/1150000000000000001",
    "/handover_time_slots",
)
CARRIERS = [{"id": "66", "name": "DHL"}, {"id": "67", "name": "DHL eCommerce"}]


@pytest.fixture
def server(place: Path) -> Iterator[WireServer]:
    with WireServer() as made:
        made.always("/authorization/202309/shops", sample("auth", "authorized_shops"))
        made.always("/order/202309/orders/search", done({"orders": [ORDER]}))
        for path in (*SEARCHES, *OF_AN_ORDER):
            made.always(path, done({}))
        made.always("/shipping_providers", done({"shipping_providers": CARRIERS}))
        own = f'[tiktok]\napp_key = "{APP_KEY}"\napi_url = "{made.url}"\nauth_url = "{made.url}"\n'
        head, shop = SETTINGS.rsplit("[[shop]]", 1)
        (place / "shipclock.toml").write_text(f'{head}[[shop]]\napi = true\n{shop}\ncarrier_id = "67"\n{own}')
        write_secret(place / ".env", "SHIPCLOCK_TIKTOK_SECRET", SECRET)
        yield made


@pytest.fixture
def consent() -> None:
    keep(datetime.now(UTC) + timedelta(days=300))


pytestmark = pytest.mark.usefixtures("server", "consent")


def keep(ends_at: datetime) -> None:
    lasts = datetime.now(UTC) + timedelta(days=7)
    scopes = ("seller.order.info",)
    tokens = Tokens(access="ROW_access_1", refresh="ROW_refresh_1", expires_at=lasts, ends_at=ends_at, scopes=scopes)
    office = open_office()
    store(office.engine, office.home, SHOP, Grant(tokens=tokens, cipher=CIPHER, platform_id=SHOP_ID))
    office.engine.dispose()


def change(place: Path, old: str, new: str) -> None:
    file = place / "shipclock.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_shop_that_is_well_is_told_with_what_it_may_do_until_when_and_its_carrier(shipclock: Shipclock):
    said = shipclock("check")
    assert said.code == 0
    assert f"{SHOP}: Shipclock may act until" in said.out
    assert "seller.order.info" in said.out
    assert "parcels go with DHL eCommerce (67)" in said.out


def test_everything_that_changes_nothing_is_asked_once(shipclock, server):
    shipclock("check")
    assert not any(request.path.endswith(("/ship", "/approve", "/reject")) for request in server.requests)
    assert [len(server.asked(path)) for path in (*SEARCHES, *OF_AN_ORDER)] == [1] * 8


def test_offline_the_platform_is_left_alone(shipclock, server):
    said = shipclock("check", "--offline")
    assert "may act until" in said.out
    assert server.requests == []


def test_a_shop_that_is_not_set_to_it_is_not_asked_about(place, shipclock, server):
    change(place, "api = true", "api = false")
    assert "may act" not in shipclock("check").out
    assert server.requests == []


def test_a_secret_that_is_not_set_is_told_with_what_to_do(place, shipclock):
    (place / ".env").unlink()
    said = shipclock("check")
    assert (said.code, "SHIPCLOCK_TIKTOK_SECRET is not set" in said.out) == (1, True)


def test_a_wrong_secret_is_told_with_what_to_do(place, shipclock):
    write_secret(place / ".env", "SHIPCLOCK_TIKTOK_SECRET", "another")
    said = shipclock("check")
    assert (said.code, "Check app_key in [tiktok] and SHIPCLOCK_TIKTOK_SECRET" in said.out) == (1, True)
    assert "another" not in said.out


def test_a_consent_that_ends_soon_is_told_with_the_command(shipclock):
    keep(datetime.now(UTC) + timedelta(days=29))
    said = shipclock("check")
    assert (said.code, "the consent ends on" in said.out, f'auth tiktok "{SHOP}"' in said.out) == (1, True, True)


def test_a_consent_that_is_refused_or_missing_is_told_with_the_command(place, shipclock, server):
    office = open_office()
    refuse(office.engine, SHOP, datetime.now(UTC))
    office.engine.dispose()
    assert "no longer accepts the consent" in shipclock("check").out
    (place / "home" / "shipclock.db").unlink()
    said = shipclock("check")
    assert (said.code, "nobody has agreed yet" in said.out) == (1, True)
    assert server.requests == []


@pytest.mark.parametrize(("off", "told"), [(-40, "ahead of"), (40, "behind")])
def test_a_clock_more_than_30_seconds_off_is_told(shipclock, server, off, told):
    server.now = lambda: datetime.now(UTC) + timedelta(seconds=off)
    said = shipclock("check")
    assert (said.code, f"s {told} TikTok Shop's" in said.out, "NTP" in said.out) == (1, True, True)


def test_a_clock_a_little_off_is_fine(shipclock, server):
    server.now = lambda: datetime.now(UTC) + timedelta(seconds=25)
    assert shipclock("check").code == 0


@pytest.mark.parametrize(
    ("code", "path", "told"),
    [
        (36009014, "/cancellations/search", "no longer speaks version 202309"),
        (36009014, "/aftersale_eligibility", "no longer speaks version 202602"),
        (105005, "/returns/search", "Manage API"),
        (99999999, "/packages/search", "tell us the line above"),
    ],
)
def test_a_call_that_is_not_answered_is_told_with_what_to_do(shipclock, server, code, path, told):
    server.script(path, failed(code))
    said = shipclock("check")
    assert (said.code, str(code) in said.out, told in said.out) == (1, True, True)
    assert said.out.count("PROBLEM") == 1


def test_what_an_order_cannot_be_asked_at_its_stage_is_no_problem(shipclock, server):
    server.script("/handover_time_slots", failed(21011041))
    assert shipclock("check").code == 0


def test_carriers_are_listed_by_their_ids_where_none_is_chosen(place, shipclock):
    change(place, 'carrier_id = "67"\n', "")
    said = shipclock("check")
    assert said.code == 1
    assert "66  DHL\n" in said.out
    assert "67  DHL eCommerce" in said.out


def test_a_carrier_that_the_shop_may_not_name_is_told(place, shipclock):
    change(place, 'carrier_id = "67"', 'carrier_id = "99"')
    said = shipclock("check")
    assert (said.code, "carrier_id 99 is none of the carriers" in said.out) == (1, True)


def test_where_the_platform_ships_no_carrier_is_asked_about(place, shipclock, server):
    change(place, 'carrier_id = "67"', 'shipping = "platform"')
    assert shipclock("check").code == 0
    assert server.asked("/shipping_providers") == []


def test_without_orders_it_is_told_that_no_carrier_is_known_yet(shipclock, server):
    server.always("/order/202309/orders/search", done({"orders": []}))
    said = shipclock("check")
    assert (said.code, "no order of the last 30 days" in said.out) == (0, True)


def test_for_programs_it_is_json(shipclock):
    found = [one for one in shipclock("check", "--json").json["checks"] if one["name"] == "Shop"]
    assert [one["ok"] for one in found] == [True] * 4
