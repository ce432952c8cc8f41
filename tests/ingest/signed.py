"""Signed mail, and name servers that hold its key: a real one on loopback, or a table."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from dns import exception, flags, message, rcode, rdatatype, resolver, rrset

DOMAIN: Final = "shop.tiktok.com"
NAME: Final = f"s1._domainkey.{DOMAIN}."


def key(bits: int = 2048) -> tuple[bytes, bytes]:
    """A private key as PEM, and the TXT record of its public half: the same each time."""
    return _key(bits)


@cache
def _key(bits: int) -> tuple[bytes, bytes]:
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return pem, b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def signed(raw: bytes, *, domain: str = DOMAIN, bits: int = 2048, **how: Any) -> bytes:  # noqa: ANN401  dkimpy's own
    """The mail with a signature of `domain` at its top."""
    options = {"canonicalize": (b"relaxed", b"relaxed"), **how}
    header: bytes = dkim.sign(raw, b"s1", domain.encode(), key(bits)[0], **options)
    return header + raw


def keys(records: Mapping[str, bytes]) -> Any:  # noqa: ANN401  dkimpy calls it by keywords
    """Name servers that hold these records."""

    def look_up(name: bytes, timeout: float = 0) -> bytes | None:  # noqa: ARG001  dkimpy's way to call it
        return records.get(name.decode())

    return look_up


@contextmanager
def name_server(records: Mapping[str, bytes], *, silent: bool = False) -> Iterator[tuple[resolver.Resolver, list[str]]]:
    """A name server on loopback: a resolver that asks it, and what it was asked. A silent one never answers."""
    asked: list[str] = []

    def serve() -> None:
        with contextlib.suppress(OSError, exception.DNSException):
            while True:
                data, peer = listener.recvfrom(4096)
                query = message.from_wire(data)
                asked.append(query.question[0].name.to_text())
                if not silent:
                    listener.sendto(_answer(query, records).to_wire(), peer)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        by = resolver.Resolver(configure=False)
        by.nameservers, by.port = ["127.0.0.1"], listener.getsockname()[1]
        yield by, asked
        listener.sendto(b"end", listener.getsockname())  # what is no question ends it
        thread.join(timeout=10)


def _answer(query: message.Message, records: Mapping[str, bytes]) -> message.Message:
    reply = message.make_response(query)
    reply.flags |= flags.RA
    name = query.question[0].name.to_text()
    if name in records:
        text = records[name].decode()
        pieces = " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))
        reply.answer.append(rrset.from_text(name, 60, "IN", rdatatype.TXT, pieces))
    else:
        reply.set_rcode(rcode.NXDOMAIN)
    return reply
