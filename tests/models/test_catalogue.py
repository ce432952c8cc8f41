"""Every word that a person may have to read is there, and an unknown one stops nothing."""

import ast
import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.answer import Refused
from models.case import CaseKind, CaseStep
from models.catalogue import texts_of, words
from models.command_name import CommandName
from models.deadline import ClockType, DeadlineState, Fault, RuleId
from models.fact import Authority, FactKind
from models.hold import Hold
from models.language import ENGLISH, languages
from models.letter import Addressee, LetterKind
from models.notification import IgnoreReason, NotificationKind, QuarantineReason
from models.packing_rules import RULES
from models.refusal import Listener, ago_words, refusal_words, who_words
from models.stage import Stage
from models.stated import OF_ITEMS, SINGLE
from models.todo import TodoKind

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
AMOUNTS = ("subtotal", "shipping", "discount", "tax", "total", "refund")  # of models.notification.Notification
CONFLICTS = [f"X{number:02}" for number in range(1, 19)]

NEEDED = [
    *(f"stages.{stage}" for stage in Stage),
    *(f"todos.{kind}.{part}" for kind in TodoKind for part in ("title", "clicks", "done")),
    *(f"todo_commands.{kind}" for kind in TodoKind),
    *(f"rules.{rule}.{part}" for rule in RuleId for part in ("name", "missed")),
    *(f"rules.states.{state}" for state in DeadlineState),
    *(f"rules.faults.{fault}" for fault in Fault),
    *(f"facts.{kind}" for kind in FactKind),
    *(f"evidence.types.{clock}" for clock in ClockType),
    *(f"evidence.faults.{fault}" for fault in Fault),
    *(f"letters.kinds.{kind}" for kind in LetterKind),
    *(f"letters.to.{addressee}" for addressee in Addressee),
    *(f"facts.authority.{authority}" for authority in Authority),
    *(f"facts.holds.{hold}" for hold in Hold),
    *(f"facts.cases.{kind}" for kind in CaseKind),
    *(f"facts.commands.{name}" for name in CommandName),
    *(f"mail.kinds.{kind}" for kind in NotificationKind),
    *(f"mail.ignored.{reason}" for reason in IgnoreReason),
    *(f"mail.quarantine.{reason}.{part}" for reason in QuarantineReason for part in ("why", "do")),
    *(f"mail.stated.{field}" for field in (*SINGLE, *OF_ITEMS, *AMOUNTS, "items")),
    *(f"packing.lines.{rule}" for rule in RULES),
    *(f"refusals.steps.{step}" for step in CaseStep),
    *(f"conflicts.{conflict}" for conflict in CONFLICTS),
    *(f"alerts.conflict.{conflict}" for conflict in CONFLICTS),
]


SAME_EVERYWHERE = ("TikTok Shop", "Shipclock", "Prefect", "SKU")  # names, whatever is spoken
ADVICE = ("instead", "nothing")


