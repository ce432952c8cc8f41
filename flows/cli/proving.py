"""What others are shown of an order: `evidence` for an appeal, `claim` for letters. Nothing here changes an order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from flows.cli.options import Json, ShopName
from flows.cli.output import EXIT_REFUSED, emit, fail, note, say

if TYPE_CHECKING:
    from flows.office import Office
    from models.db.tables import OrderRow

Number: TypeAlias = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number, or SHOP:NUMBER.")]


def evidence(
    number: Number,
    shop: ShopName = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write; else evidence-NUMBER.zip here.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Write a file that proves an order's course, for an appeal against a fine or a late dispatch.

    In it are summary.txt to read, timeline.csv (what happened, when, when we learnt it and from where), deadlines.csv
    (each time limit, whose figure it is, met or missed, who is at fault by the rules) and manifest.json with a checksum
    of each file. Times are the shop's, with their offset, and UTC.

    Nothing about the buyer is in it. Read summary.txt before you send it: what speaks against you is in it, too.
    `shipclock claim NUMBER` gives the words to send it with.
    """
    from flows.proof import evidence_name, evidence_of
    from models.catalogue import words

    office, row = _order(number, shop)
    target = out or Path(evidence_name(row))
    if target.exists() and not force:
        fail(words().text("cli.evidence.exists", file=target), EXIT_REFUSED)
    target.write_bytes(evidence_of(office, row, office.now()))
    say(words().text("cli.evidence.written", file=target))


def claim(
    number: Number,
    shop: ShopName = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE", help="en, id, ms, th or vi; else by the shop's market.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the letters that an order gives cause for: appeals, complaints, claims and questions, ready to paste.

    To TikTok Shop: an appeal against a late dispatch where the carrier did not come or scan in time, or the buyer
    cancelled; a question about a parcel that is silent, or said to be delivered and lost. To the carrier: a complaint
    that it has not collected, a claim for a lost parcel. Where nothing of that is so, there is no letter.

    A letter holds what is known and nothing else. Shipclock sends none: read it, then paste it where it belongs.
    `shipclock evidence NUMBER` writes the proof to go with it.
    """
    from flows.proof import letters_of, written
    from models.catalogue import words
    from models.letter_text import letter_languages

    if language and language not in letter_languages():
        fail(words().text("cli.claim.no_language", given=language, known=", ".join(letter_languages())))
    office, row = _order(number, shop)
    found = [(letter, written(office, row, letter, language or "")) for letter in letters_of(office, row, office.now())]
    if as_json:
        told = [{"kind": one.kind, "to": one.to, "subject": text.subject, "body": text.body} for one, text in found]
        emit({"order_no": row.order_no, "shop": row.shop_id, "letters": told})
        return
    if not found:
        say(words().text("letters.none"))
    for letter, text in found:
        note(f"--- {words().text(f'letters.kinds.{letter.kind}')} ({words().text(f'letters.to.{letter.to}')}) ---")
        say(f"{text.text}\n")


def _order(number: str, shop: str | None) -> tuple[Office, OrderRow]:
    from flows.cli.opening import opened, the_order
    from models.db.session import open_session

    office = opened()
    with open_session(office.engine, read_only=True) as session:
        return office, the_order(session, office, number, shop)
