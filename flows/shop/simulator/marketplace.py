"""The simulated platform, its buyers and carriers: plays everything that happens up to a moment.

One transaction an event, mail delivered before the commit: a play that is killed goes on where it
was, and a mail that is delivered again has the same name and bytes. Nothing here reads a clock: the
store holds the play's present moment, and `Platform.advance` moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from flows.shop.simulator import aftersale, change, fault
from flows.shop.simulator.aftersale import TIMER_RUNS
from flows.shop.simulator.cast import casts
from flows.shop.simulator.drop import MailDrop
from flows.shop.simulator.letter import Letter
from flows.shop.simulator.mails import write_mail, write_noise
from flows.shop.simulator.market import ARTICLE, RANK
from flows.shop.simulator.post import EventKind, post, post_forgeries
from flows.shop.simulator.script import Crowd, OrderPlan, Script, chance, write_script
from flows.shop.simulator.state import open_request, status_of
from flows.shop.simulator.store import Channels, Event, Play, Store, text_of
from flows.shop.simulator.story import Story
from flows.shop.simulator.webhook import Webhooks
from models.notification import NotificationKind as Kind
from models.platform_status import PlatformStatus

SHIP_SOON: Final = timedelta(hours=48)  # after it the platform reminds
DAYS: Final = 20
NOISES: Final = (14, 22)  # mails that concern no order, at least and at most
RETURN_WISH_AFTER: Final = timedelta(hours=30)
PIECES: Final = 1_000_000  # of each good in a shop's stock
NOT_SHIPPED: Final = frozenset({PlatformStatus.AWAITING_SHIPMENT, PlatformStatus.PARTIALLY_SHIPPING})


def begin_play(  # all keywords
    path: Path,
    *,
    seed: int,
    start: datetime,
    market: str = ARTICLE,
    crowd: Crowd | None = None,
    channels: Channels | None = None,
) -> Store:
    """Make the store of a play, or find the one that is there; `start` is aware.

    Raises ValueError when the file holds another play.
    """
    store = Store(path)
    store.prepare()
    script = write_script(seed, start, market, crowd)
    with store.change() as play:
        if play.begins(script, channels or Channels()):
            _set_the_scene(play, script)
    if store.script != script:
        raise ValueError(f"{path} holds a play of another seed or start; choose another home")
    return store


class Platform:
    """Everybody but the shop: buyers, carriers, the platform's timers, forgers, advertisers."""

    def __init__(self, store: Store, drop: MailDrop | None = None, webhooks: Webhooks | None = None) -> None:
        """Play the store's script; the shop's mail goes to `drop`, its webhooks to `webhooks`, None: nowhere."""
        self._store = store
        self._drop = drop
        self._webhooks = webhooks
        self._script = store.script

    def next_at(self) -> datetime | None:
        """When the next thing happens by itself (UTC); None when the play is over."""
        with self._store.look() as play:
            event = play.next_event()
        return event.at if event else None

    def advance(self, to: datetime) -> int:
        """Play all that happens up to and including `to` (aware), in the order of time; return how much.

        The play's clock stands at `to` afterwards, unless it was further already.
        """
        played = 0
        while self._play_one(to):
            played += 1
        with self._store.change() as play:
            play.set_now(to)
        return played

    def _play_one(self, to: datetime) -> bool:
        with self._store.change() as play:
            event = play.next_event(to)
            if event is None:
                return False
            if event.kind != EventKind.WEBHOOK:
                play.set_now(event.at)
                self._happen(play, event)
                play.finish(event)
                return True
        self._tell(event)
        return True

    def _tell(self, event: Event) -> None:
        """Post a webhook while no transaction is open: who gets it may ask us at once."""
        answer = self._webhooks.post(event.detail["body"]) if self._webhooks else None
        with self._store.change() as play:
            play.set_now(event.at)
            if self._webhooks:
                self._webhooks.record(play, event, answer)
            play.finish(event)

    def _happen(self, play: Play, event: Event) -> None:
        if event.kind == EventKind.NOISE:
            shop, number = str(event.detail["shop"]), int(str(event.detail["number"]))
            self._deliver(play, event, write_noise(number, casts(self._script.market)[shop], event.at))
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
        if self._drop:
            self._drop.deliver(raw, event.at)


