"""Public holidays by country, as plain dates: the only place that asks the `holidays` library.

Rules see nothing but a set of dates. Importing the library takes half a second, so it waits until a policy
with a country is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final

from models.policy_entry import policy_fault

FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2060
"""Years whose holidays are known here: old orders and long countdowns lie well inside."""


@cache
def public_holidays(country: str, subdivision: str = "") -> frozenset[date]:
    """The days off of a country, or of a part of it, days given in lieu among them. Raises PolicyError."""
    return frozenset(holiday_names(country, subdivision))


@cache
def holiday_names(country: str, subdivision: str = "") -> Mapping[date, str]:
    """The English name of each public holiday, by date. Raises PolicyError for a country that is not known."""
    import holidays  # noqa: PLC0415 - slow, and needed where business days count alone

    years = range(FIRST_YEAR, LAST_YEAR + 1)
    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=years, language="en_US")
    except NotImplementedError:
        where = f"{country} {subdivision}".strip()
        raise policy_fault("no_holidays", where=where) from None
    return dict(sorted(found.items()))
