"""The quick way through a mail's parts: whatever it takes apart, the parser takes apart alike."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message as MimePart
from random import Random

import pytest

from ingest.mime import TooManyHeadersError, TooManyPartsError, parse_line_by_line, parse_mime
from tests.ingest.corpus import FOLDER

MAILS = sorted(FOLDER.rglob("*.eml"))
ODD = (
    b"", b"\n", b"\r\n", b"\n\n", b"--B\n", b"--B--\n", b"--B", b" folded\n", b":\n", b"From \n", b"X : y\n", b"\r",
    b"Content-Type: multipart/mixed; boundary=B\n", b"Content-Type: multipart/mixed\n", b"\x0c", b"\xe9\n", b"\x00",
    b"Content-Type: message/rfc822\n\n", b"Content-Type: multipart/digest; boundary=B\n\n--B\n\n\n--B--\n",
    b"Content-Transfer-Encoding: base64\n",
)  # fmt: skip


def told(part: MimePart) -> list[object]:
    """All that reading a mail asks of a part."""
    payload = part.get_payload()
    inner = [told(child) for child in payload if isinstance(child, MimePart)] if isinstance(payload, list) else payload
    return [part.items(), part.get_content_type(), [type(defect).__name__ for defect in part.defects], inner]


def outcome(parse: Callable[[bytes], MimePart], raw: bytes) -> list[object]:
    """What a way to parse makes of a mail."""
    try:
        return told(parse(raw))
    except (TooManyHeadersError, TooManyPartsError) as error:
        return [type(error)]


def damaged(raw: bytes, dice: Random) -> bytes:
    """The mail with some of its lines lost, doubled, cut, or among odd ones."""
    lines = raw.splitlines(keepends=True)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(lines) or 1)
        one = lines[at : at + 1]
        lines[at : at + 1] = dice.choice(([], one * 2, [dice.choice(ODD), *one], [line[:-1] for line in one]))
    return b"".join(lines)


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_is_taken_apart_as_the_parser_does_it_whole_damaged_and_with_other_line_ends(path):
    raw = path.read_bytes()
    dice = Random(path.name)
    for mail in (raw, raw.replace(b"\r\n", b"\n"), raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")):
        assert outcome(parse_mime, mail) == outcome(parse_line_by_line, mail)
        for _ in range(20):
            odd = damaged(mail, dice)
            assert outcome(parse_mime, odd) == outcome(parse_line_by_line, odd), odd


def test_a_mail_that_is_formed_as_it_should_be_is_not_read_line_by_line(monkeypatch):
    monkeypatch.setattr("ingest.mime.BytesFeedParser", None)
    mail = b"Content-Type: multipart/mixed; boundary=B\n\n--B\nSubject: one\n\nhello\n--B\n\n\n--B--\n"
    with pytest.raises(TypeError):
        parse_mime(mail)  # a part without headers
    whole = parse_mime(mail.replace(b"--B\n\n", b"--B\nSubject: two\n\n"))
    assert [part.get_payload() for part in whole.walk() if not part.is_multipart()] == ["hello", ""]


def test_parts_within_parts_that_would_each_be_sought_in_every_line_are_refused():
    nests = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(140))
    with pytest.raises(TooManyPartsError):
        parse_mime(nests + b"\n" + b"a\n" * 15_000)
    assert parse_mime(nests + b"\na\n").is_multipart()  # few lines are soon looked through
