"""Exactly once: orders through ship and cancel while calls fail and workers are killed; the platform counts.

python -m tests.flows.shop.exactly_once --orders 10000 --kills 50 --faults 0.2

The simulated platform is over HTTP; a share of its calls fails, a third of the failing writes after they were carried
out. Workers are killed (SIGKILL) at moments drawn from a seed and started again. What was done is counted in the
simulator's own store: each order shipped or cancelled once, none lost, no message twice.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Final

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from flows.office import Office, open_office
from flows.shop.consent import Tokens
from flows.shop.grant import Grant, store
from flows.shop.simulator.cast import Cast, casts
from flows.shop.simulator.market import ARTICLE
from flows.shop.simulator.marketplace import Platform, begin_play
from flows.shop.simulator.script import Crowd, OrderPlan
from flows.shop.simulator.serving import Served, serve
from flows.shop.simulator.state import open_request, status_of
from flows.shop.simulator.store import Store
from flows.shop.simulator.tally import KINDS
from flows.shop.simulator.web.calls_package import providers
from flows.shop.simulator.web.routes import CHAT, USUAL
from flows.shop.simulator.web.weather import Weather
from models.db.effects import EffectState
from models.db.orders import record_facts
from models.db.session import open_session
from models.db.shop_tables import EffectRow
from models.fact import Authority, Fact, FactKind
from models.home import TIKTOK_SECRET, Home, find_home
from models.platform_status import PlatformStatus
from models.stage import ShippingMode
from tests.flows.shop.exactly_once_worker import Task, unfinished, work, write_tasks
from tests.forks import forks
from tests.waiting import PATIENCE

SEED: Final = 7
WORKERS: Final = 4
PLACED_BEFORE: Final = timedelta(minutes=65)  # a buyer changes their mind after 70 at the earliest
LOOK_SECONDS: Final = 0.1
AT_ONCE: Final = 200


@dataclass(kw_only=True)
class Counted:
    """What came of a run; `twice` and `lost` are by the simulator's own count."""

    orders: int
    shipped: int = 0
    cancelled: int = 0
    twice: int = 0
    lost: int = 0
    messages_twice: int = 0
    undecided: int = 0  # effects of ours that are neither done nor refused
    turned_away: int = 0  # repeats that the platform's guards stopped
    unsure: int = 0  # messages that a person had to look after
    kills: int = 0
    seconds: int = 0
    faults: dict[str, int] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether everything was done, and once."""
        return not (self.twice or self.lost or self.messages_twice or self.undecided)


def run(folder: Path, *, orders: int, kills: int, faults: float, workers: int = WORKERS, seed: int = SEED) -> Counted:
    """Let `orders` orders through, and count."""
    began = monotonic()
    start = datetime.now(UTC).replace(microsecond=0) - PLACED_BEFORE
    play = begin_play(folder / "platform.db", seed=seed, start=start, crowd=Crowd(orders=orders * 5 // 4 + 30, days=0))
    Platform(play).advance(start + PLACED_BEFORE)
    with serve(play, weather=Weather(seed=seed, rate=faults), real_stamps=True) as served:
        office = _office(folder, served)
        tasks = _tasks(play, orders)
        _record(office, play, tasks)
        write_tasks(office.home.path, tasks)
        killed = _work(office, tasks, kills=kills, workers=workers, seed=seed)
        counted = _count(office, served, tasks)
    counted.kills, counted.seconds = killed, round(monotonic() - began)
    return counted


def _office(folder: Path, served: Served) -> Office:
    """Write the settings of the play's shops, with a consent for each, and open them."""
    home = folder / "home"
    home.mkdir()
    shops = [_shop(cast) for cast in casts(ARTICLE).values()]
    head = f'[tiktok]\napp_key = "{served.keys.app_key}"\napi_url = "{served.url}"\nauth_url = "{served.url}"\n'
    mailbox = '[[mailbox]]\nname = "main"\nkind = "maildir"\npath = "mail"\n'
    (home / "shipclock.toml").write_text("\n".join((head, mailbox, *shops)), encoding="utf-8")
    (home / "mail").mkdir()
    config = str(home / "shipclock.toml")
    told = {"SHIPCLOCK_HOME": str(home), "SHIPCLOCK_CONFIG": config, TIKTOK_SECRET: served.keys.secret}
    office = open_office(find_home(told))
    for cast in casts(ARTICLE).values():
        given = served.token((*USUAL, CHAT))
        ends = datetime.now(UTC) + timedelta(days=7)
        tokens = Tokens(access=given["access_token"], refresh=given["refresh_token"], expires_at=ends, ends_at=None)
        grant = Grant(tokens=tokens, cipher=served.ciphers[cast.name], platform_id=cast.platform_id)
        store(office.engine, office.home, cast.name, grant)
    return office


