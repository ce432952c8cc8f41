"""What tests of shops share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.shop.api_shop import Rig, a_rig


@pytest.fixture
def rig(tmp_path: Path, database: str) -> Iterator[Rig]:
    """A small platform, and a shop that acts there."""
    with a_rig(tmp_path, database) as made:
        yield made
