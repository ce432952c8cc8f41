"""The simulated platform, its buyers and carriers: plays everything that happens up to a moment.

One transaction an event, mail delivered before the commit: a play that is killed goes on where it
was, and a mail that is delivered again has the same name and bytes. Nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from flows.shop.simulator import change, fault
from flows.shop.simulator.cast import casts
from flows.shop.simulator.drop import MailDrop
from flows.shop.simulator.letter import Letter
from flows.shop.simulator.mails import write_mail, write_noise
from flows.shop.simulator.post import EventKind, post, post_forgeries
from flows.shop.simulator.script import ANSWER_WITHIN, UNPAID_FOR, OrderPlan, Script, chance, write_script
from flows.shop.simulator.store import Event, Play, Store, text_of
from flows.shop.simulator.story import Story
from models.notification import NotificationKind as Kind
from models.platform_status import PlatformStatus

SHIP_SOON: Final = timedelta(hours=48)  # after it the platform reminds
TIMER_RUNS: Final = timedelta(minutes=3)  # the platform's own timers act a little after the moment
DAYS: Final = 20
NOISES: Final = (14, 22)  # mails that concern no order, at least and at most


def begin_play(path: Path, *, seed: int, start: datetime) -> Store:
    """Make the store of a play, or find the one that is there; `start` is aware.

    Raises ValueError when the file holds a play of another seed or start.
    """
    store = Store(path)
    store.prepare()
    script = write_script(seed, start)
    with store.change() as play:
        if play.begins(script):
            _set_the_scene(play, script)
    if store.script != script:
        raise ValueError(f"{path} holds a play of another seed or start; choose another home")
    return store


class Platform:
    """Everybody but the shop: buyers, carriers, the platform's timers, forgers, advertisers."""

    def __init__(self, store: Store, drop: MailDrop) -> None:
        """Play the store's script, with the shop's mail going to `drop`."""
        self._store = store
        self._drop = drop
        self._script = store.script

    def next_at(self) -> datetime | None:
        """When the next thing happens by itself (UTC); None when the play is over."""
        with self._store.look() as play:
            event = play.next_event()
        return event.at if event else None

    def advance(self, to: datetime) -> int:
        """Play all that happens up to and including `to` (aware), in the order of time; return how much."""
        played = 0
        with self._store.kept_open():
            while self._play_one(to):
                played += 1
        return played

    def _play_one(self, to: datetime) -> bool:
        with self._store.change() as play:
            event = play.next_event(to)
            if event is None:
                return False
            self._happen(play, event)
            play.finish(event)
        return True

    def _happen(self, play: Play, event: Event) -> None:
        if event.kind == EventKind.NOISE:
            shop, number = str(event.detail["shop"]), int(str(event.detail["number"]))
            self._deliver(play, event, write_noise(number, casts()[shop], event.at))
        elif event.kind == EventKind.LETTER:
            letter = Letter.from_json(event.detail)
            self._deliver(play, event, write_mail(letter, self._script.by_no[event.order_no]), letter)
        else:
            HAPPENINGS[EventKind(event.kind)](play, self._script.by_no[event.order_no], event)

    def _deliver(self, play: Play, event: Event, raw: bytes, letter: Letter | None = None) -> None:
        play.sql(
            "insert into mail (at, order_no, kind, sha256, genuine, readable) values (?, ?, ?, ?, ?, ?)",
            text_of(event.at),
            event.order_no,
            letter.kind if letter else EventKind.NOISE,
            sha256(raw).hexdigest(),
            letter is None or letter.genuine,
            letter is None or letter.readable,
        )
        self._drop.deliver(raw, event.at)


def _placed(play: Play, plan: OrderPlan, event: Event) -> None:
    unpaid = not plan.paid and not plan.cash_on_delivery
    play.set_status(plan.order_no, PlatformStatus.UNPAID if unpaid else PlatformStatus.AWAITING_SHIPMENT)
    post(play, plan, Kind.NEW_ORDER, event.at)


def _paid(play: Play, plan: OrderPlan, event: Event) -> None:
    if play.status(plan.order_no) is PlatformStatus.UNPAID:
        play.set_status(plan.order_no, PlatformStatus.AWAITING_SHIPMENT)
        post(play, plan, Kind.ORDER_PAID, event.at)