def refusal_codes():
    """Every code that the guards can answer with, read from their source."""
    for file in ("guard", "case_guard", "value_guard", "command"):
        for node in ast.walk(ast.parse((ROOT / "models" / f"{file}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                code = next(word.value for word in node.keywords if word.arg == "code")
                yield from (part.value for part in ast.walk(code) if isinstance(part, ast.Constant))
    yield from ("presumed_cancelled", "order_cancelled", "unknown_order", "already_answered", "no_open_request")
    yield from ("no_such_fact", "ambiguous_fact", "on_hold", "hold_first")
    yield from (f"already_{deed}" for deed in ("confirmed", "packed", "shipped", "dropped_off"))


def keys_in_code(folder):
    """Every key that a module asks for as it stands there."""
    for file in (ROOT / folder).rglob("*.py"):
        found = re.findall(r'text\(\s*"([a-z_]+\.[A-Za-z_.]+)"', file.read_text(encoding="utf-8"))
        yield from ((file.name, key) for key in found)


@pytest.mark.parametrize("language", languages())
def test_every_kind_that_a_person_meets_has_words(language):
    catalogue = words(language)
    assert [key for key in NEEDED if key not in catalogue] == []


@pytest.mark.parametrize("language", languages())
def test_every_refusal_has_a_reason_in_words(language):
    missing = [code for code in refusal_codes() if f"refusals.{code}.reason" not in words(language)]
    assert missing == []


@pytest.mark.parametrize("language", languages())
def test_every_refusal_says_what_is_possible_or_why_nothing_is(language):
    told = words(language)
    bare = {code for code in refusal_codes() if not {f"refusals.{code}.{part}" for part in ADVICE} & set(told.texts)}
    assert bare == set()


@pytest.mark.parametrize("language", languages())
def test_every_part_of_a_refusal_is_a_sentence_so_that_the_next_one_can_follow(language):
    open_ended = [
        key
        for key, text in words(language).texts.items()
        if key.startswith("refusals.") and key.rpartition(".")[2] in {"reason", *ADVICE} and not text.endswith(".")
    ]
    assert open_ended == []


@pytest.mark.parametrize("language", languages())
def test_every_key_that_the_command_line_names_has_words(language):
    assert [key for _, key in keys_in_code("flows/cli") if key not in words(language)] == []


@pytest.mark.parametrize("language", languages())
def test_every_alert_key_that_is_written_has_words(language):
    written = [key for file in ("models", "flows", "ingest") for key in alert_keys(file)]
    assert written
    assert [key for key in written if f"alerts.{key}" not in words(language)] == []


def alert_keys(folder):
    for file in (ROOT / folder).rglob("*.py"):
        yield from re.findall(r'text_key="([a-z_.]+)"', file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", languages())
def test_texts_have_only_named_placeholders(language):
    for key, text in words(language).texts.items():
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        assert all(name.isidentifier() for name in names), key


@pytest.mark.parametrize("language", languages())
def test_no_language_lacks_a_key_or_has_one_too_many(language):
    own, english = texts_of(language), texts_of(ENGLISH)
    assert (sorted(english.keys() - own.keys()), sorted(own.keys() - english.keys())) == ([], [])


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_placeholders(language):
    own, english = texts_of(language), texts_of(ENGLISH)
    assert [key for key in own if placeholders(own[key]) != placeholders(english[key])] == []


@pytest.mark.parametrize("language", languages())
def test_every_language_names_the_same_commands(language):
    own, english = texts_of(language), texts_of(ENGLISH)
    assert [key for key in own if commands(own[key]) != commands(english[key])] == []


@pytest.mark.parametrize("language", [language for language in languages() if language != ENGLISH])
def test_no_text_is_left_in_english_by_mistake(language):
    """What is equal holds placeholders, signs and names alone."""
    own, english = texts_of(language), texts_of(ENGLISH)
    assert [key for key in own if own[key] == english[key] and has_words(own[key])] == []


def commands(text):
    """Give what is typed as it stands: commands, options, and the codes that they take."""
    return set(re.findall(r"shipclock [a-z-]+|--[a-z-]+|\{do\} [a-z_]+|\b[a-z]+=[a-z_]+", text))


def has_words(text):
    """Tell whether there is something to translate beside names and what is typed."""
    if text.startswith("shipclock "):
        return False
    bare = re.sub(r"\{\w+\}", "", text)
    for name in SAME_EVERYWHERE:
        bare = bare.replace(name, "")
    return any(sign.isalpha() for sign in bare)


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", languages())
def test_no_rule_id_and_no_conflict_id_stands_in_any_text(language):
    for key, text in words(language).texts.items():
        assert not re.search(r"\b[DXT]\d\d[a-z]?\b", text), key


def test_a_missing_key_or_value_shows_as_plain_text():
    assert words().text("todos.dance_twice") == "dance twice"
    assert words().text("cli.unknown").startswith("No order - here")


def test_a_packer_knows_the_stages():
    assert [words().stage(stage) for stage in (Stage.NEW, Stage.CONFIRMED, Stage.AWAITING_HANDOVER)] == [
        "To check",
        "To pack",
        "Waiting for carrier",
    ]
    assert words().stage(Stage.LOST, presumed=True) == "Lost (probably, please check)"


def test_a_clock_is_named_with_its_length_and_never_by_its_id():
    assert words().rule(RuleId.D02, timedelta(hours=72)) == "set to shipped within 72 h"


@pytest.mark.parametrize(
    ("due_in", "told"),
    [
        (timedelta(hours=-62, minutes=-20), "late by 62 h"),
        (timedelta(minutes=40, seconds=59), "40 min left"),
        (timedelta(minutes=59, seconds=59), "59 min left"),
        (timedelta(hours=25, minutes=30), "25 h left"),
        (timedelta(days=14), "14 days left"),
        (timedelta(0), "less than a minute left"),
        (timedelta(seconds=-1), "late by less than a minute"),
        (None, "no limit"),
    ],
)
def test_time_left_is_rounded_down_in_words(due_in, told):
    assert words().time_left(None if due_in is None else NOW + due_in, NOW) == told


def test_who_was_faster_is_told_in_a_friendly_way():
    at = (NOW - timedelta(seconds=20)).isoformat()
    refused = Refused(code="already_packed", values={"by": "Lan", "at": at})
    assert refusal_words(words(), refused, Listener(now=NOW)).reason == "Lan packed this 20 s ago."
    assert refusal_words(words(), refused, Listener(now=NOW, you="Lan")).reason == "You packed this 20 s ago."


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (timedelta(milliseconds=999), "just now"),
        (timedelta(seconds=1), "1 s ago"),
        (timedelta(seconds=59, milliseconds=999), "59 s ago"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(hours=30), "30 h ago"),
        (timedelta(seconds=-5), "just now"),
    ],
)
def test_how_long_ago_is_told_in_seconds_below_a_minute(ago, told):
    assert ago_words(words(), NOW - ago, Listener(now=NOW)) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [("dashboard", "Somebody at the dashboard"), ("platform", "TikTok Shop"), ("Minh", "Minh"), ("lan", "You")],
)
def test_who_was_faster_is_a_name_or_words_for_one(name, told):
    assert who_words(words(), name, Listener(now=NOW, you="lan")) == told


def test_a_code_of_the_shop_itself_is_told_as_it_is():
    told = refusal_words(words(), Refused(code="warehouse_burnt_down"), Listener(now=NOW))
    assert told.reason == "The shop says: warehouse burnt down."


def test_a_refusal_says_what_is_possible_instead():
    refused = Refused(code="not_packed", instead=(CommandName.MARK_PACKED,))
    assert refusal_words(words(), refused, Listener(now=NOW)).instead == "Possible: packed (mark_packed)."


def test_a_hold_is_told_with_its_key_and_with_who_placed_it():
    values = {"holds": "conflict, fraud_check, manual", "held_by_fraud_check": "Minh", "held_by_manual": "Lan"}
    told = refusal_words(words(), Refused(code="on_hold", values=values), Listener(now=NOW, you="Lan")).reason
    assert told == (
        "The order is on hold: news disagree (conflict); possible fraud is being checked (fraud_check, by Minh); "
        "held by hand (manual, by you)."
    )


def test_codes_in_a_refusal_become_words():
    refused = Refused(code="step_locked", values={"step": "cancel", "first": "notify"})
    told = refusal_words(words(), refused, Listener(now=NOW)).reason
    assert told == 'The step "cancel the order in Seller Center" comes later: first "tell the buyer".'
