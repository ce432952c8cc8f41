"""Giving a home's shop the keys of the test's own platform, as a seller's consent would."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from flows.shop.consent import Tokens
from flows.shop.grant import Grant, store
from models.home import TIKTOK_SECRET, Home
from tests.flows.shop.tiny_platform import SECRET, TinyPlatform


def give_keys(
    platform: TinyPlatform, settings: Path, home: Home, engine: Engine, shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Write [tiktok] and `api = true` into the settings, and store the shop's grant."""
    text = settings.read_text(encoding="utf-8").replace(f'name = "{shop}"', f'name = "{shop}"\napi = true')
    keys = f'[tiktok]\napp_key = "app"\napi_url = "{platform.url}"\nauth_url = "{platform.url}"\n'
    settings.write_text(f"{keys}\n{text}", encoding="utf-8")
    monkeypatch.setenv(TIKTOK_SECRET, SECRET)
    tokens = Tokens(access="TTP_a", refresh="TTR_r", expires_at=datetime.max.replace(tzinfo=UTC), ends_at=None)
    store(engine, home, shop, Grant(tokens=tokens, cipher="GCP_c", platform_id="1"))
