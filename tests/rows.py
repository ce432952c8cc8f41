"""Which tests hold which row of order-lifecycle: `python -m tests.rows` prints the table.

A test names its rows with `@pytest.mark.row("T01")`; a table of cases whose names begin with a row's id is
marked by `by_row`. The rows and their short wording are `tests/rows.toml`.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent
SECTIONS: Final[Mapping[str, Mapping[str, str]]] = tomllib.loads(TESTS.joinpath("rows.toml").read_text("utf-8"))
TITLE: Final = "title"
QUIETLY: Final = ("--collect-only", "-qqq", "--numprocesses=0", "-p", "no:cacheprovider")
ROWS: Final = {row: words for section in SECTIONS.values() for row, words in section.items() if row != TITLE}


def by_row(cases: Mapping[str, object]) -> list[object]:
    """The cases for `parametrize`: each has its name for an id, and is marked with the row its name begins with."""
    return [
        pytest.param(case, id=name, marks=[pytest.mark.row(row)] if (row := name.split()[0]) in ROWS else [])
        for name, case in cases.items()
    ]


class Register:
    """A plugin for pytest's collection: which tests name which row."""

    def __init__(self) -> None:
        self.tests: dict[str, list[str]] = {row: [] for row in ROWS}
        self.strays: dict[str, list[str]] = {}

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        """Note the marks of every test; pytest's own hook."""
        for item in items:
            for row in sorted({row for mark in item.iter_markers("row") for row in mark.args}):
                (self.tests if row in ROWS else self.strays).setdefault(row, []).append(item.nodeid)

    @property
    def untested(self) -> list[str]:
        """The rows that no test names."""
        return [row for row, tests in self.tests.items() if not tests]


def table(register: Register) -> str:
    """Each row with its tests, by section."""
    lines = []
    for section in SECTIONS.values():
        lines += ["", section[TITLE]]
        for row in section:
            if row != TITLE:
                tests = register.tests[row]
                lines += [f"{row:5} {ROWS[row]}", *(f"          {test}" for test in tests or ["NO TEST"])]
    return "\n".join(lines)


def main() -> int:
    """Collect all tests and print the table; 1 when a row has no test or a test names a row that is not there."""
    register = Register()
    with redirect_stdout(StringIO()) as told:
        failed = pytest.main([*QUIETLY, str(TESTS)], plugins=[register])
    sys.stdout.write(told.getvalue() if failed else "")
    sys.stdout.write(table(register) + "\n\n")
    sys.stdout.write(f"{len(ROWS)} rows, without a test: {', '.join(register.untested) or 'none'}\n")
    for row, tests in register.strays.items():
        sys.stdout.write(f"no such row: {row} in {', '.join(tests)}\n")
    return 1 if failed or register.untested or register.strays else 0


if __name__ == "__main__":
    sys.exit(main())
