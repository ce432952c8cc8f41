"""Sending alerts as a Prefect flow; the words and the sending are `flows.outbox`."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.office import open_office
from flows.outbox import send_due


class AlertsFailed(Exception):  # noqa: N818  # names the outcome of a run
    """Some alerts could not be sent; they are tried again later."""


@flow(name="send-alerts", flow_run_name="send-alerts")
def send_alerts() -> State[object]:
    """Send what waits in the outbox, grouped when many."""
    sent = send_due(open_office())
    if sent.failed:
        message = f"{sent.failed} alerts could not be sent, {sent.alerts} were"
        raise AlertsFailed(message)
    return Completed(message=f"{sent.alerts} alerts in {sent.messages} messages")
