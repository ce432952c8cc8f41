"""One command on one order, and what came of it, in words and for machines."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flows.cli.opening import local, look_up, zone_of
from flows.cli.output import EXIT_FAULT, EXIT_REFUSED, EXIT_USAGE
from flows.commands import Performed, perform, preview_of
from flows.office import Office
from flows.shop.protocol import ShopError
from models.catalogue import words
from models.command import Command, Refused
from models.command_name import CommandName
from models.db.session import open_session
from models.db.tables import OrderRow
from models.fact_words import all_words
from models.preview import Preview
from models.preview_words import preview_rows
from models.refusal import Listener, refusal_words
from models.stage import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a command: `exit_code` 0 is done, 4 refused, 2 no such order, 1 a fault of the shop.

    `already`: somebody was faster, so what was wished stands (0, too). `preview` is what would change; then nothing
    was done. `values` are those of a refusal.
    """

    order_no: str
    shop: str | None = None
    exit_code: int = 0
    before: str | None = None
    after: str | None = None
    code: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    already: bool = False
    preview: Preview | None = None
    words: str

    @property
    def done(self) -> bool:
        """Whether what was wished stands."""
        return self.exit_code == 0

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        told = {0: "preview" if self.preview else "done", EXIT_REFUSED: "refused", EXIT_USAGE: "unknown_order"}
        seen = {} if self.preview is None else {"changes": self.preview.as_json()}
        return {
            "order_no": self.order_no,
            "shop": self.shop,
            "result": told.get(self.exit_code, "fault"),
            "already": self.already,
            "stage_before": self.before,
            "stage_after": self.after,
            "code": self.code,
            "words": self.words,
            **seen,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user wants done with each of the orders: a command, by whom, in which role, why, with what."""

    name: CommandName
    by: str
    role: Role
    reason: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    preview: bool = False

    def command(self, at: datetime) -> Command:
        """The command at this moment (UTC)."""
        return Command(name=self.name, actor=self.by, role=self.role, at=at, reason=self.reason, values=self.values)


def carry_out(office: Office, number: str, wish: Wish, *, shop: str | None) -> Outcome:
    """Carry out one command on the order that the user means, or tell what it would change."""
    with open_session(office.engine, read_only=True) as session:
        row, problem = look_up(session, office, number, shop)
    if row is None:
        return Outcome(order_no=number, exit_code=EXIT_USAGE, words=problem)
    command = wish.command(office.now())
    try:
        answer = (preview_of if wish.preview else perform)(office, row.shop_id, row.order_no, command)
    except ShopError as fault:
        told = words().text("cli.shop_fault", order_no=row.order_no, code=fault.code)
        return Outcome(order_no=row.order_no, shop=row.shop_id, exit_code=EXIT_FAULT, code=fault.code, words=told)
    if isinstance(answer, Refused):
        return _refused(row, answer, command)
    return _foreseen(office, row, command, answer) if isinstance(answer, Preview) else _done(row, answer)


def _done(row: OrderRow, done: Performed) -> Outcome:
    what = all_words(words(), done.facts)
    told = words().text("cli.done", order_no=row.order_no, what=what, stage=words().stage(done.after))
    if (doubt := f"refusals.{done.code}") and f"{doubt}.reason" in words():  # done, and yet a person should look
        told = "\n    ".join((told, words().text(f"{doubt}.reason"), words().text(f"{doubt}.instead")))
    return Outcome(order_no=row.order_no, shop=row.shop_id, before=done.before, after=done.after, words=told)


def _refused(row: OrderRow, refused: Refused, command: Command) -> Outcome:
    """Tell why not; that somebody was faster is no refusal to the user."""
    if refused.already:
        told = refusal_words(words(), refused, Listener(now=command.at, you=command.actor), row.order_no).reason
        said = words().text("cli.already", order_no=row.order_no, reason=told)
    else:
        said = refusal(refused, row.order_no, command.at, you=command.actor)
    return Outcome(
        order_no=row.order_no,
        shop=row.shop_id,
        exit_code=0 if refused.already else EXIT_REFUSED,
        before=row.stage,
        after=row.stage if refused.already else None,
        code=refused.code,
        values=refused.values,
        already=refused.already,
        words=said,
    )


def _foreseen(office: Office, row: OrderRow, command: Command, seen: Preview) -> Outcome:
    """Write what would change, a line each: what, how it is now, how it would be."""
    zone = zone_of(office, row.shop_id)
    lines = [
        words().text("preview.line", what=what, before=before, after=after)
        for what, before, after in preview_rows(words(), seen, row.order_no, lambda at: local(at, zone))
    ]
    what = words().text(f"facts.commands.{command.name}")
    head = words().text("preview.head" if lines else "preview.nothing", order_no=row.order_no, command=what)
    return Outcome(
        order_no=row.order_no, shop=row.shop_id, before=row.stage, preview=seen, words="\n".join([head, *lines])
    )


def refusal(refused: Refused, order_no: str, now: datetime, *, you: str = "") -> str:
    """Say why a command was refused and what is possible instead."""
    told = refusal_words(words(), refused, Listener(now=now, you=you), order_no)
    reason = words().text("cli.refused", order_no=order_no, reason=told.reason)
    return f"{reason}\n{words().text('cli.instead', instead=told.instead)}" if told.instead else reason


def actor() -> str:
    """Who acts, for the audit: the user of this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"