def _shop(cast: Cast) -> str:
    carrier = providers(cast)[0]["id"]
    return (
        f'[[shop]]\nname = "{cast.name}"\nmarket = "{cast.market}"\ncurrency = "{cast.currency}"\n'
        f'timezone = "{cast.timezone}"\nmailbox = "main"\nhandover = "{cast.handover}"\n'
        f'api = true\nplatform_id = "{cast.platform_id}"\ncarrier_id = "{carrier}"\n'
    )


def _tasks(play: Store, orders: int) -> list[Task]:
    """Choose orders that are ready to be shipped: of ten, three are to be cancelled."""
    with play.look() as looking:
        ready = [
            plan
            for plan in play.script.plans
            if status_of(looking, plan.order_no) is PlatformStatus.AWAITING_SHIPMENT
            and not open_request(looking, plan.order_no)
        ]
    if len(ready) < orders:
        raise SystemExit(f"only {len(ready)} orders are ready to be shipped")
    return [_task(place, plan) for place, plan in enumerate(ready[:orders])]


def _task(place: int, plan: OrderPlan) -> Task:
    if place % 10 in {1, 4, 7}:
        return Task(shop=plan.shop, order_no=plan.order_no, what="cancel")
    if plan.shipping is ShippingMode.PLATFORM:
        return Task(shop=plan.shop, order_no=plan.order_no, what="ship")
    return Task(shop=plan.shop, order_no=plan.order_no, what="ship_own", tracking_no=f"EX{plan.order_no}")


def _record(office: Office, play: Store, tasks: Sequence[Task]) -> None:
    """Know of the orders what mails would have told, and packed those that are to leave."""
    for start in range(0, len(tasks), AT_ONCE):
        with open_session(office.engine) as session:
            for shop in office.settings.shop:
                chosen = [task for task in tasks[start : start + AT_ONCE] if task.shop == shop.name]
                facts = [(task.order_no, fact) for task in chosen for fact in _known(play.script.by_no, task)]
                record_facts(session, shop, facts, office.now())
            session.commit()


def _known(plans: object, task: Task) -> Iterator[Fact]:
    plan = plans[task.order_no]  # type: ignore[index]
    kinds = [FactKind.ORDER_PLACED, FactKind.ORDER_PAID]
    kinds += [] if task.what == "cancel" else [FactKind.STOCK_CONFIRMED, FactKind.PACKED]
    for kind in kinds:
        yield Fact(
            kind=kind,
            occurred_at=plan.placed_at,
            observed_at=plan.placed_at,
            authority=Authority.PLATFORM if kind in kinds[:2] else Authority.HUMAN,
            source_key=f"run:{task.order_no}:{kind}",
            payload={"shipping_mode": plan.shipping.value} if kind is FactKind.ORDER_PLACED else {},
        )


