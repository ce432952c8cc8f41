"""A mail server on loopback that takes what it is sent, or says that it is out of service: real SMTP, no mail leaves.

One thread for each connection; what came is decoded mail.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Final

ANSWERS: Final = {b"EHLO": b"250 localhost", b"HELO": b"250 localhost", b"QUIT": b"221 bye", b"DATA": b"354 go on"}


@dataclass
class SmtpServer:
    """What came, and whether the server does its work now; `connections` counts who asked, also in vain."""

    port: int = 0
    in_service: bool = True
    connections: int = 0
    mails: list[EmailMessage] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where Apprise sends to."""
        return f"mailto://127.0.0.1:{self.port}?from=shop@seller.example&to=me@seller.example&format=text"

    @property
    def bodies(self) -> list[str]:
        """The texts that came, in order."""
        return [mail.get_content().strip() for mail in self.mails]


@contextmanager
def smtp_server() -> Iterator[SmtpServer]:
    """Serve on a free port until the end of the block."""
    made = SmtpServer()

    class Conversation(StreamRequestHandler):
        def handle(self) -> None:
            made.connections += 1
            self.say(b"220 localhost" if made.in_service else b"421 out of service")
            while line := self.rfile.readline() if made.in_service else b"":
                verb = line.split()[0].upper()
                self.say(ANSWERS.get(verb, b"250 fine"))
                if verb == b"DATA":
                    self.take()
                if verb == b"QUIT":
                    return

        def take(self) -> None:
            lines = iter(self.rfile.readline, b".\r\n")
            raw = b"".join(line.removeprefix(b".") for line in lines)
            mail = message_from_bytes(raw, policy=default)
            assert isinstance(mail, EmailMessage)
            made.mails.append(mail)
            self.say(b"250 taken")

        def say(self, words: bytes) -> None:
            self.wfile.write(words + b"\r\n")

    class Server(ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Conversation) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
