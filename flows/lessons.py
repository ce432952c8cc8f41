"""Teaching Shipclock a wording: look at one mail, check the lesson on it, write it down, read the waiting mail again.

The command line and the dashboard both teach through here. Nothing of a mail's text leaves but labels, and of values
what `ingest.evidence` lets through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from flows.office import Office
from ingest.evidence import Evidence, Part, Place
from ingest.explaining import Basis, Explained, explain
from ingest.finding import OWN_LABELS, context_for
from ingest.own_words import Lesson, add_lessons
from ingest.quarantine import read_again
from ingest.sealed import SealError
from ingest.shop_sign import taught_shops
from ingest.teaching import NotTaught, Trial, try_lessons
from ingest.vocabulary import Field
from ingest.waiting_mail import count_passing, open_waiting
from models.catalogue import words
from models.db.audit import note
from models.db.session import open_session
from models.notification import Ignored, Quarantined, QuarantineReason
from models.settings import MailboxSettings

SENDERS: Final = frozenset(
    {QuarantineReason.SENDER_UNAUTHENTICATED, QuarantineReason.LOOKALIKE_SENDER, QuarantineReason.FORWARDED}
)
MOST_SHOWN: Final = 3  # values of one label, as in a table of items


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to learn from, as one of a mailbox; `message_id` where it waits in quarantine."""

    raw: bytes = field(repr=False)
    mailbox: MailboxSettings
    message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What became of a teaching: refused as a whole, or tried (`file` is None), or written and all read again."""

    trial: Trial
    file: Path | None = None
    passed: int = 0
    waiting: int = 0
    fault: str = ""  # why the waiting mail could not be read again

    @property
    def refused(self) -> tuple[NotTaught, ...]:
        """The lessons that don't hold; with any of them nothing was written."""
        return self.trial.refused


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """One label of a mail, in words: what it stands for, its values, where."""

    field: Field
    name: str
    values: str
    label: str
    where: str


def waiting_mail(office: Office, number: int) -> Mail | None:
    """Give a mail that waits; None if it waits no more, its text is gone or its mailbox left. Raises SealError."""
    opened = open_waiting(office.engine, office.home, number)
    mailbox = office.mailbox(opened.mailbox) if opened else None
    return Mail(raw=opened.raw, mailbox=mailbox, message_id=number) if opened and mailbox else None


def look(office: Office, mail: Mail) -> Explained:
    """Tell what the mail comes to and why. Raises VocabularyError."""
    return explain(mail.raw, _basis(office, mail))


def teach(office: Office, mail: Mail, lessons: Sequence[Lesson], *, by: str, dry_run: bool = False) -> Taught:
    """Check the lessons on the mail; if all hold write them down and read all waiting mail again.

    With `dry_run` nothing is written and the waiting mail is only counted. Raises VocabularyError, OSError.
    """
    trial = try_lessons(mail.raw, lessons, _basis(office, mail), _own(office))
    if trial.refused or not trial.learned:
        return Taught(trial=trial)
    if dry_run:
        passed, waiting = count_passing(office.engine, office.settings, office.home, office.now(), trial.vocabulary)
        return Taught(trial=trial, passed=passed, waiting=waiting - passed)
    file = add_lessons(_own(office), trial.before.language, trial.learned)
    _write_down(office, trial, by)
    return _read_again(office, trial, file)


def found_lines(explained: Explained) -> list[FoundLine]:
    """Tell in words what was found: a line for each label, with what may be shown of its values."""
    grouped: dict[tuple[Field, str, Part, Place], list[Evidence]] = {}
    for one in explained.found:
        grouped.setdefault((one.field, one.label, one.part, one.place), []).append(one)
    return [_line(key, several) for key, several in grouped.items()]


def verdict_words(explained: Explained) -> Iterator[str]:
    """Say what a mail is read as and what becomes of it, a sentence each."""
    text, reading = words(), explained.reading
    key = "kind_unknown" if explained.kind is None else "kind_by" if explained.phrase else "kind"
    kind = text.text(f"mail.kinds.{explained.kind}") if explained.kind else ""
    yield text.text(f"lessons.{key}", kind=kind, phrase=explained.phrase)
    yield text.text("lessons.language", language=explained.language)
    if explained.items:
        yield text.text("lessons.items", count=explained.items)
    if isinstance(reading, Ignored):
        yield text.text("lessons.ignored", why=text.text(f"mail.ignored.{reading.reason}"))
    elif isinstance(reading, Quarantined):
        yield text.text("lessons.waits", why=text.text(f"mail.quarantine.{reading.reason}.why"))
        yield from _hints(explained)
    else:
        yield text.text("lessons.counts")


