"""Fetching an order's labels for a person: what the command line and the order's page share."""

from __future__ import annotations

from flows.office import Office
from flows.shop.label import Label, labels_of
from flows.shop.open_api import OpenApiShop
from models.command import Refused


def labels(office: Office, shop_name: str, order_no: str) -> tuple[Label, ...] | Refused:
    """Give the labels of an order, or why there are none. Raises ShopError where the platform is not reached."""
    shop = office.open_shop(shop_name)
    if not isinstance(shop, OpenApiShop):
        return Refused(code="no_api", values={"order_no": order_no})
    found = labels_of(shop.desk, order_no)
    return found if isinstance(found, tuple) else Refused(code=found.code, values={"order_no": order_no})