def _placed(play: Play, plan: OrderPlan, event: Event) -> None:
    change.place(play, plan, event.at)


def _paid(play: Play, plan: OrderPlan, event: Event) -> None:
    if status_of(play, plan.order_no) is PlatformStatus.UNPAID:
        change.pay(play, plan, event.at)
        post(play, plan, Kind.ORDER_PAID, event.at)


def _unpaid_over(play: Play, plan: OrderPlan, event: Event) -> None:
    if status_of(play, plan.order_no) is PlatformStatus.UNPAID:
        aftersale.cancel(play, plan, event.at, cause="unpaid", by="unpaid")


def _hold_over(play: Play, plan: OrderPlan, event: Event) -> None:
    if status_of(play, plan.order_no) is PlatformStatus.ON_HOLD:
        change.release(play, plan, event.at)


def _cancel_asked(play: Play, plan: OrderPlan, event: Event) -> None:
    status = status_of(play, plan.order_no)
    if status in {PlatformStatus.UNPAID, PlatformStatus.ON_HOLD}:  # free: nobody is asked
        aftersale.cancel(play, plan, event.at, cause=plan.cancel_wish, by="buyer")
    elif status and RANK[status] <= RANK[plan.cast.shape.buyer_asks_until]:
        aftersale.ask(play, plan, event.at)


def _cancel_over(play: Play, plan: OrderPlan, event: Event) -> None:
    if open_request(play, plan.order_no):
        aftersale.approve(play, plan, event.at)


def _ship_soon(play: Play, plan: OrderPlan, event: Event) -> None:
    if status_of(play, plan.order_no) is PlatformStatus.AWAITING_SHIPMENT:
        post(play, plan, Kind.SHIP_REMINDER, event.at)


def _ship_over(play: Play, plan: OrderPlan, event: Event) -> None:
    if status_of(play, plan.order_no) is PlatformStatus.AWAITING_SHIPMENT:
        post(play, plan, Kind.LATE_DISPATCH, event.at)


def _overdue(cause: str, *late: PlatformStatus) -> Callable[[Play, OrderPlan, Event], None]:
    """Let the platform cancel an order that has come no further when its time is over."""

    def happen(play: Play, plan: OrderPlan, event: Event) -> None:
        if status_of(play, plan.order_no) in late:
            aftersale.cancel(play, plan, event.at, cause=cause, by="system")

    return happen


def _given_up(play: Play, plan: OrderPlan, event: Event) -> None:
    aftersale.cancel(play, plan, event.at, cause=str(event.detail["cause"]), by="system")


def _exception(play: Play, plan: OrderPlan, event: Event) -> None:
    if status_of(play, plan.order_no) is PlatformStatus.IN_TRANSIT:
        reason = str(event.detail["exception"])
        change.report_exception(play, plan, event.at, reason)
        if reason == change.EXCEPTIONS[Kind.PARCEL_LOST]:
            post(play, plan, Kind.PARCEL_LOST, event.at)


def _scanned(play: Play, plan: OrderPlan, event: Event) -> None:
    if open_request(play, plan.order_no):  # what is on its way can't be stopped any more
        aftersale.reject(play, plan, event.at)
    kind, attempt = Kind(str(event.detail["kind"])), int(str(event.detail.get("attempt") or 0))
    change.scan(play, plan, event.at, kind, attempt)
    if kind is Kind.DELIVERED and plan.return_wish:
        play.schedule(Event(at=event.at + RETURN_WISH_AFTER, order_no=plan.order_no, kind=EventKind.RETURN_ASKED))


def _completed(play: Play, plan: OrderPlan, event: Event) -> None:
    aftersale.complete(play, plan, event.at)


