"""What an import came to, in words and for machines."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from flows.cli import import_requests
from flows.cli.exported import SHOWN, lines_json, read, tell_lines, the_shop
from flows.cli.opening import opened
from flows.cli.output import emit, note, say, table
from ingest.export import Export
from ingest.export_fault import RefusedLine
from ingest.export_recording import Entered, Importer, ImportResult
from models import formats
from models.catalogue import words
from models.db.session import open_session
from models.db.standing import known_elsewhere, requests_of
from models.platform_status import PlatformStatus
from models.reconciliation import likely_shop

LISTED: Final = 50  # orders; more are counted by stage, and all of them are in the machine form


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One file and what came of it."""

    file: Path
    shop: str
    dry_run: bool
    export: Export
    result: ImportResult
    elsewhere: Mapping[str, int]  # other shops that have orders of these numbers
    every: bool  # list each order, however many there are
    requests: Mapping[str, str]  # what buyers want and nobody entered: the command, by order number

    @property
    def refused(self) -> tuple[RefusedLine, ...]:
        """The lines that were left out."""
        return self.result.refused

    @property
    def whole(self) -> bool:
        """Whether nothing was left out."""
        return not self.refused

    def show(self) -> None:
        """Print it for people."""
        text, entered = words(), self.result.entered
        if self.dry_run:
            say(text.text("export.import.dry"))
        say(self._counts())
        moved = [one for one in entered if one.before is not one.after]
        if len(moved) > LISTED and not self.every:
            _table(
                "count", [[formats.number(count), *move] for move, count in Counter(map(_move, moved)).most_common()]
            )
            note(text.text("export.import.every"))
        elif moved:
            _table("order", [[one.order.order_no, *_move(one)] for one in moved])
        self._add_notes()

    def _counts(self) -> str:
        entered = self.result.entered
        new, news = sum(one.new for one in entered), sum(one.news for one in entered)
        return words().text(
            "export.import.told",
            file=self.file.name,
            orders=_counted("orders", len(self.export.orders)),
            lines=_counted("lines", self.export.lines),
            new=new,
            changed=news,
            same=len(entered) - new - news,
        )

    def _add_notes(self) -> None:
        text = words()
        for other, count in self.elsewhere.items():
            note(text.text("export.import.elsewhere", count=count, other=other, shop=self.shop))
        if self.export.absent:
            note(text.text("export.import.absent", headings=", ".join(f'"{name}"' for name in self.export.absent)))
        if self.result.history:
            note(text.text("export.import.history", count=self.result.history))
        for key, numbers in (
            ("held", self._held()),
            ("differs", self._differing()),
        ):
            if numbers:
                listed = ", ".join([*numbers[:SHOWN], *(["..."] if len(numbers) > SHOWN else [])])
                note(text.text(f"export.import.{key}", numbers=listed))
        import_requests.tell(self.requests)
        tell_lines("export.import.remarks", self.export.remarks)
        tell_lines("export.import.refused", self.refused)

    def emit(self) -> None:
        """Print it for machines."""
        entered = self.result.entered
        emit(
            {
                **_head(self),
                "new_orders": [one.order.order_no for one in entered if one.new],
                "new_facts": sum(one.facts for one in entered),
                "changed": [
                    {
                        "order_no": one.order.order_no,
                        "new_facts": one.facts,
                        "stage_before": one.before,
                        "stage_after": one.after,
                        "presumed": one.presumed,
                        "differs": one.differs,
                    }
                    for one in entered
                    if one.facts
                ],
                "unchanged": sum(not one.facts for one in entered),
                "missing_columns": list(self.export.absent),
                "history": self.result.history,
                "requests": list(self.requests),
                "request_commands": dict(self.requests),
                "on_hold": self._held(),
                "known_elsewhere": dict(self.elsewhere),
                "remarks": lines_json(self.export.remarks),
                "refused": lines_json(self.refused),
            }
        )

    def _differing(self) -> list[str]:
        return [one.order.order_no for one in self.result.entered if one.differs]

    def _held(self) -> list[str]:
        return [one.order.order_no for one in self.result.entered if one.order.state is PlatformStatus.ON_HOLD]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherShop:
    """A file of which nothing was taken, since most of its orders are another shop's."""

    file: Path
    shop: str
    other: str
    dry_run: bool
    export: Export
    elsewhere: Mapping[str, int]
    whole: bool = False

    def show(self) -> None:
        """Print it for people."""
        note(self._words())

    def emit(self) -> None:
        """Print it for machines."""
        emit(
            {
                **_head(self),
                "new_orders": [],
                "new_facts": 0,
                "result": "refused",
                "code": "other_shop",
                "known_elsewhere": dict(self.elsewhere),
                "words": self._words(),
            }
        )

    def _words(self) -> str:
        return words().text(
            "export.import.other_shop",
            count=self.elsewhere[self.other],
            orders=len(self.export.orders),
            file=self.file.name,
            other=self.other,
            shop=self.shop,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of an import. `this_shop` says that the shop is right, whoever else has the orders."""

    shop: str | None = None
    dry_run: bool = False
    this_shop: bool = False
    every: bool = False
    quiet: bool = False


def run(file: Path, asked: Asked) -> Imported | OtherShop:
    """Import a file. Raises ExportError, VocabularyError, UnknownShopError, DatabaseError."""
    office = opened()
    shop = the_shop(office, asked.shop)
    export = read(office, shop, file)
    with open_session(office.engine, read_only=True) as session:
        elsewhere = known_elsewhere(session, shop.name, export.orders)
        known = requests_of(session, shop.name, import_requests.KINDS)
    other = likely_shop(elsewhere, len(export.orders))
    if other is not None and not asked.this_shop:
        return OtherShop(
            file=file, shop=shop.name, dry_run=asked.dry_run, export=export, elsewhere=elsewhere, other=other
        )
    importer = Importer(engine=office.engine, shop=shop, now=office.now(), dry_run=asked.dry_run)
    result = importer.enter(export, _progress if sys.stderr.isatty() and not asked.quiet else None)
    return Imported(
        file=file,
        shop=shop.name,
        dry_run=asked.dry_run,
        export=export,
        elsewhere=elsewhere,
        result=result,
        every=asked.every,
        requests=import_requests.commands(
            (one.order for one in result.entered), known, shop.name if elsewhere else None
        ),
    )


def _head(told: Imported | OtherShop) -> dict[str, object]:
    """What every answer for machines begins with."""
    return {
        "file": told.file.name,
        "shop": told.shop,
        "dry_run": told.dry_run,
        "lines": told.export.lines,
        "orders": len(told.export.orders),
    }


def _counted(what: str, count: int) -> str:
    return words().text(f"export.import.one_{what}" if count == 1 else f"export.import.{what}", count=count)


def _table(first: str, rows: Sequence[Sequence[str]]) -> None:
    table([words().text(f"export.import.columns.{name}") for name in (first, "before", "after")], rows)


def _move(one: Entered) -> tuple[str, str]:
    """From where to where, in words."""
    text = words()
    before = text.stage(one.before) if one.before else text.text("export.import.columns.new")
    return before, text.stage(one.after, presumed=one.presumed)


def _progress(done: int, count: int) -> None:
    """Count up on one line of the terminal."""
    told = words().text("export.import.progress", done=done, count=count)
    typer.echo(f"\r{told}" + ("\n" if done >= count else ""), err=True, nl=False)
