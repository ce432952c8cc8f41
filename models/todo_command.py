"""The commands that say a to-do is done, as somebody at a command line types them.

Pure. The words are `todo_commands` of the catalogue: a to-do's own, or those of how it stands now.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Final, Protocol

from models.case import CaseKind
from models.catalogue import Catalogue
from models.command_name import CommandName as Do
from models.deadline import RuleId
from models.fact import FactKind
from models.todo import TodoKind

STOPS: Final[Mapping[str, FactKind]] = {
    RuleId.D02: FactKind.MARKED_SHIPPED,
    RuleId.D04: FactKind.PICKED_UP,
    RuleId.D06: FactKind.DROPPED_OFF,
    RuleId.D07: FactKind.IN_TRANSIT,
    RuleId.D10: FactKind.DELIVERED,
    RuleId.D11: FactKind.DELIVERED,
    RuleId.D17: FactKind.IN_TRANSIT,
}
"""What stops the clock whose time a person is asked for."""

AS_IT_STANDS: Final[Mapping[tuple[str, str | None], str]] = {
    (TodoKind.ANSWER_CANCEL, Do.REJECT_CANCEL): "answer_cancel_away",  # T33
    (TodoKind.ASK_COLLECTED, RuleId.D07): "ask_scanned",  # nobody collects what was dropped off
}
"""To-dos of one kind that other commands end, by the to-do's own command or by its clock."""

ONE_PER_ORDER: Final = frozenset({CaseKind.SELLER_CANCEL, CaseKind.CARRIER_COMPLAINT})


class AnyTodo(Protocol):
    """A to-do as it is derived, stored or listed."""

    @property
    def kind(self) -> str:
        """Which verb."""

    @property
    def about(self) -> str:
        """What it is about, beside the order."""

    @property
    def rule(self) -> str | None:
        """The clock that times it."""

    @property
    def case_id(self) -> str | None:
        """The case that it is a step of."""

    @property
    def command(self) -> str | None:
        """The command that ends it."""


def command_lines(catalogue: Catalogue, todo: AnyTodo, order_no: str) -> list[str]:
    """Each way to end this to-do, a line each: when it is so, and the command with its values."""
    named = AS_IT_STANDS.get((todo.kind, todo.command)) or AS_IT_STANDS.get((todo.kind, todo.rule)) or todo.kind
    told = catalogue.text(
        f"todo_commands.{named}",
        do=f"shipclock do {order_no}",
        order=f"shipclock order {order_no}",
        case=_case(todo.case_id),
        hold=todo.about,
        kind=STOPS.get(todo.rule or "", ""),
    )
    return told.splitlines()


def _case(case_id: str | None) -> str:
    """The value that names the case, where an order may have several of its kind."""
    return "" if case_id is None or case_id in ONE_PER_ORDER else f" --set {shlex.quote(f'case_id={case_id}')}"
