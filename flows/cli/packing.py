"""The packing rules on the command line: showing them, saying that they are kept, and asking for the ticks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import Json
from flows.cli.output import emit, note, say

if TYPE_CHECKING:
    from flows.office import Office
    from models.packing_rules import Packing


def packing_rules(
    acknowledge: Annotated[bool, typer.Option("--acknowledge", help="Say that you keep them in this shift.")] = False,
    by: Annotated[
        str | None, typer.Option("--as", "--by", metavar="NAME", help="Who; without it the user of this machine.")
    ] = None,
    shop: Annotated[str | None, typer.Option("--shop", metavar="NAME", help="For this shop only.")] = None,
    as_json: Json = False,
) -> None:
    """Show what you say with every parcel that you pack, and once a shift that you keep it.

    After that `do NUMBER mark_packed` asks no more, but for goods that the shop flagged (careful_skus). A new
    version of the rules asks again.
    """
    from flows.cli.opening import opened
    from flows.cli.outcome import actor

    office, name = opened(), by or actor()
    shops = [office.shop(shop).name] if shop else [one.name for one in office.settings.shop]
    if acknowledge:
        keep(office, shops, name)
    if as_json:
        emit(_json(office, shops, name))
    else:
        say("\n".join(_lines(office, shops, name)))


def keep(office: Office, shops: list[str], name: str) -> None:
    """Note that this person keeps the rules in this shift."""
    from models.db.packing_rules import record_reading
    from models.db.session import open_session

    with open_session(office.engine) as session:
        record_reading(session, shops, name, office.now())
        session.commit()


def offer_to_keep(office: Office, name: str) -> bool:
    """Show the rules to somebody at a terminal and ask once for the shift; whether they agreed."""
    from models.catalogue import words

    note("\n".join(_rules()))
    agreed = typer.confirm(words().text("packing.ask"), default=True, err=True)
    if agreed:
        keep(office, [shop.name for shop in office.settings.shop], name)
    return agreed


def ticked_for(order_no: str, skus: str) -> str:
    """Ask for each line of the list for this one order, whose flagged goods are named; the lines that are so."""
    from models.catalogue import words
    from models.packing_rules import RULES

    note(words().text("packing.careful", order_no=order_no, skus=skus))
    lines = {rule: words().text(f"packing.lines.{rule}") for rule in RULES}
    return ",".join(
        rule for rule, told in lines.items() if typer.confirm(told.capitalize() + "?", default=True, err=True)
    )


def somebody_answers() -> bool:
    """Whether there is a terminal to ask on."""
    return sys.stdin.isatty()


def _rules() -> list[str]:
    from models.catalogue import words
    from models.packing_rules import RULES, VERSION

    title = words().text("packing.title", version=VERSION)
    return [title, *(f"  - {words().text(f'packing.lines.{rule}')}" for rule in RULES)]


def _lines(office: Office, shops: list[str], name: str) -> list[str]:
    """The rules, and for each shop until when this person's word counts."""
    from models.catalogue import words

    told = {shop: _state(office, shop, name) for shop in shops}
    if len(set(told.values())) == 1:
        return [*_rules(), *dict.fromkeys(told.values())]
    return [*_rules(), *(words().text("packing.of_shop", shop=shop, told=line) for shop, line in told.items())]


def _state(office: Office, shop: str, name: str) -> str:
    from flows.cli.opening import local, zone_of
    from flows.cli.outcome import actor
    from models.catalogue import words
    from models.refusal import Listener, ago_words, who_words

    listener = Listener(now=office.now(), you=actor())
    packing = _packing(office, shop, name)
    who, until = who_words(words(), name, listener), packing.read_until(listener.now)
    if packing.read is None or until is None:
        return words().text("packing.changed" if packing.outdated else "packing.unread", who=who)
    ago = ago_words(words(), packing.read.read_at, listener)
    return words().text("packing.until", who=who, ago=ago, until=local(until, zone_of(office, shop)))


def _packing(office: Office, shop: str, name: str) -> Packing:
    from flows.commands import packing_of
    from models.db.session import open_session

    with open_session(office.engine, read_only=True) as session:
        return packing_of(session, office.shop(shop), name)


def _json(office: Office, shops: list[str], name: str) -> dict[str, object]:
    from models.packing_rules import RULES, VERSION

    packing = {shop: _packing(office, shop, name) for shop in shops}
    told = [
        {
            "shop": shop,
            "read_at": one.read.read_at if one.read else None,
            "version_read": one.read.version if one.read else None,
            "counts_until": one.read_until(office.now()),
            "careful_skus": list(one.careful_skus),
        }
        for shop, one in packing.items()
    ]
    return {"version": VERSION, "rules": list(RULES), "by": name, "shops": told}
