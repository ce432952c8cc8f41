"""What backup and restore refuse is told by the catalogue, in the language that is spoken."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import flows.backup
from flows.backup.archive import BackupError, BusyError, RefusedError
from models.catalogue import texts_of
from models.language import ENGLISH
from tests.flows.cli.conftest import Shipclock

RAISED = {kind.__name__ for kind in (BackupError, BusyError, RefusedError)}


def keys_raised() -> set[object]:
    """What the refusals of the code are called, as it names them."""
    (folder,) = flows.backup.__path__
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in Path(folder).glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id in RAISED]
    return {ast.literal_eval(node.args[0]) for node in named}


def test_every_refusal_has_a_text_and_every_text_is_that_of_a_refusal():
    texts = {key.rpartition(".")[2] for key in texts_of(ENGLISH) if key.startswith("faults.backup.")}
    assert keys_raised() == texts


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_backup_and_restore_speak_the_language_of_the_settings(place: Path, shipclock: Shipclock, command: str):
    settings = place / "shipclock.toml"
    settings.write_text('language = "vi"\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    (place / "backup.zip").write_bytes(b"something else")
    said = shipclock(command, "backup.zip")
    assert said.code != 0
    assert "backup.zip" in said.err
    assert "bản sao lưu" in said.err or "giữ nguyên" in said.err


def test_without_settings_they_speak_that_of_the_environment(place: Path, shipclock: Shipclock, monkeypatch):
    (place / "shipclock.toml").unlink()
    monkeypatch.setenv("SHIPCLOCK_LANGUAGE", "vi")
    assert "là một thư mục" in shipclock("backup", str(place)).err
