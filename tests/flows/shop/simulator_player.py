"""A seller without Shipclock, for tests of the simulator: confirms, packs and hands over what it can."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.shop.protocol import Outcome, ShopError
from flows.shop.simulator.cast import casts
from flows.shop.simulator.drop import MailDrop
from flows.shop.simulator.marketplace import Platform, begin_play
from flows.shop.simulator.script import OrderPlan
from flows.shop.simulator.shop import SimulatedShop
from flows.shop.simulator.story import Story
from models.notification import NotificationKind
from models.platform_status import PlatformStatus

START = datetime(2026, 3, 2, tzinfo=UTC)
TICK = timedelta(hours=4)


class Box:
    """A mailbox in memory."""

    def __init__(self) -> None:
        self.mails: list[tuple[datetime, bytes]] = []

    def deliver(self, raw: bytes, at: datetime) -> None:
        self.mails.append((at, raw))


class Seller:
    """One play and a seller who works through it; `now` is the play's clock."""

    def __init__(self, folder: Path, *, seed: int = 7, drop: MailDrop | None = None) -> None:
        self.box = Box()
        self.now = START
        self.store = begin_play(folder / "simulator.db", seed=seed, start=START)
        self.platform = Platform(self.store, drop or self.box)
        self.shops = {
            cast.name: SimulatedShop(folder / "simulator.db", cast.name, lambda: self.now) for cast in casts().values()
        }

    def first(self, story: Story) -> OrderPlan:
        return self.store.script.stories(story)[0]

    def shop_of(self, plan: OrderPlan) -> SimulatedShop:
        return self.shops[plan.shop]

    def go_to(self, moment: datetime) -> None:
        self.now = moment
        self.platform.advance(moment)

    def status(self, plan: OrderPlan) -> PlatformStatus | None:
        return self.shop_of(plan).status_of(plan.order_no)

    def fulfil(self, plan: OrderPlan, *, key: str = "k") -> Outcome:
        """Confirm, pack and hand over as far as the shop lets us. Raises ShopError."""
        shop, order_no = self.shop_of(plan), plan.order_no
        for answer in (
            lambda: shop.confirm(order_no, key=f"{key}/confirm"),
            lambda: shop.pack(order_no, key=f"{key}/pack"),
            lambda: shop.hand_over(order_no, mode=plan.handover, drop_off_point="", key=f"{key}/hand_over"),
        ):
            if (outcome := answer().outcome) is not Outcome.OK:
                return outcome
        return Outcome.OK

    def play(self, days: int = 22) -> None:
        """Work through the script, leaving cancel requests to the platform and faults for the next tick."""
        while self.now < START + timedelta(days=days):
            self.go_to(self.now + TICK)
            for plan in self._to_ship():
                try:
                    self.fulfil(plan)
                except ShopError:
                    continue

    def kinds(self, plan: OrderPlan) -> Counter[NotificationKind]:
        """Which mails about an order were written, and how often."""
        with self.store.look() as play:
            rows = play.sql("select kind from mail where order_no = ?", plan.order_no).fetchall()
        return Counter(NotificationKind(kind) for (kind,) in rows)

    def _to_ship(self) -> list[OrderPlan]:
        with self.store.look() as play:
            rows = play.sql(
                "select order_no from orders where status = ? and not cancel_open order by order_no",
                PlatformStatus.AWAITING_SHIPMENT,
            ).fetchall()
        return [self.store.script.by_no[order_no] for (order_no,) in rows]
