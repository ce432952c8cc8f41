"""The only place where a page changes anything: commands, steps run again, quarantined mail.

Orders are named by shop and number, never by a row's place. Whatever is asked is checked again where it
is done, and every outcome is a sentence for people, never a traceback.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from dashboard import queries, who
from dashboard.present import fault_words, step_name, when
from dashboard.words import capital, catalogue, plain, say
from flows import lessons
from flows.commands import Performed, perform, preview_of
from flows.labels import labels
from flows.lesson_words import lesson_words
from flows.office import UnknownShopError
from flows.questions import Answered, answer_yes
from flows.rerun import RerunReport, Where, rerun_step
from flows.rerun_many import ManyReport, rerun_many
from flows.shop.label import Label
from flows.shop.protocol import ShopError
from flows.verdicts import verdicts
from ingest.ledger import Outcome as MailOutcome
from ingest.own_words import Lesson
from ingest.quarantine import dismiss, read_again, release
from ingest.recording import PollResult
from ingest.sealed import SealError
from ingest.shop_teaching import teach_shop as learn_shop
from ingest.vocabulary import VocabularyError
from models.command import Command, Refused
from models.command_name import CommandName
from models.db.failed import Choice
from models.db.packing_rules import record_reading
from models.db.session import DatabaseError, open_session
from models.error_class import ErrorClass
from models.fact_words import all_words
from models.gathering import About
from models.packing_verdict import Verdict
from models.person import NEEDED, Person, Right
from models.preview_words import preview_rows
from models.refusal import Listener, reason_words
from models.stage import Step

NOT_ALLOWED: Final = "not_allowed"


@dataclass(frozen=True, slots=True)
class Told:
    """What came of an action, in words; `done` when what was wished stands.

    `already`: somebody was faster, and nothing was done twice. `code` is a refusal's. `entries` are the keys of what
    was entered, by which it can be taken back.
    """

    done: bool
    words: str
    already: bool = False
    code: str = ""
    entries: tuple[str, ...] = ()


def do(
    shop: str,
    order_no: str,
    command: CommandName,
    values: Mapping[str, str] | None = None,
    *,
    since: datetime | None = None,
) -> Told:
    """Carry out one command on one order. Its reason is a code, so that nothing that was typed is kept.

    `since`: when the person began; what they entered since then was a part of it whose answer got lost.
    """
    office = queries.office()

    def act(me: Person) -> Told:
        answer = perform(office, shop, order_no, _asked(me, command, values or {}))
        return _entered_before(order_no, answer, me, since) or _answer(shop, order_no, answer)

    return guarded(order_no, act)


def foresee(
    shop: str, order_no: str, command: CommandName, values: Mapping[str, str]
) -> list[tuple[str, str, str]] | Told:
    """Tell what a command would change (what, before, after), or why it is refused; nothing is done."""
    asked, zone = _asked(who.here(), command, values), queries.zone_of(shop)
    seen = preview_of(queries.office(), shop, order_no, asked)
    if isinstance(seen, Refused):
        return Told(done=False, words=refusal_words(seen, shop, order_no), code=seen.code)
    return preview_rows(catalogue(), seen, order_no, lambda at: when(at, zone))


def verdicts_of(numbers: Sequence[str], chosen: str) -> list[Verdict]:
    """Tell what scanned numbers come to; nothing is done. `chosen` is the shop that is packed for, empty for any."""
    pack, ship = (_asked(who.here(), name, {}) for name in (CommandName.MARK_PACKED, CommandName.MARK_SHIPPED))
    return verdicts(queries.office(), numbers, chosen, pack=pack, ship=ship)


def _asked(me: Person, command: CommandName, values: Mapping[str, str]) -> Command:
    given = dict(values)
    reason = given.get("reason_code")
    return Command(name=command, actor=me.name, role=me.role, at=queries.now(), reason=reason, values=given)


def keep_packing_rules() -> Told:
    """Note that the person of this page keeps the packing rules in this shift, for all shops."""
    office = queries.office()

    def keep(me: Person) -> Told:
        with open_session(office.engine) as session:
            record_reading(session, [shop.name for shop in office.settings.shop], me.name, office.now())
            session.commit()
        return Told(done=True, words=say("told.rules_kept"))

    return guarded("", keep, Right.KEEP_RULES)


def _entered_before(order_no: str, answer: Performed | Refused, me: Person, since: datetime | None) -> Told | None:
    if since is None or not isinstance(answer, Refused) or not (answer.already and answer.entry):
        return None
    mine = answer.values["by"] == me.name and datetime.fromisoformat(answer.values["at"]) >= since
    return Told(done=True, words=plain(order_no), entries=(answer.entry,)) if mine else None


def _answer(shop: str, order_no: str, answer: Performed | Refused) -> Told:
    if isinstance(answer, Refused):
        words = refusal_words(answer, shop, order_no)
        return Told(done=answer.already, words=words, already=answer.already, code=answer.code)
    told = capital(all_words(catalogue(), answer.facts))
    done = say("told.done", order_no=order_no, what=told, stage=catalogue().stage(answer.after))
    key = f"refusals.{answer.code}"
    doubt = [
        plain(catalogue().text(f"{key}.{part}")) for part in ("reason", "instead") if f"{key}.{part}" in catalogue()
    ]
    entries = tuple(fact.source_key for fact in answer.facts)
    return Told(done=True, words=" ".join((done, *doubt)), entries=entries)


def fetch_labels(shop: str, order_no: str) -> tuple[Label, ...] | Told:
    """Fetch an order's labels, to be shown once; or say why there are none. Nothing keeps their addresses."""
    if told := _refusal(who.here(), Right.LABEL):
        return told
    try:
        found = labels(queries.office(), shop, order_no)
    except ShopError as fault:
        return Told(done=False, words=say("told.shop_fault", order_no=order_no, fault=fault_words(fault.code)))
    except (DatabaseError, UnknownShopError, OSError) as fault:
        return Told(done=False, words=plain(str(fault)))
    if isinstance(found, Refused):
        return Told(done=False, words=refusal_words(found, shop, order_no), code=found.code)
    return found


