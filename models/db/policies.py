"""Policies as they were used: an order keeps the figures that its clocks were made with (order-lifecycle, section 7).

A policy is kept under a key made of its contents, so nothing is ever rewritten: changed settings are another
policy, for the orders that come. Orders from before policies were kept go by their shop's settings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlmodel import Session

from models.db.insert import insert_new
from models.db.tables import PolicyRow
from models.policy import Policy
from models.policy_data import policy_as_data, policy_key
from models.policy_files import policy_from_data

KEPT_IN_MIND: Final = 256  # policies; a shop has as many as its settings had


def keep_policy(session: Session, policy: Policy, now: datetime, key: str | None = None) -> str:
    """Store the policy unless it is there, and give its key (`key`, if that is known). Does not commit."""
    key = key or policy_key(policy)
    if session.get(PolicyRow, key) is None:
        row = {"key": key, "name": policy.name, "version": policy.version}
        insert_new(session, PolicyRow, [{**row, "figures": policy_as_data(policy), "first_used_at": now}])
    return key


def kept_policy(session: Session, key: str) -> Policy | None:
    """Give the policy of that key; None for an order from before policies were kept. Raises PolicyError."""
    row = session.get(PolicyRow, key)
    return None if row is None else _made(key, json.dumps(row.figures))


@lru_cache(maxsize=KEPT_IN_MIND)
def _made(_key: str, figures: str) -> Policy:
    told: Mapping[str, object] = json.loads(figures)
    return policy_from_data(told)
