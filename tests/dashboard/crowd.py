"""As many orders as two large shops have in two years, each of them as the product's own code wrote it.

The demo's shops live through some weeks with a crowd of buyers, by the real intake, steps, clocks and alerts. Then
their orders are stored many times over, under other numbers: what was over by then lies weeks, months or years back as
well, what is still open is of the last weeks alone, as it is in life.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy import Boolean, Engine

from flows.demo.home import START, open_demo_home
from flows.shop.simulator.script import Crowd
from models.db.columns import Table
from models.db.schema import migrate
from models.db.session import make_engine
from models.home import find_home
from models.ids import ORDER, order_id
from tests.dashboard.bulk import bulk
from tests.dashboard.trouble import add_trouble
from tests.flows.demo.playing import play

PLAYED: Final = Crowd(orders=450, days=46)
DAYS: Final = 45  # that are played; what comes after them
LAST: Final = timedelta(hours=10)  # nobody of the staff has acted on yet
SPAN: Final = 730  # days
WEEK: Final = 7  # days: a shop's hours and days off stay the same
WEEKS: Final = (SPAN - DAYS) // WEEK
SEED: Final = 7
AT_A_TIME: Final = 2_000  # orders stored together
TELL_EVERY: Final = 25
FIRST: Final = 570_000_000_000_000_000  # order numbers; the platform's have so many digits
BETWEEN: Final = 8_191_000_003
NUMBER, ID = 0, 1  # the first of what is put in; the days follow
UNDER_WAY: Final = ("next_due_at", "next_check_at")  # of a cancelled order a refund may still be
HASHED: Final = 12  # hexadecimal digits of a mail's hash that tell copies apart

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row to be stored many times: its values, and what changes from copy to copy, by place.

    A word is the place of what is put in among a copy's words: order number, id, and the days of its life.
    """

    values: Row
    whole: list[tuple[int, int]]  # a word alone
    led: list[tuple[int, int, str]]  # a word and how it goes on
    mixed: list[tuple[int, Sequence[int | str]]]

    def row(self, words: Sequence[str]) -> list[Any]:
        """Give the row with these words."""
        row = list(self.values)
        for place, word in self.whole:
            row[place] = words[word]
        for place, word, rest in self.led:
            row[place] = words[word] + rest
        for place, parts in self.mixed:
            row[place] = "".join([words[part] if isinstance(part, int) else part for part in parts])
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """An order that was played, and its rows by table: as they are, and as they are when all is long past."""

    shop: str
    over: bool
    days: Sequence[int]  # ordinals
    now: Mapping[str, Sequence[Pattern]]
    past: Mapping[str, Sequence[Pattern]]

    def words(self, number: str, key: str, back: int) -> list[str]:
        """Give what is put in for a copy of that number and id, so many days earlier."""
        return [number, key, *(_day(day - back) for day in self.days)]


Copy = tuple[Lived, int, tuple[str, str]]  # as whom an order lived, how many days earlier, its number and id


def make(home: Path, played: Path, orders: int, database: str, tell: Callable[[str], None]) -> None:
    """Make a home whose `database` holds so many orders, or more by a few; `played` is where the play lies or will."""
    if not (played / "done").exists():
        tell(f"{PLAYED.orders} orders live through {DAYS} days (some minutes) ...")
        _play(played)
    home.mkdir(parents=True, exist_ok=True)
    for name in ("shipclock.toml", "key"):
        shutil.copy(played / name, home / name)
    _migrated(f"sqlite:///{played / 'shipclock.db'}").dispose()  # it may be of an earlier version
    engine = _migrated(database)
    with closing(sqlite3.connect(played / "shipclock.db")) as source:
        _fill(engine, source, orders, tell)
    add_trouble(engine, find_home({"SHIPCLOCK_HOME": str(home)}, cwd=home))
    engine.dispose()


def _migrated(database: str) -> Engine:
    engine = make_engine(database)
    migrate(engine)
    return engine


