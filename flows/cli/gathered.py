"""What is asked once a day, for the command line: its line among the to-dos, its orders, and what an answer did."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import date
from typing import Any

from flows.cli.outcome import actor, refusal
from flows.cli.output import EXIT_REFUSED, fail, say
from flows.office import Office
from flows.questions import Answered, answer_yes, find_questions
from models import formats
from models.catalogue import words
from models.gathering import ABOUT, GATHERED, PRIORITY, About, Gathered
from models.stage import Role


def asked(office: Office, *, shop: str | None, kind: str | None) -> list[Gathered]:
    """Give the questions to list; of one kind alone if a kind is given."""
    if kind is None or kind == GATHERED:
        return find_questions(office, shop=shop)
    about = ABOUT.get(kind)
    return [line for line in find_questions(office, shop=shop) if about in line.orders] if about else []


def title(line: Gathered) -> str:
    """Say what is asked and with which command it is answered."""
    return "; ".join(f"{_title(line, about)} (`shipclock answer {about}`)" for about in line.orders)


def _title(line: Gathered, about: About) -> str:
    count = len(line.orders[about])
    return words().text(f"todos.gathered.{about}.title", count=count, day=formats.day(line.until))


def in_full(line: Gathered, *, several: bool) -> str:
    """Give each question with where to look and how to answer."""
    told = []
    for about in line.orders:
        shop = f" --shop {shlex.quote(line.shop_id)}" if several else ""
        command = f"shipclock answer {about} --until {line.until}{shop}"
        told += [
            _title(line, about),
            f"  {words().text(f'todos.gathered.{about}.clicks')}",
            f"  {words().text('cli.answer.how', command=command)}",
        ]
    return "\n".join(told)


def as_json(line: Gathered) -> dict[str, Any]:
    """Give it for machines: an entry among the to-dos whose orders stand in lists."""
    return {
        "shop": line.shop_id,
        "order_no": None,
        "kind": GATHERED,
        "due_at": None,
        "priority": PRIORITY,
        "until": line.until,
        **{about.value: list(line.orders.get(about, ())) for about in About},
    }


def the_line(office: Office, about: About, *, shop: str | None, until: date | None) -> Gathered | None:
    """Give the one line that asks this; None when nothing does. Ends the command when several shops ask."""
    lines = [line for line in find_questions(office, shop=shop, until=until) if about in line.orders]
    if len(lines) > 1:
        fail(words().text("cli.answer.which_shop", shops=", ".join(line.shop_id for line in lines)))
    return lines[0] if lines else None


def show_orders(line: Gathered, about: About) -> None:
    """Print the orders that are asked about, and how to answer."""
    say(_title(line, about))
    for number in line.orders[about]:
        say(f"  {number}")
    say(words().text("cli.answer.say_yes"))


def answer(office: Office, line: Gathered, about: About, but: Sequence[str]) -> list[Answered]:
    """Say *yes* for all but those of `but`; ends the command when one of them is not asked about."""
    asked_about = line.orders[about]
    if strange := [number for number in but if number not in asked_about]:
        fail(words().text("cli.answer.not_asked", numbers=", ".join(strange)))
    numbers = [number for number in asked_about if number not in but]
    return answer_yes(office, line.shop_id, about, numbers, actor=actor(), role=Role.MANAGER)


def answer_json(line: Gathered, about: About, done: Sequence[Answered], but: Sequence[str]) -> dict[str, Any]:
    """Give what an answer did, for machines."""
    results = [
        {
            "order_no": one.order_no,
            "result": "done" if one.noted else "refused" if one.refused else "not_asked",
            "code": one.refused.code if one.refused else None,
        }
        for one in done
    ]
    return {"shop": line.shop_id, "about": about, "until": line.until, "results": results, "still_asked": list(but)}


def tell(office: Office, about: About, done: Sequence[Answered], but: Sequence[str]) -> None:
    """Say what an answer did, each refusal with its reason, and what to do about the others."""
    say(words().text(f"todos.gathered.{about}.noted", count=sum(one.noted for one in done)))
    for one in done:
        if one.refused:
            say(refusal(one.refused, one.order_no, office.now()))
    if but:
        say(words().text(f"todos.gathered.{about}.others", numbers=", ".join(but)))


def exit_code(done: Sequence[Answered]) -> int:
    """Give the code of the worst outcome."""
    return EXIT_REFUSED if any(one.refused for one in done) else 0
