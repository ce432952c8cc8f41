"""The pages' words: every key that a page says exists, every kind has its words, no page has words of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import downloads, fields, present
from dashboard.answers import ANSWERS
from dashboard.words import catalogue
from models.carrier_figures import Leg
from models.db.steps import StepStatus
from models.deadline import DeadlineState
from models.stage import HandoverMode, Stage, Step
from models.todo import TodoKind

DASHBOARD = Path(__file__).parents[2] / "dashboard"
SOURCES = sorted(DASHBOARD.rglob("*.py"))


def said_keys() -> Iterator[str]:
    """Give the keys that pages say, those made of parts left out."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    yield str(key.value)


@pytest.mark.parametrize("key", sorted(set(said_keys())))
def test_every_text_that_a_page_says_is_in_the_catalogue(key):
    assert f"pages.{key}" in catalogue()


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("pages.kinds", TodoKind),
        ("pages.stage_filter", Stage),
        ("pages.steps", Step),
        ("pages.step_states", StepStatus),
        ("pages.handover", HandoverMode),
        ("rules.states", DeadlineState),
        ("facts", fields.SEEN),
        ("pages.figures.carriers", [form for leg in Leg for form in (leg, f"{leg}_column")]),
        ("pages.figures.csv", (*downloads.DAYS, *downloads.MISSED, *downloads.SHIP_TIMES, *downloads.JOURNEYS)),
        ("pages.reasons", {reason for reasons in fields.REASONS.values() for reason in reasons}),
        ("pages.answers", {answer.label for answers in ANSWERS.values() for answer in answers}),
    ],
)
def test_every_kind_has_its_words(table, keys):
    assert [key for key in keys if f"{table}.{key}" not in catalogue()] == []


def test_every_kind_of_todo_has_an_answer():
    assert set(ANSWERS) == set(TodoKind)


@pytest.mark.parametrize("state", list(DeadlineState))
def test_every_state_of_a_clock_has_a_look(state):
    assert state in present.STATE_LOOK


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_page_has_a_bare_string(source):
    bare = re.findall(
        r"st\.(?:title|header|markdown|button|error|info|warning|success)\(\s*\"[A-Za-z]", source.read_text("utf-8")
    )
    assert bare == []


@pytest.mark.parametrize("source", sorted((DASHBOARD / "views").glob("*.py")), ids=lambda path: path.name)
def test_a_view_knows_no_sql_and_no_prefect(source):
    text = source.read_text(encoding="utf-8")
    assert not re.search(r"^(?:from|import) (?:sqlmodel|sqlalchemy|prefect|models\.db\.session)", text, re.MULTILINE)
