"""Whatever goes wrong: one clear sentence, what to do, the right exit code, no traceback."""

import ast
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from flows.cli import faults
from flows.office import open_office
from ingest.lease import held_lease
from models.catalogue import words
from models.language import languages


def test_a_broken_settings_file_ends_with_2_and_its_line(place, shipclock):
    (place / "shipclock.toml").write_text("[[mailbox]]\nname = main\n", encoding="utf-8")
    said = shipclock("orders")
    assert said.code == 2
    assert "shipclock.toml line 2" in said.err


def test_a_missing_settings_file_names_the_command_that_makes_one(place, shipclock):
    (place / "shipclock.toml").unlink()
    said = shipclock("poll")
    assert said.code == 2
    assert "shipclock init" in said.err


def test_a_mailbox_that_is_being_read_ends_with_3(shipclock):
    office = open_office()
    later = office.now() + timedelta(seconds=1)
    with held_lease(office.engine, "main", lambda: later):
        said = shipclock("poll")
    assert said.code == 3
    assert "Mailbox main is" in said.err


def test_a_mail_server_that_does_not_answer_ends_with_1(place, shipclock, monkeypatch):
    monkeypatch.setenv("SHIPCLOCK_PASSWORD_MAIN", "secret")
    settings = place / "shipclock.toml"
    imap = 'kind = "imap"\nhost = "127.0.0.1"\nport = 1\nuser = "shop@example.com"'
    text = settings.read_text(encoding="utf-8").replace('kind = "folder"\npath = "mail"', imap)
    settings.write_text(text, encoding="utf-8")
    said = shipclock("poll")
    assert said.code == 1
    assert "main" in said.err
    assert "secret" not in said.err + said.out


@pytest.mark.parametrize("content", [b"this is no database, only text " * 200, b""])
def test_a_file_that_is_no_database_is_told_or_made_one(place, shipclock, content):
    (place / "home" / "shipclock.db").write_bytes(content)
    said = shipclock("orders")
    assert said.code == (1 if content else 0)
    assert "Traceback" not in said.err
    assert ("restore a backup" in said.err) is bool(content)


def broken(*_args: object, **_rest: object) -> None:
    raise RuntimeError("buyer's words")


def test_what_nobody_expected_is_one_sentence_and_a_log_without_values(place, shipclock, monkeypatch):
    monkeypatch.setattr("models.db.reading.orders_page", broken)
    said = shipclock("orders")
    log = (place / "home" / "faults.log").read_text(encoding="utf-8")
    assert said.code == 1
    assert "faults.log" in said.err
    assert "RuntimeError" in log
    assert "buyer's words" not in said.err + log


def test_debug_shows_the_traceback(place, shipclock):
    (place / "shipclock.toml").unlink()
    assert "Traceback" in shipclock("orders", "--debug").err


def test_an_unknown_command_ends_with_2(shipclock):
    assert shipclock("dance").code == 2


def test_no_command_shows_the_help_by_groups(shipclock):
    said = shipclock()
    assert said.code == 0
    for heading in ("First steps:", "Daily work:", "Looking closer:", "Examples:"):
        assert heading in said.out


@pytest.mark.parametrize("url", ["nonsense", "mysql://me:secret@localhost/shop", "postgresql+nodriver://me:secret@x/y"])
def test_a_database_url_that_cannot_be_used_is_told_without_its_password(shipclock, monkeypatch, url):
    monkeypatch.setenv("SHIPCLOCK_DATABASE_URL", url)
    said = shipclock("orders")
    assert said.code == 1
    assert "SHIPCLOCK_DATABASE_URL is no database" in said.err
    assert "secret" not in said.err


def test_a_mailbox_that_cannot_be_read_is_told_beside_the_list_of_todos(place, deliver, shipclock):
    deliver("001")
    shipclock("poll")
    (place / "mail").rename(place / "elsewhere")
    assert shipclock("poll").code == 1
    said = shipclock("todo")
    assert "Mailbox main could not be read" in said.err
    assert "One of its folders is not there" in said.err


