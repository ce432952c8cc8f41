"""The naive peer: the flow of one order and one step, called for each of them in one process.

The same code of the steps, the same server, the same platform; only the way of running them differs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from flows.bench.figure import BenchError
from flows.bench.floor import START, Floor
from ingest.poll import poll_mailbox
from models.stage import Step

QUIET: Final = {"PREFECT_LOGGING_LEVEL": "CRITICAL", "PREFECT_LOGGING_TO_API_ENABLED": "false"}
STEPS: Final = (Step.CONFIRM, Step.PACK, Step.HAND_OVER, Step.TRACK)


def seconds_of_peer(floor: Floor, environment: dict[str, str], tell: Callable[[str], None]) -> float:
    """Take the floor's orders through the four steps, flow by flow; give the seconds it took, without mail and packers.

    Raises BenchError when an order is not shipped at the end.
    """
    order_stage = _flow({**environment, **floor.environment, **QUIET})
    floor.play_to(START + timedelta(days=1, hours=2))
    poll_mailbox(
        floor.office.engine, floor.office.settings.mailbox[0], floor.office.settings.shop, floor.office.home,
        floor.office.now,
    )  # fmt: skip
    spent = 0.0
    for step in STEPS:
        began = time.perf_counter()
        for plan in floor.plans:
            with suppress(*_failures()):  # a planted fault: it is shown, and the next order follows
                order_stage(plan.shop, plan.order_no, step)
        spent += time.perf_counter() - began
        tell(f"the peer: {step} of {len(floor.plans)} orders")
        floor.pack()
    stages = floor.stages()
    if stages.get("AWAITING_HANDOVER", 0) < len(floor.plans) - len(floor.failing):
        raise BenchError(f"the peer came as far as {stages}")
    return spent


def _failures() -> tuple[type[Exception], ...]:
    from flows.fulfil import StepBusy  # noqa: PLC0415  # Prefect: seconds of import
    from flows.steps import StepFault  # noqa: PLC0415  # with it

    return StepBusy, StepFault


def _flow(environment: dict[str, str]) -> Callable[..., object]:
    """Give the flow; its runs are recorded by the server of `environment`."""
    os.environ.update(environment)
    from prefect.context import refresh_global_settings_context  # noqa: PLC0415  # seconds of import
    from prefect.logging.configuration import setup_logging  # noqa: PLC0415  # with it

    refresh_global_settings_context()  # it was imported before the server ran
    setup_logging(incremental=False)
    from flows.fulfil import order_stage  # noqa: PLC0415  # with it

    return order_stage
