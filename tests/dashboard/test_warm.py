"""The first visitor waits for no import: they are done before the dashboard answers."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

from tests.browser import ROOT

WARMED = """
import asyncio, json, sys
from dashboard.warm import warmed

async def start():
    async with warmed(None):
        print(json.dumps(sorted(sys.modules)))

asyncio.run(start())
"""


def imported(file: Path) -> set[str]:
    """The modules that a file imports, and from which it imports names."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "dashboard":
            found |= {f"dashboard.{one.name}" for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_what_pages_import_is_there_before_anybody_comes_even_without_settings(tmp_path: Path):
    told = subprocess.run(
        [sys.executable, "-c", WARMED],
        cwd=ROOT,
        env={"PATH": "", "SHIPCLOCK_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    there = set(json.loads(told.stdout.splitlines()[-1]))
    wanted = {"pandas"} | {name for file in (ROOT / "dashboard" / "views").glob("*.py") for name in imported(file)}
    assert wanted - there == set()
