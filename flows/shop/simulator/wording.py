"""The simulated platform's words: labels, dates and money per language, as written in templates/*.toml.

Pure once read. The reader of mails has files of its own, and neither side reads the other's.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, Final
from zoneinfo import ZoneInfo

from flows.shop.simulator.script import LAYOUTS

THOUSANDS: Final = ","  # what Python writes between them


@dataclass(frozen=True)
class Wording:
    """One language in one layout; the layout picks among the wordings of a label."""

    language: str
    layout: str
    zone: ZoneInfo
    money_form: str = ""  # where not as the language does

    @property
    def data(self) -> dict[str, Any]:
        """Everything of the language's file."""
        return read_template(self.language)

    def label(self, field: str) -> str:
        """Give the label beside a value."""
        wordings: list[str] = self.data["labels"][field]
        return wordings[LAYOUTS.index(self.layout) % len(wordings)]

    def word(self, code: str) -> str:
        """Give the word for a code, e.g. of a way of paying."""
        return str(self.data["words"][code])

    def reason(self, code: str) -> str:
        """Give the words for a reason code."""
        return str(self.data["reasons"][code])

    def money(self, amount: Decimal) -> str:
        """Print an amount the way the shop's market does."""
        printed = str(self.money_form or self.data["money"]).format(amount=amount)
        return printed.replace(THOUSANDS, self.data["thousands"])

    def moment(self, moment: datetime) -> str:
        """Print a moment in the shop's zone, to the minute or, where it has seconds, exactly."""
        local = moment.astimezone(self.zone)
        pattern = self.data["exact"] if local.second else self.data["dates"][self.layout]
        offset = local.utcoffset()
        return str(pattern).format(
            year=local.year,
            month=local.month,
            month_name=self.data["months"][local.month - 1],
            day=local.day,
            hour=local.hour,
            minute=local.minute,
            second=local.second,
            offset=int(offset.total_seconds() // 3600) if offset else 0,
        )


@cache
def read_template(name: str) -> dict[str, Any]:
    """Read templates/<name>.toml once."""
    text = files(__package__).joinpath("templates", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def layout_part(layout: str, part: str) -> Template:
    """Give a piece of a layout, to be filled in."""
    return Template(read_template("layouts")[layout][part])
