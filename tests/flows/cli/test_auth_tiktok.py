"""`auth tiktok`: the link shown, the answer pasted back, and what is kept of it."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE, Popen
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from flows.cli.settings_text import write_secret
from flows.cli.shop_consent import match
from flows.office import open_office
from flows.shop.consent import code_from, consent_link
from flows.shop.schema import AuthorisedShop
from models.db.session import open_session
from models.db.shop_tables import GrantRow
from models.settings import ShopSettings, TikTokSettings
from tests.flows.cli.conftest import SETTINGS, Said, Shipclock
from tests.flows.shop.wire_server import APP_KEY, LOST, SECRET, WireServer, done, failed
from tests.planted import search_files
from tests.waiting import PATIENCE

ENDS = 4102444800  # 2100-01-01
ROOT = Path(__file__).parents[3]
TOKENS = {
    "access_token": "ROW_access_1",
    "refresh_token": "ROW_refresh_1",
    "access_token_expire_in": ENDS - 1000,
    "refresh_token_expire_in": ENDS,
    "granted_scopes": ["seller.order.info"],
}
LOTUS = {"id": "7490000000000000001", "name": "Lotus Lane Home", "region": "VN", "cipher": "ROW_vn", "code": "VN1"}
JUNIPER = {"id": "7490000000000000002", "name": "Juniper & Pine Co.", "region": "US", "cipher": "ROW_us"}


@pytest.fixture
def server(place: Path) -> Iterator[WireServer]:
    with WireServer() as made:
        made.always("/token/get", done(TOKENS))
        made.always("/authorization/202309/shops", done({"shops": [LOTUS, JUNIPER]}))
        own = f'app_key = "{APP_KEY}"\nservice_id = "74001"\napi_url = "{made.url}"\nauth_url = "{made.url}"\n'
        (place / "shipclock.toml").write_text(f"{SETTINGS}\n[tiktok]\n{own}", encoding="utf-8")
        write_secret(place / ".env", "SHIPCLOCK_TIKTOK_SECRET", SECRET)
        yield made


pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture
def pasting(shipclock: Shipclock, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Run `auth tiktok` for a person who pastes this."""

    def pasting(pasted: str, *words: str) -> Said:
        monkeypatch.setattr(sys, "stdin", io.StringIO(pasted + "\n"))
        return shipclock("auth", "tiktok", *(words or ("Lotus Lane Home",)))

    return pasting


def kept() -> dict[str, GrantRow]:
    office = open_office()
    with open_session(office.engine, read_only=True) as session:
        rows = {row.shop_id: row for row in session.exec(select(GrantRow)).all()}
    office.engine.dispose()
    return rows


def test_the_address_that_the_browser_ends_at_is_pasted_back(place, server):
    """A person reads the link, agrees elsewhere, and pastes where that browser ended."""
    command = [sys.executable, "-m", "flows", "auth", "tiktok", "Lotus Lane Home"]
    ours = {**os.environ, "SHIPCLOCK_HOME": str(place / "home"), "PYTHONPATH": str(ROOT)}
    with Popen(command, cwd=place, env=ours, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) as running:
        assert running.stdin is not None
        assert running.stderr is not None
        assert running.stdout is not None
        link = next(line for line in running.stderr if line.startswith("https://")).strip()
        state = parse_qs(urlsplit(link).query)["state"][0]
        running.stdin.write(f"https://mine.example/back?app_key=x&code=ROW_code%2B1&locale=en&state={state}\n")
        running.stdin.close()
        said = running.stdout.read()
        assert running.wait(PATIENCE) == 0
    assert link.startswith("https://services.tiktokshop.com/open/authorize?service_id=74001&state=")
    assert "may act for Lotus Lane Home (7490000000000000001, VN) until 1 Jan 2100" in said
    (bought,) = server.asked("/token/get")
    assert bought.query["auth_code"] == "ROW_code+1"
    assert bought.query["grant_type"] == "authorized_code"
    assert kept()["Lotus Lane Home"].scopes == ["seller.order.info"]
    assert search_files(place, ["ROW_access_1", "ROW_refresh_1", "ROW_vn", "ROW_code"]) == []


def test_the_bare_code_is_taken_too(pasting, server):
    assert pasting("ROW_code_1").code == 0
    assert server.asked("/token/get")[0].query["auth_code"] == "ROW_code_1"


def test_a_shop_that_is_not_set_to_it_is_told_the_line_to_add(pasting):
    assert "api = true" in pasting("ROW_code_1").out


def test_a_consent_that_opens_several_of_our_shops_is_kept_for_each_that_is_set_to_it(place, pasting):
    text = (place / "shipclock.toml").read_text(encoding="utf-8")
    (place / "shipclock.toml").write_text(text.replace('policy = "article"', 'policy = "article"\napi = true'))
    said = pasting("ROW_code_1")
    assert {name: row.refused_at for name, row in kept().items()} == {
        "Lotus Lane Home": None,
        "Juniper & Pine Co.": None,
    }
    assert "shipclock check" in said.out


