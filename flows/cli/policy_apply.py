"""`policy apply`: moving open orders to other figures, and telling which of their clocks move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from zoneinfo import ZoneInfo

from flows.cli.listing import clock_name
from flows.cli.opening import local, opened
from flows.cli.output import emit, say
from models.catalogue import words
from models.db.policy_change import Applied, apply_policy
from models.explain import told

MOST: Final = 50  # orders that are told one by one


def run(shop_name: str, by: str | None, *, as_json: bool) -> None:
    """Move the shop's open orders in the name of `by`, or only tell what would move, and print it."""
    office = opened()
    shop = office.shop(shop_name)
    applied = list(apply_policy(office.engine, shop, office.now(), by=by))
    if as_json:
        emit({"shop": shop.name, "policy": shop.policy_key, "done": by is not None, "orders": _told(applied)})
        return
    for one in applied[:MOST]:
        for line in _lines(one, shop.zone):
            say(line)
    key = "nothing" if not applied else ("would" if by is None else "done")
    kept = sum(one.moved is None for one in applied)
    moving = len(applied) - kept
    say(words().text(f"policies.apply.{key}", shop=shop.name, policy=shop.policy_key, moved=moving, count=len(applied)))
    if kept:
        say(words().text("policies.apply.kept", kept=kept))


def _lines(one: Applied, zone: ZoneInfo) -> Iterator[str]:
    text = words()
    if one.moved is None:
        yield text.text("policies.apply.keeps", order_no=one.order_no)
        return
    for clock in one.moved.clocks:
        before, after = (local(at, zone) or text.text("policies.apply.none") for at in (clock.before, clock.after))
        name = clock_name(clock.rule, clock.start_at, clock.after)
        yield text.text("policies.apply.clock", order_no=one.order_no, clock=name, before=before, after=after)


def _told(applied: list[Applied]) -> list[dict[str, Any]]:
    return [
        {
            "order_no": one.order_no,
            "moved": one.moved is not None,
            "clocks": [
                {"id": clock.rule, "before": told(clock.before), "after": told(clock.after)}
                for clock in (one.moved.clocks if one.moved else ())
            ],
        }
        for one in applied
    ]
