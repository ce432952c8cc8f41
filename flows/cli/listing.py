"""Lines of lists: orders and to-dos as a table shows them and as machines read them.

Every value comes from our own rows: no list can show a buyer's data, for the rows hold none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flows.cli import gathered
from flows.cli.opening import local, zone_of
from flows.cli.output import say, table
from flows.office import Office
from models import formats
from models.catalogue import words
from models.db.reading import COUNT_CAP, DataAge
from models.db.tables import OrderRow
from models.db.todo_reading import TodoLine
from models.deadline import RULES, ClockType, RuleId
from models.gathering import PRIORITY, Gathered
from models.todo_command import AnyTodo, command_lines

LATE_LOOK: Final = timedelta(minutes=45)  # three missed looks of the 15-minute schedule (D20)


def order_lines(office: Office, rows: Sequence[OrderRow], now: datetime) -> tuple[list[str], list[list[str]]]:
    """Give the columns and rows of a list of orders; the shop is named where there are several."""
    several = len(office.settings.shop) > 1
    columns = ["order", *(["shop"] if several else []), "stage", "next", "left", "due", "flags"]
    return _headings(columns), [_order_line(office, row, now, several=several) for row in rows]


def _order_line(office: Office, row: OrderRow, now: datetime, *, several: bool) -> list[str]:
    text = words()
    waiting = row.next_due_at is not None and row.next_due_rule is not None
    return [
        row.order_no,
        *([row.shop_id] if several else []),
        text.stage(row.stage, presumed=row.presumed),
        text.rule(row.next_due_rule or "") if waiting else "",
        text.time_left(row.next_due_at, now) if waiting else "",
        local(row.next_due_at, zone_of(office, row.shop_id)) if waiting else "",
        ", ".join(_notes(row)),
    ]


def _notes(row: OrderRow) -> Iterator[str]:
    yield from (words().text(f"facts.holds.{hold}") for hold in row.holds)
    yield from (words().text(f"cli.flags.{flag}") for flag in row.flags)


OTHERWISE: Final = frozenset({RuleId.D11, RuleId.D12})  # a moment promised, a count of attempts


def clock_name(rule: str, start: datetime | None, due: datetime | None) -> str:
    """Name a clock with its length ("set to shipped within 72 h"), where the length is the platform's own.

    Our aims run in business hours or towards another clock: the time between their ends says nothing.
    """
    platforms = RULES[RuleId(rule)].clock is ClockType.RULE and rule not in OTHERWISE
    length = due - start if platforms and start is not None and due is not None and due > start else None
    return words().rule(rule, length)


def order_json(row: OrderRow) -> dict[str, Any]:
    """Give one order for machines."""
    return {
        "shop": row.shop_id,
        "order_no": row.order_no,
        "stage": row.stage,
        "presumed": row.presumed,
        "placed_at": row.placed_at,
        "next": {"rule": row.next_due_rule, "due_at": row.next_due_at} if row.next_due_rule else None,
        "handover": row.handover_mode,
        "shipping": row.shipping_mode,
        "carrier": row.carrier,
        "tracking_no": row.tracking_no,
        "failed_attempts": row.failed_attempts,
        "holds": list(row.holds),
        "flags": list(row.flags),
        "conflicts": list(row.conflicts),
    }


def print_todos(
    office: Office, lines: Sequence[TodoLine], asked: Sequence[Gathered], now: datetime, *, clicks: bool
) -> None:
    """Print to-dos as a table, or with `clicks` each with the way through Seller Center."""
    several = len(office.settings.shop) > 1
    mixed = _mixed(lines, asked)
    if clicks:
        for line in mixed:
            say(_in_full(line, now, several=several))
            say()
        return
    columns = ["left", "todo", *(["shop"] if several else []), "due"]
    table(_headings(columns), [_todo_line(office, line, now, several=several) for line in mixed])


def _mixed(lines: Sequence[TodoLine], asked: Sequence[Gathered]) -> list[TodoLine | Gathered]:
    """Give all in one list: what is asked stands before what is as pressing."""
    first = [line for line in lines if line.priority < PRIORITY]
    return [*first, *asked, *lines[len(first) :]]


def _in_full(line: TodoLine | Gathered, now: datetime, *, several: bool) -> str:
    if isinstance(line, Gathered):
        return gathered.in_full(line, several=several)
    return "\n".join(todo_words(line, line.order_no, words().time_left(line.due_at, now)))


def _todo_line(office: Office, line: TodoLine | Gathered, now: datetime, *, several: bool) -> list[str]:
    if isinstance(line, Gathered):
        shop = [line.shop_id] if several else []
        return [words().time_left(None, now), gathered.title(line), *shop, ""]
    return [
        words().time_left(line.due_at, now),
        words().text(f"todos.{line.kind}.title", order_no=line.order_no),
        *([line.shop_id] if several else []),
        local(line.due_at, zone_of(office, line.shop_id)),
    ]


def todo_words(todo: AnyTodo, order_no: str, left: str = "") -> list[str]:
    """Give a to-do in full: what, where to click, which command to type afterwards, what we are not sure of."""
    text, key = words(), f"todos.{todo.kind}"
    parts = [text.text(f"{key}.clicks"), *command_lines(text, todo, order_no)]
    if f"{key}.note" in text:
        parts.append(text.text("cli.not_sure", note=text.text(f"{key}.note")))
    title = text.text(f"{key}.title", order_no=order_no)
    return [f"{title} ({left})" if left else title, *(f"  {part}" for part in parts)]


def todos_json(
    lines: Sequence[TodoLine], asked: Sequence[Gathered], now: datetime, ages: Sequence[DataAge]
) -> dict[str, Any]:
    """Give to-dos for machines, with the age of the data they rest on."""
    return {
        "now": now,
        "mailboxes": [{"name": age.mailbox, "last_ok_at": age.last_ok_at, "error": age.last_error} for age in ages],
        "todos": [
            gathered.as_json(line) if isinstance(line, Gathered) else _todo_json(line) for line in _mixed(lines, asked)
        ],
    }


def _todo_json(line: TodoLine) -> dict[str, Any]:
    return {
        "shop": line.shop_id,
        "order_no": line.order_no,
        "stage": line.stage,
        "kind": line.kind,
        "about": line.about,
        "due_at": line.due_at,
        "priority": line.priority,
        "since": line.since,
        "command": line.command,
        "case_id": line.case_id,
    }


def late_mailboxes(office: Office, ages: Sequence[DataAge], now: datetime) -> Iterator[str]:
    """Warn of mailboxes that nobody has read for a while: what they hold is missing here."""
    read = {age.mailbox: age for age in ages}
    for mailbox in office.settings.mailbox:
        age = read.get(mailbox.name)
        last = age.last_ok_at if age else None
        if age is not None and age.last_error:
            yield words().text("cli.mailbox_fault", mailbox=mailbox.name, why=_why_unread(age.last_error))
        elif last is None:
            yield words().text("cli.mailbox_never", mailbox=mailbox.name)
        elif now - last > LATE_LOOK:
            yield words().text("cli.mailbox_late", mailbox=mailbox.name, age=_age(last, now))


def _why_unread(code: str) -> str:
    key = f"pages.mailbox_errors.{code}"
    return words().text(key if key in words() else "pages.mailbox_errors.other", code=code)


def nothing_due(ages: Sequence[DataAge], now: datetime) -> str:
    """Say that nothing is due, and how fresh that news is."""
    looks = [age.last_ok_at for age in ages if age.last_ok_at is not None]
    return words().text("cli.nothing_due", age=_age(min(looks), now) if looks else words().text("times.never"))


def no_orders(*, filtered: bool) -> str:
    """Say that a list of orders is empty."""
    return words().text("cli.no_orders_found" if filtered else "cli.no_orders")


def more(shown: int, count: int) -> str:
    """Say that there is more than was shown."""
    total = f"{formats.number(COUNT_CAP)}+" if count > COUNT_CAP else count
    return words().text("cli.more", shown=shown, count=total)


def _age(last: datetime, now: datetime) -> str:
    return words().text("times.ago", span=words().span(now - last))


def _headings(columns: Sequence[str]) -> list[str]:
    return [words().text(f"cli.columns.{column}") for column in columns]
