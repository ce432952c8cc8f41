"""Which figures an order's clocks are made with: those of its shop, as the settings have them now.

Plain: knows nothing of Prefect. Settings that no longer name the shop or its policy leave the article's figures.
"""

from __future__ import annotations

from flows.office import Office
from models.db.tables import OrderRow
from models.policy import Policy
from models.policy_files import BASE, load_policy, policy_names


def policy_of(office: Office, row: OrderRow) -> Policy:
    """Give the policy of the order's shop with the shop's own figures."""
    shop = next((shop for shop in office.settings.shop if shop.name == row.shop_id), None)
    if shop is not None:
        return shop.own_policy
    return load_policy(row.policy if row.policy in policy_names() else BASE)
