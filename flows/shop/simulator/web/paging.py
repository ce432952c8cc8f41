"""Lists, page by page: sizes and their bounds, sorting, windows of time, tokens that carry `+`, `/` and `=`.

A token says where the last page ended, so that what changes while somebody turns pages is neither lost nor doubled
by the paging itself.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final, Generic

from flows.shop.simulator.state import TABLES, Row, listed
from flows.shop.simulator.web.ask import Ask
from flows.shop.simulator.web.refusal import Refusal

MARK: Final = b"\xfb\xef\xff"  # "++//" in base 64: whoever does not encode a token for its URL is found out
WINDOWS: Final = ("create_time", "update_time")
BOUNDS: Final = {"ge": ">=", "lt": "<"}  # the platform's own words: from inclusive, to exclusive


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a list may be asked for; `size` is that of a page where the caller names none, 0: they must."""

    least: int = 1
    most: int
    size: int = 0
    sorts: tuple[str, ...] = WINDOWS
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list."""

    rows: list[Row]
    next_token: str
    total: int


def turn(ask: Ask, kind: type[Row], rules: Rules, filters: list[tuple[str, list[object]]]) -> Page[Row]:
    """Give the page that a call asks for; `filters` are clauses of SQL with their values. Raises Refusal."""
    size = _size(ask, rules)
    column, order = _sorting(ask, rules)
    clauses: list[tuple[str, list[object]]] = [("shop = ?", [ask.cast.name]), *_windows(ask), *filters]
    where = " and ".join(clause for clause, _ in clauses)
    values = [value for _, given in clauses for value in given]
    table, key = TABLES[kind]
    total = ask.play.sql(f"select count(*) from {table} where {where}", *values).fetchone()[0]  # noqa: S608  # our own names
    if token := ask.query.get("page_token"):
        where += f" and ({column}, {key}) {'<' if order == 'desc' else '>'} (?, ?)"
        values += _read(token)
    rows = listed(ask.play, kind, f"where {where} order by {column} {order}, {key} {order} limit ?", *values, size + 1)
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], _token(getattr(last, column), getattr(last, key)) if last else "", total)


def one_of(column: str, values: list[str]) -> list[tuple[str, list[object]]]:
    """Give the clause that chooses rows by a list of values; none for an empty list."""
    return [(f"{column} in ({', '.join('?' * len(values))})", list(values))] if values else []


def _size(ask: Ask, rules: Rules) -> int:
    given = ask.query.get("page_size", str(rules.size or ""))
    if not given.isdecimal() or not rules.least <= int(given) <= rules.most:
        raise Refusal("parameter", f"'page_size' must be {rules.least} to {rules.most}")
    return int(given)


def _sorting(ask: Ask, rules: Rules) -> tuple[str, str]:
    column = ask.query.get("sort_field", rules.sorts[0])
    order = ask.query.get("sort_order", "DESC" if rules.descending else "ASC")
    if column not in rules.sorts or order not in {"ASC", "DESC"}:
        raise Refusal("parameter", "'sort_field', 'sort_order'")
    return ("create_time" if column == "order_pay_time" else column), order.lower()


def _windows(ask: Ask) -> list[tuple[str, list[object]]]:
    found: list[tuple[str, list[object]]] = []
    for column in WINDOWS:
        for word, sign in BOUNDS.items():
            bound = ask.number(f"{column}_{word}")
            if bound is not None:
                found.append((f"{column} {sign} ?", [bound]))
    return found


def _token(moment: int, key: str) -> str:
    text = f"{moment}:{key}".encode()
    text += b" " * ((1 - len(text)) % 3)  # so that it ends in "=="
    return b64encode(MARK + text).decode()


def _read(token: str) -> list[object]:
    try:
        raw = b64decode(token, validate=True)
        moment, _, key = raw.removeprefix(MARK).decode().strip().partition(":")
        return [int(moment), key]
    except ValueError:
        raise Refusal("parameter", "'page_token'") from None
