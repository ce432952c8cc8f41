"""A wire between client and server that can go dead without a sign: nothing is closed and nothing passes."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

CHUNK: Final = 65_536


@dataclass
class Wire:
    """Connections to `to_port` by way of `port`. `go_silent` swallows all that goes through those that are open."""

    to_port: int
    port: int = 0
    open: list[threading.Event] = field(default_factory=list)
    ends: list[socket.socket] = field(default_factory=list)
    passed: list[int] = field(default_factory=list)  # bytes, piece by piece

    def go_silent(self) -> int:
        """Let the open connections die without a sign, new ones live; how many died."""
        dead, self.open = self.open, []
        for one in dead:
            one.set()
        return len(dead)

    def say(self, words: bytes) -> None:
        """Let each client hear this from its server."""
        for client in self.ends[::2]:
            client.sendall(words)

    def cut(self) -> None:
        """Hang up on all."""
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def join(self, client: socket.socket) -> None:
        """Connect a client through."""
        server = socket.create_connection(("127.0.0.1", self.to_port))
        silent = threading.Event()
        self.open.append(silent)
        self.ends += [client, server]
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=_pass_on, args=(source, target, silent, self.passed), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, silent: threading.Event, passed: list[int]) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            passed.append(len(data))
            if not silent.is_set():
                target.sendall(data)
        if not silent.is_set():
            target.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire_to(port: int) -> Iterator[Wire]:
    """A wire to this port of the machine."""
    wire = Wire(port)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                wire.join(listener.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire.port = listener.getsockname()[1]
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield wire
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=10)
    wire.cut()
    for end in wire.ends:
        end.close()
