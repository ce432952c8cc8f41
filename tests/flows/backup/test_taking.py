"""A backup is whole, of one moment, for its owner's eyes, and opens nothing by itself."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from flows.backup.apart import without_secrets
from flows.backup.taking import take_backup
from models.db import image_sqlite
from models.db.schema import HEAD
from models.home import find_home
from tests.flows.backup.conftest import change
from tests.flows.cli.conftest import SETTINGS, Shipclock

ROOT = Path(__file__).parents[3]
PLANTED = ("Planted-password", "Planted-app-secret", "planted-token", "planted-hook")


@pytest.fixture
def written(polled: Shipclock, place: Path) -> Iterator[Path]:
    """The database, while another process writes into it."""
    file = place / "home" / "shipclock.db"
    assert polled("orders").code == 0
    command = [sys.executable, "-m", "tests.flows.backup.writer", str(file)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}) as writer:
        yield file
        writer.kill()


def pairs(file: Path) -> tuple[int, int]:
    """How many rows the writer has written into each of its tables."""
    metas = "SELECT count(*) FROM meta WHERE key LIKE 'written-%'"
    kinds = "SELECT count(*) FROM evidence WHERE shop_id = 'nobody'"
    with closing(sqlite3.connect(file)) as connection:
        first, second = connection.execute(f"SELECT ({metas}), ({kinds})").fetchone()  # both stand above
    return first, second


def test_a_backup_is_of_one_moment_while_another_process_writes_on(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(image_sqlite, "PAGES", 40)
    copied: list[tuple[int, int]] = []

    def tell(what: str, done: int, size: int) -> None:
        if what == "copying":
            before = pairs(written)
            while pairs(written) == before:
                pass
            copied.append((done, size))

    while pairs(written) == (0, 0):
        pass
    take_backup(find_home(), tmp_path / "backup.zip", force=False, tell=tell)

    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        archive.extract("database", tmp_path)
    first, second = pairs(tmp_path / "database")
    assert first == second > 0
    assert first < pairs(written)[0]
    assert len(copied) > 1
    assert copied == sorted(set(copied))  # the copy never begins anew
    assert len({size for _, size in copied}) == 1


def test_no_secret_is_in_a_backup_and_the_command_says_where_each_is(polled: Shipclock, place: Path):
    key = (place / "home" / "key").read_text("utf-8").strip()
    (place / ".env").write_text(
        f"SHIPCLOCK_PASSWORD_MAIN={PLANTED[0]}\nSHIPCLOCK_TIKTOK_SECRET={PLANTED[1]}\n", encoding="utf-8"
    )
    addresses = f'addresses = ["tgram://{PLANTED[2]}/1", "https://discord.com/api/webhooks/1/{PLANTED[3]}"]'
    (place / "shipclock.toml").write_text(f"{SETTINGS}\n[alerts]\n{addresses}\n", encoding="utf-8")

    said = polled("backup", "backup.zip")

    with zipfile.ZipFile(place / "backup.zip") as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    assert set(inside) == {"database", "shipclock.toml", "manifest.json"}
    for secret in (key, *PLANTED):
        assert not [name for name, content in inside.items() if secret.encode() in content]
        assert secret.encode() not in (place / "backup.zip").read_bytes()
        assert secret not in said.out + said.err
    assert str(place / "home" / "key") in said.out
    assert "SHIPCLOCK_PASSWORD_MAIN" in said.out
    assert "SHIPCLOCK_TIKTOK_SECRET" in said.out
    assert str(place / ".env") in said.out
    assert "password or token: 2." in said.out


def test_a_key_of_the_environment_is_in_no_backup_either(
    polled: Shipclock, place: Path, monkeypatch: pytest.MonkeyPatch
):
    key = Fernet.generate_key().decode()
    monkeypatch.setenv("SHIPCLOCK_KEY", key)
    said = polled("backup", "backup.zip", "--json")
    assert said.json["not_in_it"]["key"] == "SHIPCLOCK_KEY"
    with zipfile.ZipFile(place / "backup.zip") as archive:
        assert not [name for name in archive.namelist() if key.encode() in archive.read(name)]


@pytest.mark.parametrize(
    ("addresses", "count"),
    [
        ('["mailto://me:Secret@example.com"]', 1),
        ("['tgram://Secret/1', 'ntfy://Secret']", 2),
        ('["""tgram://Secret/1"""]', 1),
        (r'["tgram:\u002F\u002FSecret/1"]', 1),
    ],
)
def test_an_address_that_holds_a_token_is_taken_out_however_it_is_written(addresses: str, count: int):
    text = f"{SETTINGS}\n[alerts]\naddresses = {addresses}\n"
    cleaned, hidden = without_secrets(text, Path("shipclock.toml"))
    assert "Secret" not in cleaned
    assert hidden == count


def test_tiktok_shops_own_addresses_stay_in_the_settings():
    text = f'{SETTINGS}\n[tiktok]\napi_url = "https://open-api.tiktokglobalshop.com"\n'
    assert without_secrets(text, Path("shipclock.toml")) == (text, 0)


def test_a_backup_is_for_its_owner_alone_and_leaves_nothing_beside_it(polled: Shipclock, place: Path):
    before = set(place.iterdir())
    assert polled("backup", "backup.zip").code == 0
    assert set(place.iterdir()) - before == {place / "backup.zip"}
    assert stat.S_IMODE((place / "backup.zip").stat().st_mode) == 0o600


def test_a_file_that_exists_is_replaced_only_with_force(polled: Shipclock, place: Path):
    (place / "backup.zip").write_text("mine", encoding="utf-8")
    said = polled("backup", "backup.zip")
    assert (said.code, (place / "backup.zip").read_text("utf-8")) == (4, "mine")
    assert "--force" in said.err
    assert polled("backup", "backup.zip", "--force").code == 0
    assert zipfile.is_zipfile(place / "backup.zip")


def test_the_manifest_tells_version_engine_and_how_many_rows_there_are(polled: Shipclock, place: Path):
    polled("backup", "backup.zip")
    with zipfile.ZipFile(place / "backup.zip") as archive:
        told = json.loads(archive.read("manifest.json"))
    assert (told["engine"], told["version"], told["rows"]["orders"]) == ("sqlite", HEAD, 2)
    assert told["saved_at"].endswith("+00:00")


def test_where_there_is_no_database_there_is_no_backup_and_none_is_made(shipclock: Shipclock, homeless: Path):
    said = shipclock("backup", "backup.zip")
    assert said.code == 1
    assert "nothing to back up" in said.err
    assert not (homeless / "backup.zip").exists()
    assert not (homeless / "home" / "shipclock.db").exists()


def test_a_damaged_database_is_told_and_not_passed_off_as_a_backup(
    polled: Shipclock, place: Path, elsewhere: Callable[[], Path]
):
    home = elsewhere()
    shutil.copytree(place / "home", home)  # that one the test itself has open
    change(home, "PRAGMA journal_mode=DELETE")
    file = home / "shipclock.db"
    content = bytearray(file.read_bytes())
    content[4096 * 4 : 4096 * 30] = b"\x07" * (4096 * 26)
    file.write_bytes(content)
    said = polled("backup", str(place / "backup.zip"))
    assert said.code == 1
    assert "damaged" in said.err
    assert not (place / "backup.zip").exists()
