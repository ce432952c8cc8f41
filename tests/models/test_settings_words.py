"""What is wrong with settings, policies and announcements is told in the language that the settings choose."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import catalogue
from models.catalogue import Catalogue, texts_of, words
from models.extension import KEYS
from models.home import find_home
from models.language import ENGLISH, languages
from models.policy import PolicyError
from models.policy_data import POLICY, WRONG, parse_policy
from models.policy_entry import CALENDAR, CLOCK, INTERVAL, RANK
from models.policy_files import load_policy
from models.settings_fault import SECTIONS
from models.settings_file import SettingsError, load_settings
from tests.models.test_settings_file import EXTENSION, FIGURE, MAILBOX, SHOP, fault_of

ROOT = Path(__file__).parents[2]
VIETNAMESE = 'language = "vi"\n'
OPEN_TO_ALL = '[dashboard]\naddress = "0.0.0.0"\n'
FAULTS = (
    "",
    MAILBOX,
    MAILBOX.replace("host", "hots") + SHOP,
    MAILBOX + 'password = "hunter2"\n' + SHOP,
    MAILBOX + SHOP + 'handover = "pikup"\n',
    MAILBOX + SHOP + "qwertz = 1\n",
    MAILBOX + SHOP + 'language = "vi"\n',
    MAILBOX + SHOP + "[alert]\n",
    MAILBOX + SHOP.replace('currency = "VND"\n', ""),
    MAILBOX + SHOP.replace('"main"', '"man"'),
    SHOP,
    MAILBOX + SHOP + SHOP,
    MAILBOX + MAILBOX + SHOP,
    MAILBOX.replace('user = "shop@example.com"\n', "") + SHOP,
    '[[mailbox]]\nname = "m"\nkind = "maildir"\npath = "m"\nafter_reading = "move"\n' + SHOP,
    'mailbox = "main"\n' + SHOP,
    MAILBOX + SHOP + 'also_named = ["Bamboo"]\n' + SHOP.replace("Tre Viet", "Juniper") + 'also_named = ["Bamboo"]\n',
    MAILBOX + SHOP + OPEN_TO_ALL,
    MAILBOX + SHOP + '[dashboard]\ncertificate = "a.pem"\n',
    MAILBOX + SHOP + '[dashboard]\nsign_in = "company"\nprovider = "https://x.example/common/v2"\n',
    MAILBOX + SHOP + '[tiktok]\napp_ky = "6abc"\n',
    MAILBOX + SHOP + '[tiktok]\nsevice = "6abc"\napi_url = "ftp://x"\n',
    MAILBOX + SHOP + FIGURE.replace("D02", "D99"),
    MAILBOX + SHOP + FIGURE.replace("48", "-1"),
    MAILBOX + SHOP + EXTENSION.replace("add_hours = 24\n", ""),
    MAILBOX + SHOP + EXTENSION.replace('markets = ["VN"]\n', ""),
    MAILBOX + SHOP + EXTENSION.replace("2027-02-11", "2026-02-11"),
    MAILBOX + SHOP + EXTENSION + 'shops = ["Tre Viet"]\n',
)
HEAD = 'name = "x"\nversion = "1"\n'
HOURS = 'unit = "hours"\nsource = "default"'
POLICIES = (
    "name = ",
    'version = "1"',
    HEAD + "colour = 1",
    HEAD + "[clock]",
    HEAD + "clocks = 1",
    HEAD + "[clocks]\nD02 = 1",
    HEAD + '[clocks.D02]\nlength = 1\nsource = "x"\nunit = "moons"',
    HEAD + f"[clocks.D02]\nlength = -1\n{HOURS}",
    HEAD + f"[clocks.D99]\nlength = 1\n{HOURS}",
    HEAD + '[clocks.D12]\nlength = 3\nunit = "attempts"\nsource = "default"',
    HEAD + '[clocks.D03]\nlength = 1\nunit = "business_hours"\nsource = "default"',
    HEAD + '[clocks.D02]\nlength = 1\nunit = "hours"\nsource = "U-us 1"',
    HEAD + 'cancel_limit_rank = { rank = 45, source = "default" }',
    HEAD + "[calendar]\nsource = 'default'\nsubdivision = 'ENG'",
)
TABLES = (CLOCK, INTERVAL, RANK, CALENDAR, POLICY, KEYS)
ENGLISH_WORDS = frozenset(
    {"a", "an", "the", "is", "are", "be", "not", "no", "of", "one", "must", "needs", "there", "and", "or", "with", "to"}
    | {"for", "that", "known", "did", "you", "write", "this", "file", "list", "number", "date", "which", "alone"}
)


def codes_in_code(file: str, speaker: str) -> Iterator[str]:
    """Give every code that a module hands to this function as it stands there."""
    for node in ast.walk(ast.parse((ROOT / "models" / f"{file}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == speaker:
            first = node.args[0]
            chosen = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
            yield from (str(one.value) for one in chosen if isinstance(one, ast.Constant))


def needed() -> Iterator[str]:
    """Give the key of every text that is asked for."""
    for section, table in SECTIONS.items():
        yield from (f"settings.allowed.{section}.{key}" for key in table.model_fields)
    yield from (f"settings.figures.{key.allowed}" for table in TABLES for key in table.values())
    yield from (f"settings.clocks.{code}" for _, code in WRONG)
    for file in ("settings_fault", "settings_file"):
        yield from (f"settings.{code}" for code in codes_in_code(file, "_say"))
    for file in ("policy_entry", "policy_data", "policy_files", "extension", "public_holidays"):
        yield from (f"settings.policy.{code}" for code in codes_in_code(file, "policy_fault"))


@pytest.mark.parametrize("language", languages())
def test_every_key_and_every_fault_has_words(language):
    asked = list(needed())
    assert len(asked) > 100
    assert [key for key in asked if key not in words(language)] == []


def test_every_key_has_an_example():
    fields = [(name, key, field) for name, one in SECTIONS.items() for key, field in one.model_fields.items()]
    assert [(name, key) for name, key, field in fields if not field.examples] == []


@pytest.fixture
def dotted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak a language that has dots in place of letters, so that what is not from the catalogue stands out."""
    own = {key: re.sub(r"\{\w+\}|\w", _dot, text) for key, text in texts_of(ENGLISH).items()}
    monkeypatch.setattr(catalogue, "_catalogue", lambda language: Catalogue(language, own))


