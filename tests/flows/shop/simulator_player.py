"""A seller without Shipclock and without the API, for tests of the simulator: ships what the packers have ready."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.shop.simulator import aftersale, change
from flows.shop.simulator.drop import MailDrop
from flows.shop.simulator.marketplace import Platform, begin_play
from flows.shop.simulator.script import Crowd, OrderPlan
from flows.shop.simulator.state import status_of
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

    def __init__(
        self, folder: Path, *, seed: int = 7, drop: MailDrop | None = None, crowd: Crowd | None = None
    ) -> None:
        self.box = Box()
        self.now = START
        self.store = begin_play(folder / "simulator.db", seed=seed, start=START, crowd=crowd)
        self.platform = Platform(self.store, drop or self.box)

    def first(self, story: Story) -> OrderPlan:
        return self.store.script.stories(story)[0]

    def go_to(self, moment: datetime) -> None:
        self.now = moment
        self.platform.advance(moment)

    def status(self, plan: OrderPlan) -> PlatformStatus | None:
        with self.store.look() as play:
            return status_of(play, plan.order_no)

    def fulfil(self, plan: OrderPlan) -> None:
        """Ship an order once the packers have a hand free; what nobody has is cancelled."""
        with self.store.change() as play:
            if plan.story is Story.OUT_OF_STOCK:
                aftersale.cancel(play, plan, self.now, cause="out_of_stock", by="seller")
            elif self.now >= plan.packers_ready_at:
                change.ship(play, plan, self.now)

    def play(self, days: int = 22) -> None:
        """Work through the script, leaving cancel requests to the platform."""
        while self.now < START + timedelta(days=days):
            self.tick(TICK)

    def tick(self, span: timedelta) -> None:
        """Let time pass, then ship what can be."""
        self.go_to(self.now + span)
        for plan in self._to_ship():
            self.fulfil(plan)

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
