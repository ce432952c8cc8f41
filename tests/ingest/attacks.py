"""Mails made to stall or flood a reader: each is genuine in its sender, so that all of it is read.

Sizes are just below what a poll downloads (5 MiB) and below the cap of a header, so that those caps save no code
behind them.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from ingest.mailbox import MAX_MAIL_BYTES

ROOM: Final = MAX_MAIL_BYTES - 64 * 1024
HEADER_ROOM: Final = 31 * 1024
OUR_RESULTS: Final = b"Authentication-Results: mx.seller-inbox.example; "
GENUINE: Final = (
    b"Authentication-Results: mx.seller-inbox.example; dmarc=pass header.from=shop.tiktok.com\r\n"
    b"Received: from mta-7.shop.tiktok.com (mta-7.shop.tiktok.com [192.0.2.77]) by mx.seller-inbox.example\r\n"
)
FROM: Final = b"From: TikTok Shop <no-reply@shop.tiktok.com>\r\n"
SUBJECT: Final = b"Subject: You have a new order 576461413038785752\r\n"
DATE: Final = b"Date: Sat, 14 Mar 2026 09:06:12 -0700\r\n"

# What makes patterns go back and forth: runs of what they allow, and what they want never comes.
RUNS: Final[Mapping[str, str]] = {
    "spaces": " ", "tabs": "\t", "nbsp": "\u00a0", "open brackets": "(", "close brackets": ")", "quotes": '"',
    "backslashes": "\\", "encoded-word starts": "=?", "encoded-word almost": "=?utf-8?q?a?", "less-than": "<",
    "greater-than": ">", "ampersands": "&", "digits": "1", "grouped digits": "1,", "spaced digits": "1 ",
    "commas": ",", "colons": ":", "colon labels": "Qty: ", "semicolons": ";", "times": "x2 ", "times 2": "2 x ",
    "at signs": "@", "addresses": "a@b.c, ", "angle addresses": "<a@b.c> ", "dots": ".", "dashes": "-",
    "dashes spaced": " - ", "pipes": "|", "pipes spaced": " | ", "slashes": "/", "hashes": "#", "words": "order ",
    "labels": "Order total ", "letters": "a", "combining": "e\u0301\u0323\u0301", "thai": "\u0e01",
    "fullwidth": "\uff11", "zero-width": "\u200b", "dollars": "$1 ", "dates": "1/1/", "clocks": "1:",
    "months": "Mar ", "plus": "+",
    "order numbers": "576461413038785752 ", "nested encoded": "=?utf-8?b?", "semicolon dmarc": ";dmarc=", "equals": "=",
    "brackets both": "()", "square": "[", "links": "http://", "wide digits": "\u0661", "ligatures": "\ufdfa",
}  # fmt: skip


def mail(
    body: bytes, *, headers: bytes = b"", kind: str = "text/plain; charset=utf-8", subject: bytes = SUBJECT
) -> bytes:
    """A mail that our own server vouches for."""
    head = GENUINE + FROM + subject + DATE + headers + b"Content-Type: " + kind.encode() + b"\r\n\r\n"
    return head + body


def html(body: str) -> bytes:
    """The same with an HTML body."""
    return mail(body.encode(), kind="text/html; charset=utf-8")


def _filled(run: str, size: int) -> bytes:
    return (run * (size // len(run.encode()) + 1)).encode()[:size]


def _rows(run: str, size: int, width: int) -> bytes:
    line = _filled(run, width) + b"\n"
    return (line * (size // len(line) + 1))[:size]


def _text(run: str, size: int) -> str:
    return _filled(run, size).decode("utf-8", "ignore")


# Where a run may stand.
PLACES: Final[Mapping[str, Callable[[str], bytes]]] = {
    "one line": lambda run: mail(_filled(run, ROOM)),
    "lines": lambda run: mail(_rows(run, ROOM, 1_900)),
    "short lines": lambda run: mail(_rows(run, ROOM, 58)),
    "html text": lambda run: html("<html><body><p>" + _text(run, ROOM)),
    "html cells": lambda run: html(
        "<html><body><table>" + ("<tr>" + f"<td>{_text(run, 240)}</td>" * 8 + "</tr>") * 1_100
    ),
    "style": lambda run: html(f"<html><head><style>{_text(run, ROOM // 2)}</style></head><body><p>x</body></html>"),
    "style attribute": lambda run: html(
        f'<html><body><p style="{_text(run.replace(chr(34), chr(39)), 90_000)}">x</body></html>'
    ),
    "subject": lambda run: mail(b"x", subject=b"Subject: " + _filled(run, HEADER_ROOM) + b"\r\n"),
    "date": lambda run: GENUINE + FROM + b"Date: " + _filled(run, HEADER_ROOM) + b"\r\n\r\nx",
    "to": lambda run: mail(b"x", headers=b"To: " + _filled(run, HEADER_ROOM) + b"\r\n"),
    "content type": lambda run: mail(b"x", kind="text/plain; a=" + _text(run, HEADER_ROOM)),
    "from": lambda run: (
        GENUINE + b"From: " + _filled(run, HEADER_ROOM) + b" <no-reply@shop.tiktok.com>\r\n" + SUBJECT + b"\r\nx"
    ),
    "results": lambda run: OUR_RESULTS + _filled(run, HEADER_ROOM) + b"\r\n" + GENUINE + FROM + b"\r\nx",
    "received": lambda run: b"Received: from " + _filled(run, HEADER_ROOM) + b"\r\n" + GENUINE + FROM + b"\r\nx",
    "signature": lambda run: mail(b"x", headers=b"DKIM-Signature: v=1; b" + _filled(run, HEADER_ROOM) + b"\r\n"),
}


def _nested(depth: int) -> bytes:
    head = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (at, at + 1) for at in range(depth)
    )
    return mail(head + b"--b%d\r\n\r\nx" % depth, kind="multipart/mixed; boundary=b0")


def _enclosed(depth: int) -> bytes:
    return mail(b"Content-Type: message/rfc822\r\n\r\n" * depth + b"\r\nx", kind="message/rfc822")


def _parts(part: bytes, size: int = ROOM) -> bytes:
    return mail((b"--b\r\n" + part) * (size // (len(part) + 5)), kind="multipart/mixed; boundary=b")


SHAPES: Final[Mapping[str, Callable[[], bytes]]] = {
    "nested 140": lambda: _nested(140),
    "nested 149 and long": lambda: _nested(149) + b"\r\n" + b"a\r\n" * (ROOM // 3 - 10_000),
    "nested 100,000": lambda: _nested(60_000),
    "rfc822 in rfc822, 1,000": lambda: _enclosed(1_000),
    "rfc822 in rfc822, 100,000": lambda: _enclosed(100_000),
    "digest of digests": lambda: _parts(b"Content-Type: multipart/digest; boundary=b\r\n\r\n"),
    "parts without headers": lambda: _parts(b"\r\n"),
    "parts of text": lambda: _parts(b"Content-Type: text/plain\r\n\r\nx\r\n"),
    "parts of HTML": lambda: _parts(b"Content-Type: text/html\r\n\r\n<table><tr><td>x\r\n"),
    "parts of attachments": lambda: _parts(b"Content-Disposition: attachment; filename=a\r\n\r\nx\r\n"),
    "parts of enclosed mails": lambda: _parts(b"Content-Type: message/rfc822\r\n\r\nFrom: a@b.c\r\n\r\nx\r\n"),
    "parts of many headers": lambda: _parts(b"A: b\r\n" * 10_000 + b"\r\nx\r\n"),
    "a part of 800,000 headers": lambda: _parts(b"A: b\r\n" * 800_000 + b"\r\nx\r\n", ROOM + 100),
    "one part with a header of 5 MB": lambda: mail(
        b"--b\r\nContent-Type: text/plain; " + b"a=b; " * (ROOM // 5 - 100) + b"\r\n\r\nx",
        kind="multipart/mixed; boundary=b",
    ),
    "a part with 2231 continuations": lambda: mail(
        b"--b\r\nContent-Type: text/plain;" + b"".join(b" name*%d*=%%41;" % at for at in range(200_000)) + b"\r\n\r\nx",
        kind="multipart/mixed; boundary=b",
    ),
    "a part with a file name of encoded words": lambda: mail(
        b'--b\r\nContent-Disposition: attachment; filename="' + b"=?utf-8?q?a?= " * 2_200 + b'"\r\n\r\nx',
        kind="multipart/mixed; boundary=b",
    ),
    "500 headers of 500 bytes": lambda: mail(
        b"x", headers=b"".join(b"X-%d: %s\r\n" % (at, b"a" * 490) for at in range(480))
    ),
    "100,000 headers": lambda: mail(b"x", headers=b"".join(b"X-%d: a\r\n" % at for at in range(100_000))),
    "100,000 headers without a space": lambda: mail(b"x", headers=b"X:\r\n" * 100_000),
    "a header of 16 MB": lambda: mail(b"x", headers=b"X: " + b"a" * 16_000_000 + b"\r\n"),
    "100,000 folds": lambda: mail(b"x", headers=b"X: a" + b"\r\n a" * 60_000 + b"\r\n"),
    "100,000 folds of spaces": lambda: mail(b"x", headers=b"Subject: a" + b"\r\n  " * 7_500 + b"\r\n"),
    "no end of headers": lambda: GENUINE + FROM + b"a" * ROOM,
    "no end of header lines": lambda: GENUINE + FROM + b"ab\r\n" * (ROOM // 4),
    "only line ends": lambda: mail(b"\r\n" * (ROOM // 2)),
    "only carriage returns": lambda: mail(b"\r" * ROOM),
    "only NUL": lambda: mail(b"\0" * ROOM),
    "only 0xff": lambda: mail(b"\xff" * ROOM),
    "bytes of no charset": lambda: mail(bytes(range(256)) * (ROOM // 256), kind="text/plain"),
    "charset with NUL": lambda: mail(b"\xff" * 1000, kind="text/plain; charset=a\0b"),
    "charset undefined": lambda: mail(b"\xff" * ROOM, kind="text/plain; charset=undefined"),
    "charset punycode": lambda: mail(b"a-" * (ROOM // 2), kind="text/plain; charset=punycode"),
    "charset punycode digits": lambda: mail(b"a-" + b"zzzz9" * (ROOM // 5 - 10), kind="text/plain; charset=punycode"),
    "charset idna": lambda: mail(b"xn--a." * (ROOM // 6 - 10), kind="text/plain; charset=idna"),
    "charset utf-7": lambda: mail(b"+AGE-" * (ROOM // 5 - 10), kind="text/plain; charset=utf-7"),
    "charset hz": lambda: mail(b"~{" * (ROOM // 2 - 10), kind="text/plain; charset=hz"),
    "charset unicode_escape": lambda: mail(
        b"\\N{LATIN SMALL LETTER A}" * 100_000, kind="text/plain; charset=unicode_escape"
    ),
    "charset zip": lambda: mail(base64.b64encode(b"x" * 1000), kind="text/plain; charset=zip"),
    "charset iso-2022-jp switches": lambda: mail(
        b"\x1b$B\x1b(B" * (ROOM // 6 - 10), kind="text/plain; charset=iso-2022-jp"
    ),
    "base64 of 3 MB": lambda: mail(
        base64.encodebytes(b"Order ID: 1\n" * 300_000), headers=b"Content-Transfer-Encoding: base64\r\n"
    ),
    "base64 in one line": lambda: mail(
        base64.b64encode(b"a" * (ROOM // 4 * 3)), headers=b"Content-Transfer-Encoding: base64\r\n"
    ),
    "base64 that is none": lambda: mail(b"=" * ROOM, headers=b"Content-Transfer-Encoding: base64\r\n"),
    "quoted-printable that is none": lambda: mail(
        b"=" * ROOM, headers=b"Content-Transfer-Encoding: quoted-printable\r\n"
    ),
    "quoted-printable spaces": lambda: mail(b" " * ROOM, headers=b"Content-Transfer-Encoding: quoted-printable\r\n"),
    "uuencode": lambda: mail(b"begin 666 a\n" + b"M" * ROOM, headers=b"Content-Transfer-Encoding: x-uuencode\r\n"),
    "1,000,000 tags": lambda: html("<html><body>" + "<b>x" * 1_000_000),
    "1,000,000 closed tags": lambda: html("<html><body>" + "<b></b>" * 700_000),
    "1,000,000 paragraphs": lambda: html("<html><body>" + "<p>a" * 1_000_000),
    "1,000,000 line breaks": lambda: html("<html><body>" + "<br>" * 1_200_000),
    "nesting of 100,000": lambda: html("<html><body>" + "<div>" * 100_000 + "x"),
    "nesting of 100,000 spans": lambda: html("<html><body>" + "<span>" * 100_000 + "x"),
    "nesting of 800,000": lambda: html("<html><body>" + "<div>" * 800_000 + "x"),
    "nesting of formats": lambda: html("<html><body>" + "<b><i><u><a>" * 300_000 + "x"),
    "misnested formats": lambda: html("<html><body>" + "<p><b><i></b></p></i>" * 200_000 + "x"),
    "unclosed tables": lambda: html("<html><body>" + "<table><tr><td>" * 300_000 + "x"),
    "tables in no cell": lambda: html("<html><body>" + "<table>" * 500_000 + "x"),
    "text in tables": lambda: html("<html><body>" + "<table>x" * 500_000),
    "unclosed rows": lambda: html("<html><body><table>" + "<tr>" * 1_000_000),
    "unclosed cells": lambda: html("<html><body><table><tr>" + "<td>x" * 900_000),
    "a row of labels": lambda: html("<html><body><table><tr>" + "<td>Order ID</td>" * 280_000),
    "rows of labels": lambda: html("<html><body><table>" + "<tr><td>Order ID</td><td>Qty</td></tr>" * 130_000),
    "rows of pairs": lambda: html("<html><body><table>" + "<tr><td>Order total</td><td>$5</td></tr>" * 130_000),
    "rows of headers": lambda: html(
        "<html><body><table>"
        + "<tr><td>Product</td><td>Qty</td><td>Price</td></tr><tr><td>a</td><td>1</td><td>$1</td></tr>" * 50_000
    ),
    "a cell of lines": lambda: html("<html><body><table><tr><td>" + "Order ID<br>" * 400_000),
    "definitions": lambda: html("<html><body><dl>" + "<dt>a<dd>b" * 500_000),
    "flex in flex": lambda: html("<html><body>" + '<div style="display:flex">' * 190_000),
    "pieces in one line": lambda: html("<html><body><p>" + "<i>a</i>" * 600_000),
    "pieces of labels in one line": lambda: html("<html><body><p>" + "<i>Order</i> <i>total</i> " * 200_000),
    "attributes": lambda: html("<html><body><p " + "".join(f"a{at} " for at in range(700_000)) + ">x"),
    "classes": lambda: html(
        "<html><head><style>.a{display:none}</style></head><body>" + f'<p class="{"b " * 2_000}">x' * 1_200
    ),
    "styles": lambda: html("<html><body>" + f'<p style="{"overflow:hidden;" * 200}">x' * 1_500),
    "overflow styles": lambda: html(f'<html><body><p style="{"height:0;" * 500_000}">x'),
    "rules of style": lambda: html("<html><head><style>" + "a{b:c}" * 800_000 + "</style></head><body>x"),
    "style sheets": lambda: html("<html><head>" + "<style>.a{display:none}</style>" * 150_000 + "</head><body>x"),
    "open style": lambda: html("<html><head><style>" + "@media{" * 700_000),
    "open comment": lambda: html("<html><body><!--" + "-" * ROOM),
    "comments": lambda: html("<html><body>" + "<!-- -->" * 600_000),
    "entities": lambda: html("<html><body>" + "&amp;" * 1_000_000),
    "unknown entities": lambda: html("<html><body>" + "&aaaaaaaa" * 500_000),
    "scripts": lambda: html("<html><body>" + "<script>" * 600_000),
    "hidden": lambda: html("<html><body>" + "<p hidden>x</p>" * 330_000),
    "select": lambda: html("<html><body>" + "<select><option>" * 300_000),
    "templates": lambda: html("<html><body>" + "<template>" * 500_000),
    "svg": lambda: html("<html><body>" + "<svg><math>" * 400_000),
    "items in prose": lambda: mail(b"1. 2 x Soap (SKU: A-1) - $5.00 each\n" * 130_000),
    "labels of items": lambda: mail(b"Product: a\nQty: 1\nUnit price: $1\n" * 140_000),
    "names of items": lambda: mail(b"Soap\nx2\n$5.00\n" * 330_000),
    "labels that wait": lambda: mail(b"Order total\n" * 400_000),
    "order numbers": lambda: mail(b"".join(b"Order ID: 5764614130%08d\n" % at for at in range(160_000))),
    "order numbers in prose": lambda: mail(
        b"".join(b"order 5764614130%08d ship by Mar 3\n" % at for at in range(120_000))
    ),
    "long labels": lambda: mail((b"Order total: $5 " * 245 + b"\n") * 1_200),
    "colons in a line": lambda: mail((b"a:" * 1_950 + b"\n") * 1_250),
    "words before a colon": lambda: mail((b"a b c d e f g h i j k l m n o p q r s t u v w x: " * 78 + b"\n") * 1_300),
    "dots in prose": lambda: mail((b"2 x " + b"a." * 120 + b"\n") * 20_000),
    "brackets in prose": lambda: mail((b"2 x " + b"(" * 240 + b"\n") * 20_000),
    "prices in prose": lambda: mail((b"a " + b"x2 $1 " * 40 + b"\n") * 20_000),
    "text and html both": lambda: mail(
        b"--b\r\nContent-Type: text/plain\r\n\r\n"
        + b"Order total: $5\n" * 150_000
        + b"\r\n--b\r\nContent-Type: text/html\r\n\r\n<table>"
        + b"<tr><td>Order total</td><td>$5</td></tr>" * 60_000,
        kind="multipart/alternative; boundary=b",
    ),
    "from of addresses": lambda: GENUINE + b"From: " + b"a@b.c, " * 4_500 + b"\r\n" + SUBJECT + b"\r\nx",
    "from of groups": lambda: GENUINE + b"From: " + b"a:" * 15_000 + b"b@c.d;\r\n" + SUBJECT + b"\r\nx",
    "from of comments": lambda: (
        GENUINE + b"From: " + b"(" * 15_000 + b")" * 15_000 + b" a@b.c\r\n" + SUBJECT + b"\r\nx"
    ),
    "from of routes": lambda: GENUINE + b"From: <" + b"@a," * 10_000 + b":b@c.d>\r\n" + SUBJECT + b"\r\nx",
    "from of IDN": lambda: GENUINE + b"From: a@" + "\u00fc.".encode() * 10_000 + b"de\r\n" + SUBJECT + b"\r\nx",
    "from of one IDN label": lambda: (
        GENUINE + b"From: a@" + "\u00fc".encode() * 15_000 + b".de\r\n" + SUBJECT + b"\r\nx"
    ),
    "from of punycode": lambda: GENUINE + b"From: a@xn--" + b"a" * 30_000 + b"\r\n" + SUBJECT + b"\r\nx",
    "400 From headers": lambda: GENUINE + (b"From: " + b"a@b.c, " * 70 + b"\r\n") * 400 + b"\r\nx",
    "480 verdicts": lambda: (OUR_RESULTS + b"(" * 400 + b"\r\n") * 480 + FROM + b"\r\nx",
    "480 hops": lambda: (
        (b"Received: from [10.0.0.1] (" + b"(a)" * 150 + b" by mx.seller-inbox.example\r\n") * 480 + FROM + b"\r\nx"
    ),
    "subject of encoded words": lambda: mail(b"x", subject=b"Subject: " + b"=?utf-8?q?a?= " * 2_200 + b"\r\n"),
    "subject of charsets": lambda: mail(b"x", subject=b"Subject: " + b"=?x?q?=ff?= " * 2_400 + b"\r\n"),
    "subject of base64": lambda: mail(b"x", subject=b"Subject: =?utf-8?b?" + b"YWFh" * 7_900 + b"?=\r\n"),
    "subject of wrong bytes": lambda: mail(b"x", subject=b"Subject: " + b"=?utf-8?q?=ff=fe?= x " * 1_450 + b"\r\n"),
}


def attacks() -> Mapping[str, Callable[[], bytes]]:
    """Every one by its name; made when called, for together they are gigabytes."""
    runs = {f"{place} of {name}": partial(make, run) for name, run in RUNS.items() for place, make in PLACES.items()}
    return {**SHAPES, **runs}
