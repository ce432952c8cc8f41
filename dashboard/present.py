"""Rows into words: stages and urgency by word, shape and colour; times in the shop's zone; the timeline.

Pure: rows, a moment and a zone in, Markdown out. What others wrote (carriers, shops) is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.words import catalogue, plain, said, say
from models import formats
from models.db.reading import Breach, DataAge, Problem
from models.db.tables import DeadlineRow, StepRow
from models.db.todo_reading import TodoLine
from models.error_class import ErrorClass
from models.fault_words import fault_words as words_of_fault
from models.late_share import LIMIT, LateShare
from models.origin import origin, origin_words
from models.policy import Policy
from models.todo_batch import BANDS

# A shape and a colour for each stage, beside its word.
STAGE_LOOK: Final = {
    "UNPAID": ("hourglass_empty", "gray"),
    "NEW": ("new_releases", "blue"),
    "CONFIRMED": ("package_2", "blue"),
    "PACKED": ("inventory_2", "violet"),
    "AWAITING_HANDOVER": ("pallet", "violet"),
    "PICKED_UP": ("local_shipping", "yellow"),
    "IN_TRANSIT": ("local_shipping", "yellow"),
    "LOST": ("help", "red"),
    "DAMAGED": ("broken_image", "red"),
    "DELIVERED": ("home", "green"),
    "COMPLETED": ("check_circle", "green"),
    "CANCELLED": ("block", "gray"),
}
# How urgent it is by the time that is left: overdue weighs more than all the rest.
URGENCY: Final = tuple(
    (limit, *look)
    for limit, look in zip(
        (*BANDS, timedelta.max),
        (("error", "red"), ("alarm", "orange"), ("schedule", "yellow"), ("schedule", "blue")),
        strict=True,
    )
)
NO_LIMIT: Final = ("event_available", "gray")
STATE_LOOK: Final = {
    "RUNNING": ("schedule", "blue"),
    "WARNED": ("alarm", "orange"),
    "BREACHED": ("error", "red"),
    "MET_LATE": ("running_with_errors", "orange"),
    "MET": ("check_circle", "green"),
    "VOID": ("block", "gray"),
    "PAUSED": ("pause_circle", "gray"),
    "UNKNOWN": ("help", "yellow"),
}
OVER: Final = frozenset({"DELIVERED", "COMPLETED", "CANCELLED"})  # nothing to count down to any more
COUNTING: Final = frozenset({"RUNNING", "WARNED", "BREACHED"})
PATIENCE: Final = timedelta(minutes=45)  # D20: three times the longest interval between two looks at a mailbox
DEMO_PATIENCE: Final = timedelta(hours=24)  # virtual hours pass in seconds while a poll takes real ones


LONGEST_NUMBER: Final = 40
SEPARATORS: Final = re.compile(r"[\s,;]+")


def numbers_in(text: str) -> tuple[str, ...]:
    """Give the order numbers in what somebody typed or pasted, each once."""
    found = [word[:LONGEST_NUMBER] for word in SEPARATORS.split(text) if word]
    return tuple(dict.fromkeys(found))


def badge(word: str, shape: str, colour: str) -> str:
    """Give a word with its shape on its colour."""
    return f":{colour}-badge[:material/{shape}: {word}]"


def stage_badge(stage: str, *, presumed: bool = False) -> str:
    """Give a stage as a packer knows it."""
    shape, colour = STAGE_LOOK.get(stage, ("help", "gray"))
    if presumed:
        colour = "orange"
    return badge(catalogue().stage(stage, presumed=presumed), shape, colour)


def urgency_badge(due: datetime | None, now: datetime) -> str:
    """Give the time left in words, with a shape and a colour for how little that is."""
    words = catalogue().time_left(due, now)
    if due is None:
        return badge(words, *NO_LIMIT)
    left = due - now
    shape, colour = next((shape, colour) for limit, shape, colour in URGENCY if left < limit)
    return badge(words, shape, colour)


def todo_badge(todo: TodoLine, now: datetime) -> str:
    """Give the time left for a to-do; the worst ones that have no time limit are to be done at once."""
    if todo.due_at is None and todo.priority == 0:
        return badge(say("when.at_once"), "error", "red")
    return urgency_badge(todo.due_at, now)


def when(moment: datetime | None, zone: ZoneInfo, now: datetime | None = None) -> str:
    """Give a moment in the shop's zone ("Sun 1 Mar 14:00"); with its year when that is not this one."""
    if moment is None:
        return say("when.unknown")
    return formats.moment(moment, zone, now)


def day_name(moment: datetime, zone: ZoneInfo) -> str:
    """Give the day in the shop's zone ("Sun 1 Mar")."""
    return formats.day(moment.astimezone(zone).date())