def test_without_a_name_the_shop_that_is_set_to_it_is_meant_else_the_choice_is_asked(place, pasting, shipclock, server):
    assert "Juniper & Pine Co., Lotus Lane Home" in shipclock("auth", "tiktok").err
    text = (place / "shipclock.toml").read_text(encoding="utf-8")
    (place / "shipclock.toml").write_text(text.replace('market = "VN"', 'market = "VN"\napi = true'))
    pasting("ROW_code_1")
    assert shipclock("auth", "tiktok", "Nobody").code == 2
    assert list(kept()) == ["Lotus Lane Home"]
    assert len(server.asked("/token/get")) == 1


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("https://mine.example/?code=null&error=auth_denied&state=x", "the consent was refused"),
        ("https://mine.example/?error=auth_denied", "the consent was refused"),
        ("https://mine.example/?code=ROW_1&state=another", "belongs to another try"),
        ("https://mine.example/?code=ROW_1", "belongs to another try"),
        ("https://mine.example/", "lacks the code"),
        ("some words", "lacks the code"),
    ],
)
def test_what_is_no_answer_to_this_consent_is_told_and_buys_nothing(pasting, server, pasted, told):
    said = pasting(pasted)
    assert (said.code, told in said.err) == (1, True)
    assert server.requests == []
    assert kept() == {}


@pytest.mark.parametrize(
    ("answer", "told"),
    [(failed(36004004, "code is expired"), "did not take the code (36004004)"), (LOST, "could not be asked")],
)
def test_a_code_that_buys_nothing_is_told_without_the_platforms_words(pasting, server, answer, told):
    server.script("/token/get", answer)
    said = pasting("ROW_code_1")
    assert (said.code, told in said.err) == (1, True)
    assert "expired" not in said.err
    assert SECRET not in said.err
    assert kept() == {}


@pytest.mark.parametrize("data", [{}, {**TOKENS, "refresh_token": ""}, {**TOKENS, "access_token_expire_in": "soon"}])
def test_an_odd_answer_keeps_nothing(pasting, server, data):
    server.script("/token/get", done(data))
    assert pasting("ROW_code_1").code == 1
    assert kept() == {}


def test_a_consent_for_another_shop_is_told_with_its_id(pasting, server):
    other = {**LOTUS, "name": "Lotus Official"}
    server.script("/authorization/202309/shops", done({"shops": [other]}))
    said = pasting("ROW_code_1")
    assert said.code == 1
    assert "Lotus Official (7490000000000000001, VN)" in said.err
    assert "platform_id" in said.err
    assert kept() == {}


def test_a_consent_that_opens_no_shop_is_told(pasting, server):
    server.script("/authorization/202309/shops", done({"shops": []}))
    assert "opens no shop" in pasting("ROW_code_1").err


def test_a_token_that_is_not_accepted_is_told_with_what_to_do(pasting, server):
    server.token = "another"
    said = pasting("ROW_code_1")
    assert (said.code, "shipclock auth tiktok" in said.err) == (1, True)


@pytest.mark.parametrize(
    ("line", "told"),
    [("app_key", "app_key in [tiktok] is not set"), ("service_id", "service_id in [tiktok] is not set")],
)
def test_what_the_settings_lack_is_told_before_anything_is_asked(place, pasting, server, line, told):
    text = (place / "shipclock.toml").read_text(encoding="utf-8")
    kept_lines = [one for one in text.splitlines() if not one.startswith(line)]
    (place / "shipclock.toml").write_text("\n".join(kept_lines), encoding="utf-8")
    assert told in pasting("ROW_code_1").err
    assert server.requests == []


def test_a_secret_that_is_not_set_is_told(place, pasting, server):
    (place / ".env").unlink()
    said = pasting("ROW_code_1")
    assert "SHIPCLOCK_TIKTOK_SECRET is not set" in said.err
    assert server.requests == []


def shop(**more: object) -> ShopSettings:
    plain = {"name": "Lotus", "market": "VN", "currency": "VND", "timezone": "Asia/Ho_Chi_Minh", "mailbox": "main"}
    return ShopSettings.model_validate({**plain, **more})


def theirs(number: str, name: str, region: str) -> AuthorisedShop:
    return AuthorisedShop(id=number, name=name, region=region)


@pytest.mark.parametrize(
    ("ours", "found", "meant"),
    [
        ({}, [("1", "lotus", "VN")], "1"),
        ({}, [("1", "Lotus", "VN"), ("2", "Lotus", "TH")], "1"),
        ({}, [("1", "Lotus", "VN"), ("2", "Lotus", "VN")], None),
        ({}, [("1", "Other", "VN")], None),
        ({"also_named": ["Other"]}, [("1", "Other", "VN")], "1"),
        ({"platform_id": "2"}, [("1", "Lotus", "VN"), ("2", "Other", "TH")], "2"),
        ({"platform_id": "3"}, [("1", "Lotus", "VN")], None),
    ],
)
def test_a_shop_is_known_by_its_id_else_by_name_and_market_if_that_is_clear(ours, found, meant):
    matched = match(shop(**ours), [theirs(*one) for one in found])
    assert (matched.id if matched else None) == meant


@pytest.mark.parametrize(
    ("market", "own", "host"),
    [
        ("US", None, "https://services.us.tiktokshop.com"),
        ("GB", None, "https://services.tiktokshop.com"),
        ("US", "http://127.0.0.1:8123", "http://127.0.0.1:8123"),
    ],
)
def test_the_page_of_consent_is_the_markets(market, own, host):
    settings = TikTokSettings(service_id="74001", consent_url=own)
    link = consent_link(settings, shop(market=market), "a b")
    assert link == f"{host}/open/authorize?service_id=74001&state=a+b"


def test_a_query_alone_is_an_answer_too():
    assert code_from(" code=ROW_1&state=s\n", "s") == "ROW_1"


def test_the_help_tells_how_to_make_an_app_and_that_nobody_tried(shipclock):
    said = shipclock("auth", "tiktok", "--help").out
    assert "not tried" in said
    assert "\n  1. Open https://partner.tiktokshop.com" in said
    assert "SHIPCLOCK_TIKTOK_SECRET" in said
