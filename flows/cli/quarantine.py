"""Mail that waits for a person: list it, read it again, vouch for it, or want nothing of it.

No list shows a sender, a subject or a mail's words: they may be a buyer's. The mail is in your mailbox.
"""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Json, Limit
from flows.cli.output import EXIT_REFUSED, emit, note, say

Ids = Annotated[list[int], typer.Argument(metavar="MAIL", help="Numbers from the list.")]


def show(context: typer.Context, limit: Limit = 200, as_json: Json = False) -> None:
    """Show the mails that were not understood or cannot be trusted, with the reason and what to do.

    Without a further word it lists them, the oldest first.
    """
    if context.invoked_subcommand is not None:
        return
    from flows.cli import waiting

    lines = waiting.lines(limit)
    if as_json:
        emit({"mails": [line.as_json() for line in lines]})
    else:
        waiting.show(lines)


def read_again(
    mails: Annotated[
        list[int] | None, typer.Argument(metavar="MAIL", help="Numbers from the list; all by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read mails again, after a wording was taught, a shop was added or Shipclock was updated.

    Mails that may be replays are left alone: release them one by one.
    """
    from flows.cli import waiting

    result = waiting.read_again(mails)
    if as_json:
        emit(result.as_json())
    else:
        say(result.words)


def belongs(
    mail: Annotated[int, typer.Argument(metavar="MAIL", help="A number from the list.")],
    shop: Annotated[str, typer.Option("--shop", metavar="NAME", help="Whose it is, by its name in shipclock.toml.")],
    as_json: Json = False,
) -> None:
    """Say whose a mail is where several shops share a mailbox, and be asked no more about such mails.

    What shows it is remembered: the name that the mail writes for the shop, else the address of yours that it was
    sent to (orders+lotus@example.com). Every mail that waits for such an answer is read again. `shipclock shops`
    shows what is remembered and takes it back. A mail that bears neither is read as that shop's, this once.
    """
    from flows.cli import shops_page

    shops_page.teach(mail, shop).show(as_json=as_json)


def release(mails: Ids, as_json: Json = False) -> None:
    """Take mails for true because you have compared them with Seller Center.

    What a mail without proof of its sender tells then counts as your word, not as TikTok Shop's.
    """
    from flows.cli import waiting

    results = [waiting.release(mail) for mail in mails]
    if as_json:
        emit({"mails": [result.as_json() for result in results]})
    for result in results:
        if not as_json:
            (say if result.done else note)(result.words)
    if not all(result.done for result in results):
        raise typer.Exit(EXIT_REFUSED)


def dismiss(mails: Ids, as_json: Json = False) -> None:
    """Want nothing of mails: they leave the list, and what was kept of them is deleted."""
    from flows.cli import waiting

    results = [waiting.dismiss(mail) for mail in mails]
    if as_json:
        emit({"mails": [result.as_json() for result in results]})
    for result in results:
        if not as_json:
            (say if result.done else note)(result.words)
    if not all(result.done for result in results):
        raise typer.Exit(EXIT_REFUSED)
