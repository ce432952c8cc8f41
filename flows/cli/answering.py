"""Answering what is asked once a day for many orders: `answer`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import Json, ShopName
from flows.cli.output import emit, fail, say

if TYPE_CHECKING:
    from models.gathering import About


def answer(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="collected or delivered.")],
    yes: Annotated[bool, typer.Option("--yes", help="It is so, of all but those of --except.")] = False,
    but: Annotated[
        list[str] | None, typer.Option("--except", metavar="NUMBER", help="An order of which it is not so.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="What was asked up to this day (2026-11-22); else all."),
    ] = None,
    shop: ShopName = None,
    as_json: Json = False,
) -> None:
    """Answer what Shipclock asks once a day: whether these parcels were collected or delivered.

    It asks where no mail of TikTok Shop ever told such a thing. Without --yes the orders are listed and nothing
    is noted. What you name with --except stays asked. Ends with 4 if any was refused.
    """
    from flows.cli import gathered
    from flows.cli.opening import opened
    from models.catalogue import words

    about, last_day, office = _about(what), _day(until), opened()
    if shop:
        office.shop(shop)
    line = gathered.the_line(office, about, shop=shop, until=last_day)
    if line is None:
        emit({"about": about, "results": []}) if as_json else say(words().text("cli.answer.nothing"))
        return
    if not yes:
        emit(gathered.as_json(line)) if as_json else gathered.show_orders(line, about)
        return
    others = list(dict.fromkeys(but or ()))
    done = gathered.answer(office, line, about, others)
    if as_json:
        emit(gathered.answer_json(line, about, done, others))
    else:
        gathered.tell(office, about, done, others)
    if code := gathered.exit_code(done):
        raise typer.Exit(code)


def _day(given: str | None) -> date | None:
    from models.catalogue import words

    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        return fail(words().text("cli.answer.no_day", given=given))


def _about(given: str) -> About:
    from models.catalogue import words
    from models.gathering import About

    if given.casefold() in set(About):
        return About(given.casefold())
    return fail(words().text("cli.answer.no_such", given=given, known=", ".join(About)))
