"""Whose verdict counts, learned from the newest mails."""

from __future__ import annotations

import pytest

from flows.cli.receiver import covers, newest_receiver
from ingest.files import FileMailbox
from models.settings import MailboxSettings

HOP = "Received: from a.example by mx.inbox.example\n"
VERDICT = "Authentication-Results: mx.inbox.example; spf=pass\n"


def learned(folder, *mails: list[str]):
    for number, names in enumerate(mails):
        verdicts = "".join(f"Authentication-Results: {name}; spf=pass\n" if name else "" for name in names)
        (folder / f"{number}.eml").write_text(f"{verdicts}Received: from a by b\nFrom: a@b.example\n\nx\n")
    return newest(folder)


def newest(folder):
    settings = MailboxSettings(name="main", kind="folder", path=folder)
    return newest_receiver(FileMailbox("main", folder, maildir=False), settings)


@pytest.mark.parametrize(
    ("mails", "name"),
    [
        ([["mx.inbox.example"], ["mx.inbox.example"]], "mx.inbox.example"),
        ([["bimi.icloud.com", "dmarc.icloud.com", "spf.icloud.com"]], "*.icloud.com"),
        ([["atlas1.mail.bf1.yahoo.com"], ["atlas2.mail.ne1.yahoo.com"]], "*.yahoo.com"),
        ([["mx1.inbox.example"], ["mx2.inbox.example"], ["evil.example"]], "*.inbox.example"),
        ([["mx.inbox.example", "evil.example"]], "mx.inbox.example"),
        ([["a.co.uk"], ["b.co.uk"], ["a.co.uk"]], "a.co.uk"),
        ([[]], None),
    ],
)
def test_the_name_or_the_pattern_over_one_houses_names_is_learned(tmp_path, mails, name):
    found = learned(tmp_path, *mails)
    assert (found and found.name) == name


@pytest.mark.parametrize(
    ("head", "place"),
    [
        (f"{HOP}{VERDICT}", "below"),
        (f"Received: from a.example by mail.inbox.example\n{VERDICT}", "below"),
        (f"{VERDICT}{HOP}", "above"),
        (f"{HOP}X-Spam: no\n{VERDICT}", "above"),
        (f"Received: from a.example by mx.evil.invalid\n{VERDICT}", "above"),
        (f"{HOP}{VERDICT}".replace("mx.inbox.example", "mx.google.com"), "above"),
    ],
)  # fmt: skip
def test_where_the_server_puts_its_verdicts_is_learned_from_directly_below_its_own_hop(tmp_path, head, place):
    (tmp_path / "1.eml").write_text(f"{head}From: a@b.example\n\nx\n")
    assert newest(tmp_path).place == place


@pytest.mark.parametrize(
    ("configured", "found", "covered"),
    [
        ("MX.google.com", "mx.google.com", True), ("*.icloud.com", "*.icloud.com", True),
        ("*.yahoo.com", "*.mail.bf1.yahoo.com", True), ("*.yahoo.com", "atlas1.yahoo.com", True), ("", "", True),
        ("dmarc.icloud.com", "*.icloud.com", False), ("", "mx.google.com", False), ("*.yahoo.com", "", False),
    ],
)  # fmt: skip
def test_the_settings_cover_the_name_that_is_found(configured, found, covered):
    assert covers(configured, found) is covered
