"""The demo's work as real Prefect flow runs in this process, one for each deployment of prefect.yaml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from types import MappingProxyType
from typing import Final

from flows.alerts import AlertsFailed, send_alerts
from flows.demo.play import ORDER_STAGE
from flows.fulfil import StepBusy, StepsFailed, drive_orders, order_stage
from flows.intake import PollFailed, poll_mailbox
from flows.steps import StepFault
from flows.sync_shop import SyncFailed, sync_shop
from flows.watch import WatchFailed, watch_deadlines

TOLD: Final = (
    PollFailed,
    SyncFailed,
    StepsFailed,
    StepFault,
    StepBusy,
    WatchFailed,
    AlertsFailed,
    SyncFailed,
)  # in rows and in Prefect; the play goes on


def _going_on(run: Callable[..., object]) -> Callable[..., object]:
    @wraps(run)
    def tried(**parameters: object) -> None:
        with suppress(*TOLD):
            run(**parameters)

    return tried


RUNS: Final[Mapping[str, Callable[..., object]]] = MappingProxyType(
    {
        "poll-mailbox": _going_on(poll_mailbox),
        "sync-shop": _going_on(sync_shop),
        "drive-orders": _going_on(drive_orders),
        "watch-deadlines": _going_on(watch_deadlines),
        "send-alerts": _going_on(send_alerts),
        ORDER_STAGE: _going_on(order_stage),
    }
)
