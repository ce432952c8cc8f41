"""The demo's mail server starts also where its port is held for a moment, as by what is left of its last life."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from flows.demo import dovecot
from flows.demo.dovecot import Dovecot
from flows.ports import HOST
from tests.waiting import wait_for

# Debian's Dovecot, put there by `.ci/install-debian`; CI lets nothing be skipped.
pytestmark = pytest.mark.skipif(dovecot.missing() is not None, reason=str(dovecot.missing()))


def test_a_server_whose_port_is_held_for_a_moment_starts_when_it_is_free():
    with Dovecot() as server, ThreadPoolExecutor(1) as beside:
        server.stop()
        with wait_for(lambda: held(server.plain_port), "the port of the server that was ended"):
            started = beside.submit(server.start)
            wait_for(lambda: "already in use" in (server.home / "log").read_text(), "a start that finds it taken")
        started.result()
        with socket.create_connection((HOST, server.plain_port)) as greeted:
            assert greeted.recv(16).startswith(b"* OK")


def held(port: int) -> socket.socket | None:
    """Listen there, as a process of the server's last life would; None while another does."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        holder.bind((HOST, port))
        holder.listen()
    except OSError:
        holder.close()
        return None
    return holder


def test_two_servers_at_once_have_ports_of_their_own():
    with Dovecot() as one, Dovecot() as other:
        assert len({one.port, one.plain_port, other.port, other.plain_port}) == 4