def _unpaid_over(play: Play, plan: OrderPlan, event: Event) -> None:
    if play.status(plan.order_no) is PlatformStatus.UNPAID:
        change.cancel(play, plan, event.at, cause="unpaid", by="unpaid")


def _cancel_asked(play: Play, plan: OrderPlan, event: Event) -> None:
    if play.status(plan.order_no) is PlatformStatus.AWAITING_SHIPMENT:
        play.set_cancel_open(plan.order_no, is_open=True)
        post(play, plan, Kind.CANCEL_REQUESTED, event.at, cause=plan.cancel_wish)
        over = event.at + ANSWER_WITHIN + TIMER_RUNS
        play.schedule(Event(at=over, order_no=plan.order_no, kind=EventKind.CANCEL_OVER))


def _cancel_over(play: Play, plan: OrderPlan, event: Event) -> None:
    if play.cancel_is_open(plan.order_no):
        change.approve(play, plan, event.at)


def _ship_soon(play: Play, plan: OrderPlan, event: Event) -> None:
    if play.status(plan.order_no) is PlatformStatus.AWAITING_SHIPMENT:
        post(play, plan, Kind.SHIP_REMINDER, event.at)


def _ship_over(play: Play, plan: OrderPlan, event: Event) -> None:
    if play.status(plan.order_no) is PlatformStatus.AWAITING_SHIPMENT:
        post(play, plan, Kind.LATE_DISPATCH, event.at)


def _scanned(play: Play, plan: OrderPlan, event: Event) -> None:
    kind, attempt = Kind(str(event.detail["kind"])), event.detail.get("attempt")
    delivered = kind is Kind.DELIVERED
    play.set_status(plan.order_no, PlatformStatus.DELIVERED if delivered else PlatformStatus.IN_TRANSIT)
    number = int(str(attempt)) if attempt else 0
    play.add_scan(plan.order_no, event.at, kind, number or None)
    post(play, plan, kind, event.at, attempt=number)


def _refunded(play: Play, plan: OrderPlan, event: Event) -> None:
    post(play, plan, Kind.REFUND_COMPLETED, event.at)


HAPPENINGS: Final[Mapping[EventKind, Callable[[Play, OrderPlan, Event], None]]] = {
    EventKind.PLACED: _placed,
    EventKind.PAID: _paid,
    EventKind.UNPAID_OVER: _unpaid_over,
    EventKind.CANCEL_ASKED: _cancel_asked,
    EventKind.CANCEL_OVER: _cancel_over,
    EventKind.SHIP_SOON: _ship_soon,
    EventKind.SHIP_OVER: _ship_over,
    EventKind.SCANNED: _scanned,
    EventKind.REFUNDED: _refunded,
}


def _set_the_scene(play: Play, script: Script) -> None:
    """Write down all that happens whatever our side does."""
    fault.plant(play, script)
    for plan in script.plans:
        for kind, at in _moments(plan).items():
            if at is not None:
                play.schedule(Event(at=at, order_no=plan.order_no, kind=kind))
        if plan.story is Story.MAIL_FORGED:
            post_forgeries(play, plan)
    rng = chance(script.seed, "noise")
    for number in range(rng.randint(*NOISES)):
        at = script.start + timedelta(minutes=rng.randint(60, DAYS * 24 * 60))
        shop = rng.choice(list(casts()))
        play.schedule(Event(at=at, order_no="", kind=EventKind.NOISE, detail={"number": number, "shop": shop}))


def _moments(plan: OrderPlan) -> dict[EventKind, datetime | None]:
    return {
        EventKind.PLACED: plan.placed_at,
        EventKind.PAID: None if plan.paid else plan.paid_at,
        EventKind.UNPAID_OVER: plan.placed_at + UNPAID_FOR + TIMER_RUNS,
        EventKind.CANCEL_ASKED: plan.cancel_at,
        EventKind.SHIP_SOON: plan.placed_at + SHIP_SOON,
        EventKind.SHIP_OVER: plan.ship_by + TIMER_RUNS,
    }
