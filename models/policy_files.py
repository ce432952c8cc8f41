"""The policies that come with the product: TOML files in `models/policies/`.

The only place that opens them; `models.policy` says what they mean.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from models.policy import Policy, PolicyError, parse_policy

BASE: Final = "article"


def policy_names() -> tuple[str, ...]:
    """The names that `load_policy` knows, sorted."""
    names = (entry.name for entry in files("models.policies").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load_policy(name: str) -> Policy:
    """The policy of that name, on top of `article`.

    Raises:
        PolicyError: when there is none, or when its file is wrong.

    """
    if name not in policy_names():
        raise PolicyError(f"no policy {name!r}; there are {', '.join(policy_names())}")
    text = (files("models.policies") / f"{name}.toml").read_text("utf-8")
    return parse_policy(text, None if name == BASE else load_policy(BASE))
