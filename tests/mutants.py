"""How well the tests of the rules see: `python -m tests.mutants` changes the rules in thousands of ways and counts.

A change that no test notices has survived. mutmut (its settings: pyproject.toml) makes the changes and goes on where
it was stopped; `mutmut show NAME` shows one. Names of modules, such as `models.claim`, restrict it. It takes most of
an hour.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

ENOUGH: Final = 85.0  # percent
KILLED: Final = frozenset({"killed", "timeout", "suspicious", "caught by type check"})
MUTMUT: Final = str(Path(sys.executable).with_name("mutmut"))


def outcomes(told: Iterable[str]) -> Mapping[str, str]:
    """What became of each change, by its name, from lines as `mutmut results --all true` prints them."""
    pairs = (line.strip().rpartition(": ") for line in told if ": " in line)
    return {name: outcome for name, _, outcome in pairs}


def module_of(name: str) -> str:
    """The module that a change is in."""
    return name.partition(".x")[0]


def percent(results: Iterable[str]) -> float:
    """How many of these outcomes are deaths, in percent."""
    count = Counter(outcome in KILLED for outcome in results)
    return 100 * count[True] / max(count.total(), 1)


def table(found: Mapping[str, str]) -> str:
    """Each module with its changes, the survivors among them, and how many died in percent; the worst first."""
    modules: dict[str, list[str]] = {}
    for name, outcome in found.items():
        modules.setdefault(module_of(name), []).append(outcome)
    worst_first = sorted(modules.items(), key=lambda pair: (percent(pair[1]), pair[0]))
    return "\n".join([*(_line(name, results) for name, results in worst_first), _line("in all", [*found.values()])])


def _line(name: str, results: Sequence[str]) -> str:
    alive = sum(outcome not in KILLED for outcome in results)
    return f"{percent(results):6.1f} %  {len(results):5} changes, {alive:4} alive  {name}"


def main(modules: list[str]) -> int:
    """Run mutmut and print the table; 1 when too many changes survive."""
    ran = subprocess.run([MUTMUT, "run", *(f"{name}.*" for name in modules)], check=False)
    if ran.returncode:
        return ran.returncode
    listed = subprocess.run([MUTMUT, "results", "--all", "true"], check=True, capture_output=True, text=True)
    found = outcomes(listed.stdout.splitlines())
    sys.stdout.write(
        table({name: one for name, one in found.items() if not modules or module_of(name) in modules}) + "\n"
    )
    return 0 if percent(found.values()) >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