def refusal_words(refused: Refused, shop: str, order_no: str) -> str:
    """Say why a command was refused, and what is possible instead; or who was faster."""
    del shop
    texts, why = catalogue(), why_words(refused, order_no)
    if refused.already:
        return say("told.already", order_no=order_no, reason=why)
    possible = ", ".join(texts.text(f"facts.commands.{command}") for command in refused.instead)
    instead = say("told.instead", commands=possible) if possible else ""
    return say("told.refused", order_no=order_no, reason=why, instead=instead).strip()


def why_words(refused: Refused, order_no: str) -> str:
    """Say in a sentence why not, or who was faster."""
    texts, listener = catalogue(), Listener(now=queries.now())
    known = f"refusals.{refused.code}.reason" in texts
    return plain(reason_words(texts, refused, listener, order_no) if known else fault_words(refused.code))


def say_yes(shop: str, about: About, numbers: Sequence[str]) -> Told:
    """Answer what is asked once a day with *yes* for these orders; one refusal stops no other."""
    office = queries.office()

    def act(me: Person) -> Told:
        return _yes(shop, about, answer_yes(office, shop, about, numbers, actor=me.name, role=me.role))

    return guarded("", act)


def _yes(shop: str, about: About, answers: Sequence[Answered]) -> Told:
    noted = catalogue().text(f"todos.gathered.{about}.noted", count=sum(one.noted for one in answers))
    refused = [refusal_words(one.refused, shop, one.order_no) for one in answers if one.refused]
    return Told(done=not refused, words=" ".join((noted, *refused)))


