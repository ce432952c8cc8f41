"""The figures of the clocks of mailboxes and shops that come with the product: `models/shop_clocks.toml`.

The only place that opens them; `models.shop_clock` says what they mean.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from models.shop_clock import ShopFigures, parse_shop_figures


@cache
def shop_figures() -> ShopFigures:
    """How long mailboxes and shops may be silent."""
    return parse_shop_figures((files("models") / "shop_clocks.toml").read_text("utf-8"))