def due_text(due: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """Give the absolute time beside a time left; empty when there is no limit."""
    return say("when.due", when=when(due, zone, now)) if due else ""


def ago(moment: datetime | None, now: datetime) -> str:
    """Say how long ago something was ("12 min ago"), or never."""
    texts = catalogue()
    if moment is None:
        return texts.text("times.never")
    return texts.text("times.ago", span=texts.span(max(now - moment, timedelta(0))))


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old what we show is, in words; `bad` when somebody should look after it."""

    bad: bool
    words: str


def freshness(ages: Sequence[DataAge], now: datetime, patience: timedelta = PATIENCE) -> list[Freshness]:
    """Say of each mailbox when it was read last, and warn if that is too long ago."""
    if not ages:
        return [Freshness(bad=True, words=say("age.none"))]
    return [_freshness(age, now, patience) for age in ages]


def _freshness(age: DataAge, now: datetime, patience: timedelta) -> Freshness:
    stale = age.last_ok_at is None or now - age.last_ok_at > patience
    key = "age.stale" if stale else "age.failing" if age.last_error else "age.fresh"
    trouble = said(f"pages.mailbox_errors.{age.last_error}", say("mailbox_errors.other")) if age.last_error else ""
    words = say(key, mailbox=plain(age.mailbox), ago=ago(age.last_ok_at, now), trouble=trouble)
    return Freshness(bad=stale or bool(age.last_error), words=words.strip())


def rule_name(rule: str | None) -> str:
    """Give a clock's name, never its id."""
    return catalogue().rule(rule) if rule else say("clocks.none")


def clock_badge(clock: DeadlineRow, now: datetime, *, over: bool) -> str:
    """Say where a clock stands; it counts down only while the order is open."""
    if clock.state in COUNTING and not over:
        return urgency_badge(clock.due_at, now)
    return badge(catalogue().text(f"rules.states.{clock.state}"), *STATE_LOOK.get(clock.state, ("help", "gray")))


def clock_origin(clock: DeadlineRow, policy: Policy, promised_at: datetime | None = None) -> str:
    """Say whose figure a clock's time is: the platform's own, a platform rule, the article's, ours, the shop's."""
    return plain(origin_words(origin(clock, policy, promised_at)))


def step_name(step: str) -> str:
    """Give a step of our own work in words."""
    return say(f"steps.{step}")


def reason_words(code: str) -> str:
    """Give a reason's code in words; one that nobody knows as it is."""
    return said(f"pages.reasons.{code}", plain(code.replace("_", " ")))


def fault_words(code: str | None) -> str:
    """Say what a step's error code means; never another's message."""
    return words_of_fault(catalogue(), code, shown=plain)


def class_name(error_class: ErrorClass) -> str:
    """Give a class of failures in words."""
    return say(f"classes.{error_class}")


STEP_LOOK: Final = {
    "queued": ("schedule", "blue"),
    "running": ("autorenew", "blue"),
    "waiting": ("hourglass_empty", "gray"),
    "done": ("check_circle", "green"),
    "dead": ("error", "red"),
}


def step_badge(step: StepRow) -> str:
    """Say how a step of our own work stands."""
    return badge(say(f"step_states.{step.status}"), *STEP_LOOK.get(step.status, ("help", "gray")))


def problem_badge(problem: Problem) -> str:
    """Say what kind of trouble a step is in."""
    if problem.refused:
        return badge(say("problems.refused"), "gavel", "orange")
    if problem.status == "dead":
        return badge(say("problems.dead"), "error", "red")
    return badge(say("problems.failing"), "sync_problem", "yellow")


def breach_badge(one: Breach) -> str:
    """Say whether a missed clock still waits or was met too late."""
    return badge(catalogue().text(f"rules.states.{one.state}"), *STATE_LOOK[one.state])


def lateness(one: Breach, now: datetime, zone: ZoneInfo) -> str:
    """Say how late it was, or is by now, beside the time it was due."""
    due = say("breaches.at", time=formats.clock(one.due_at.astimezone(zone)))
    if one.met_at is None and one.state != "BREACHED":
        return due
    span = catalogue().span((one.met_at or now) - one.due_at)
    return f"{due}, {say('breaches.met' if one.met_at else 'breaches.open', span=span)}"


MAIL_LOOK: Final = frozenset({"sender_unauthenticated", "lookalike_sender", "hidden_text", "replayed", "forwarded"})


def mail_badge(reason: str) -> str:
    """Say whether a mail is not trusted or was not understood."""
    if reason in MAIL_LOOK:
        return badge(say("mail.not_trusted"), "gpp_maybe", "red")
    return badge(say("mail.not_understood"), "help", "orange")


def late_share_words(share: LateShare) -> str:
    """Say how many orders were late this week and how many more may be."""
    key = "reached" if share.reached else "left"
    limit = formats.percent(float(LIMIT))
    return say(f"late_share.{key}", late=share.late, due=share.due, left=share.left, limit=limit)


def ways_in(*, has_pin: bool, email: str | None) -> str:
    """Say by what somebody signs in; a company's address is told by its domain alone."""
    pin = catalogue().text("people.door.pin") if has_pin else ""
    return ", ".join(filter(None, (email and f"…@{email.rpartition('@')[2]}", pin)))
