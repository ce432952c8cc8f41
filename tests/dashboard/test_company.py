"""Signing in by a company's own accounts: a real provider on loopback vouches, the role is ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from models.db.people import add_person
from models.db.session import make_engine, open_session
from models.home import SIGN_IN_VARIABLE
from models.person import Person
from models.stage import Role
from tests.browser import dashboard, free_port, needs_chromium, visit
from tests.company import CLIENT, SECRET, Company, company
from tests.dashboard import seed

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def provider() -> Iterator[Company]:
    with company() as served:
        yield served


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, provider: Company) -> Iterator[str]:
    home, port = seed.make_home(tmp_path_factory.mktemp("company") / "home"), free_port()
    seed.seed(home)
    own = {
        "sign_in": "company",
        "provider": provider.provider,
        "client_id": CLIENT,
        "public_url": f"http://127.0.0.1:{port}",
    }
    told = "\n".join(f'{key} = "{value}"' for key, value in own.items())
    home.config.write_text(f"{home.config.read_text(encoding='utf-8')}\n[dashboard]\n{told}\n", encoding="utf-8")
    home.dotenv.write_text(f"{SIGN_IN_VARIABLE}={SECRET}\n", encoding="utf-8")
    engine = make_engine(home.database_url)
    with open_session(engine) as session:
        lan = Person(name="Lan", role=Role.VIEWER, email="lan@example.com")
        add_person(session, lan, None, by="owner", now=seed.NOW)
        session.commit()
    engine.dispose()
    with dashboard(home.path, port) as served:
        yield served


def test_who_is_added_gets_in_and_sees_nothing_before(started: tuple[Playwright, Browser], address, provider):
    provider.person = {"email": "Lan@Example.com", "email_verified": True}
    with visit(started[1], address) as seen:
        seen.go("/orders")
        assert seen.page.locator("h1").inner_text() == "Shipclock"
        assert seed.SHOP not in seen.page.content()
        seen.page.get_by_role("button", name="company").click()
        seen.page.get_by_role("heading", name="Today").wait_for()
        seen.page.get_by_test_id("stExpandSidebarButton").click()
        seen.page.get_by_text("Lan, viewer").wait_for()
        seen.button("leave")
        seen.page.get_by_role("button", name="company").wait_for()


@pytest.mark.parametrize(
    "person",
    [{"email": "mai@example.com", "email_verified": True}, {"email": "lan@example.com", "email_verified": False}, {}],
)
def test_who_is_not_added_or_not_vouched_for_sees_nothing(
    started: tuple[Playwright, Browser], address, provider, person
):
    provider.person = person
    with visit(started[1], address) as seen:
        seen.go("/")
        with seen.page.expect_navigation(url=f"{address}/"):  # there and back
            seen.page.get_by_role("button", name="company").click()
        seen.drawn()
        assert seen.page.locator("h1").inner_text() == "Shipclock"
        assert seed.SHOP not in seen.page.content()
