"""Asking on the terminal: a question with its default, asked again until the answer will do.

What was given as an option is not asked; with --yes nothing is, and an answer that is missing ends the
command with the option that gives it. Questions go to stderr, so that stdout stays the answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from flows.cli.output import fail, note
from models.catalogue import words


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks, or with `yes` takes the default."""

    yes: bool

    def ask(
        self,
        key: str,
        *,
        given: str | None,
        default: str | None = None,
        valid: Callable[[str], bool] = bool,
        **values: object,
    ) -> str:
        """Give the answer to the question `cli.init.KEY`; the option is --KEY."""
        if given is not None or self.yes:
            return self._without_asking(key, given if given is not None else default, valid)
        while True:
            with _somebody_answers():
                question = words().text(f"cli.init.{key}", **values)
                answer = str(typer.prompt(question, default=default, err=True)).strip()
            if valid(answer):
                return answer
            note(words().text(f"cli.init.{key}_wrong", given=answer))

    def agree(self, key: str, *, default: bool = True, **values: object) -> bool:
        """Give whether the user says yes to `cli.init.KEY`; with --yes the default."""
        if self.yes:
            return default
        with _somebody_answers():
            return typer.confirm(words().text(f"cli.init.{key}", **values), default, err=True)

    def secret(self, key: str, **values: object) -> str:
        """Ask for something that is typed hidden."""
        with _somebody_answers():
            return str(typer.prompt(words().text(f"cli.init.{key}", **values), hide_input=True, err=True))

    def _without_asking(self, key: str, answer: str | None, valid: Callable[[str], bool]) -> str:
        option = f"--{key.replace('_', '-')}"
        if answer is None:
            fail(words().text("cli.init.missing", option=option))
        if not valid(answer):
            fail(f"{option}: {words().text(f'cli.init.{key}_wrong', given=answer)}")
        return answer


@contextmanager
def _somebody_answers() -> Iterator[None]:
    """Say what to do where there is no terminal and the answers have run out."""
    try:
        yield
    except typer.Abort:
        if sys.stdin.isatty():
            raise
        fail("\n" + words().text("cli.init.nobody"))
