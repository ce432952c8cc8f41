"""Mail alone, the API alone, and both: the same month comes to the same stages, clocks and cases."""

from __future__ import annotations

import pytest

from tests.conftest import TOLD
from tests.flows.shop.two_sources import SOURCES, differences, play


@pytest.mark.timeout(3000)
def test_mail_api_and_both_come_to_the_same_where_both_can_tell(tmp_path, request, record_property):
    long = request.config.getoption("long")
    seen = play(tmp_path, orders=500 if long else 40, days=30 if long else 4)
    found = {
        (one, other): differences(seen[one], seen[other]) for one, other in (SOURCES[:2], SOURCES[::2], SOURCES[1:])
    }
    for pair, count in found.items():
        record_property(TOLD, f"{' and '.join(pair)} differ: {dict(count) or 'in nothing'}")
    assert len(seen["mail"]) == len(seen["both"]) > 0
    assert found == {pair: {} for pair in found}
