"""Exports as Seller Center and careless programs write them: the samples, and files made of lines that a test names."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from ingest.export import Export, read_export
from ingest.export_columns import ExportWords, load_export_words
from ingest.label_files import load_vocabulary
from models.settings import ShopSettings

SAMPLES: Final = Path(__file__).parents[1] / "exports"
NOW: Final = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
WORDS: Final = load_export_words()
MAILS: Final = load_vocabulary()
NO: Final = "576461413038785752"

# Planted in every sample, in the columns of the buyer.
BUYER: Final = (
    "please wrap it for my granny Thessaly",
    "zelphira_quandt",
    "Zelphira Quandt-Oduya",
    "(+00)555 0172 9934",
    "77 Marrowbone Quay",
    "Behind the Perihelion Mill",
)


def a_shop(**changes: str) -> ShopSettings:
    """A shop in Vietnam."""
    usual = {"name": "Tre Viet Store", "market": "VN", "currency": "VND", "timezone": "Asia/Ho_Chi_Minh"}
    return ShopSettings.model_validate({**usual, "mailbox": "main", **changes})


US: Final = a_shop(name="Juniper", market="US", currency="USD", timezone="America/Los_Angeles")
VN: Final = a_shop()
TH: Final = a_shop(name="Lotus", market="TH", currency="THB", timezone="Asia/Bangkok")
SHOPS: Final[Mapping[str, ShopSettings]] = {"us": US, "vn": VN, "th": TH}


def a_line(**changes: str | None) -> dict[str, str]:
    """One line of an order to ship; None takes a cell away. Headings are written as keywords: Order_ID."""
    usual: dict[str, str | None] = {
        "Order_ID": NO,
        "Order_Status": "To ship",
        "Order_Substatus": "Awaiting shipment",
        "Seller_SKU": "TV-TRAY-L",
        "Product_Name": "Bamboo tray",
        "Quantity": "2",
        "Order_Amount": "478000",
        "Created_Time": "20/11/2026 09:30:33",
        "Paid_Time": "20/11/2026 09:31:00",
    }
    return {name.replace("_", " "): value for name, value in {**usual, **changes}.items() if value is not None}


def table_of(lines: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """The heading of all columns that the lines name, and the lines below it."""
    heading = list(dict.fromkeys(name for line in lines for name in line))
    return [heading, *([line.get(name) for name in heading] for line in lines)]


def csv_of(rows: Sequence[Sequence[Any]], *, delimiter: str = ",", encoding: str = "utf-8-sig") -> bytes:
    """The rows as CSV."""
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def a_csv(path: Path, *lines: Mapping[str, Any], **how: str) -> Path:
    """A CSV file of these lines."""
    file = path / "orders.csv"
    file.write_bytes(csv_of(table_of(lines), **how))
    return file


def an_xlsx(path: Path, rows: Sequence[Sequence[Any]], *, before: Sequence[str] = ()) -> Path:
    """A workbook of these rows; `before` names sheets that stand before it."""
    book = Workbook()
    book.remove(book.active) if book.active is not None else None
    for name in before:
        book.create_sheet(name).append(["nothing here"])
    sheet = book.create_sheet("OrderSKUList")
    for row in rows:
        sheet.append(list(row))
    file = path / "orders.xlsx"
    book.save(file)
    return file


def as_tiktok_writes(file: Path) -> Path:
    """The workbook with a row element for each cell and a wrong size, as TikTok Shop's writer makes it."""
    with ZipFile(file) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = next(name for name in parts if name.startswith("xl/worksheets/"))
    text = parts[sheet].decode()
    text = re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1"', text)
    text = re.sub(r'(<c r="[A-Z]+(\d+)".*?(?:</c>|/>))', r'</row><row r="\2">\1', text)
    text = re.sub(r"<row [^>]*></row>", "", text)
    parts[sheet] = text.encode()
    broken = file.with_name("tiktok.xlsx")
    with ZipFile(broken, "w", ZIP_DEFLATED) as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return broken


def sample_rows(name: str) -> list[list[str]]:
    """The rows of a sample."""
    text = (SAMPLES / f"{name}.csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";" if name == "th" else ","))


def read(file: Path, shop: ShopSettings = VN, now: datetime = NOW, words: ExportWords = WORDS) -> Export:
    """What the file holds."""
    return read_export(file, shop, words, MAILS, now)
