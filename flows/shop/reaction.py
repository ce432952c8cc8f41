"""What we do when the platform does not simply do what it was asked: the table `reactions.toml`, read once.

Pure but for reading the table. The words for the codes are data too (models/words, pages.faults and refusals).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from flows.shop.api_error import ApiError, ErrorKind
from flows.shop.protocol import Answer, Outcome, ShopError
from models.error_class import ErrorClass

TABLE: Final = "reactions.toml"


class Does(StrEnum):
    """What is to be done about an error; the head of the table tells each."""

    AGAIN = "again"
    LOOK = "look"
    WAIT = "wait"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """One row of the table; `unseen_again`: what reading back did not show is looked for again."""

    does: Does
    code: str
    error_class: ErrorClass
    again_in: timedelta | None = None
    unseen_again: bool = False


@cache
def reactions() -> Mapping[ErrorKind, Reaction]:
    """Give the row of each class of error."""
    rows = tomllib.loads((files("flows.shop") / TABLE).read_text(encoding="utf-8"))
    return {ErrorKind(kind): _reaction(row) for kind, row in rows.items()}


def _reaction(row: Mapping[str, str | int]) -> Reaction:
    minutes = row.get("again_minutes")
    again_in = timedelta(minutes=int(minutes)) if minutes else None
    unseen_again = row.get("unseen") == "again"
    does = Does(str(row["does"]))
    passing = does is Does.AGAIN or unseen_again
    error_class = ErrorClass(str(row.get("class", "shop_unavailable" if passing else "refused")))
    code = str(row["code"])
    return Reaction(does=does, code=code, error_class=error_class, again_in=again_in, unseen_again=unseen_again)


def reaction_to(error: ApiError) -> Reaction:
    """Give what to do about an error."""
    return reactions()[error.kind]


def code_of(error: ApiError) -> str:
    """Give the code that rows and people see: ours, or the platform's number where we know nothing about it."""
    return str(error.code) if error.kind is ErrorKind.UNKNOWN else reaction_to(error).code


def answer_to(error: ApiError, order_no: str) -> Answer:
    """Give what an error comes to where nothing was to be changed. Raises ShopError if asking again can help."""
    row = reaction_to(error)
    if row.does is Does.AGAIN or row.unseen_again:
        raise fault_of(error, order_no)
    outcome = Outcome.WAITING if row.does is Does.WAIT else Outcome.REFUSED
    return Answer(outcome=outcome, code=code_of(error), again_in=row.again_in)


def fault_of(error: ApiError, order_no: str) -> ShopError:
    """Turn an error into the fault of a step that comes back; its words hold the call and a code."""
    return ShopError(error.call, order_no, code_of(error), transient=True)
