"""The shops that rendered mails are for: a market, its currency and its zone for each language."""

from __future__ import annotations

from decimal import Decimal

from ingest.sender import Receiver
from models.settings import ShopSettings
from tests.ingest.renderings import AUTHSERV_ID

RECEIVER = Receiver(authserv_id=AUTHSERV_ID, allowed_from_domains=("shop.tiktok.com",))
MARKETS = {
    "en": ("GB", "GBP", "Europe/London"), "vi": ("VN", "VND", "Asia/Ho_Chi_Minh"), "id": ("ID", "IDR", "Asia/Jakarta"),
    "ms": ("MY", "MYR", "Asia/Kuala_Lumpur"), "th": ("TH", "THB", "Asia/Bangkok"), "es": ("ES", "EUR", "Europe/Madrid"),
    "de": ("DE", "EUR", "Europe/Berlin"), "fr": ("FR", "EUR", "Europe/Paris"), "it": ("IT", "EUR", "Europe/Rome"),
    "pt": ("BR", "BRL", "America/Sao_Paulo"), "zh": ("SG", "SGD", "Asia/Singapore"), "ja": ("JP", "JPY", "Asia/Tokyo"),
}  # fmt: skip
STEP = {"VND": Decimal(1000), "IDR": Decimal(1000), "JPY": Decimal(10)}  # else five cents


def a_shop(language):
    market, currency, zone = MARKETS[language]
    return ShopSettings(name="Juniper & Pine", market=market, currency=currency, timezone=zone, mailbox="orders")
