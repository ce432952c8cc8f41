"""One month of a simulated shop, watched by three Shipclocks: by mail alone, by the API alone, by both.

The seller ships by hand, as the script says, so that the platform's history is the same for all three; they only look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import tomlkit
from sqlmodel import Session, select

from flows import clock
from flows.demo.home import agree
from flows.office import Office, open_office
from flows.shop.simulator.cast import casts
from flows.shop.simulator.drop import MaildirDrop
from flows.shop.simulator.mails import RECEIVER
from flows.shop.simulator.script import Crowd
from flows.shop.simulator.serving import Served, serve
from flows.sync_shop import sync_one
from flows.watch import check_due
from ingest.poll import poll_mailbox
from models.db.session import open_session
from models.db.tables import CaseRow, DeadlineRow, OrderRow
from models.home import CONFIG_NAME, TIKTOK_SECRET, find_home
from tests.flows.shop.simulator_player import Seller

START: Final = datetime(2026, 3, 2, tzinfo=UTC)
LOOK: Final = timedelta(hours=12)
AFTERWARDS: Final = timedelta(days=26)  # until the last parcel has come, is lost, or its return window is over
SOURCES: Final = ("mail", "api", "both")
# What a source does not tell, and the clocks that hang on it (README, "What mail tells, and what the API tells"):
# the API no failed attempt (D12, D13), and one time for all that the carrier saw (D17). The simulated platform writes
# no mail about returns (D15, D16).
UNTOLD: Final = frozenset({"D12", "D13", "D15", "D16", "D17"})
AFTER_ATTEMPTS: Final = frozenset({"D10", "D14"})  # two attempts lose a parcel, at once and for good
RETURNS: Final = frozenset({"return"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one Shipclock makes of an order: where it is, its clocks by rule, the kinds of its cases."""

    stage: str
    clocks: Mapping[str, tuple[str, ...]]
    cases: frozenset[str]


@dataclass(frozen=True, slots=True)
class Watcher:
    """One Shipclock that looks, by mail, by the API, or by both."""

    office: Office
    by_mail: bool
    by_api: bool

    def look(self, moment: datetime) -> None:
        """Read what there is and notice what time has changed."""
        office = self.office
        clock.set_virtual(office.engine, moment)
        if self.by_mail:
            for box in office.settings.mailbox:
                poll_mailbox(office.engine, box, office.settings.shop, office.home, office.now)
        if self.by_api:
            for shop in office.settings.shop:
                sync_one(office, shop)
        check_due(office)

    def orders(self) -> dict[str, Seen]:
        """Give what is known of each order, by its number."""
        with open_session(self.office.engine, read_only=True) as session:
            return {row.order_no: _seen(session, row) for row in session.exec(select(OrderRow))}


def _seen(session: Session, row: OrderRow) -> Seen:
    clocks: dict[str, list[str]] = {}
    for one in session.exec(select(DeadlineRow).where(DeadlineRow.order_id == row.id)):
        clocks.setdefault(one.rule, []).append(one.state)
    cases = session.exec(select(CaseRow.kind).where(CaseRow.order_id == row.id))
    return Seen(
        stage=row.stage,
        clocks={rule: tuple(sorted(states)) for rule, states in clocks.items()},
        cases=frozenset(cases),
    )


@contextmanager
def three_watchers(folder: Path, shop: Served, maildir: Path) -> Iterator[dict[str, Watcher]]:
    """Set up the three, each in a home of its own."""
    with ExitStack() as stack:
        made = {}
        for source in SOURCES:
            office = _office(folder / source, shop, maildir if source != "api" else folder / "no-letters", source)
            stack.callback(office.engine.dispose)
            made[source] = Watcher(office, by_mail=source != "api", by_api=source != "mail")
        yield made


def _office(folder: Path, shop: Served, maildir: Path, source: str) -> Office:
    MaildirDrop(maildir)
    folder.mkdir(parents=True)
    config = folder / CONFIG_NAME
    config.write_text(_settings(shop, maildir, api=source != "mail"), encoding="utf-8")
    environ = {"SHIPCLOCK_HOME": str(folder), "SHIPCLOCK_CONFIG": str(config), TIKTOK_SECRET: shop.keys.secret}
    office = open_office(find_home(environ))
    clock.set_virtual(office.engine, START)
    if source != "mail":
        agree(office, shop)
    return office


def _settings(shop: Served, maildir: Path, *, api: bool) -> str:
    box = {"name": "box", "kind": "maildir", "path": str(maildir), "authserv_id": RECEIVER}
    shops = [{**cast.settings("box"), "policy": "article", "api": api} for cast in casts().values()]
    return tomlkit.dumps({"mailbox": [box], "tiktok": shop.settings, "shop": shops})


def play(folder: Path, orders: int, days: int = 30) -> dict[str, dict[str, Seen]]:
    """Let a month pass; give what each of the three knows in the end."""
    maildir = folder / "letters"
    seller = Seller(folder, drop=MaildirDrop(maildir), crowd=Crowd(orders=orders, days=days))
    with serve(seller.store) as shop, three_watchers(folder, shop, maildir) as watchers:
        while seller.now < START + timedelta(days=days) + AFTERWARDS:
            seller.tick(LOOK)
            for watcher in watchers.values():
                watcher.look(seller.now)
        return {source: watcher.orders() for source, watcher in watchers.items()}


def differences(one: Mapping[str, Seen], other: Mapping[str, Seen]) -> Counter[str]:
    """Count what two of them say differently of what both their sources can tell, by what it is about."""
    found: Counter[str] = Counter()
    for order_no in one.keys() | other.keys():
        if order_no not in one or order_no not in other:
            found["known to one alone"] += 1
        else:
            found.update(_differences(one[order_no], other[order_no]))
    return found


def _differences(one: Seen, other: Seen) -> Iterator[str]:
    attempts = one.clocks.get("D13") != other.clocks.get("D13")  # one alone was told of a failed attempt
    if _place(one.stage) != _place(other.stage) and not (attempts and "LOST" in {one.stage, other.stage}):
        yield f"stage {one.stage}, {other.stage}"
    untold = UNTOLD | (AFTER_ATTEMPTS if attempts else frozenset())
    for rule in sorted((one.clocks.keys() | other.clocks.keys()) - untold):
        if one.clocks.get(rule) != other.clocks.get(rule):
            yield f"{rule} {one.clocks.get(rule)}, {other.clocks.get(rule)}"
    if one.cases - RETURNS != other.cases - RETURNS:
        yield f"cases {sorted(one.cases)}, {sorted(other.cases)}"


def _place(stage: str) -> str:
    """The API has one word for both."""
    return "IN_TRANSIT" if stage == "PICKED_UP" else stage
