"""A simulated platform over HTTP for tests, and somebody who calls it with nothing but httpx and the reference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from flows.shop.signing import sign
from flows.shop.simulator.marketplace import Platform, begin_play
from flows.shop.simulator.script import Crowd, OrderPlan
from flows.shop.simulator.serving import Served, serve
from flows.shop.simulator.store import Channels
from flows.shop.simulator.story import Story
from flows.shop.simulator.web.routes import CHAT, USUAL
from flows.shop.simulator.webhook import Webhooks
from models.stage import ShippingMode

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
MINUTES = timedelta(minutes=10)


class World:
    """One play, served; each call is signed as the reference says, at the play's own time."""

    def __init__(self, served: Served, platform: Platform, http: httpx.Client) -> None:
        self.served, self.platform, self.http = served, platform, http
        self.store = served.store
        self.token = served.token((*USUAL, CHAT))["access_token"]

    def plan(self, story: Story = Story.PICKUP, shipping: ShippingMode | None = None) -> OrderPlan:
        """The first order of a story that need not be paid first."""
        told = self.store.script.stories(story)
        return next(p for p in told if shipping in {None, p.shipping} and (p.paid or story is Story.UNPAID))

    def placed(self, story: Story = Story.PICKUP, shipping: ShippingMode | None = None) -> OrderPlan:
        """The first order of a story, some minutes after it was placed (and the hour on hold is over)."""
        plan = self.plan(story, shipping)
        self.go(plan.placed_at + plan.cast.timers.on_hold + MINUTES)
        return plan

    def go(self, moment: datetime) -> None:
        self.platform.advance(moment)

    def after(self, **time: float) -> None:
        """Let time pass, and have a token that still lives then."""
        self.go(self.store.now() + timedelta(**time))
        self.token = self.served.token((*USUAL, CHAT))["access_token"]

    def request(  # what a request is made of
        self, method: str, path: str, body: object = None, *, shop: str | None = "", more: dict[str, str] | None = None
    ) -> httpx.Response:
        raw = b"" if body is None else json.dumps(body).encode()
        query = {"app_key": self.served.keys.app_key, "timestamp": str(int(self.store.now().timestamp()))}
        if shop is not None:
            query["shop_cipher"] = self.served.ciphers[shop or next(iter(self.served.ciphers))]
        query |= more or {}
        query.setdefault("sign", sign(path, query, raw, self.served.keys.secret))
        headers = {"x-tts-access-token": self.token, "content-type": "application/json"}
        return self.http.request(method, self.served.url + path, params=query, content=raw, headers=headers)

    def ask(self, path: str, body: object = None, *, plan: OrderPlan | None = None, **more: str) -> dict[str, Any]:
        """POST where there is a body, else GET; give the envelope."""
        shop = plan.shop if plan else ""
        told: dict[str, Any] = self.request("GET" if body is None else "POST", path, body, shop=shop, more=more).json()
        return told

    def data(self, path: str, body: object = None, *, plan: OrderPlan | None = None, **more: str) -> dict[str, Any]:
        told = self.ask(path, body, plan=plan, **more)
        assert told["code"] == 0, told
        found: dict[str, Any] = told["data"]
        return found

    def order(self, plan: OrderPlan) -> dict[str, Any]:
        (found,) = self.data("/order/202507/orders", plan=plan, ids=plan.order_no)["orders"]
        return dict(found)

    def package(self, plan: OrderPlan) -> dict[str, Any]:
        (found,) = self.order(plan)["packages"]
        return self.data(f"/fulfillment/202309/packages/{found['id']}", plan=plan)

    def ship(self, plan: OrderPlan, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ship an order by the call of its market; give the envelope."""
        way = plan.cast.shape.ways[plan.shipping]
        own = {"tracking_number": plan.tracking_no, "shipping_provider_id": self.provider(plan)}
        if way == "mark":
            return self.ask(f"/fulfillment/202309/orders/{plan.order_no}/packages", {**own, **(body or {})}, plan=plan)
        if way == "create":
            return self.ask("/fulfillment/202309/packages", {"order_id": plan.order_no, **(body or {})}, plan=plan)
        package = self.order(plan)["packages"][0]["id"]
        said = {"self_shipment": own} if way == "ship_own" else {}
        return self.ask(f"/fulfillment/202309/packages/{package}/ship", {**said, **(body or {})}, plan=plan)

    def provider(self, plan: OrderPlan) -> str:
        option = "7100000000000000002"
        found = self.data(f"/logistics/202309/delivery_options/{option}/shipping_providers", plan=plan)
        return next(str(one["id"]) for one in found["shipping_providers"] if one["name"] == plan.cast.carrier)

    def cancellations(self, plan: OrderPlan) -> list[dict[str, Any]]:
        body = {"order_ids": [plan.order_no]}
        found = self.data("/return_refund/202309/cancellations/search", body, plan=plan)
        return list(found["cancellations"])


@contextmanager
def a_world(
    folder: Path,
    *,
    market: str = "article",
    crowd: Crowd | None = None,
    webhooks: Webhooks | None = None,
    start: datetime = START,
    **serving: Any,  # noqa: ANN401  # whatever `serve` takes
) -> Iterator[World]:
    channels = Channels(mails=False, webhooks=webhooks is not None)
    store = begin_play(folder / "simulator.db", seed=7, start=start, market=market, crowd=crowd, channels=channels)
    with serve(store, **serving) as served, httpx.Client() as http:
        yield World(served, Platform(store, webhooks=webhooks), http)
    store.close()