def _dot(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith("{") else "·"


def bare_words(told: str) -> set[str]:
    return set(re.findall(r"[a-z_]+", told.lower())) & ENGLISH_WORDS


@pytest.mark.usefixtures("dotted")
@pytest.mark.parametrize("text", FAULTS)
def test_no_fault_of_settings_has_a_word_that_the_catalogue_does_not_know(tmp_path, text):
    assert bare_words(fault_of(tmp_path, text).replace(str(tmp_path), "")) == set()


@pytest.mark.usefixtures("dotted")
@pytest.mark.parametrize("text", POLICIES[1:])  # what is no TOML, Python's own reader says
def test_no_fault_of_a_policy_has_a_word_that_the_catalogue_does_not_know(text):
    with pytest.raises(PolicyError) as fault:
        parse_policy(text, load_policy("article"))
    assert bare_words(str(fault.value)) == set()


@pytest.mark.parametrize("text", POLICIES)
def test_a_fault_of_a_policy_is_told_in_every_language(text):
    base = load_policy("article")
    told = set()
    for language in languages():
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("SHIPCLOCK_LANGUAGE", language)
            with pytest.raises(PolicyError) as fault:
                parse_policy(text, base)
        told.add(str(fault.value))
    assert len(told) == len(languages())


def installed(folder: Path, text: str, **environment: str):
    (folder / "shipclock.toml").write_text(text, encoding="utf-8")
    return find_home({"SHIPCLOCK_HOME": str(folder), **environment}, cwd=folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SHOP + 'handover = "pikup"\n', 'dòng 12: `[[shop]] handover = "pikup"` không hợp lệ, cần là một trong pickup'),
        ("", "chưa có [[shop]]"),
        (SHOP + OPEN_TO_ALL, "cho người khác vào mà không ai đăng nhập"),
        (SHOP + FIGURE.replace("48", "-1"), "shop.figures.D02.length = -1 không hợp lệ, cần là một số từ 0 đến 8784"),
    ],
)
def test_faults_are_told_in_the_language_of_the_very_file_that_has_them(tmp_path, text, told):
    with pytest.raises(SettingsError) as fault:
        load_settings(installed(tmp_path, VIETNAMESE + MAILBOX + text))
    assert told in str(fault.value)
    assert "Tệp đó là" in str(fault.value)


def test_the_environment_decides_in_which_language_faults_are_told(tmp_path):
    with pytest.raises(SettingsError, match=r"there is no \[\[shop\]\]"):
        load_settings(installed(tmp_path, VIETNAMESE + MAILBOX, SHIPCLOCK_LANGUAGE="en"))


def test_a_language_that_is_none_is_told_in_english(tmp_path):
    with pytest.raises(SettingsError, match="is not one of en, vi"):
        load_settings(installed(tmp_path, "language = 3\n" + MAILBOX + SHOP))


def test_a_language_that_the_environment_names_wrongly_is_told_in_that_of_the_file(tmp_path):
    with pytest.raises(SettingsError, match="SHIPCLOCK_LANGUAGE=xx không phải ngôn ngữ của Shipclock"):
        load_settings(installed(tmp_path, VIETNAMESE + MAILBOX + SHOP, SHIPCLOCK_LANGUAGE="xx"))


def test_a_fault_of_the_app_at_tiktok_shop_is_named(tmp_path):
    told = fault_of(tmp_path, MAILBOX + SHOP + '[tiktok]\napp_ky = "6abc"\napi_url = "ftp://x"\n')
    assert "line 12: [tiktok] has no key `app_ky`. Did you mean `app_key`?" in told
    assert 'line 13: `[tiktok] api_url = "ftp://x"` is not an https address.' in told
