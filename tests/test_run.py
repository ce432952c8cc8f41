"""How `run` decides: which lock, when to set up, what a broken try leaves behind. No network, no pip."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import IO

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "run"


def load_run() -> ModuleType:
    loader = SourceFileLoader("run_script", str(SOURCE))
    module = ModuleType(loader.name)
    module.__file__ = str(SOURCE)
    loader.exec_module(module)
    return module


run = load_run()
ANEW = ["venv", "lock", "project"]
UPDATE = ["lock", "project"]


class Installer:
    """Stands in for venv and pip: leaves behind what they leave, and may break at one step."""

    def __init__(self, breaks_at: str = "", with_error: BaseException | None = None) -> None:
        self.steps: list[str] = []
        self.breaks_at = breaks_at
        self.with_error = with_error

    def __call__(self, command: list[str], root: str, turn: IO[str]) -> int:
        assert not turn.closed
        step = "venv" if "venv" in command else "project" if "-e" in command else "lock"
        self.steps.append(step)
        if step == self.breaks_at:
            if self.with_error:
                raise self.with_error
            return 1
        made = {"venv": "python", "project": "shipclock"}.get(step)
        if made:
            path = Path(run.program(root, made))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return 0


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name in (run.FOR_USERS, run.FOR_TESTS, "pyproject.toml"):
        (tmp_path / name).write_text(f"the first {name}", encoding="utf-8")
    return tmp_path


def start(house: Path, *arguments: str, installer: Installer | None = None) -> list[str]:
    """Do what a start with these arguments does before handing over; give the steps it took."""
    installer = installer or Installer()
    wanted = list(arguments)
    if not run.is_ready(str(house), run.choose_lock(str(house), wanted)):
        run.set_up(str(house), wanted, installer)
    assert run.is_ready(str(house), run.choose_lock(str(house), wanted))
    return installer.steps


def made_from(house: Path) -> str:
    return str(run.read_stamp(str(house))[2])


@pytest.mark.parametrize(
    ("arguments", "lock"),
    [
        ([], run.FOR_USERS),
        (["demo"], run.FOR_USERS),
        (["order", "test"], run.FOR_USERS),
        (["test"], run.FOR_TESTS),
        (["test", "-k", "mail"], run.FOR_TESTS),
    ],
)
def test_only_tests_get_the_lock_of_tests(house, arguments, lock):
    assert start(house, *arguments) == ANEW
    assert made_from(house) == lock


def test_what_tests_need_is_added_to_what_is_there(house):
    start(house, "demo")
    assert start(house, "test") == UPDATE
    assert made_from(house) == run.FOR_TESTS


def test_an_environment_for_tests_is_never_downgraded(house):
    start(house, "test")
    assert start(house, "demo") == []
    (house / run.FOR_TESTS).write_text("another", encoding="utf-8")
    assert start(house, "demo") == UPDATE
    assert made_from(house) == run.FOR_TESTS


def test_nothing_is_done_twice(house):
    start(house, "demo")
    assert start(house, "demo") == []
    assert start(house, "orders", "--json") == []


@pytest.mark.parametrize("changed", [run.FOR_USERS, "pyproject.toml"])
def test_a_changed_lock_or_project_is_followed(house, changed):
    start(house)
    (house / changed).write_text("another", encoding="utf-8")
    assert start(house) == UPDATE
    assert start(house) == []


@pytest.mark.parametrize("error", [None, KeyboardInterrupt()])
@pytest.mark.parametrize("step", ANEW)
def test_a_broken_first_try_is_made_anew(house, step, error):
    with pytest.raises((run.SetUpError, KeyboardInterrupt)):
        start(house, installer=Installer(step, error))
    assert start(house) == ANEW


@pytest.mark.parametrize("error", [None, KeyboardInterrupt()])
@pytest.mark.parametrize("step", UPDATE)
def test_a_broken_update_is_made_anew(house, step, error):
    start(house, "demo")
    with pytest.raises((run.SetUpError, KeyboardInterrupt)):
        start(house, "test", installer=Installer(step, error))
    assert start(house, "test") == ANEW


def test_a_failure_names_the_command_that_failed(house):
    with pytest.raises(run.SetUpError, match=r"--require-hashes -r .*requirements\.lock"):
        start(house, installer=Installer("lock"))


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"/somewhere/else\n/usr/bin/python3"])
def test_an_environment_with_a_stamp_of_nonsense_is_made_anew(house, content):
    start(house)
    (house / run.STAMP).write_bytes(content)
    assert start(house) == ANEW


def test_an_environment_that_was_moved_is_made_anew(house, tmp_path_factory):
    start(house)
    moved = house.rename(tmp_path_factory.mktemp("elsewhere") / "house")
    assert start(moved) == ANEW


def test_an_environment_whose_python_has_gone_is_made_anew(house):
    start(house)
    place, _, *rest = run.read_stamp(str(house))
    run.write_stamp(str(house), [place, str(house / "python3.10"), *rest])
    assert start(house) == ANEW


def test_a_command_that_has_gone_is_brought_back(house):
    start(house)
    Path(run.program(str(house), "shipclock")).unlink()
    assert start(house) == UPDATE


def test_two_at_once_set_up_once(house):
    second = Installer()
    other = Thread(target=start, args=(house, "demo"), kwargs={"installer": second})

    class First(Installer):
        def __call__(self, command: list[str], root: str, turn: IO[str]) -> int:
            if not self.steps:
                other.start()
            return super().__call__(command, root, turn)

    assert start(house, "test", installer=First()) == ANEW
    other.join()
    assert second.steps == []
    assert made_from(house) == run.FOR_TESTS


def test_the_turn_is_free_when_its_holder_is_done(house):
    with run.take_turn(str(house)), (house / ".run.lock").open("a") as other:
        assert not run.is_locked_by_us(other)
    with (house / ".run.lock").open("a") as other:
        assert run.is_locked_by_us(other)


def test_setting_up_speaks_on_stderr_alone(house, capfd):
    with run.take_turn(str(house)) as turn:
        code = run.run_command([sys.executable, "-c", "print('pip'); exit(3)"], str(house), turn)
    assert code == 3
    assert capfd.readouterr() == ("", "pip\n")


def test_a_python_too_old_is_told_so(monkeypatch, capsys):
    monkeypatch.setattr(run, "NEEDED", (99,))
    assert run.main(["demo"]) == 1
    assert "needs Python 3.11 or newer" in capsys.readouterr().err


def test_a_python_too_old_can_read_the_script():
    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 7))


def test_a_python_without_venv_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(run.SetUpError, match="apt install python3-venv"):
        run.base_python()


def test_the_standard_library_is_enough():
    modules: set[str] = set()
    for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            modules.add(str(node.module))
    assert {module.split(".")[0] for module in modules} <= sys.stdlib_module_names


def test_arguments_streams_and_exit_code_are_the_commands(house):
    script = house / "run"
    script.write_bytes(SOURCE.read_bytes())
    script.chmod(0o755)
    start(house)
    Path(run.program(str(house), "python")).unlink()
    Path(run.program(str(house), "python")).symlink_to(sys.executable)
    command = Path(run.program(str(house), "shipclock"))
    command.write_text('#!/bin/sh\nprintf "[%s]" "$@"; cat; exit 7\n', encoding="utf-8")
    command.chmod(0o755)
    ended = subprocess.run([script, "order", "a b"], input="in", capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("[order][a b]in", "", 7)
