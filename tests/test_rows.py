"""Every row of order-lifecycle, sections 6 to 9, has a test that names it, and no test names another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_every_row_has_a_test() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.rows"], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr
