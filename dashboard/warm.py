"""What the first visitor would wait for, done before the dashboard answers anybody: imports, opening the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Final

from streamlit import App

from dashboard import queries
from models.db.session import DatabaseError
from models.settings_file import SettingsError

SLOW: Final = ("pandas", "pyarrow", "altair", "flows.policy_words")  # which only pages import, or Streamlit for them
OURS: Final = tuple(f"dashboard.{one.name}" for one in iter_modules([str(Path(__file__).parent)]) if one.name != "app")


@asynccontextmanager
async def warmed(_app: App) -> AsyncIterator[None]:
    """Be ready when the server begins to answer; what is wrong with settings or database the pages say themselves."""
    for name in (*SLOW, *OURS):
        import_module(name)
    with suppress(SettingsError, DatabaseError):
        queries.office()
    yield
