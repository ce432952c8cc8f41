"""An explanation in words: stage, clocks and contradictions, each with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    text, because = words(), view["because"]

    def tell(line: str, keys: Sequence[str]) -> None:
        say(line)
        for fact in view["facts"]:
            if fact["source_key"] in keys:
                say(f"    {_fact(fact, zone)}")

    tell(text.stage(view["stage"], presumed=view["presumed"]), because["stage"])
    for clock, origin, keys in zip(view["deadlines"], because["origins"], because["deadlines"], strict=True):
        tell(_clock(clock, origin, now, zone), keys)
    for conflict, keys in zip(view["conflicts"], because["conflicts"], strict=True):
        tell(text.text("cli.explain.conflict", words=text.text(f"conflicts.{conflict}")), keys)
    for case, keys in zip(view["cases"], because["cases"], strict=True):
        state = text.text("cli.case_open" if case["state"] == "open" else "cli.case_closed")
        kind = text.text(f"facts.cases.{case['kind']}")
        tell(f"{kind}: {state}", keys)


def _clock(clock: Mapping[str, Any], origin: str, now: datetime, zone: ZoneInfo) -> str:
    text = words()
    start, due = (datetime.fromisoformat(clock[key]) for key in ("start_at", "due_at"))
    state = text.time_left(due, now) if clock["state"] in OPEN else text.text(f"rules.states.{clock['state']}")
    return f"{clock_name(clock['id'], start, due)}: {state} ({local(due, zone)}; {origin})"


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
