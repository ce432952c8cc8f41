"""Looking at what there is: `todo`, `orders`, `order`. Nothing here changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import Json, Limit, ShopName
from flows.cli.output import emit, fail, note, say, table

if TYPE_CHECKING:
    from models.stage import Stage


def todo(
    shop: ShopName = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind, for example pack.")] = None,
    clicks: Annotated[bool, typer.Option("--clicks", help="Tell for each where to click in Seller Center.")] = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Show what must be done now, the most urgent first.

    Each line is one thing to do with one order and how much time there is. `shipclock order NUMBER` tells more
    about one order, `shipclock do NUMBER COMMAND` says that it is done. What no mail tells your shop is asked in
    one line a day: `shipclock answer`.
    """
    from flows.cli import gathered, listing
    from flows.cli.opening import opened
    from models.db.reading import data_age
    from models.db.session import open_session
    from models.db.todo_reading import todo_list

    wanted = _kind(kind)
    office = opened()
    if shop:
        office.shop(shop)
    now = office.now()
    with open_session(office.engine, read_only=True) as session:
        lines = todo_list(session, shop=shop, kind=wanted, limit=limit)
        ages = data_age(session)
    asked = gathered.asked(office, shop=shop, kind=wanted)
    if as_json:
        emit(listing.todos_json(lines, asked, now, ages))
        return
    for warning in listing.late_mailboxes(office, ages, now):
        note(warning)
    if not lines and not asked:
        say(listing.nothing_due(ages, now))
        return
    listing.print_todos(office, lines, asked, now, clicks=clicks)


def orders(
    numbers: Annotated[
        list[str] | None,
        typer.Argument(metavar="NUMBER", help="Order numbers, or how they begin or end."),
    ] = None,
    stage: Annotated[str | None, typer.Option(help="Only this stage, for example to-pack or NEW.")] = None,
    shop: ShopName = None,
    open_only: Annotated[bool, typer.Option("--open", help="Leave out finished and cancelled orders.")] = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List orders, the newest first, each with its next time limit."""
    from flows.cli import listing
    from flows.cli.opening import opened
    from models.db.reading import orders_count, orders_page
    from models.db.session import open_session

    wanted = _stage(stage)
    office = opened()
    if shop:
        office.shop(shop)
    given = tuple(numbers or ())
    with open_session(office.engine, read_only=True) as session:
        rows = orders_page(session, numbers=given, stage=wanted, shop=shop, open_only=open_only, limit=limit)
        count = orders_count(session, numbers=given, stage=wanted, shop=shop, open_only=open_only)
    if as_json:
        emit({"orders": [listing.order_json(row) for row in rows], "count": count})
        return
    if not rows:
        say(listing.no_orders(filtered=bool(given or stage or shop or open_only)))
        return
    table(*listing.order_lines(office, rows, office.now()))
    if count > len(rows):
        note(listing.more(len(rows), count))


def order(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number, or SHOP:NUMBER.")],
    shop: ShopName = None,
    facts: Annotated[
        bool, typer.Option("--facts", help="Only what happened, each entry with the key that `do retract` takes.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show one order: where it is, its clocks, what to do with the clicks for it, and what happened.

    `shipclock explain NUMBER` tells why we say so.
    """
    from flows.cli import order_page
    from flows.cli.opening import opened, the_order
    from models.db.reading import order_file
    from models.db.session import open_session

    office = opened()
    with open_session(office.engine, read_only=True) as session:
        row = the_order(session, office, number, shop)
        file = order_file(session, row.id)
    if file is None:  # gone between two looks
        fail(f"No order {number} here.")
    if as_json:
        emit(order_page.as_json(office, file, office.now()))
    elif facts:
        order_page.show_facts(office, file)
    else:
        order_page.show(office, file, office.now())


def _kind(given: str | None) -> str | None:
    """Find the kind of to-do that was meant: an unknown one would look as if there were nothing to do."""
    from models.catalogue import words
    from models.gathering import GATHERED
    from models.todo import TodoKind

    known = (*TodoKind, GATHERED)
    if given is None or _plain(given) in known:
        return given and _plain(given)
    return fail(words().text("cli.no_kind", given=given, known=", ".join(known)))


def _stage(given: str | None) -> Stage | None:
    """Find the stage that was meant, by its name or by a packer's word for it."""
    from models.catalogue import words
    from models.stage import Stage

    if given is None:
        return None
    plain = _plain(given)
    for stage in Stage:
        if plain in {_plain(stage), _plain(words().stage(stage))}:
            return stage
    known = ", ".join(_plain(stage).replace("_", "-") for stage in Stage)
    return fail(words().text("cli.no_stage", given=given, known=known))


def _plain(text: str) -> str:
    return text.casefold().replace("-", "_").replace(" ", "_")