def run_again(shop: str, order_no: str, step: str) -> Told:
    """Run a failed step again; what is done already is not done twice."""
    office = queries.office()

    def act(me: Person) -> Told:
        return _rerun(order_no, step, rerun_step(office, shop, order_no, Step(step), by=me.name))

    return guarded(order_no, act, Right.RUN_AGAIN)


def run_many_again(error_class: ErrorClass) -> Told:
    """Run all failed steps of a class again, by one run."""
    office, choice = queries.office(), Choice(error_class=error_class)
    return guarded("", lambda me: _many(rerun_many(office, choice, by=me.name)), Right.RUN_MANY_AGAIN)


def _many(report: ManyReport) -> Told:
    key = {Where.PREFECT: "many_started", Where.HERE: "many_here", Where.NOT_NEEDED: "many_none"}[report.where]
    return Told(done=not report.failed, words=say(f"told.{key}", count=report.queued, ended=plain(report.ended)))


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
    return guarded("", lambda _: _mail(reading(), "read"), Right.READ_MAIL)


def let_in(message_id: int) -> Told:
    """Read a mail for which the person of this page vouches."""
    office = queries.office()
    letting = partial(release, office.engine, office.settings, office.home, office.now(), message_id)
    return guarded("", lambda me: _mail(letting(by=me.name), "let_in"), Right.JUDGE_MAIL)


def teach(message_id: int, lesson: Lesson) -> Told:
    """Teach a wording from a mail that waits, and read all waiting mail again."""
    office = queries.office()

    def learn(me: Person) -> Told:
        mail = lessons.waiting_mail(office, message_id)
        if mail is None:
            return Told(done=False, words=say("told.mail_gone"))
        taught = lessons.teach(office, mail, [lesson], by=me.name)
        if taught.refused:
            return Told(done=False, words=plain(" ".join(map(lessons.refusal_words, taught.refused))))
        return Told(done=True, words=plain(" ".join(lessons.after_words(taught, dry_run=False))))

    return guarded("", learn, Right.JUDGE_MAIL)


def ignore_mail(message_id: int) -> Told:
    """Take a mail out of quarantine, wanting nothing of it."""
    office = queries.office()

    def act(me: Person) -> Told:
        return _dismissed(dismiss(office.engine, office.now(), message_id, by=me.name))

    return guarded("", act, Right.JUDGE_MAIL)


def teach_shop(message_id: int, shop: str) -> Told:
    """Keep what shows that the mail is that shop's, and read all again that wait for such an answer."""
    office = queries.office()

    def teach(me: Person) -> Told:
        taught = learn_shop(office.engine, office.settings, office.home, office.now(), message_id, shop, by=me.name)
        return Told(done=taught.done, words=plain(lesson_words(office, taught, message_id, shop)))

    return guarded("", teach, Right.JUDGE_MAIL)


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


def guarded(order_no: str, act: Callable[[Person], Told], right: Right | None = None) -> Told:
    """Let the person of this page do it, if they may; a shop or disk that refuses becomes a sentence.

    The pages forget what they knew. Without a right, the command itself knows who may give it (`models.guard`).
    """
    try:
        me = who.here()
        return (right and _refusal(me, right)) or act(me)
    except who.NotSignedInError:
        return Told(done=False, words=catalogue().text("people.signed_out"))
    except ShopError as fault:
        return Told(done=False, words=say("told.shop_fault", order_no=order_no, fault=fault_words(fault.code)))
    except (DatabaseError, UnknownShopError, SealError, VocabularyError, OSError) as fault:
        return Told(done=False, words=plain(str(fault)))
    finally:
        queries.forget()


def _refusal(me: Person, right: Right) -> Told | None:
    """Say that the person may not do it, and who may; None if they may."""
    if me.may(right):
        return None
    texts = catalogue()
    needed = texts.text(f"people.roles.{NEEDED[right]}")
    return Told(done=False, words=texts.text("people.not_allowed", needed=needed), code=NOT_ALLOWED)
