"""Mails that were once read wrong stay read right: wordings of status mails, conditions, facts in prose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.reader import read_mail
from ingest.report import as_json
from ingest.sender import Receiver
from models.settings import ShopSettings
from tests.ingest.corpus import NOT_COMPARED, comparable, vocabulary

FOLDER = Path(__file__).parent.parent / "mail" / "status"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
SHOPS = [ShopSettings(name=name, mailbox="orders", **shop) for name, shop in EXPECTED["shops"].items()]
RECEIVER = Receiver(
    authserv_id=EXPECTED["receiver"]["authserv_id"],
    allowed_from_domains=tuple(EXPECTED["receiver"]["allowed_from_domains"]),
)


def test_every_mail_has_an_entry():
    others = {path.name for path in FOLDER.glob("new_*.eml")}  # those of test_more_orders
    assert {path.name for path in FOLDER.glob("*.eml")} - others == set(EXPECTED["files"])


@pytest.mark.parametrize("file", sorted(EXPECTED["files"]))
def test_a_mail_once_read_wrong_is_read_right(file):
    wanted = EXPECTED["files"][file]
    told = as_json(read_mail((FOLDER / file).read_bytes(), RECEIVER, SHOPS, vocabulary()), file, SHOPS)
    assert (told["disposition"], told["reason"]) == (wanted["disposition"], wanted["reason"])
    fields = [name for name in wanted if name not in NOT_COMPARED and name != "deadlines"]
    assert {name: comparable(name, told.get(name)) for name in fields} == {
        name: comparable(name, wanted[name]) for name in fields
    }
