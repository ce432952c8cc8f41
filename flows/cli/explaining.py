"""Why an order is where we say it is: `explain`, for an order of ours or for facts in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json
from flows.cli.output import emit, fail


def explain(
    number: Annotated[str | None, typer.Argument(metavar="NUMBER", help="The order's number, or SHOP:NUMBER.")] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="As it was known then, for example 2026-11-20T08:00."),
    ] = None,
    facts: Annotated[
        Path | None, typer.Option("--facts", metavar="FILE", help="Explain the facts in a JSON file instead.")
    ] = None,
    now: Annotated[str | None, typer.Option("--now", metavar="TIME", help="The present moment, with --facts.")] = None,
    policy: Annotated[str, typer.Option(help="The policy that counts, with --facts.")] = "article",
    shop: Annotated[str | None, typer.Option("--shop", metavar="NAME", help="The shop, if several have it.")] = None,
    as_json: Json = False,
) -> None:
    """Tell an order's stage, clocks and contradictions, with the facts behind each.

    With --at, twice where it differs: as it was known then, and as it truly was then, by what we know today.

    With --facts and --now no database is needed. The file holds
    {"shop": {"handover": "pickup", "shipping": "seller", "timezone": "UTC"}, "facts": [{"kind": "order_placed",
    "occurred_at": "2026-03-01T00:00:00Z", "authority": "platform"}, ...]}; a fact may also have observed_at (else
    seen as it happened), source_key and payload.
    """
    from flows.cli import reasons, reasons_page

    if (number is None) == (facts is None):
        fail("Give an order number, or --facts FILE with --now TIME.")
    if facts is not None:
        if now is None:
            fail("--facts needs --now TIME. Example: --now 2026-03-02T00:00:00Z")
        answer, moment = reasons.of_file(facts, now, policy, in_words=not as_json)
    else:
        if now is not None:
            fail("--now goes with --facts; for an order of yours use --at TIME.")
        answer, moment = reasons.of_order(number or "", at, shop)
    if as_json:
        emit(answer)
    else:
        reasons_page.show(answer, moment)
