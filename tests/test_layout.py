"""Where things are: what the top level holds, how files are named, which way imports point."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("models", "ingest", "flows", "dashboard")
TOP_LEVEL = (
    *PACKAGES,
    "tests",
    "pyproject.toml",
    "prefect.yaml",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "requirements*.lock",
    "run",
    ".*",
)
LOCKS = ("requirements.lock", "requirements-test.lock")
LINES = 400


@cache
def repository_files() -> tuple[Path, ...]:
    """Give what belongs to the repository, tracked or about to be; without git, what is no leftover."""
    if not (ROOT / ".git").exists():
        leftover = re.compile(r"(^|/)(\.[^/]*|__pycache__|[^/]*\.egg-info)(/|$)")
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return tuple(path for path in found if not leftover.search(path.as_posix()))
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file())


def python_files(*tops: str) -> list[Path]:
    return [path for path in repository_files() if path.suffix == ".py" and path.parts[0] in tops]


def text_of(path: Path) -> str:
    return (ROOT / path).read_bytes().decode("utf-8", "replace")


def settings_of(tool: str) -> dict[str, object]:
    found = tomllib.loads(text_of(Path("pyproject.toml")))["tool"][tool]
    assert isinstance(found, dict)
    return found


def test_the_top_level_holds_only_what_it_may():
    tops = {path.parts[0] for path in repository_files()}
    assert {top for top in tops if not any(fnmatch(top, allowed) for allowed in TOP_LEVEL)} == set()


def test_every_init_file_is_empty():
    inits = [path for path in repository_files() if path.name == "__init__.py"]
    assert [path for path in inits if text_of(path)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_modules_is_a_package(package):
    folders = {path.parent for path in python_files(package) if "migrations" not in path.parts}
    assert {folder for folder in folders if not (ROOT / folder / "__init__.py").exists()} == set()


def test_no_file_is_longer_than_can_be_overseen():
    written = [*python_files(*PACKAGES, "tests"), Path("run")]
    assert [path for path in written if text_of(path).count("\n") > LINES] == []


def test_nothing_that_may_come_first_on_the_path_shadows_another_module():
    """Prefect and Streamlit put a flow's and a page's folder there."""
    taken = sys.stdlib_module_names | {*PACKAGES, "tests"}
    names = {path: path.stem for path in python_files("flows", "dashboard") if not path.stem.startswith("__")}
    assert [path for path, name in names.items() if name in taken] == []
    folders = {part for path in python_files("flows", "dashboard") for part in path.parts[1:-1]}
    assert folders & taken == set()


def test_streamlit_finds_no_folder_of_pages():
    assert [path for path in repository_files() if "pages" in path.parts] == []


def test_no_module_is_a_drawer():
    drawers = {"utils", "util", "helpers", "common", "misc"}
    names = {part for path in python_files(*PACKAGES) for part in path.with_suffix("").parts}
    assert names & drawers == set()


def test_imports_point_one_way_and_rules_know_no_framework():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_each_package_by_hash_and_names_no_address(name):
    text = text_of(Path(name))
    requirements = re.split(r"\n(?=\S)(?!\s*#)", text.strip())
    assert all("==" in each and "--hash=sha256:" in each for each in requirements)
    assert re.findall(r"\w+://\S*|--(?:extra-)?index-url|--find-links|--trusted-host| @ ", text) == []


def pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==(\S+)", text_of(Path(name)), re.MULTILINE)
    return {str(package): str(version) for package, version in found}


def test_the_lock_of_tests_holds_all_of_the_users_lock():
    users, tests = (pins(name) for name in LOCKS)
    assert users.items() <= tests.items()
    assert {"setuptools", "wheel"} <= users.keys()


def test_each_rule_that_ruff_ignores_has_its_reason():
    text = text_of(Path("pyproject.toml"))
    ignored = re.findall(r'^  "([A-Z]+\d*)",(.*)$', text, re.MULTILINE)
    assert ignored
    assert [code for code, reason in ignored if not re.match(r" +# \w", reason)] == []


@pytest.mark.parametrize("kind", ["ignore[", "noqa:", "nosec", "pragma:"])
def test_no_check_is_switched_off_without_its_code(kind):
    bare = re.compile({"ignore[": r"type: ignore(?!\[)", "noqa:": r"# noqa(?!: [A-Z])"}.get(kind, re.escape(kind)))
    assert [path for path in python_files(*PACKAGES) if bare.search(text_of(path))] == []


def test_no_file_names_a_place_on_somebodys_machine():
    places = re.compile(r"(?<![\w.])/(?:work|root|home/(?!user\b|you\b)\w+|Users/\w+)/|[A-Z]:\\Users\\")
    me = Path(__file__).relative_to(ROOT)
    named = {path: places.findall(text_of(path)) for path in repository_files() if path != me}
    assert {path: found for path, found in named.items() if found} == {}


def test_data_files_come_with_the_packages():
    declared = settings_of("setuptools")["package-data"]
    assert isinstance(declared, dict)
    data = [path for path in repository_files() if path.parts[0] in PACKAGES and path.suffix != ".py"]
    assert {path for path in data if f"**/*{path.suffix}" not in declared["*"]} == set()
