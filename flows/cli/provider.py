"""What is known beforehand about mail providers and markets: a table in providers.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One mail provider. `authserv_id` None: to be learned, "": it writes none; `password`: which one it takes.

    `sign_in`: it takes none, people sign in there; the word for the settings' `auth`.
    """

    title: str
    host: str
    authserv_id: str | None
    password: str
    sign_in: str | None


@dataclass(frozen=True, slots=True)
class Market:
    """What a market usually pays with, and its usual time zone."""

    currency: str
    timezone: str


def provider_of(address: str) -> Provider | None:
    """Give the provider of a mail address by its domain; None for one that is not known."""
    domain = address.rpartition("@")[2].lower()
    return next((_provider(row) for row in _providers() if domain in row["domains"]), None)


def provider_at(host: str | None) -> Provider | None:
    """Give the provider of a mail server: companies have domains of their own there."""
    return next((_provider(row) for row in _providers() if host == row["host"]), None)


def _providers() -> list[dict[str, Any]]:
    return [row for name, row in _table().items() if name != "markets"]


def _provider(row: dict[str, Any]) -> Provider:
    return Provider(
        title=row["title"],
        host=row["host"],
        authserv_id=row.get("authserv_id"),
        password=row["password"],
        sign_in=row.get("sign_in"),
    )


def provider_titles() -> list[str]:
    """Give the names of the providers that are known."""
    return [row["title"] for row in _providers()]


def markets() -> dict[str, Market]:
    """Give the markets that are known, by country code."""
    return {code: Market(*row) for code, row in _table()["markets"].items()}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("flows.cli") / "providers.toml").read_text(encoding="utf-8"))
