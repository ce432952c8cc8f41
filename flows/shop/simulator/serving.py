"""Serving a play over HTTP on this machine, from a thread of its own.

with serve(store) as shop:
shop.url, shop.keys, shop.ciphers, shop.token()
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import uvicorn

from flows.shop.simulator.cast import casts
from flows.shop.simulator.store import Store
from flows.shop.simulator.tally import tally
from flows.shop.simulator.web.door import PER_SECOND, Door
from flows.shop.simulator.web.grants import AppKeys, consent, token_for
from flows.shop.simulator.web.routes import USUAL
from flows.shop.simulator.web.weather import Weather

HOST: Final = "127.0.0.1"
ENDS_WITHIN: Final = 10.0  # seconds
BACKLOG: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A play that is being served: where, with which keys, and what was counted."""

    url: str
    store: Store
    door: Door

    @property
    def keys(self) -> AppKeys:
        """The keys of the app that may call."""
        return self.door.keys

    @property
    def ciphers(self) -> Mapping[str, str]:
        """The shops' ciphers by the shops' names."""
        return {cast.name: cast.cipher for cast in casts(self.store.script.market).values()}

    @property
    def settings(self) -> dict[str, str]:
        """What `[tiktok]` of shipclock.toml says of it; the app's secret is kept elsewhere."""
        keys = self.keys
        return {"app_key": keys.app_key, "service_id": keys.service_id, "api_url": self.url, "auth_url": self.url}

    def code(self) -> str:
        """Let the seller agree; give the code for the app."""
        with self.store.change() as play:
            return consent(play, play.now())

    def token(self, scopes: tuple[str, ...] = USUAL) -> dict[str, Any]:
        """Give tokens without a consent."""
        return token_for(self.store, scopes)

    def tally(self) -> dict[str, Any]:
        """Give the simulator's own count."""
        return {
            **tally(self.store),
            "rates": self.door.meter.rates(),
            "refused": dict(self.door.meter.refused),
            "faults": dict(self.door.meter.faults),
        }


@contextmanager
def serve(  # all keywords
    store: Store,
    *,
    port: int = 0,
    keys: AppKeys | None = None,
    weather: Weather | None = None,
    limit: int = PER_SECOND,
    real_stamps: bool = False,
) -> Iterator[Served]:
    """Serve a play while the block lasts, on a free port where `port` is 0. Raises OSError for a port in use."""
    door = Door(store=store, keys=keys or AppKeys(), weather=weather or Weather(), limit=limit, real_stamps=real_stamps)
    with closing(_listen(port)) as sock:
        server = _Server(_config(door))
        thread = threading.Thread(target=server.run_and_close, args=(sock, store), name="simulator", daemon=True)
        thread.start()
        server.up.wait(ENDS_WITHIN)
        try:
            yield Served(url=f"http://{HOST}:{sock.getsockname()[1]}", store=store, door=door)
        finally:
            server.should_exit = True
            thread.join(ENDS_WITHIN)


class _Server(uvicorn.Server):
    """Uvicorn in a thread: signals are the main thread's, and whoever waits for it is told that it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def run_and_close(self, sock: socket.socket, store: Store) -> None:
        try:
            self.run(sockets=[sock])
        finally:
            self.up.set()
            store.close()  # this thread's own connection


def keep_quiet() -> None:
    """Let an answer that was cut off be no fault; to be said again once somebody has set up logging anew."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


def _listen(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named: else asyncio lets Nagle wait
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
    except OSError:
        sock.close()
        raise
    sock.listen(BACKLOG)
    return sock


def _config(door: Door) -> uvicorn.Config:
    """Say nothing, send our own Date, and do not wait long for those who were left without an answer."""
    keep_quiet()
    return uvicorn.Config(
        door.app(),
        log_config=None,
        access_log=False,
        lifespan="off",
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        ws="none",
    )
