"""`auth`: signing in on the terminal, the login tried, and what is said when a person must sign in again."""

from __future__ import annotations

import os
import ssl
import sys
from pathlib import Path
from subprocess import PIPE, Popen

import httpx
import pytest

from flows.cli.settings_text import write_secret
from flows.look import look
from flows.office import open_office
from flows.telling import compose
from models.db.alerts import due_alerts
from models.db.session import open_session
from tests.dovecot import Account, DovecotBySignIn
from tests.flows.cli.conftest import MAIL, RECEIVER, SETTINGS, Shipclock
from tests.planted import search_files
from tests.sign_in_server import SignInServer
from tests.waiting import PATIENCE

# As a real one: the command that opens it ends at once, the page is asked for meanwhile.
BROWSER = """
import os, ssl, sys, urllib.request
if os.fork():
    os._exit(0)
context = ssl._create_unverified_context()
urllib.request.urlopen(sys.argv[1], context=context).read()
"""


@pytest.fixture
def account(mail_server: DovecotBySignIn, sign_in: SignInServer) -> Account:
    made = mail_server.account()
    made.append(*(file.read_bytes() for file in MAIL.glob("001_*.eml")))
    sign_in.user = made.user
    return made


@pytest.fixture(params=["microsoft", "google"])
def provider(request) -> str:
    return str(request.param)


@pytest.fixture
def settings(place: Path, account: Account, sign_in: SignInServer, provider: str) -> Path:
    """Settings with a mailbox that is signed in for at the provider, and its secret in `.env`."""
    head = f"""
[[mailbox]]
name = "main"
host = "localhost"
port = {account.server.port}
user = "{account.user}"
ca_file = "{account.server.cert}"
authserv_id = "{RECEIVER}"
auth = "{provider}"
client_id = "our-app"
authority = "{sign_in.authority}"
"""
    file = place / "shipclock.toml"
    file.write_text(head + SETTINGS[SETTINGS.index("[[shop]]") :], encoding="utf-8")
    if provider == "google":
        sign_in.client_secret = "made-up-client-secret"
        write_secret(place / ".env", "SHIPCLOCK_CLIENT_SECRET_MAIN", sign_in.client_secret)
    return file


def ours(place: Path) -> dict[str, str]:
    """The environment of a command of its own process."""
    return {**os.environ, "SHIPCLOCK_HOME": str(place / "home"), "PYTHONPATH": str(MAIL.parents[1])}


@pytest.fixture
def person(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser whose user agrees at once."""
    (place / "browser.py").write_text(BROWSER, encoding="utf-8")
    monkeypatch.setenv("BROWSER", f"{sys.executable} {place / 'browser.py'} %s")


pytestmark = pytest.mark.usefixtures("settings", "person")


def test_after_signing_in_the_mailbox_is_polled_and_checked(place, shipclock: Shipclock, sign_in, provider):
    said = shipclock("auth", provider)
    assert (said.code, said.out.splitlines()[0]) == (
        0, "Mailbox main is signed in for. What Shipclock may do is kept encrypted and renewed by itself.",
    )  # fmt: skip
    assert "New orders: 1." in shipclock("poll").out
    assert shipclock("check").code == 0
    assert search_files(place, sign_in.secrets) == []


@pytest.mark.parametrize("provider", ["microsoft"], indirect=True)
def test_the_code_and_where_to_type_it_are_shown(shipclock):
    said = shipclock("auth", "microsoft", "main")
    assert "https://localhost/device" in said.err
    assert "ABCD-1234" in said.err


@pytest.mark.parametrize("provider", ["google"], indirect=True)
def test_on_a_machine_without_a_browser_the_address_is_pasted_back(place, account):
    """A person reads the address, agrees elsewhere, and pastes where that browser ended: on an unreachable page."""
    command = [sys.executable, "-m", "flows", "auth", "google", "--paste"]
    with Popen(command, cwd=place, env=ours(place), stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) as running:
        assert running.stdin is not None
        assert running.stderr is not None
        shown = next(line for line in running.stderr if line.startswith("https://"))
        trusted = ssl.create_default_context(cafile=str(account.server.cert))
        answer = httpx.get(shown.strip(), verify=trusted, timeout=PATIENCE)
        running.stdin.write(answer.headers["Location"] + "\n")
        running.stdin.close()
        assert running.wait(PATIENCE) == 0


def test_an_account_that_may_not_open_the_mailbox_is_told_and_nothing_is_kept(shipclock, sign_in, provider):
    sign_in.user = "somebody-else"
    said = shipclock("auth", provider)
    assert said.code == 1
    assert "does not open mailbox main for this account; nothing was kept" in said.err
    assert "nobody has signed in" in shipclock("check").out


def test_an_app_that_the_provider_does_not_know_is_told(shipclock, sign_in, provider):
    sign_in.fault = (400, '{"error": "invalid_client"}')
    said = shipclock("auth", provider)
    assert said.code == 1
    assert "Mailbox main" in said.err


def test_a_mailbox_that_is_not_set_to_it_is_told_the_lines_to_add(place, shipclock, provider):
    (place / "shipclock.toml").write_text(SETTINGS, encoding="utf-8")
    said = shipclock("auth", provider)
    assert said.code == 2
    assert f'auth = "{provider}"' in said.err


def test_a_sign_in_that_ended_is_shouted_once_with_the_command_to_type(shipclock, sign_in, provider):
    shipclock("auth", provider)
    shipclock("poll")
    sign_in.revoke()
    office = open_office()
    look(office)
    look(office)
    with open_session(office.engine, read_only=True) as session:
        alerts = [alert for alert in due_alerts(session, office.now()) if alert.rule == "D20"]
        (told,) = compose(alerts, office.now())
    office.engine.dispose()
    assert told.title == "Sign-in needed"
    assert f"shipclock auth {provider} main" in told.body
    said = shipclock("check")
    assert said.code == 1
    assert f"shipclock auth {provider} main" in said.out
    assert "shipclock auth" in shipclock("todo").err
