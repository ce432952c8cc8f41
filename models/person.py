"""The people of a shop who use the dashboard: their names, PINs and what they may do. Pure.

A person is staff, never a buyer: the name stands in the audit beside everything that was done. A role allows what the
roles below it allow (`models.stage.ROLE_RANK`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from models.stage import ROLE_RANK, Role

LONGEST_NAME: Final = 40
PIN_LENGTHS: Final = range(6, 13)  # digits: a million PINs, at less than one guess a minute
FREE_TRIES: Final = 5  # wrong PINs in a row for one name before the door stays shut for a while
FREE_TRIES_FROM: Final = 20  # the same from one network address, whatever names are tried
FORGOTTEN_AFTER: Final = timedelta(days=1)  # so long after the last wrong PIN none counts any more
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)


class NameFault(StrEnum):
    """What is wrong with a name."""

    EMPTY = "empty"
    LONG = "long"
    SIGNS = "signs"


class PinFault(StrEnum):
    """What is wrong with a PIN."""

    NO_DIGITS = "no_digits"
    LENGTH = "length"
    GUESSABLE = "guessable"


class Right(StrEnum):
    """What a person does. Each command on an order names its own role beside (`models.command`)."""

    GIVE_COMMANDS = "give_commands"  # on orders: any at all
    LABEL = "label"  # fetch a label: it shows the buyer's address
    RUN_AGAIN = "run_again"
    RUN_MANY_AGAIN = "run_many_again"
    KEEP_RULES = "keep_rules"
    READ_MAIL = "read_mail"
    ACKNOWLEDGE = "acknowledge"  # say of an alert that it is known
    SILENCE = "silence"  # what nobody is told for a while
    JUDGE_MAIL = "judge_mail"  # let in, ignore, teach a wording or a shop: decides what orders there are


NEEDED: Final[Mapping[Right, Role]] = MappingProxyType(
    {
        Right.GIVE_COMMANDS: Role.PACKER,
        Right.LABEL: Role.PACKER,
        Right.RUN_AGAIN: Role.PACKER,
        Right.RUN_MANY_AGAIN: Role.MANAGER,
        Right.KEEP_RULES: Role.PACKER,
        Right.READ_MAIL: Role.PACKER,
        Right.ACKNOWLEDGE: Role.PACKER,
        Right.SILENCE: Role.MANAGER,
        Right.JUDGE_MAIL: Role.MANAGER,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who uses the dashboard. `email` is the one that a company's sign-in vouches for."""

    name: str
    role: Role
    email: str | None = None

    @property
    def acts(self) -> bool:
        """Whether the role does anything but look."""
        return self.may(Right.GIVE_COMMANDS)

    def may(self, right: Right) -> bool:
        """Tell whether the role allows it."""
        return ROLE_RANK[self.role] >= ROLE_RANK[NEEDED[right]]


def person_key(name: str) -> str:
    """Give what tells one name from another: capitals, widths and spaces do not."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def name_fault(name: str) -> NameFault | None:
    """Tell what is wrong with a name; None for a good one. Any script's letters, digits, spaces, . - ' are allowed."""
    if not person_key(name):
        return NameFault.EMPTY
    if len(name) > LONGEST_NAME:
        return NameFault.LONG
    fitting = all(unicodedata.category(sign)[0] in "LMN" or sign in " .-'" for sign in name)
    return None if fitting else NameFault.SIGNS


def pin_fault(pin: str) -> PinFault | None:
    """Tell what is wrong with a PIN; None for a good one. A row of one digit and a run (123456, 987654) are guessed."""
    if not (pin.isascii() and pin.isdigit()):
        return PinFault.NO_DIGITS
    if len(pin) not in PIN_LENGTHS:
        return PinFault.LENGTH
    steps = {int(right) - int(left) for left, right in pairwise(pin)}
    return PinFault.GUESSABLE if steps in ({0}, {1}, {-1}) else None


def wait_after(failures: int, free: int = FREE_TRIES) -> timedelta:
    """Give how long the door stays shut after so many wrong PINs in a row: at first not at all, then doubling."""
    if failures < free:
        return timedelta(0)
    return min(FIRST_WAIT * (1 << min(failures - free, 6)), LONGEST_WAIT)
