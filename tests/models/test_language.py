"""Which language is spoken is decided in one place: a person's choice, the environment, the settings, English."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from models.catalogue import texts_of, words
from models.home import find_home
from models.language import ENGLISH, VARIABLE, UnknownLanguageError, languages, let_choose, settle, speaking
from models.settings_file import SettingsError, load_settings
from tests.models.test_settings_file import MAILBOX, SHOP, fault_of

ROOT = Path(__file__).parents[2]
SPEAKERS = ("words", "say", "catalogue", "said")


def installed(folder: Path, text: str, **environment: str):
    (folder / "shipclock.toml").write_text(text, encoding="utf-8")
    return find_home({"SHIPCLOCK_HOME": str(folder), **environment}, cwd=folder)


def test_english_is_spoken_when_nobody_says_otherwise(tmp_path):
    assert load_settings(installed(tmp_path, MAILBOX + SHOP)).language == ENGLISH
    assert speaking() == ENGLISH


def test_the_settings_choose_the_language_of_the_process(tmp_path):
    load_settings(installed(tmp_path, 'language = "vi"\n' + MAILBOX + SHOP))
    assert speaking() == "vi"
    assert words().language == "vi"


def test_the_environment_wins_over_the_settings(tmp_path):
    load_settings(installed(tmp_path, 'language = "vi"\n' + MAILBOX + SHOP, SHIPCLOCK_LANGUAGE="en"))
    assert speaking() == ENGLISH


def test_a_persons_own_choice_wins_over_settings_and_environment():
    settle("en", {VARIABLE: "en"})
    let_choose(lambda: "vi")
    assert words().language == "vi"
    let_choose(str)
    assert words().language == ENGLISH


def test_before_settings_are_read_the_environment_counts(monkeypatch):
    monkeypatch.setenv(VARIABLE, "vi")
    assert speaking() == "vi"


def test_an_unknown_language_of_the_environment_is_refused_with_those_that_are_known(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "xx")
    assert speaking() == ENGLISH  # what is wrong must be said in some language
    with pytest.raises(SettingsError, match=r"SHIPCLOCK_LANGUAGE=xx is no language of Shipclock\. Known: en, vi\."):
        load_settings(installed(tmp_path, MAILBOX + SHOP, SHIPCLOCK_LANGUAGE="xx"))
    with pytest.raises(UnknownLanguageError):
        settle("en", {VARIABLE: "xx"})


def test_an_unknown_language_of_the_settings_is_told_with_line_and_example(tmp_path):
    told = fault_of(tmp_path, 'language = "xx"\n' + MAILBOX + SHOP)
    assert 'line 1: `language = "xx"` is not one of en, vi. Example: language = "vi"' in told


def test_a_language_that_stands_below_a_table_is_told_where_it_belongs(tmp_path):
    told = fault_of(tmp_path, MAILBOX + SHOP + 'language = "vi"\n')
    assert "line 11: [[shop]] has no key `language`: it stands at the top of the file" in told


def test_a_text_that_a_language_lacks_is_said_in_english(tmp_path, monkeypatch):
    (tmp_path / "xx").mkdir()
    (tmp_path / "en").symlink_to(ROOT / "models" / "words" / "en")
    (tmp_path / "xx" / "stages.toml").write_text('NEW = "?"\n', encoding="utf-8")
    monkeypatch.setattr("models.catalogue.files", lambda _: tmp_path)
    assert words("xx").stage("NEW") == "?"
    assert words("xx").text("stages.CONFIRMED") == texts_of(ENGLISH)["stages.CONFIRMED"] == "To pack"


@pytest.mark.parametrize("folder", ["models", "ingest", "flows", "dashboard"])
def test_no_words_are_chosen_while_a_module_is_imported(folder):
    """Words of an import would stay in whatever language was spoken then."""
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sorted((ROOT / folder).rglob("*.py"))
        for node in _run_at_import(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPEAKERS
    ]
    assert found == []


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs at import: not the bodies of functions, but their decorators and defaults."""
    inner: Iterable[ast.AST] = ast.iter_child_nodes(node)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        inner = [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]
    elif isinstance(node, ast.Lambda):
        inner = []
    yield node
    for one in inner:
        yield from _run_at_import(one)


def test_there_are_words_in_english_and_vietnamese():
    assert languages() == ("en", "vi")
