"""Doing something with orders, or saying that it is done: `do`. One refusal stops no other order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import Json
from flows.cli.output import EXIT_REFUSED, EXIT_USAGE, emit, fail, note, say
from models.command_name import CommandName
from models.stage import Role

if TYPE_CHECKING:
    from flows.cli.outcome import Outcome, Wish
    from flows.office import Office

COMMANDS = ", ".join(CommandName)
ROLES = ", ".join(Role)
UNREAD, CAREFUL = "checklist_incomplete", "careful_sku"  # refusals that a person at a terminal can mend


def do(
    given: Annotated[
        list[str],
        typer.Argument(metavar="NUMBER... COMMAND", help=f"Order numbers, then one of: {COMMANDS}."),
    ],
    reason: Annotated[str | None, typer.Option(help="Why; some commands need it. No names of buyers here.")] = None,
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A value for the command, for example tracking_no=VN123; a wrong KEY lists those it takes.",
        ),
    ] = None,
    role: Annotated[
        str, typer.Option("--as", metavar="ROLE", help=f"In which role you act: {ROLES}. Who you are is --by.")
    ] = Role.MANAGER,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who does it; without it the user of this machine.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", "--dry-run", help="Only tell what it would change; nothing is done.")
    ] = False,
    shop: Annotated[
        str | None, typer.Option("--shop", metavar="NAME", help="The shop, if a number exists in several.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Carry out a command on one or more orders, or say that you have done it.

    For a shop without a connection of its own you do the clicks in Seller Center (`shipclock todo --clicks` tells
    them) and then say so here. What is not possible is refused with the reason and what to do instead; nothing is
    half done. Ends with 4 if any was refused; that somebody did it before you is no refusal.
    """
    numbers, name = _split(given)
    pairs = dict(_pair(text) for text in values or ())
    _known(pairs, name)
    acting_as = _role(role)
    from flows.cli.opening import opened
    from flows.cli.outcome import Wish, actor

    office = opened()
    wish = Wish(name=name, by=by or actor(), role=acting_as, reason=reason, values=pairs, preview=preview)
    outcomes = _each(office, numbers, wish, shop)
    if as_json:
        emit({"command": name, "results": [outcome.as_json() for outcome in outcomes]})
    else:
        _tell(outcomes)
    if code := _exit_code(outcomes):
        raise typer.Exit(code)


def _split(given: list[str]) -> tuple[list[str], CommandName]:
    """Tell the order numbers from the command; it is usually last, and may be written with dashes."""
    names = {word: word.replace("-", "_") for word in given}
    commands = [names[word] for word in given if names[word] in set(CommandName)]
    numbers = [word for word in given if names[word] not in set(CommandName)]
    wrong = [word for word in numbers if not any(letter.isdigit() for letter in word)]
    if wrong or not commands:
        fail(_no_command(wrong[-1] if wrong else None))
    if len(commands) > 1:
        fail(_words("cli.two_commands", given=", ".join(commands)))
    if not numbers:
        fail(_words("cli.no_number"))
    return list(dict.fromkeys(numbers)), CommandName(commands[0])


def _no_command(word: str | None) -> str:
    from difflib import get_close_matches

    known = _words("cli.no_command", known=COMMANDS)
    if word is None:
        return known
    near = get_close_matches(word.replace("-", "_"), list(CommandName), n=1, cutoff=0.5)
    return _words("cli.not_a_command", given=word, near=near[0]) if near else known


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        fail(_words("cli.no_pair", given=text))
    return key.strip(), value.strip()


def _known(pairs: Iterable[str], command: CommandName) -> None:
    """End the command at a key that it does not take: what was meant by it would get lost."""
    from flows.cli.keys import known_keys

    known = known_keys(command)
    if stray := [key for key in pairs if key not in known]:
        fail(_words("cli.no_key", given=stray[0], command=command, known=", ".join(known)))


def _role(given: str) -> Role:
    """Find the role that was meant; a name there is meant for --by."""
    if given.casefold() in set(Role):
        return Role(given.casefold())
    return fail(_words("cli.no_role", given=given, known=ROLES))


def _each(office: Office, numbers: list[str], wish: Wish, shop: str | None) -> list[Outcome]:
    """Carry it out on each order; at a terminal, what is missing for packing or to be sure is asked for."""
    from flows.cli.outcome import carry_out
    from flows.cli.packing import somebody_answers

    asks = somebody_answers() and not wish.preview
    if asks and wish.name is CommandName.RETRACT:
        return [_when_sure(office, number, wish, shop) for number in numbers]
    outcomes = [carry_out(office, number, wish, shop=shop) for number in numbers]
    if not asks or "checklist" in wish.values:
        return outcomes
    return _with_packing_rules(office, outcomes, wish)


def _when_sure(office: Office, number: str, wish: Wish, shop: str | None) -> Outcome:
    """Show what it would change, and do it when the user agrees."""
    from flows.cli.outcome import carry_out

    seen = carry_out(office, number, replace(wish, preview=True), shop=shop)
    if seen.preview is None:
        return seen
    note(seen.words)
    if typer.confirm(_words("preview.ask"), default=False, err=True):
        return carry_out(office, number, wish, shop=shop)
    return replace(seen, words=_words("preview.left", order_no=seen.order_no))


def _with_packing_rules(office: Office, outcomes: list[Outcome], wish: Wish) -> list[Outcome]:
    """Ask once for the shift, then for the ticks of each order with flagged goods, and pack what was left."""
    from flows.cli.outcome import carry_out
    from flows.cli.packing import offer_to_keep, ticked_for

    unread = any(outcome.code == UNREAD for outcome in outcomes)
    agreed = unread and offer_to_keep(office, wish.by)
    done = []
    for outcome in outcomes:
        values = wish.values
        if outcome.code == CAREFUL:
            values = {**values, "checklist": ticked_for(outcome.order_no, outcome.values["skus"])}
        elif not (agreed and outcome.code == UNREAD):
            done.append(outcome)
            continue
        done.append(carry_out(office, outcome.order_no, replace(wish, values=values), shop=outcome.shop))
    return done


def _tell(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        (say if outcome.done else note)(outcome.words)


def _exit_code(outcomes: list[Outcome]) -> int:
    """Give the code of the worst outcome: a fault, a number that does not exist, a refusal."""
    codes = {outcome.exit_code for outcome in outcomes}
    return next((code for code in (1, EXIT_USAGE, EXIT_REFUSED) if code in codes), 0)


def _words(key: str, /, **values: Any) -> str:  # noqa: ANN401  # whatever the text names
    from models.catalogue import words

    return words().text(key, **values)
