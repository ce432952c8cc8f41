"""What scanned numbers come to: of all numbers of a packer's list at once, in one look at the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from flows.commands import packing_of
from flows.office import Office
from models.command import Accepted, Command, Refused, decide
from models.db.orders import terms_by_order
from models.db.session import open_session
from models.db.stored import ORDERS, Stored, of_shops, read_orders
from models.order import fold
from models.packing_rules import Packing
from models.packing_verdict import Verdict, stopped
from models.terms import Terms

BROKEN: Final = "broken"  # what is stored of an order cannot be read


def verdicts(office: Office, numbers: Sequence[str], chosen: str, *, pack: Command, ship: Command) -> list[Verdict]:
    """Give what each number comes to, in their sequence; `chosen` is the shop that is packed for, empty for any.

    `pack` and `ship` are what would be done: nothing is. Raises DatabaseError.
    """
    shops = {shop.name: shop for shop in office.settings.shop}
    with open_session(office.engine, read_only=True) as session:
        orders = read_orders(session, ORDERS.c.order_no.in_(numbers), of_shops(shops))
        terms = terms_by_order(session, shops, orders)
        packing = {name: packing_of(session, shops[name], pack.actor) for name, _ in terms}
    asked = (pack, ship)
    told = {one.number: _told(one, terms[one.shop_id, one.policy], packing[one.shop_id], asked) for one in orders}
    return [_chosen(number, chosen, told) for number in numbers]


def _chosen(number: str, chosen: str, told: Mapping[tuple[str, str], Verdict]) -> Verdict:
    """Give the verdict of the one order that is meant, or why none is."""
    shops = [shop for shop, order_no in told if order_no == number]
    return stopped(number, shops, chosen) or told[chosen or shops[0], number]


def _told(stored: Stored, terms: Terms, packing: Packing, commands: Sequence[Command]) -> Verdict:
    """Give what an order comes to; one that cannot be read is stopped, and stops no other."""
    shop, order_no = stored.number
    try:
        facts = stored.facts
        order = fold(facts, terms, commands[0].at)
        asked = [replace(command, packing=packing, order_no=order_no) for command in commands]
        pack, ship = (decide(order, facts, command, terms) for command in asked)
    except (KeyError, ValueError):
        return Verdict(order_no=order_no, shop=shop, against=Refused(code=BROKEN))
    return Verdict(
        order_no=order_no,
        shop=shop,
        against=pack if isinstance(pack, Refused) else None,
        may_ship=isinstance(ship, Accepted),
        items=tuple(stored.order["items"]),
    )
