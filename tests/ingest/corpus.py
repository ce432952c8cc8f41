"""The mail corpus in tests/mail: its files, what they should come to, and how the two are compared."""

from __future__ import annotations

import json
import unicodedata
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from ingest.label_files import load_vocabulary
from ingest.reader import read_mail
from ingest.sender import Receiver
from ingest.vocabulary import Vocabulary
from models.notification import Reading
from models.settings import ShopSettings

FOLDER: Final = Path(__file__).parent.parent / "mail"
EXPECTED: Final[dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
SHOPS: Final = [ShopSettings(name=name, mailbox="orders", **shop) for name, shop in EXPECTED["shops"].items()]
NOT_COMPARED: Final = frozenset(
    {"note", "alternatives", "buyer_masked", "receiver", "duplicate_of", "cancel_reason", "disposition", "reason"}
)


@cache
def vocabulary() -> Vocabulary:
    """The shipped words, loaded once."""
    return load_vocabulary()


def receiver(entry: dict[str, Any]) -> Receiver:
    """Whose word counts for a file: its own receiver entry, else the common one."""
    common = EXPECTED["receiver"]
    authserv_id = entry.get("receiver", common)["authserv_id"]
    return Receiver(authserv_id=authserv_id, allowed_from_domains=tuple(common["allowed_from_domains"]))


def read(file: str, raw: bytes | None = None) -> Reading:
    """Read a file of the corpus, or other bytes as if they came in its mailbox."""
    entry = EXPECTED["files"][file]
    mail = (FOLDER / file).read_bytes() if raw is None else raw
    return read_mail(mail, receiver(entry), SHOPS, vocabulary())


def comparable(name: str, value: Any) -> Any:  # noqa: ANN401  values as JSON has them
    """Return a value as expected.json's `about` says to compare it."""
    if isinstance(value, str) and name.endswith(("_at", "_by")):
        return datetime.fromisoformat(value).replace(second=0).timestamp()
    if name == "amounts" and value:
        return {what: Decimal(amount) for what, amount in value.items()}
    if name == "items" and value:
        return [dict(item, unit_price=Decimal(item["unit_price"])) for item in value]
    return " ".join(unicodedata.normalize("NFC", value).split()) if isinstance(value, str) else value
