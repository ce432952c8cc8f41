"""A look at a shop that dies: in a process of its own, which SIGKILLs itself at a named point."""

from __future__ import annotations

from typing import Any, Final

from flows.shop import sync, sync_page
from models.home import Home
from tests.deaths import dying
from tests.flows.shop.api_office import an_api_office

# The owner of a function, its name, and whether the process dies after or before it.
POINTS: Final[dict[str, tuple[Any, str, bool]]] = {
    "begun": (sync, "begin_walk", True),  # the walk is written down and not committed
    "asked": (sync.ShopSync, "_orders", False),  # what changed is known, its orders are about to be asked for
    "news": (sync_page, "record_facts", False),  # nothing of the page is written
    "commit": (sync_page, "record_facts", True),  # facts and orders are written and not committed
    "mark": (sync, "advance", True),  # the page is committed, its mark is written and not committed
    "end": (sync, "note_end", False),  # all is read, and not said to be
}


def sync_and_die(home: Home, url: str, point: str, at: int) -> None:
    """Read the shop at `url`; die at the `at`th call of the function of `point`."""
    owner, name, after = POINTS[point]
    setattr(owner, name, dying(getattr(owner, name), at, after=after))
    with an_api_office(home.path, url=url, database=home.database_url) as api:
        api.sync(200)
