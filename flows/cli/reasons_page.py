"""An explanation in words: stage, clocks and contradictions, each with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flows.cli.listing import clock_name
from flows.cli.opening import local
from flows.cli.output import say
from models.catalogue import words

OPEN: Final = frozenset({"RUNNING", "WARNED", "BREACHED"})
LATE_NEWS: Final = timedelta(hours=1)  # what is heard sooner is no news by itself


def show(answer: Mapping[str, Any], now: datetime) -> None:
    """Print the explanation; `now` is the moment it is about. With a second view where one is in it."""
    zone = ZoneInfo(answer.get("timezone", "UTC"))
    if "order_no" in answer:
        say(words().text("cli.explain.head", order_no=answer["order_no"], at=local(now, zone)))
    if answer["stage"] is None:
        say(words().text("cli.explain.nothing_known", order_no=answer["order_no"], at=local(now, zone)))
    else:
        _view(answer, now, zone)
    was = answer.get("as_it_was")
    if was is not None:
        same = answer["stage"] is not None and all(
            was[part] == answer[part] for part in ("stage", "deadlines", "conflicts")
        )
        say()
        say(words().text("cli.explain.same" if same else "cli.explain.as_it_was"))
        if not same:
            _view(was, now, zone)


def _view(view: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> None:
    because = view.get("because", {})
    facts = {fact["source_key"]: fact for fact in view.get("facts", ())}
    say(words().stage(view["stage"], presumed=view["presumed"]))
    _rest_on(because.get("stage", ()), facts, zone)
    for clock, origin in zip(view["deadlines"], because["origins"], strict=True):
        say(_clock(clock, origin, now, zone))
        _rest_on(because.get("deadlines", {}).get(f"{clock['id']} {clock.get('about', '')}".strip(), ()), facts, zone)
    for conflict in view["conflicts"]:
        say(words().text("cli.explain.conflict", words=words().text(f"conflicts.{conflict}")))
        _rest_on(because.get("conflicts", {}).get(conflict, ()), facts, zone)
    for case in view["cases"]:
        kind = words().text(f"facts.cases.{case['kind']}")
        say(f"{kind}: {words().text('cli.case_open' if case['state'] == 'open' else 'cli.case_closed')}")


def _clock(clock: Mapping[str, Any], origin: str, now: datetime, zone: ZoneInfo) -> str:
    text = words()
    start, due = (datetime.fromisoformat(clock[key]) for key in ("start_at", "due_at"))
    state = text.time_left(due, now) if clock["state"] in OPEN else text.text(f"rules.states.{clock['state']}")
    return f"{clock_name(clock['id'], start, due)}: {state} ({local(due, zone)}; {origin})"


def _rest_on(keys: Any, facts: Mapping[str, Mapping[str, Any]], zone: ZoneInfo) -> None:  # noqa: ANN401  # JSON
    """Print the facts behind a line; a derived one rests on time alone."""
    for key in keys:
        fact = facts.get(key)
        if fact is not None:
            say(f"    {_fact(fact, zone)}")


def _fact(fact: Mapping[str, Any], zone: ZoneInfo) -> str:
    text = words()
    happened, heard = (datetime.fromisoformat(fact[key]) for key in ("occurred_at", "observed_at"))
    line = text.text(
        "cli.explain.fact",
        what=text.text(f"facts.{fact['kind']}"),
        at=local(happened, zone),
        who=text.text(f"facts.authority.{fact['authority']}"),
    )
    late = heard - happened
    return f"{line} {text.text('cli.explain.heard', span=text.span(late))}" if late > LATE_NEWS else line