def test_each_fault_of_the_settings_is_told_once(place, shipclock):
    settings = place / "shipclock.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'business_days = ["Mo"]\n', encoding="utf-8")
    assert shipclock("orders").err.count("business_days = [") == 2  # as it is, and the example


def test_settings_named_by_the_environment_are_looked_for_there_alone(shipclock, monkeypatch):
    monkeypatch.setenv("SHIPCLOCK_CONFIG", "/nowhere/x.toml")
    said = shipclock("orders")
    assert said.code == 2
    assert "Looked for /nowhere/x.toml (SHIPCLOCK_CONFIG)." in said.err


def test_who_cannot_be_asked_is_told_of_the_options(place, shipclock, monkeypatch):
    (place / "shipclock.toml").unlink()
    monkeypatch.setattr("sys.stdin", StringIO(""))
    said = shipclock("init")
    assert said.code == 2
    assert "--yes" in said.err


def a_path_of_somebody_else(*_args: object, **_rest: object) -> None:
    raise PermissionError(13, "no", "/nowhere")


IN_VIETNAMESE = [
    (broken, "Có lỗi bên trong Shipclock (RuntimeError). Không mất gì cả. Chỗ xảy ra lỗi được ghi trong"),
    (a_path_of_somebody_else, "/nowhere: no. Hãy kiểm tra đường dẫn có đúng không"),
]


@pytest.mark.parametrize(("happens", "told"), IN_VIETNAMESE)
def test_what_goes_wrong_is_told_in_the_language_of_the_settings(place, shipclock, monkeypatch, happens, told):
    settings = place / "shipclock.toml"
    settings.write_text('language = "vi"\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr("models.db.reading.orders_page", happens)
    assert told in shipclock("orders").err


@pytest.mark.parametrize(("happens", "told"), IN_VIETNAMESE)
def test_what_goes_wrong_before_the_settings_are_read_is_told_in_the_language_of_the_environment(
    shipclock, monkeypatch, happens, told
):
    monkeypatch.setenv("SHIPCLOCK_LANGUAGE", "vi")
    monkeypatch.setattr("models.settings_file._text_of", happens)
    assert told in shipclock("orders").err


def test_a_file_that_is_no_database_is_told_in_the_language_of_the_settings(place, shipclock):
    settings = place / "shipclock.toml"
    settings.write_text('language = "vi"\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    (place / "home" / "shipclock.db").write_bytes(b"this is no database, only text " * 200)
    assert shipclock("orders").err.startswith("Tệp này không phải cơ sở dữ liệu của Shipclock.")


def test_a_command_that_is_stopped_says_so_in_the_language_of_the_environment(monkeypatch, capsys):
    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("SHIPCLOCK_LANGUAGE", "vi")
    assert faults.guarded(stopped, debug=False) == 130
    assert capsys.readouterr().err == "Đã dừng.\n"


def test_where_no_file_can_be_opened_not_even_that_of_the_words_the_fault_is_still_named(shipclock, monkeypatch):
    def no_file_left(_language: str) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("models.db.reading.orders_page", broken)
    monkeypatch.setattr("models.catalogue._catalogue", no_file_left)
    said = shipclock("orders")
    assert said.code == 1
    assert "Traceback" not in said.err


SOURCE = ast.parse(Path(faults.__file__).read_text(encoding="utf-8"))
DOCUMENTED = (ast.Module, ast.FunctionDef)


def test_the_last_line_of_defence_has_no_words_of_its_own():
    documents = {ast.get_docstring(node, clean=False) for node in ast.walk(SOURCE) if isinstance(node, DOCUMENTED)}
    texts = {node.value for node in ast.walk(SOURCE) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert [text for text in texts - documents if re.search(r"\w \w", text)] == []


@pytest.mark.parametrize("language", languages())
def test_all_that_it_says_is_in_the_catalogue(language):
    calls = [
        node for node in ast.walk(SOURCE) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_said"
    ]
    asked = {ast.literal_eval(node.args[0]) for node in calls}
    own = {key.rpartition(".")[2] for key in words(language).texts if key.startswith("faults.command.")}
    assert asked == own
