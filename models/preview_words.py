"""A preview in words: what, before, after.

Pure, as `models.refusal`; whoever shows it says how a moment is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from models.catalogue import Catalogue
from models.preview import PRESUMED, Aspect, Difference, Preview, Standing

Write: TypeAlias = Callable[[datetime], str]

STEPS: Final = "refusals.steps"
STATES: Final[Mapping[Aspect, tuple[str, ...]]] = {
    **dict.fromkeys(Aspect, ("preview",)),
    Aspect.STAGE: ("stages", "preview"),
    Aspect.CLOCK: ("rules.states",),
    Aspect.CASE: (STEPS, "preview"),
}
"""Where the words stand for how a thing stands."""

About: TypeAlias = Callable[[Catalogue, str, str], str]

ABOUT: Final[Mapping[Aspect, About]] = {
    Aspect.STAGE: lambda words, name, _: words.text("preview.presumed" if name == PRESUMED else "preview.stage"),
    Aspect.FLAG: lambda words, name, _: words.text(f"cli.flags.{name}"),
    Aspect.HOLD: lambda words, name, _: words.text(f"facts.holds.{name}"),
    Aspect.CONFLICT: lambda words, name, _: words.text(f"conflicts.{name}"),
    Aspect.CASE: lambda words, name, _: words.text(f"facts.cases.{name.partition(':')[0]}"),
    Aspect.CLOCK: lambda words, name, _: words.rule(name),
    Aspect.TODO: lambda words, name, order_no: words.text(f"todos.{name}.title", order_no=order_no),
}
"""What a row is about, in words."""


def preview_rows(catalogue: Catalogue, preview: Preview, order_no: str, write: Write) -> list[tuple[str, str, str]]:
    """What would change, before and after, a row each; `write` gives a moment in the shop's zone."""
    return [
        (
            _about(catalogue, row, order_no),
            _standing(catalogue, row, row.before, write),
            _standing(catalogue, row, row.after, write),
        )
        for row in preview.differences
    ]


def _about(catalogue: Catalogue, row: Difference, order_no: str) -> str:
    name, _, rest = row.about.partition("/")
    what, step = ABOUT[row.aspect](catalogue, name, order_no), f"refusals.steps.{rest.rpartition('/')[2]}"
    return f"{what} ({catalogue.text(step)})" if row.aspect is Aspect.CLOCK and step in catalogue else what


def _standing(catalogue: Catalogue, row: Difference, standing: Standing | None, write: Write) -> str:
    if standing is None:
        return catalogue.text("preview.none")
    table = next(table for table in STATES[row.aspect] if f"{table}.{standing.code}" in catalogue)
    state = catalogue.text(f"{table}.{standing.code}")
    if table == STEPS:
        return catalogue.text("preview.next", step=state)
    return catalogue.text("preview.due", state=state, at=write(standing.due_at)) if standing.due_at else state
