"""Which figures an order's clocks are made with: those that its shop had when it came, or that were applied since.

Plain: knows nothing of Prefect. Where none were kept, the settings of now count, and without them the article.
"""

from __future__ import annotations

from flows.office import Office
from models.db.policies import kept_policy
from models.db.session import open_session
from models.db.tables import OrderRow
from models.policy import Policy
from models.policy_files import BASE, load_policy, policy_names


def policy_of(office: Office, row: OrderRow) -> Policy:
    """Give the policy that the order carries."""
    with open_session(office.engine, read_only=True) as session:
        if (kept := kept_policy(session, row.policy)) is not None:
            return kept
    shop = next((shop for shop in office.settings.shop if shop.name == row.shop_id), None)
    if shop is not None:
        return shop.own_policy
    return load_policy(row.policy if row.policy in policy_names() else BASE)