def _hints(explained: Explained) -> Iterator[str]:
    """Say what teaching does not mend."""
    reading = explained.reading
    if not isinstance(reading, Quarantined):
        return
    if reading.reason is QuarantineReason.UNKNOWN_SHOP:
        yield words().text("lessons.shop_hint", shop=_quoted(explained.of(Field.SHOP)))
    elif reading.reason in SENDERS:
        yield words().text("lessons.sender_hint")


def _quoted(found: Sequence[Evidence]) -> str:
    return ", ".join(f'"{one.shown}"' for one in found if one.shown) or words().text("lessons.no_kind")


def refusal_words(refused: NotTaught) -> str:
    """Say why a lesson was not taken."""
    text = words()
    section, key = refused.lesson.place
    about = text.text(f"lessons.fields.{key}" if section == "labels" else f"mail.kinds.{key}")
    other = refused.values.get("other", "")
    names = (f"lessons.fields.{other}", f"mail.kinds.{other}", f"mail.ignored.{other}")
    named = next((text.text(name) for name in names if name in text), text.text("lessons.no_kind"))
    return text.text(f"lessons.refused.{refused.code}", words=refused.lesson.words, about=about, other=named)


def after_words(taught: Taught, *, dry_run: bool) -> Iterator[str]:
    """Say what the lessons brought, a sentence each."""
    text, after = words(), taught.trial.after
    if after.kind is not None:
        missing = ", ".join(text.text(f"lessons.fields.{one}") for one in after.missing)
        key = "reads_but" if missing else "reads"
        yield text.text(f"lessons.{key}", kind=text.text(f"mail.kinds.{after.kind}"), missing=missing)
    if taught.file is not None:
        yield text.text("lessons.written", file=taught.file)
    if taught.fault:
        yield taught.fault
    else:
        yield text.text(
            f"lessons.{'would_pass' if dry_run else 'passed'}", passed=taught.passed, waiting=taught.waiting
        )


def _line(key: tuple[Field, str, Part, Place], several: Sequence[Evidence]) -> FoundLine:
    text, (wanted, label, part, place) = words(), key
    shown = list(dict.fromkeys(one.shown for one in several if one.shown))
    unusable = not shown and not all(one.usable for one in several)
    more = text.text("lessons.more", count=len(shown) - MOST_SHOWN) if len(shown) > MOST_SHOWN else ""
    told = ", ".join((*shown[:MOST_SHOWN], *filter(None, [more])))
    return FoundLine(
        field=wanted,
        name=text.text(f"lessons.fields.{wanted}"),
        values=told or text.text("lessons.unreadable" if unusable else "lessons.not_shown"),
        label=label or text.text("lessons.without_label"),
        where=text.text(
            "lessons.where", part=text.text(f"lessons.parts.{part}"), place=text.text(f"lessons.places.{place}")
        ),
    )


def _basis(office: Office, mail: Mail) -> Basis:
    """Give by what a poll would read the mail now, the shops' taught signs among it."""
    with open_session(office.engine, read_only=True) as session:
        shops = taught_shops(session, mail.mailbox.name, office.settings.shop)
    judged = context_for(mail.mailbox, shops, office.home, office.now())
    return Basis(
        receiver=judged.receiver, shops=list(judged.shops.values()), vocabulary=judged.vocabulary, now=judged.now
    )


def _own(office: Office) -> Path:
    return office.home.path / OWN_LABELS


def _write_down(office: Office, trial: Trial, by: str) -> None:
    with open_session(office.engine) as session:
        for lesson in trial.learned:
            section, key = lesson.place
            taught = {"language": trial.before.language, section: key, "words": lesson.words}
            note(session, at=office.now(), actor=by, action="teach_words", after=taught)
        session.commit()


def _read_again(office: Office, trial: Trial, file: Path) -> Taught:
    try:
        result = read_again(office.engine, office.settings, office.home, office.now())
    except SealError as fault:
        return Taught(trial=trial, file=file, fault=str(fault))
    return Taught(trial=trial, file=file, passed=result.seen - result.quarantined, waiting=result.quarantined)
