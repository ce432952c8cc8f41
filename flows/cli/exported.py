"""Seller Center's export on the command line: its shop found, its file read, and what was left out of it told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from flows.cli.output import fail, note
from flows.office import Office
from ingest.export import Export, read_export
from ingest.export_columns import load_export_words
from ingest.export_fault import RefusedLine
from ingest.export_remark import Remark
from ingest.label_files import load_vocabulary
from models.catalogue import words
from models.settings import ShopSettings

SHOWN: Final = 20  # lines of each kind; a spoiled file has thousands


def the_shop(office: Office, name: str | None) -> ShopSettings:
    """Give the shop that is meant: the named one, or the only one. Raises UnknownShopError."""
    shops = office.settings.shop
    if name is None and len(shops) > 1:
        fail(words().text("export.enter.which_shop", known=", ".join(f"'{shop.name}'" for shop in shops)))
    return shops[0] if name is None and shops else office.shop(name or "")


def read(office: Office, shop: ShopSettings, file: Path) -> Export:
    """Read the export of that shop, with the user's own words over ours. Raises ExportError, VocabularyError."""
    home = office.home.path
    return read_export(file, shop, load_export_words(home / "columns"), load_vocabulary(home / "labels"), office.now())


def tell_lines(heading: str, lines: Sequence[RefusedLine | Remark]) -> None:
    """Say on stderr what is to be said of single lines, below a heading that counts them; nothing if there are none."""
    if lines:
        note(words().text(heading, count=len(lines)))
    for one in lines[:SHOWN]:
        note(one.words)
    if len(lines) > SHOWN:
        note(words().text("export.lines.more", count=len(lines) - SHOWN))


def lines_json(lines: Sequence[RefusedLine | Remark]) -> list[dict[str, Any]]:
    """Give the same for machines."""
    return [
        {
            "line": one.line,
            "order_no": one.order_no,
            "code": (one.fault if isinstance(one, RefusedLine) else one.kind).value,
            "word": one.word,
            "words": one.words,
        }
        for one in lines
    ]
