"""The only place where a page changes anything: commands, steps run again, quarantined mail.

Orders are named by shop and number, never by a row's place. Whatever is asked is checked again where it
is done, and every outcome is a sentence for people, never a traceback.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from dashboard import queries
from dashboard.present import fault_words, step_name, when
from dashboard.words import capital, catalogue, plain, said, say
from flows.commands import Performed, perform
from flows.office import UnknownShopError
from flows.rerun import RerunReport, Where, rerun_step
from flows.shop.protocol import ShopError
from ingest.ledger import Outcome as MailOutcome
from ingest.quarantine import dismiss, read_again, release
from ingest.recording import PollResult
from ingest.sealed import SealError
from models.command import Command, Refused
from models.command_name import CommandName
from models.db.session import DatabaseError
from models.stage import Role, Step

ACTOR: Final = "dashboard"
CODES: Final = {  # values of a refusal that are codes, and where their words stand
    "holds": "facts.holds",
    "hold": "facts.holds",
    "missing": "refusals.checklist",
    "step": "refusals.steps",
    "first": "refusals.steps",
    "handover_mode": "pages.handover",
}
ROLE: Final = Role.MANAGER  # nobody logs in: whoever sits at this machine may do everything


@dataclass(frozen=True, slots=True)
class Told:
    """What came of an action, in words; `done` when it was carried out."""

    done: bool
    words: str


def do(shop: str, order_no: str, command: CommandName, values: Mapping[str, str] | None = None) -> Told:
    """Carry out one command on one order. Its reason is a code, so that nothing that was typed is kept."""
    office, given = queries.office(), dict(values or {})
    reason = given.get("reason_code")
    asked = Command(name=command, actor=ACTOR, role=ROLE, at=office.now(), reason=reason, values=given)
    return _guarded(order_no, lambda: _answer(shop, order_no, command, perform(office, shop, order_no, asked)))


def _answer(shop: str, order_no: str, command: CommandName, answer: Performed | Refused) -> Told:
    if isinstance(answer, Refused):
        return Told(done=False, words=refusal_words(answer, shop, order_no))
    told = capital(catalogue().text(f"facts.commands.{command}"))
    return Told(
        done=True,
        words=say("told.done", order_no=order_no, command=told, stage=catalogue().stage(answer.after)),
    )


def refusal_words(refused: Refused, shop: str, order_no: str) -> str:
    """Say why a command was refused, and what is possible instead."""
    texts, key = catalogue(), f"refusals.{refused.code}.reason"
    values = {name: _value_words(name, value, shop) for name, value in refused.values.items()}
    why = texts.text(key, **{"order_no": order_no, **values}) if key in texts else fault_words(refused.code)
    possible = ", ".join(texts.text(f"facts.commands.{command}") for command in refused.instead)
    instead = say("told.instead", commands=possible) if possible else ""
    return say("told.refused", order_no=order_no, reason=plain(why), instead=instead).strip()


def _value_words(name: str, value: str, shop: str) -> str:
    """Give a refusal's value in words: codes by the catalogue, moments in the shop's zone."""
    texts = catalogue()
    if name in {"at", "due_at"}:
        return when(datetime.fromisoformat(value), queries.zone_of(shop))
    if name == "by":
        return capital(said(f"pages.actors.{value}", said(f"facts.authority.{value}", value)))
    if name not in CODES:
        return value
    return ", ".join(texts.text(f"{CODES[name]}.{code}") for code in value.split(", "))


def run_again(shop: str, order_no: str, step: str) -> Told:
    """Run a failed step again; what is done already is not done twice."""
    office = queries.office()
    return _guarded(order_no, lambda: _rerun(order_no, step, rerun_step(office, shop, order_no, Step(step), by=ACTOR)))


def _rerun(order_no: str, step: str, report: RerunReport) -> Told:
    name = step_name(step)
    if report.where is Where.PREFECT:
        return Told(done=True, words=say("told.rerun_started", order_no=order_no, step=name))
    if report.where is Where.NOT_NEEDED:
        return Told(done=True, words=say("told.rerun_not_needed", order_no=order_no, step=name))
    if report.result == "ok":
        return Told(done=True, words=say("told.rerun_ok", order_no=order_no, step=name))
    key = "rerun_failed" if report.failed else f"rerun_{report.result}"
    return Told(done=False, words=say(f"told.{key}", order_no=order_no, step=name, fault=fault_words(report.code)))


def read_mail(message_id: int | None = None) -> Told:
    """Read one quarantined mail again, or all of them."""
    office = queries.office()
    reading = partial(read_again, office.engine, office.settings, office.home, office.now(), message_id)
    return _guarded("", lambda: _mail(reading(), "read"))


def let_in(message_id: int) -> Told:
    """Read a mail for which the person at this machine vouches."""
    office = queries.office()
    letting = partial(release, office.engine, office.settings, office.home, office.now(), message_id, by=ACTOR)
    return _guarded("", lambda: _mail(letting(), "let_in"))


def ignore_mail(message_id: int) -> Told:
    """Take a mail out of quarantine, wanting nothing of it."""
    office = queries.office()
    return _guarded("", lambda: _dismissed(dismiss(office.engine, office.now(), message_id, by=ACTOR)))


def _dismissed(done: bool) -> Told:  # noqa: FBT001  # the answer of `dismiss`
    return Told(done=done, words=say("told.mail_ignored" if done else "told.mail_gone"))


def _mail(result: PollResult, how: str) -> Told:
    still = result.outcomes.get(MailOutcome.QUARANTINED, 0)
    handled = sum(result.outcomes.values()) - still
    if not handled and not still:
        return Told(done=False, words=say("told.mail_gone"))
    if not handled:
        return Told(done=False, words=say(f"told.mail_{how}_still", still=still))
    return Told(done=True, words=say(f"told.mail_{how}", handled=handled, still=still))


def _guarded(order_no: str, act: Callable[[], Told]) -> Told:
    """Carry it out; a shop or disk that refuses becomes a sentence, and the pages forget what they knew."""
    try:
        return act()
    except ShopError as fault:
        return Told(done=False, words=say("told.shop_fault", order_no=order_no, fault=fault_words(fault.code)))
    except (DatabaseError, UnknownShopError, SealError) as fault:
        return Told(done=False, words=plain(str(fault)))
    finally:
        queries.forget()