def _money_back(play: Play, plan: OrderPlan, event: Event) -> None:
    aftersale.money_back(play, plan, event.at, str(event.detail["cancel_id"]))


def _return_asked(play: Play, plan: OrderPlan, event: Event) -> None:
    aftersale.ask_return(play, plan, event.at)


def _return_moves(play: Play, plan: OrderPlan, event: Event) -> None:
    aftersale.move_return(play, plan, event.at, str(event.detail["return_id"]), str(event.detail["to"]))


def _refunded(play: Play, plan: OrderPlan, event: Event) -> None:
    post(play, plan, Kind.REFUND_COMPLETED, event.at)


HAPPENINGS: Final[Mapping[EventKind, Callable[[Play, OrderPlan, Event], None]]] = {
    EventKind.PLACED: _placed,
    EventKind.PAID: _paid,
    EventKind.UNPAID_OVER: _unpaid_over,
    EventKind.HOLD_OVER: _hold_over,
    EventKind.CANCEL_ASKED: _cancel_asked,
    EventKind.CANCEL_OVER: _cancel_over,
    EventKind.SHIP_SOON: _ship_soon,
    EventKind.SHIP_OVER: _ship_over,
    EventKind.SHIP_DUE: _overdue("not_shipped", *NOT_SHIPPED),
    EventKind.COLLECT_DUE: _overdue("not_collected", *NOT_SHIPPED, PlatformStatus.AWAITING_COLLECTION),
    EventKind.DELIVER_DUE: _overdue("undelivered", PlatformStatus.IN_TRANSIT),
    EventKind.SCANNED: _scanned,
    EventKind.EXCEPTION: _exception,
    EventKind.GIVEN_UP: _given_up,
    EventKind.COMPLETED: _completed,
    EventKind.MONEY_BACK: _money_back,
    EventKind.RETURN_ASKED: _return_asked,
    EventKind.RETURN_MOVES: _return_moves,
    EventKind.REFUNDED: _refunded,
}


def _set_the_scene(play: Play, script: Script) -> None:
    """Write down all that happens whatever our side does."""
    fault.plant(play, script)
    for cast in casts(script.market).values():
        for good in cast.goods:
            play.sql("insert into stock values (?, ?, ?)", cast.name, good.sku, PIECES)
    for plan in script.plans:
        for kind, at in _moments(plan).items():
            if at is not None:
                play.schedule(Event(at=at, order_no=plan.order_no, kind=kind))
        if plan.story is Story.MAIL_FORGED:
            post_forgeries(play, plan)
    if play.channels.mails and not script.crowd:
        _plan_noise(play, script)


def _plan_noise(play: Play, script: Script) -> None:
    rng = chance(script.seed, "noise")
    for number in range(rng.randint(*NOISES)):
        at = script.start + timedelta(minutes=rng.randint(60, DAYS * 24 * 60))
        shop = rng.choice(list(casts(script.market)))
        play.schedule(Event(at=at, order_no="", kind=EventKind.NOISE, detail={"number": number, "shop": shop}))


def _moments(plan: OrderPlan) -> dict[EventKind, datetime | None]:
    unpaid = not plan.paid and not plan.cash_on_delivery
    return {
        EventKind.PLACED: plan.placed_at,
        EventKind.PAID: None if plan.paid else plan.paid_at,
        EventKind.UNPAID_OVER: plan.placed_at + plan.cast.timers.unpaid + TIMER_RUNS if unpaid else None,
        EventKind.CANCEL_ASKED: plan.cancel_at,
        EventKind.SHIP_SOON: plan.placed_at + SHIP_SOON,
        EventKind.SHIP_OVER: plan.ship_by + TIMER_RUNS,
        EventKind.SHIP_DUE: _after(plan.due("shipping_due")),
        EventKind.COLLECT_DUE: _after(plan.due("collection_due")),
        EventKind.DELIVER_DUE: _after(plan.due("delivery_due")),
    }


def _after(due: datetime | None) -> datetime | None:
    return due + TIMER_RUNS if due else None
