"""Processes that a test starts in milliseconds: what any of them needs is imported once, by the server that forks them.

A process of tests has one such server, which learns at its start what to import, and keeps the environment of that
moment: what a fork is to know goes with its arguments.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext
from typing import Final

PRELOADED: Final = (
    "tests.flows.shop.exactly_once_worker",
    "tests.flows.shop.killed_sync",
    "tests.flows.two_drivers",
    "tests.ingest.fake_server",
    "tests.ingest.killed_poll",
)


def forks() -> ForkServerContext:
    """Give what starts them: `forks().Process(target=..., args=...)`."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context