def _work(office: Office, tasks: Sequence[Task], *, kills: int, workers: int, seed: int) -> int:
    """Keep the workers going, and kill one whenever so much more was done; give how often."""
    rng = Random(seed)
    at = sorted(rng.randrange(len(tasks) * 3 // 4) for _ in range(kills))  # what the last one held comes back in time
    killed, last, since = 0, -1, monotonic()
    with _crew(office.home, workers) as crew:
        while left := len(unfinished(office, tasks)):
            done = len(tasks) - left
            last, since = (done, monotonic()) if done != last else (last, since)
            if monotonic() - since > PATIENCE:
                break
            if killed < kills and at[killed] <= done:
                victim = rng.randrange(workers)
                sleep(rng.random() / 4)  # anywhere within what it does
                crew[victim].kill()
                crew[victim].join()
                killed += 1
            for number in range(workers):
                if not crew[number].is_alive():
                    crew[number] = _hire(office.home, number, workers)
            sleep(LOOK_SECONDS)
    return killed


@contextmanager
def _crew(home: Home, workers: int) -> Iterator[list[BaseProcess]]:
    """Workers of their own memory, forked from a process that has imported all: a start costs milliseconds."""
    crew = [_hire(home, number, workers) for number in range(workers)]
    try:
        yield crew
    finally:
        for one in crew:
            one.kill()
            one.join()


def _hire(home: Home, number: int, workers: int) -> BaseProcess:
    worker = forks().Process(target=work, args=(home, number, workers), daemon=True)
    worker.start()
    return worker


def _count(office: Office, served: Served, tasks: Sequence[Task]) -> Counted:
    """Count what the platform did, order by order, in its own store."""
    with served.store.look() as play:
        ships, cancels = (_applied(play, KINDS[kind]) for kind in ("ships", "cancels"))
        ends = {task.order_no: status_of(play, task.order_no) for task in tasks}
    told = served.tally()
    gone = {task.order_no for task in tasks if task.what != "cancel"}
    right = {True: PlatformStatus.AWAITING_COLLECTION, False: PlatformStatus.CANCELLED}
    wrong = [number for number, status in ends.items() if status is not right[number in gone]]
    with open_session(office.engine, read_only=True) as session:
        undecided = session.exec(select(func.count()).select_from(EffectRow).where(*_open())).one()
        unsure = session.exec(select(func.count()).where(col(EffectRow.code) == "message_unsure")).one()
    return Counted(
        orders=len(tasks),
        shipped=sum(number in gone for number in ships),
        cancelled=sum(number not in gone for number in cancels),
        twice=sum(count - 1 for count in (*ships.values(), *cancels.values())),
        lost=len(wrong) + len(unfinished(office, tasks)),
        messages_twice=int(told["messages_twice"]),
        undecided=undecided,
        turned_away=told["ships"]["repeated"] + told["cancels"]["repeated"],
        unsure=unsure,
        faults=told["faults"],
    )


def _open() -> tuple[ColumnElement[bool], ...]:
    return col(EffectRow.state) == EffectState.INTENDED.value, col(EffectRow.effect) != "message_buyer"


def _applied(play: object, endpoints: Sequence[str]) -> Counter[str]:
    """How often each order was shipped or cancelled, by the platform's own notes."""
    marks = ", ".join("?" * len(endpoints))
    query = f"select order_no, count(*) from deed where applied = 1 and endpoint in ({marks}) group by order_no"  # noqa: S608  # our own marks
    return Counter(dict(play.sql(query, *endpoints)))  # type: ignore[attr-defined]


def main() -> int:
    """Run, print what came of it, and fail if anything was done twice or lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--faults", type=float, default=0.2)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        counted = run(Path(folder), **vars(given))
    for name, value in asdict(counted).items():
        sys.stdout.write(f"{name:16} {value}\n")
    sys.stdout.write("every effect once, none lost\n" if counted.good else "NOT EXACTLY ONCE\n")
    return 0 if counted.good else 1


if __name__ == "__main__":
    raise SystemExit(main())
