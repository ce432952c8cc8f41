"""What may stand in a file or letter that leaves the shop: moments, numbers and names, each in one form.

Pure. A value that does not look like what its key is for does not get out, so that no buyer's name, phone number or
address goes with it, whatever was read or typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from models.fact import Json
from models.value_guard import CODE, MAIL, PHONE

LONGEST: Final = 120  # signs of a name: more is a text
DAY, CLOCK, OFFSET = slice(0, 10), slice(11, 19), slice(19, None)  # of a moment as `iso` writes it


def stamp(moment: datetime, zone: ZoneInfo) -> str:
    """The moment on the shop's clock with its offset ("2026-03-01 21:00 (UTC+07:00)"); seconds where there are any."""
    text = iso(moment, zone)
    return f"{text[DAY]} {text[CLOCK].removesuffix(':00')} (UTC{text[OFFSET]})"


def iso(moment: datetime, zone: ZoneInfo) -> str:
    """The moment for machines, to the second, with the zone's offset ("2026-03-01T21:00:00+07:00")."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def number(value: Json) -> str:
    """A tracking or request number; empty for what does not look like one."""
    text = str(value or "")
    return text if CODE.fullmatch(text) else ""


def carrier_name(value: Json) -> str:
    """A carrier's name; empty for none, and for what holds a phone number or a mail address."""
    text = _line(value)
    return "" if MAIL.search(text) or PHONE.search(text) else text


def goods(item: Mapping[str, Json]) -> str:
    """One line of an order ("2 x Bamboo tray (TV-1)"); without a title its SKU, empty for neither."""
    title, sku = _line(item.get("title")), _line(item.get("sku"))
    what = f"{title} ({sku})" if title and sku else title or sku
    return f"{item['quantity']} x {what}" if what and isinstance(item.get("quantity"), int) else what


def _line(value: Json) -> str:
    """The text in one line of signs that show; nothing of one that is too long to be a name."""
    text = "".join(sign for sign in " ".join(str(value or "").split()) if sign.isprintable())
    return text if len(text) <= LONGEST else ""
