"""Servers that misbehave: one that answers by a script, and a wire that is cut after some bytes."""

from __future__ import annotations

import contextlib
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

CHUNK: Final = 4096
USUAL: Final = {b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n% OK done\r\n"}


@contextmanager
def scripted_server(
    replies: Mapping[bytes, bytes] | Mapping[bytes, bytes | list[bytes]], greeting: bytes = b"* OK hello\r\n"
) -> Iterator[int]:
    """Answer each IMAP command by its first word, `%` standing for the tag; give the port.

    A command without an entry is answered OK; an empty reply is silence; of a list each is given once.
    """
    waiting = {word: list(reply) for word, reply in replies.items() if isinstance(reply, list)}

    def reply_to(command: bytes) -> bytes:
        if command in waiting:
            return waiting[command].pop(0)
        reply = {**USUAL, **replies}.get(command, b"% OK done\r\n")
        assert isinstance(reply, bytes)
        return reply

    def talk(client: socket.socket) -> None:
        client.sendall(greeting)
        for line in client.makefile("rb"):
            tag, command, *_ = line.split()
            client.sendall(reply_to(command.upper()).replace(b"%", tag))

    with listening(talk) as port:
        yield port


@contextmanager
def refusing_server(verdict: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Refuse each XOAUTH2 as Gmail does, explaining it in JSON first; give the port and what the client answered."""
    heard: list[bytes] = []

    def talk(client: socket.socket) -> None:
        client.sendall(b"* OK hello\r\n")
        lines = client.makefile("rb")
        for line in lines:
            tag, command, *_ = line.split()
            if command.upper() == b"AUTHENTICATE":
                for challenge in (b"", b64encode(b'{"status":"400","schemes":"Bearer"}')):
                    client.sendall(b"+ " + challenge + b"\r\n")
                    heard.append(lines.readline().rstrip(b"\r\n"))
                client.sendall(tag + b" " + verdict + b"\r\n")
            else:
                client.sendall(USUAL.get(command.upper(), b"% OK done\r\n").replace(b"%", tag))

    with listening(talk) as port:
        yield port, heard


@contextmanager
def cut_wire(to_port: int, after_bytes: int, at_cut: Callable[[], None] = lambda: None) -> Iterator[int]:
    """Pass everything on to `to_port` until the server has said `after_bytes`, then hang up; give the port.

    `at_cut` is called just before.
    """

    def talk(client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", to_port)) as server:
            upward = threading.Thread(target=_pass_on, args=(client, server, None), daemon=True)
            upward.start()
            _pass_on(server, client, after_bytes)
            at_cut()
            for end in (client, server):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            upward.join()

    with listening(talk) as port:
        yield port


def _pass_on(source: socket.socket, target: socket.socket, limit: int | None) -> None:
    passed = 0
    with contextlib.suppress(OSError):
        while (limit is None or passed < limit) and (data := source.recv(CHUNK)):
            target.sendall(data)
            passed += len(data)


@contextmanager
def listening(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve one client after the other until the block ends."""

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                with client, contextlib.suppress(OSError):
                    talk(client)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=10)
