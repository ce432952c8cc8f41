"""What `learn` shows and asks: the mail that is meant, what was found in it, and the lessons that are given."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from flows import lessons
from flows.cli.outcome import actor
from flows.cli.output import fail, note, pairs, say, table
from flows.lessons import Mail, Taught, found_lines
from flows.office import Office
from ingest.explaining import NEEDED, TEACHABLE, Explained
from ingest.message import MAX_BYTES
from ingest.own_words import LabelLesson, Lesson, PhraseLesson
from ingest.vocabulary import Field
from models.catalogue import words
from models.notification import Ignored, NotificationKind, Quarantined
from models.settings import MailboxSettings


def mail_of(office: Office, target: str, mailbox: str | None) -> Mail:
    """Give the mail that is meant: a file, or one that waits; else say why not and end the command."""
    file = Path(target)
    if file.is_file():
        if file.stat().st_size > MAX_BYTES:
            fail(words().text("mail.quarantine.too_large.why"))
        return Mail(raw=file.read_bytes(), mailbox=_mailbox(office, mailbox))
    if not target.isdecimal():
        fail(words().text("lessons.cli.no_target", given=target))
    return lessons.waiting_mail(office, int(target)) or fail(words().text("lessons.cli.gone", given=target))


def _mailbox(office: Office, name: str | None) -> MailboxSettings:
    boxes = office.settings.mailbox
    found = next((one for one in boxes if name in {None, one.name}), None)
    known = ", ".join(one.name for one in boxes)
    return found or fail(words().text("cli.no_mailbox", given=name, known=known))


def look(office: Office, mail: Mail) -> Explained:
    """Tell what the mail comes to and why."""
    return lessons.look(office, mail)


def teach(office: Office, mail: Mail, given: Sequence[Lesson], *, dry_run: bool) -> Taught:
    """Teach, in the name of whoever sits here."""
    return lessons.teach(office, mail, given, by=actor(), dry_run=dry_run)


def lessons_in(labels: Sequence[str], kinds: Sequence[str]) -> list[Lesson]:
    """Read the lessons out of `--set` and `--kind`; a wrong name ends the command with those that are known."""
    given: list[Lesson] = []
    for name, text in map(_pair, labels):
        if name not in TEACHABLE:
            fail(words().text("lessons.cli.no_field", given=name, known=", ".join(TEACHABLE)))
        given.append(LabelLesson(Field(name), text))
    for name, text in map(_pair, kinds):
        if name not in set(NotificationKind):
            fail(words().text("lessons.cli.no_kind", given=name, known=", ".join(NotificationKind)))
        given.append(PhraseLesson(NotificationKind(name), text))
    return given


def _pair(given: str) -> tuple[str, str]:
    name, sign, text = given.partition("=")
    if not sign or not text.strip():
        fail(words().text("lessons.cli.no_pair", given=given))
    return name.strip(), text.strip()


def show(explained: Explained) -> None:
    """Print what the mail is read as, what was found in it and what is missing."""
    for line in lessons.verdict_words(explained):
        say(line)
    say()
    text, found = words(), found_lines(explained)
    say(text.text("lessons.found") if found else text.text("lessons.nothing_found"))
    table(("", "", "", ""), [(line.name, line.values, line.label, line.where) for line in found])
    say()
    if explained.kind is not None and not explained.missing:
        say(text.text("lessons.nothing_missing"))
        return
    say(text.text("lessons.missing"))
    pairs({_named(wanted): _perhaps(explained, wanted) or "-" for wanted in explained.missing})


def _named(wanted: Field) -> str:
    key = "needed" if wanted in NEEDED else "useful"
    return words().text(f"lessons.{key}", field=words().text(f"lessons.fields.{wanted}"))


def _perhaps(explained: Explained, wanted: Field) -> str:
    labels = explained.candidates.get(wanted, ())
    numbered = ", ".join(f"{place} {label}" for place, label in enumerate(labels, start=1))
    return words().text("lessons.perhaps", labels=numbered) if labels else ""


def asked(explained: Explained, target: str) -> list[Lesson]:
    """Ask for what is missing; where nobody can answer say how it is taught instead."""
    doubtful = explained.kind is None or isinstance(explained.reading, Quarantined)
    if not doubtful and not explained.missing:
        return []
    if not sys.stdin.isatty():
        _how(explained, target, doubtful=doubtful)
        return []
    phrase = _ask_phrase() if doubtful else None
    labels = [_ask_label(explained, wanted) for wanted in explained.missing]
    return [one for one in (phrase, *labels) if one is not None]


def _how(explained: Explained, target: str, *, doubtful: bool) -> None:
    if doubtful:
        note(words().text("lessons.cli.how_kind", target=target, known=", ".join(NotificationKind)))
    for wanted in explained.missing[:1]:
        note(words().text("lessons.cli.how", target=target, field=wanted))


def _ask_label(explained: Explained, wanted: Field) -> Lesson | None:
    labels = explained.candidates.get(wanted, ())
    answer = _prompt("label", field=words().text(f"lessons.fields.{wanted}"))
    if answer.isdecimal() and 0 < int(answer) <= len(labels):
        answer = labels[int(answer) - 1]
    return LabelLesson(wanted, answer) if answer else None


def _ask_phrase() -> Lesson | None:
    kinds = list(NotificationKind)
    for place, kind in enumerate(kinds, start=1):
        note(f"{place:>3}  {words().text(f'mail.kinds.{kind}')}")
    answer = _prompt("kind")
    if not answer.isdecimal() or not 0 < int(answer) <= len(kinds):
        return None
    phrase = _prompt("phrase")
    return PhraseLesson(kinds[int(answer) - 1], phrase) if phrase else None


def _prompt(key: str, **values: object) -> str:
    question = words().text(f"lessons.ask.{key}", **values)
    return str(typer.prompt(question, default="", show_default=False, err=True)).strip()


def tell(taught: Taught, *, dry_run: bool) -> None:
    """Say what was taught and what it brought, or why it was refused."""
    for refused in taught.refused:
        note(lessons.refusal_words(refused))
    if taught.refused:
        note(words().text("lessons.cli.nothing_written"))
        return
    for line in lessons.after_words(taught, dry_run=dry_run):
        say(line)


def as_json(explained: Explained, taught: Taught | None, *, dry_run: bool) -> dict[str, Any]:
    """Give it all for machines; values as they may be shown."""
    answer: dict[str, Any] = {
        "disposition": _disposition(explained),
        "reason": getattr(explained.reading, "reason", None),
        "kind": explained.kind,
        "language": explained.language,
        "found": [
            {"field": one.field, "label": one.label or None, "part": one.part, "place": one.place, "value": one.shown}
            for one in explained.found
        ],
        "missing": [
            {"field": wanted, "needed": wanted in NEEDED, "perhaps": list(explained.candidates.get(wanted, ()))}
            for wanted in explained.missing
        ],
    }
    if taught is None:
        return answer
    refused = [{"words": one.lesson.words, "code": one.code} for one in taught.refused]
    done = {"file": taught.file and str(taught.file), "passed": taught.passed, "waiting": taught.waiting}
    return {**answer, "refused": refused, "dry_run": dry_run, **done}


def _disposition(explained: Explained) -> str:
    if isinstance(explained.reading, Quarantined):
        return "quarantined"
    return "ignored" if isinstance(explained.reading, Ignored) else "parsed"
