"""The demo's work without Prefect, for tests that play many days: the same plain functions that the flows call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from flows.demo.home import DemoHome
from flows.demo.play import ORDER_STAGE
from flows.outbox import send_due
from flows.rerun import rerun_step
from flows.shop.api_error import ApiError
from flows.shop.protocol import Answer
from flows.steps import attempt, carry_out
from flows.sync_shop import sync_one
from flows.watch import check_due
from ingest.poll import poll_mailbox
from models.db.steps import Claim
from models.stage import Step
from tests.flows.claims import claim_due


def plain_runs(demo: DemoHome) -> Mapping[str, Callable[..., object]]:
    """Give what carries out the demo's work, by deployment."""
    office = demo.office

    def poll(mailbox: str | None = None) -> None:
        del mailbox
        for box in office.settings.mailbox:
            poll_mailbox(office.engine, box, office.settings.shop, office.home, office.now)

    def sync(shop: str) -> None:
        with suppress(ApiError):
            sync_one(office, office.shop(shop))

    def drive() -> None:
        while claims := claim_due(office, by="test"):
            for claimed in claims:
                attempt(office, claimed, partial(carry, claimed), run=None, by="test")

    def carry(claimed: Claim) -> Answer:
        return carry_out(office, claimed.shop_id, claimed.order_no, claimed.step)

    def again(shop: str, order_no: str, step: str, by: str) -> None:
        rerun_step(office, shop, order_no, Step(step), by=by)

    return {
        "poll-mailbox": poll,
        "sync-shop": sync,
        "drive-orders": drive,
        "watch-deadlines": lambda: check_due(office),
        "send-alerts": lambda: send_due(office),
        ORDER_STAGE: again,
    }
