"""Doing something with orders, or saying that it is done: `do`. One refusal stops no other order."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.options import Json
from flows.cli.output import EXIT_REFUSED, EXIT_USAGE, emit, fail, note, say
from models.command_name import CommandName
from models.stage import Role

if TYPE_CHECKING:
    from flows.cli.outcome import Outcome

COMMANDS = ", ".join(CommandName)


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
    role: Annotated[Role, typer.Option("--as", help="As whom you act.")] = Role.MANAGER,
    shop: Annotated[
        str | None, typer.Option("--shop", metavar="NAME", help="The shop, if a number exists in several.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Carry out a command on one or more orders, or say that you have done it.

    For a shop without a connection of its own you do the clicks in Seller Center (`shipclock todo --clicks` tells
    them) and then say so here. What is not possible is refused with the reason and what to do instead; nothing is
    half done. Ends with 4 if any was refused.
    """
    numbers, name = _split(given)
    pairs = dict(_pair(text) for text in values or ())
    _known(pairs, name)
    from flows.cli.opening import opened
    from flows.cli.outcome import carry_out

    office = opened()
    if name is CommandName.MARK_PACKED and "checklist" not in pairs:
        pairs["checklist"] = _ticked()
    outcomes = [
        carry_out(office, number, name, shop=shop, role=role, reason=reason, values=pairs) for number in numbers
    ]
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


def _ticked() -> str:
    """Ask for the packing list where somebody can answer; in a script the command itself says that it is kept."""
    from models.guard import CHECKLIST

    lines = {line: _words(f"refusals.checklist.{line}") for line in CHECKLIST}
    if not sys.stdin.isatty():
        note(_words("cli.packing_list_kept", lines="; ".join(lines.values())))
        return "all"
    return ",".join(
        line for line, told in lines.items() if typer.confirm(told.capitalize() + "?", default=True, err=True)
    )


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
