"""A fault of the database is told in the language that is spoken, by the catalogue alone."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from models import catalogue
from models.catalogue import Catalogue, texts_of, words
from models.db.advice import CODES, REFUSALS, SIGNS, DatabaseFault
from models.db.schema import migrate
from models.db.session import DatabaseError, make_engine, open_session
from models.language import ENGLISH, languages, settle

RAISED = {"DatabaseError", "InUseError", "TakenError"}
MODELS = Path(__file__).parents[3] / "models"


def refused(folder: Path) -> None:
    ask(f"sqlite:///{folder / 'new.db'}", "SELECT nonsense")


def not_a_database(folder: Path) -> None:
    (folder / "notes.db").write_text("quite a long text about something else " * 200, encoding="utf-8")
    ask(f"sqlite:///{folder / 'notes.db'}", "SELECT 1")


def a_folder(folder: Path) -> None:
    ask(f"sqlite:///{folder}", "SELECT 1")


def nobody_answers(_: Path) -> None:
    ask("postgresql://shipclock:secret@127.0.0.1:1/shipclock", "SELECT 1")


def another_kind(_: Path) -> None:
    make_engine("mysql://me:secret@localhost/shop")


def made_by_a_newer_one(folder: Path) -> None:
    engine = make_engine(f"sqlite:///{folder / 'newer.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    try:
        migrate(engine)
    finally:
        engine.dispose()


def ask(url: str, question: str) -> None:
    engine = make_engine(url)
    try:
        with open_session(engine) as session:
            session.connection().execute(text(question))
    finally:
        engine.dispose()


HAPPENINGS = (refused, not_a_database, a_folder, nobody_answers, another_kind, made_by_a_newer_one)


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak a language whose every text stands between marks."""
    own = {key: f"⟦{told}⟧" for key, told in texts_of(ENGLISH).items()}
    monkeypatch.setattr(catalogue, "_catalogue", lambda language: Catalogue(language, own))


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("happen", HAPPENINGS)
def test_no_fault_of_the_database_has_a_word_that_the_catalogue_does_not_know(
    tmp_path: Path, happen: Callable[[Path], None]
) -> None:
    with pytest.raises(DatabaseError) as fault:
        happen(tmp_path)
    assert str(fault.value)[0] + str(fault.value)[-1] == "⟦⟧"
    assert "secret" not in str(fault.value)


@pytest.mark.parametrize("happen", HAPPENINGS)
def test_a_fault_of_the_database_is_told_in_every_language(tmp_path: Path, happen: Callable[[Path], None]) -> None:
    told = set()
    for language in languages():
        (tmp_path / language).mkdir()
        settle(language, {})
        with pytest.raises(DatabaseError) as fault:
            happen(tmp_path / language)
        told.add(str(fault.value))
    assert len(told) == len(languages())


@pytest.mark.parametrize("language", languages())
def test_every_fault_that_a_driver_can_tell_has_words(language: str) -> None:
    told = {*SIGNS.values(), *REFUSALS.values(), *CODES.values(), *DatabaseFault}
    assert [fault for fault in told if f"faults.database.{fault}" not in words(language)] == []


def test_every_text_about_the_database_is_one_of_its_faults() -> None:
    texts = {key.rpartition(".")[2] for key in texts_of(ENGLISH) if key.startswith("faults.database.")}
    assert texts == set(DatabaseFault)


@pytest.mark.parametrize("file", ["session", "schema", "image", "image_sqlite", "image_postgresql"])
def test_who_opens_or_copies_the_database_has_no_words_of_their_own(file: str) -> None:
    raised = [
        node
        for node in ast.walk(ast.parse((MODELS / "db" / f"{file}.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED
    ]
    assert raised
    assert [node.lineno for node in raised if not isinstance(node.args[0], ast.Call)] == []
