"""A mail is read as soon as its server tells of it, and by the next look when the server can't be heard.

Real: Dovecot, the waker as the child process that `up` starts, its runs on a real Prefect server.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import pytest
from sqlmodel import select

from flows.look import POLL, Work, look
from flows.office import Office, open_office
from flows.server import prefect_client
from flows.stack import Stack
from ingest.poll import poll_mailbox
from models.db.session import open_session
from models.db.tables import OrderRow
from tests.conftest import TOLD
from tests.dovecot import PASSWORD, Account, Dovecot, missing
from tests.flows.prefect_server import a_home
from tests.ingest.desk import EXPECTED, RECEIVER, new_order, order_no
from tests.waiting import wait_for
from tests.wire import Wire, wire_to

FEW, MANY = 5, 20  # mails
BAR = 5.0  # seconds from APPEND's answer to the stored order, at the median of many
STILL = 15  # looks at the wire, 3 s, in which nothing passes: the waker is in IDLE
LOOK_FOR = 0.02  # seconds between two looks for the order
SETTINGS = """
[[mailbox]]
name = "main"
host = "localhost"
port = {port}
user = "{user}"
ca_file = "{cert}"
authserv_id = "{authserv_id}"
allowed_from_domains = ["shop.tiktok.com"]

[[shop]]
name = "{shop}"
market = "{market}"
currency = "{currency}"
timezone = "{timezone}"
mailbox = "main"
orders_from = 2026-01-01   # the mails are of that year
"""


@dataclass(frozen=True, slots=True)
class System:
    """A home with its waker, whose mailbox is behind a wire."""

    stack: Stack
    office: Office
    account: Account
    wire: Wire

    def is_stored(self, number: int) -> bool:
        with open_session(self.office.engine, read_only=True) as session:
            found = session.exec(select(OrderRow.order_no).where(OrderRow.order_no == order_no(number))).first()
        return found is not None

    def seconds_until_stored(self, number: int) -> float:
        """From the moment that the server has taken mail `number` until its order is in the database."""
        self.account.append(new_order(number))
        arrived = time.monotonic()
        wait_for(lambda: self.is_stored(number), f"order {number}", tick=LOOK_FOR)
        return time.monotonic() - arrived


@pytest.fixture
def system(prefect_stack: Stack, tmp_path: Path) -> Iterator[System]:
    if reason := missing():
        pytest.skip(reason)
    home = replace(
        a_home(tmp_path), environment={"PREFECT_API_URL": prefect_stack.api_url, "SHIPCLOCK_PASSWORD_MAIN": PASSWORD}
    )
    with Dovecot() as server, wire_to(server.port) as wire:
        account = server.account()
        home.config.write_text(settings_for(account, wire.port), encoding="utf-8")
        office = open_office(home)
        with Stack(home, tell=lambda _: None) as stack:
            stack.start_waker()
            yield System(stack, office, account, wire)
        office.engine.dispose()


def settings_for(account: Account, port: int) -> str:
    name = "Juniper & Pine Co."
    where = {"port": port, "user": account.user, "cert": account.server.cert}
    return SETTINGS.format(shop=name, authserv_id=RECEIVER["authserv_id"], **where, **EXPECTED["shops"][name])


def finished_runs(stack: Stack) -> int:
    """How many polls the server saw to their end that no worker carried out."""
    with prefect_client(stack.api_url) as client:
        runs = [run for run in client.read_flow_runs() if run.name == POLL and run.deployment_id is None]
    return sum(run.state is not None and run.state.is_completed() for run in runs)


def test_a_mail_is_an_order_seconds_after_it_came(system: System, request: pytest.FixtureRequest, record_property):
    many = request.config.getoption("long")
    before = finished_runs(system.stack)
    system.seconds_until_stored(0)  # the waker starts and warms up meanwhile
    took = [system.seconds_until_stored(number) for number in range(1, 1 + (MANY if many else FEW))]
    record_property(
        TOLD,
        f"from the mail's arrival to the stored order, by IDLE: {median(took):.2f} s at the median of {len(took)}, "
        f"{min(took):.2f} to {max(took):.2f} s",
    )
    wait_for(lambda: finished_runs(system.stack) >= before + len(took), "a run of the flow for each mail")
    if many:
        assert median(took) <= BAR


def test_when_the_connection_died_silently_one_look_is_enough_and_the_waker_hears_again(system: System):
    before = finished_runs(system.stack)
    system.seconds_until_stored(0)
    wait_for(lambda: finished_runs(system.stack) > before, "the end of the first run")
    assert system.wire.go_silent() > 0

    system.account.append(new_order(1))
    assert Work(deployment=POLL, parameters={"mailbox": "main"}) in look(system.office).work
    poll_mailbox(
        system.office.engine,
        system.office.settings.mailbox[0],
        system.office.settings.shop,
        system.office.home,
        system.office.now,
    )
    assert system.is_stored(1)

    system.seconds_until_stored(2)  # nobody looks: the waker found out that it had heard nothing
