"""Policies from TOML and from stored data, and back: what the tables of a policy mean together.

Pure; `models.policy_entry` reads single tables, `models.policy_files` the files. Dates of public holidays are
no data of a policy: only the name under which they are known is.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from models.catalogue import words
from models.deadline import RULES, ClockType, RuleId
from models.history import ENOUGH_ATTEMPTS
from models.policy import (
    DAYS,
    NOT_COLLECTED,
    NOT_SHIPPED,
    OURS,
    PLATFORM_HOLD,
    YOURS,
    Clock,
    Policy,
    PolicyCalendar,
    PolicyError,
    Source,
    Unit,
)
from models.policy_entry import CALENDAR, CLOCK, INTERVAL, RANK, TEXT, WEEKDAYS, Key, policy_fault, read_table, texts
from models.stage import RANK as RANKS

INTERVALS: Final = frozenset({"complaint_follow_up", "late_claim_asks_again"})
"""What every policy must know."""

HASH: Final = 12  # signs of a policy's hash
SOURCED: Final = ("length", "unit", "source")  # what a file's figure must say
STORED: Final = "otherwise"  # a key of stored clocks alone; a file's base has that figure

TABLES: Final = ("clocks", "intervals", "auto_cancel", "cancel_limit_rank", "calendar")
POLICY: Final[Mapping[str, Key]] = {
    "name": TEXT,
    "version": Key(TEXT.read, "text", 'version = "1"'),
    "markets": Key(texts, "markets", 'markets = ["US"]'),
    **{name: Key(lambda table: table, "table", f"[{name}]") for name in TABLES},
}
ALLOWED_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "clocks": tuple(RULES),
    "intervals": (*sorted(INTERVALS), PLATFORM_HOLD),
    "auto_cancel": (NOT_SHIPPED, NOT_COLLECTED),
}

Data: TypeAlias = dict[str, Any]
"""JSON: an object."""

Check: TypeAlias = Callable[[str, Clock], bool]


def _is_target(rule: str) -> bool:
    return rule in RULES and RULES[RuleId(rule)].clock is ClockType.TARGET


WRONG: Final[tuple[tuple[Check, str], ...]] = (
    (lambda rule, it: (it.unit is Unit.ATTEMPTS) != (rule == RuleId.D12), "attempts"),
    (lambda rule, it: rule == RuleId.D12 and it.length != ENOUGH_ATTEMPTS, "enough"),
    (lambda rule, it: rule == RuleId.D03 and it.unit is not Unit.HOURS, "before"),
    (lambda rule, it: _is_target(rule) and it.unit in DAYS, "target"),
    (lambda _, it: it.unit in DAYS and it.length % 1 != 0, "whole_days"),
    (lambda _, it: it.cut_off is not None and it.unit is not Unit.BUSINESS_DAYS, "cut_off"),
    (lambda _, it: it.ends_at is not None and it.unit not in DAYS, "ends_at"),
    (lambda _, it: it.zone is not None and it.unit not in DAYS, "zone"),
    (
        lambda _, it: it.ends_at is not None and not it.length and (it.cut_off or time.max) > it.ends_at,
        "same_day",
    ),
    (lambda _, it: it.starts is not None and it.otherwise is None, "starts"),
)
"""What can be wrong with a clock whose keys are right one by one; its words are in words/*/settings.toml, [clocks]."""

SPECIAL: Final = {"attempts": RuleId.D12, "ship": RuleId.D02, "enough": ENOUGH_ATTEMPTS}


def parse_policy(text: str, base: Policy | None = None) -> Policy:
    """The policy a TOML text describes, on top of `base`; its public holidays are not filled in.

    Raises:
        PolicyError: for what is not TOML, and for an entry that is unknown, missing or wrong.

    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise policy_fault("not_toml", why=error) from error
    return policy_of(data, base)


def policy_of(data: Mapping[str, Any], base: Policy | None = None) -> Policy:
    """As parse_policy, from tables."""
    top = read_table(data, POLICY, "policy", ("name", "version") if base else ("name", "version", "cancel_limit_rank"))
    clocks = {RuleId(rule): _clock(rule, it, base) for rule, it in _named(top, "clocks").items()}
    cancels = _named(top, "auto_cancel").items()
    auto_cancel = {name: _figure(f"auto_cancel.{name}", "", it, None) for name, it in cancels}
    intervals, sources = _intervals(_named(top, "intervals"))
    if not base and (missing := INTERVALS - set(intervals)):
        raise policy_fault("missing", where="intervals", names=", ".join(sorted(missing)))
    rank = base.cancel_limit_rank if base else 0
    if (entry := top.get("cancel_limit_rank")) is not None:
        rank, sources["cancel_limit_rank"] = _rank(entry)
    calendar = base.calendar if base else PolicyCalendar()
    return Policy(
        name=top["name"],
        version=top["version"],
        markets=top.get("markets", ()),
        calendar=_calendar(top["calendar"]) if "calendar" in top else calendar,
        cancel_limit_rank=rank,
        clocks=MappingProxyType({**(base.clocks if base else {}), **clocks}),
        auto_cancel=MappingProxyType({**(base.auto_cancel if base else {}), **auto_cancel}),
        intervals=MappingProxyType({**(base.intervals if base else {}), **intervals}),
        sources=MappingProxyType({**(base.sources if base else {}), **sources}),
    )


def with_figures(policy: Policy, figures: Mapping[str, Any]) -> Policy:
    """The policy with a shop's own figures, by rule. Raises PolicyError."""
    if not figures:
        return policy
    own = {RuleId(rule): own_figure(rule, entry, policy) for rule, entry in figures.items() if _known("figures", rule)}
    return replace(policy, clocks=MappingProxyType({**policy.clocks, **own}))


def own_figure(rule: str, entry: object, policy: Policy) -> Clock:
    """A shop's own figure of a rule; warnings that it does not name stay the policy's. Raises PolicyError."""
    before = policy.clocks.get(RuleId(rule)) if _known("figures", rule) else None
    clock = _figure(f"figures.{rule}", rule, entry, before, ("length", "unit"))
    named = entry if isinstance(entry, Mapping) else {}
    keeps = before is not None and not {"warn", "warn_share"} & set(named)
    return replace(clock, warn=before.warn, warn_share=before.warn_share) if before and keeps else clock


def _known(table: str, name: str) -> bool:
    names = ALLOWED_NAMES["clocks" if table == "figures" else table]
    if name not in names:
        raise policy_fault("no_figure", where=f"{table}.{name}", known=", ".join(names))
    return True


def _named(top: Mapping[str, Any], table: str) -> Mapping[str, Any]:
    """A table whose names are known."""
    entries = top.get(table, {})
    if not isinstance(entries, Mapping):
        raise policy_fault("must_be_table", where=table)
    return {name: entry for name, entry in entries.items() if _known(table, name)}


def _clock(rule: str, entry: object, base: Policy | None) -> Clock:
    """A clock of a file, on its base; or a stored one, which brings its other figure along."""
    where = f"clocks.{rule}"
    if base is not None:
        before = base.clocks.get(RuleId(rule))
        return _figure(where, rule, entry, before.otherwise or before if before else None)
    if isinstance(entry, Mapping) and STORED in entry:
        kept = {name: value for name, value in entry.items() if name != STORED}
        return _figure(where, rule, kept, _figure(f"{where}.{STORED}", rule, entry[STORED], None))
    return _figure(where, rule, entry, None)


def _figure(where: str, rule: str, entry: object, otherwise: Clock | None, needed: tuple[str, ...] = SOURCED) -> Clock:
    """One figure. `rule` is empty for one that is no clock of ours."""
    values = {"source": YOURS, **read_table(entry, CLOCK, where, needed)}
    clock = Clock(**values, otherwise=otherwise if "starts" in values else None)
    for is_wrong, code in WRONG:
        if is_wrong(rule, clock):
            raise PolicyError(words().text(f"settings.clocks.{code}", where=where, **SPECIAL))
    _dated(clock, where)
    return clock


def _dated(source: Source, where: str) -> None:
    if source.source not in OURS and not source.read_on:
        raise policy_fault("needs", where=where, name="read_on", **CLOCK["read_on"].told)


def _source(values: Mapping[str, Any], where: str) -> Source:
    found = Source(source=values["source"], read_on=values.get("read_on", ""))
    _dated(found, where)
    return found


def _intervals(entries: Mapping[str, Any]) -> tuple[dict[str, timedelta], dict[str, Source]]:
    intervals, sources = {}, {}
    for name, entry in entries.items():
        where = f"intervals.{name}"
        values = read_table(entry, INTERVAL, where, ("hours", "source"))
        intervals[name], sources[name] = timedelta(hours=values["hours"]), _source(values, where)
    return intervals, sources


def _rank(entry: object) -> tuple[int, Source]:
    where = "cancel_limit_rank"
    values = read_table(entry, RANK, where, ("rank", "source"))
    if values["rank"] not in RANKS.values():
        known = ", ".join(str(rank) for rank in sorted({*RANKS.values()}))
        raise policy_fault("no_rank", where=f"{where}.rank", known=known)
    return values["rank"], _source(values, where)


def _calendar(entry: object) -> PolicyCalendar:
    values = read_table(entry, CALENDAR, "calendar", ("source",))
    calendar = PolicyCalendar(**values)
    _dated(calendar, "calendar")
    if calendar.subdivision and not calendar.country:
        raise policy_fault("no_country", where="calendar.subdivision")
    return calendar


def policy_as_data(policy: Policy) -> Data:
    """The policy as JSON; `models.policy_files.policy_from_data` makes the same policy of it."""
    return {
        "name": policy.name,
        "version": policy.version,
        "markets": list(policy.markets),
        "calendar": _calendar_data(policy.calendar),
        "cancel_limit_rank": {"rank": policy.cancel_limit_rank, **_source_data(policy.sources["cancel_limit_rank"])},
        "clocks": {rule.value: _clock_data(clock) for rule, clock in policy.clocks.items()},
        "auto_cancel": {name: _clock_data(clock) for name, clock in policy.auto_cancel.items()},
        "intervals": {
            name: {"hours": length / timedelta(hours=1), **_source_data(policy.sources[name])}
            for name, length in policy.intervals.items()
        },
    }


def policy_key(policy: Policy) -> str:
    """A name for exactly these figures: the policy's name and version, and a hash of all that it says."""
    said = json.dumps(policy_as_data(policy), sort_keys=True)
    return f"{policy.name}@{policy.version}:{sha256(said.encode()).hexdigest()[:HASH]}"


def _clock_data(clock: Clock) -> Data:
    return {
        "length": clock.length,
        "unit": clock.unit.value,
        "warn": list(clock.warn),
        "warn_share": list(clock.warn_share),
        **_source_data(clock),
        **({"cut_off": clock.cut_off.isoformat()} if clock.cut_off else {}),
        **({"ends_at": clock.ends_at.isoformat()} if clock.ends_at else {}),
        **({"zone": clock.zone.key} if clock.zone else {}),
        **({"starts": clock.starts.value} if clock.starts else {}),
        **({STORED: _clock_data(clock.otherwise)} if clock.otherwise else {}),
    }


def _calendar_data(calendar: PolicyCalendar) -> Data:
    return {
        **({"zone": calendar.zone.key} if calendar.zone else {}),
        **({"weekdays": [WEEKDAYS[number] for number in sorted(calendar.weekdays)]} if calendar.weekdays else {}),
        **({"country": calendar.country} if calendar.country else {}),
        **({"subdivision": calendar.subdivision} if calendar.subdivision else {}),
        **_source_data(calendar),
    }


def _source_data(source: Source) -> Data:
    return {"source": source.source, **({"read_on": source.read_on} if source.read_on else {})}