def _play(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with open_demo_home(folder, seed=SEED, crowd=PLAYED) as demo:
        play(demo, days=DAYS).move_to(START + timedelta(days=DAYS) + LAST, people=False)
    (folder / "done").touch()


def _fill(engine: Engine, source: sqlite3.Connection, orders: int, tell: Callable[[str], None]) -> None:
    rows = {table.name: _rows(source, table.name) for table in Table.metadata.sorted_tables}
    lived, noise = _lived(rows)
    copies = _copies(lived, orders)
    with bulk(engine) as store:
        for name, whole in rows.items():
            if name not in OF_ORDERS:
                store(name, whole if name != "evidence" else _earlier(whole))
        count = _Counting()

        def copied(tables: Sequence[str], of: Sequence[Copy]) -> None:
            for start in range(0, len(of), AT_A_TIME):
                some = [
                    (one.past if back else one.now, one.words(*named, back))
                    for one, back, named in of[start : start + AT_A_TIME]
                ]
                for name in tables:
                    made = (pattern.row(words) for by_table, words in some for pattern in by_table.get(name, ()))
                    store(name, [count.in_(name, row) for row in made])
                if not (start // AT_A_TIME) % TELL_EVERY:
                    tell(f"{start + len(some):,} of {len(of):,} orders: {', '.join(tables)}")

        copied([name for name in OF_ORDERS if name != "message"], copies)
        store("message", [count.in_("message", row) for row in _advertised(noise, len(copies) / len(lived))])
        copied(["message"], sorted(copies, key=lambda copy: -copy[1]))  # as they came, by and large
        tell("indexing ...")


def _rows(source: sqlite3.Connection, table: str) -> list[Row]:
    """A table's rows as SQLite keeps them, but for truth, which PostgreSQL tells from numbers."""
    columns = Table.metadata.tables[table].columns
    truths = [place for place, column in enumerate(columns) if isinstance(column.type, Boolean)]
    names = ", ".join(f'"{column.name}"' for column in columns)
    found = []
    for row in source.execute(f'SELECT {names} FROM "{table}"'):  # noqa: S608  # names of our own tables
        values = list(row)
        for place in truths:
            values[place] = bool(values[place])
        found.append(tuple(values))
    return found


# The tables of single orders, and how a row tells whose it is.
OF_ORDERS: Final[Mapping[str, str]] = {
    "orders": "id",
    "fact": "order_id",
    "deadline": "order_id",
    "case_file": "order_id",
    "work_item": "order_id",
    "step": "order_id",
    "step_attempt": "order_id",
    "audit": "order_id",
    "alert": "dedup_key",
    "shop_effect": "key",
    "message": "order_nos",
}


def _lived(rows: Mapping[str, Sequence[Row]]) -> tuple[list[Lived], list[Row]]:
    """The played orders with all their rows, and the mails that concern none."""
    order = _places("orders")
    by_number = {row[order["order_no"]]: row[order["id"]] for row in rows["orders"]}
    theirs: dict[str, dict[str, list[Row]]] = {key: {} for key in by_number.values()}
    noise = []
    for table, told_by in OF_ORDERS.items():
        place = _places(table)[told_by]
        for row in rows[table]:
            key = _whose(row[place], by_number)
            if key in theirs:
                theirs[key].setdefault(table, []).append(row)
            elif table == "message":
                noise.append(_settled(table, row))
    return [_live(theirs[row[order["id"]]], row, order) for row in rows["orders"]], noise


def _whose(told: str | None, by_number: Mapping[str, str]) -> str:
    """The id of the order that a row concerns; of none: empty."""
    if told is None or told.startswith(ORDER):
        return re.split("[|:]", told or "")[0]
    found = re.search(r"\d+", told)
    return by_number.get(found[0], "") if found else ""


def _live(theirs: Mapping[str, Sequence[Row]], row: Row, order: Mapping[str, int]) -> Lived:
    words = {row[order["order_no"]]: NUMBER, row[order["id"]]: ID}
    now = {table: [_pattern(one, words) for one in some] for table, some in theirs.items()}
    past = {table: [_pattern(_settled(table, one), words) for one in some] for table, some in theirs.items()}
    return Lived(
        shop=row[order["shop_id"]],
        over=row[order["terminal"]] and not any(row[order[name]] for name in UNDER_WAY) and "work_item" not in theirs,
        days=_ordinals(words),
        now=now,
        past=past,
    )


def _ordinals(words: Mapping[str, int]) -> list[int]:
    """The days among the words, in their order."""
    return [date.fromisoformat(word).toordinal() for word in list(words)[ID + 1 :]]


def _settled(table: str, row: Row) -> Row:
    """The row as it is long afterwards: alerts are told no more, mails that nobody understood have been handled."""
    place, values = _places(table), list(row)
    if table == "alert":
        values[place["next_attempt_at"]] = values[place["repeat_at"]] = None
    if table == "message" and row[place["outcome"]] == "quarantined":
        values[place["outcome"]], values[place["handled_at"]] = "dismissed", row[place["seen_at"]]
    return tuple(values)


def _places(table: str) -> Mapping[str, int]:
    return {column.name: place for place, column in enumerate(Table.metadata.tables[table].columns)}


def _pattern(row: Row, words: dict[str, int]) -> Pattern:
    """The pattern of a row; days that are not among the words yet are added to them."""
    telling = re.compile("|".join([*map(re.escape, list(words)[: ID + 1]), r"\d{4}-\d\d-\d\d(?=[T ]\d\d:)"]))
    pattern = Pattern(row, [], [], [])
    for place, value in enumerate(row):
        if not isinstance(value, str) or not telling.search(value):
            continue
        parts = list(_parts(value, telling, words))
        match parts:
            case [int(word)]:
                pattern.whole.append((place, word))
            case [int(word), str(rest)]:
                pattern.led.append((place, word, rest))
            case _:
                pattern.mixed.append((place, parts))
    return pattern


def _parts(text: str, telling: re.Pattern[str], words: dict[str, int]) -> Iterator[int | str]:
    end = 0
    for found in telling.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        yield words.setdefault(found[0], len(words))
        end = found.end()
    if text[end:]:
        yield text[end:]


_days: dict[int, str] = {}


def _day(ordinal: int) -> str:
    if ordinal not in _days:
        _days[ordinal] = date.fromordinal(ordinal).isoformat()
    return _days[ordinal]


def _copies(lived: Sequence[Lived], orders: int) -> list[Copy]:
    """All orders by ascending id, which databases like best."""
    lately = max(1, round(orders / SPAN * DAYS / len(lived)))
    chosen = [(one, 0) for one in lived for _ in range(lately)]
    chance = Random(SEED)  # repeatable, not secret
    over = [one for one in lived if one.over]
    chosen += [(chance.choice(over), WEEK * chance.randint(1, WEEKS)) for _ in range(orders - len(chosen))]
    numbers = (str(FIRST + place * BETWEEN) for place in range(len(chosen)))
    together = zip(chosen, numbers, strict=True)
    named = ((one, back, (number, order_id(one.shop, number))) for (one, back), number in together)
    return sorted(named, key=lambda copy: copy[2][ID])


def _earlier(rows: Sequence[Row]) -> list[list[Any]]:
    """The rows as if all had been so since the first week: which news a shop gets, it got then."""
    known: dict[str, int] = {"no number": NUMBER, "no id": ID}
    patterns = [_pattern(row, known) for row in rows]
    words = ["", "", *(_day(day - WEEK * WEEKS) for day in _ordinals(known))]
    return [pattern.row(words) for pattern in patterns]


def _advertised(noise: Sequence[Row], times: float) -> Iterator[list[Any]]:
    """Mails about no order, so many times as many as in the play."""
    chance = Random(SEED)  # repeatable, not secret
    known: dict[str, int] = {"no number": NUMBER, "no id": ID}
    patterns = [_pattern(row, known) for row in noise]
    for _ in range(round(len(noise) * times)):
        back = WEEK * chance.randint(0, WEEKS)
        yield chance.choice(patterns).row(["", "", *(_day(day - back) for day in _ordinals(known))])


class _Counting:
    """Gives rows that are numbered through their numbers, and each mail a place and a hash of its own."""

    def __init__(self) -> None:
        self.last: dict[str, int] = {}
        self.places = {table: _places(table) for table in ("audit", "step_attempt", "message")}

    def in_(self, table: str, row: list[Any]) -> list[Any]:
        if (place := self.places.get(table)) is not None:
            row[place["id"]] = number = self.last[table] = self.last.get(table, 0) + 1
            if table == "message":
                row[place["uid"]] = number
                row[place["raw_hash"]] = f"{number:0{HASHED}x}{row[place['raw_hash']][HASHED:]}"
        return row
