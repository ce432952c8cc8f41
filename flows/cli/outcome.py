"""One command on one order, and what came of it, in words and for machines."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.cli.opening import look_up
from flows.cli.output import EXIT_FAULT, EXIT_REFUSED, EXIT_USAGE
from flows.commands import perform
from flows.office import Office
from flows.shop.protocol import ShopError
from models.catalogue import words
from models.command import Command, Refused
from models.command_name import CommandName
from models.db.session import open_session
from models.refusal import refusal_words
from models.stage import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a command: `exit_code` 0 is done, 4 refused, 2 no such order, 1 a fault of the shop."""

    order_no: str
    shop: str | None = None
    exit_code: int = 0
    before: str | None = None
    after: str | None = None
    code: str | None = None
    words: str

    @property
    def done(self) -> bool:
        """Whether the command was carried out."""
        return self.exit_code == 0

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        told = {0: "done", EXIT_REFUSED: "refused", EXIT_USAGE: "unknown_order"}
        return {
            "order_no": self.order_no,
            "shop": self.shop,
            "result": told.get(self.exit_code, "fault"),
            "stage_before": self.before,
            "stage_after": self.after,
            "code": self.code,
            "words": self.words,
        }


def carry_out(
    office: Office,
    number: str,
    name: CommandName,
    *,
    shop: str | None,
    role: Role,
    reason: str | None,
    values: Mapping[str, str],
) -> Outcome:
    """Carry out one command on the order that the user means."""
    with open_session(office.engine, read_only=True) as session:
        row, problem = look_up(session, office, number, shop)
    if row is None:
        return Outcome(order_no=number, exit_code=EXIT_USAGE, words=problem)
    command = Command(name=name, actor=actor(), role=role, at=office.now(), reason=reason, values=values)
    try:
        answer = perform(office, row.shop_id, row.order_no, command)
    except ShopError as fault:
        told = words().text("cli.shop_fault", order_no=row.order_no, code=fault.code)
        return Outcome(order_no=row.order_no, shop=row.shop_id, exit_code=EXIT_FAULT, code=fault.code, words=told)
    if isinstance(answer, Refused):
        return Outcome(
            order_no=row.order_no,
            shop=row.shop_id,
            exit_code=EXIT_REFUSED,
            before=row.stage,
            code=answer.code,
            words=_refused(answer, row.order_no, command.at),
        )
    told = words().text(
        "cli.done",
        order_no=row.order_no,
        command=words().text(f"facts.commands.{name}"),
        stage=words().stage(answer.after),
    )
    return Outcome(order_no=row.order_no, shop=row.shop_id, before=answer.before, after=answer.after, words=told)


def _refused(refused: Refused, order_no: str, now: datetime) -> str:
    """Say why a command was refused and what is possible instead."""
    told = refusal_words(words(), refused, now, order_no)
    reason = words().text("cli.refused", order_no=order_no, reason=told.reason)
    return f"{reason}\n{words().text('cli.instead', instead=told.instead)}" if told.instead else reason


def actor() -> str:
    """Who acts, for the audit: the user of this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"
