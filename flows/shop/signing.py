"""How a request to the Open API and a webhook of it are signed (tiktok-shop-api, sections 1 and 6).

Pure. Both are signed over the bytes that travel: whoever signs serialises once and sends exactly that.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Final

UNSIGNED: Final = frozenset({"sign", "access_token"})


def sign(path: str, query: Mapping[str, str], body: bytes, secret: str) -> str:
    """Sign a request: its path without host, its query's values decoded, its raw body; empty: none was sent."""
    listed = "".join(name + query[name] for name in sorted(query.keys() - UNSIGNED))
    key = secret.encode()
    return _hex(key, key + f"{path}{listed}".encode() + body + key)


def webhook_sign(app_key: str, body: bytes, secret: str) -> str:
    """Sign a webhook's raw body, as its header `Authorization` must say."""
    return _hex(secret.encode(), app_key.encode() + body)


def _hex(key: bytes, message: bytes) -> str:
    return hmac.new(key, message, "sha256").hexdigest()
