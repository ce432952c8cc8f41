"""What was saved comes back, all of it or nothing, and never over something that is there."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command

from flows.processes import birth
from models.db.schema import HEAD, alembic_config
from models.db.session import make_engine
from tests.flows.backup.conftest import change, rows_of
from tests.flows.cli.conftest import SETTINGS, Shipclock

ROOT = Path(__file__).parents[3]
ADDED = {"audit", "rescan"}  # that it was restored, and what is to be read again


@pytest.fixture
def backup(polled: Shipclock, place: Path) -> Path:
    """A backup of the home with two orders."""
    labels = place / "home" / "labels"
    labels.mkdir()
    (labels / "en.toml").write_text('language = "en"\n[labels]\norder_no = ["Order tag"]\n', encoding="utf-8")
    assert polled("backup", "backup.zip").code == 0
    return place / "backup.zip"


def test_a_backup_restored_elsewhere_has_every_row_and_a_rebuild_finds_no_difference(
    backup: Path, shipclock: Shipclock, place: Path, elsewhere: Callable[[], Path]
):
    before, home = rows_of(place / "home"), elsewhere()
    said = shipclock("restore", str(backup))
    assert said.code == 0, said.err
    after = rows_of(home)
    assert {table: rows for table, rows in after.items() if table not in ADDED} == {
        table: rows for table, rows in before.items() if table not in ADDED
    }
    assert all(after[table][: len(before[table])] == before[table] for table in ADDED)
    assert (home / "shipclock.toml").read_text("utf-8") == SETTINGS
    assert (home / "labels" / "en.toml").read_bytes() == (place / "home" / "labels" / "en.toml").read_bytes()
    assert shipclock("rebuild", "--check").out == "Everything that is shown follows from the news: 2 orders.\n"


def test_mail_that_came_since_is_read_again_and_nothing_twice(
    backup: Path, shipclock: Shipclock, place: Path, deliver: Callable[..., None], elsewhere: Callable[[], Path]
):
    deliver("003")
    shipclock("poll")
    orders = shipclock("orders", "--json").json
    home = elsewhere()
    shipclock("restore", str(backup))
    shutil.copytree(place / "mail", home / "mail")
    requests = rows_of(home)["rescan"]
    assert [(row[1], row[4], row[6]) for row in requests[-1:]] == [("main", "restored", None)]
    assert shipclock("poll").code == 0
    assert shipclock("orders", "--json").json == orders
    assert [row[6] for row in rows_of(home)["rescan"]].count(None) == 0


def test_what_was_sealed_stays_closed_until_the_key_is_back(
    backup: Path, shipclock: Shipclock, place: Path, elsewhere: Callable[[], Path]
):
    home = elsewhere()
    said = shipclock("restore", str(backup))
    assert "1 quarantined mails, 0 sign-ins" in said.out
    assert not (home / "key").exists()
    shutil.copy(place / "home" / "key", home / "key")
    again = shipclock("restore", str(backup), "--force", "--json").json
    assert again["sealed"] == {"mails": 1, "sign_ins": 0, "closed_mails": 0, "closed_sign_ins": 0}


def occupied(place: Path, home: Path) -> None:
    """Have a database in the new home that no process of the test has open, and no words of one's own."""
    shutil.copytree(place / "home", home, ignore=shutil.ignore_patterns("labels"))
    shutil.copy(place / "shipclock.toml", home)
    change(home, "INSERT INTO meta VALUES ('here', 'before')")


def test_a_database_that_is_there_is_not_replaced_but_with_force_and_then_kept_beside(
    backup: Path, shipclock: Shipclock, place: Path, elsewhere: Callable[[], Path]
):
    home = elsewhere()
    occupied(place, home)
    before = rows_of(home)
    said = shipclock("restore", str(backup))
    assert (said.code, rows_of(home)) == (4, before)
    kept = Path(shipclock("restore", str(backup), "--force", "--json").json["kept"])
    assert rows_of(home)["meta"] == []
    kept.rename(kept.parent / "shipclock.db")
    assert rows_of(home) == before


def test_settings_and_words_that_are_here_stay_and_the_backups_lie_beside_them(
    backup: Path, shipclock: Shipclock, elsewhere: Callable[[], Path]
):
    home = elsewhere()
    (home / "labels").mkdir(parents=True)
    for file in (home / "shipclock.toml", home / "labels" / "en.toml"):
        file.write_text("# mine\n", encoding="utf-8")
    said = shipclock("restore", str(backup))
    assert said.code == 0
    for file in (home / "shipclock.toml", home / "labels" / "en.toml"):
        assert file.read_text("utf-8") == "# mine\n"
        assert file.with_name(f"{file.name}.from-backup").exists()
        assert f"{file.name}.from-backup" in said.out


def test_nothing_is_restored_where_shipclock_runs(backup: Path, shipclock: Shipclock, elsewhere: Callable[[], Path]):
    home = elsewhere()
    home.mkdir()
    alive = os.getppid()
    (home / "run.json").write_text(json.dumps({"pid": alive, "born": birth(alive)}), encoding="utf-8")
    said = shipclock("restore", str(backup))
    assert said.code == 3
    assert "End it" in said.err
    assert {file.name for file in home.iterdir()} == {"run.json"}


def test_a_database_that_a_program_has_open_is_not_replaced(backup: Path, shipclock: Shipclock, place: Path):
    with closing(sqlite3.connect(place / "home" / "shipclock.db")) as other:
        other.execute("SELECT * FROM orders").fetchone()
        said = shipclock("restore", str(backup), "--force")
    assert said.code == 3
    assert "Another program uses" in said.err
    assert not list((place / "home").glob("*before-restore*"))


def cut(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])


def rotten(backup: Path) -> None:
    """As a worn stick gives it back: of the right length, but no longer anything that was packed."""
    content = bytearray(backup.read_bytes())
    with zipfile.ZipFile(backup) as archive:
        header = archive.getinfo("database").header_offset
    name, extra = struct.unpack_from("<HH", content, header + 26)  # how long they are, by the format of ZIP
    content[header + 30 + name + extra] = 0b111  # no kind of block that there is
    backup.write_bytes(content)


def other_file(backup: Path) -> None:
    backup.write_text("no zip", encoding="utf-8")


def other_zip(backup: Path) -> None:
    with zipfile.ZipFile(backup, "w") as archive:
        archive.writestr("letter.txt", "dear")


def changed(backup: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(backup) as archive:
        inside = {one: archive.read(one) for one in archive.namelist()}
    with zipfile.ZipFile(backup, "w") as archive:
        for one, was in inside.items():
            archive.writestr(one, content if one == name else was)


def other_database(backup: Path) -> None:
    changed(backup, "database", b"SQLite format 3\0")


def fewer_orders(backup: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        told = json.loads(archive.read("manifest.json"))
    told["rows"]["orders"] += 1
    changed(backup, "manifest.json", json.dumps(told).encode())


def way_out(backup: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        told = json.loads(archive.read("manifest.json"))
    told["parts"]["labels/../../out.toml"] = told["parts"]["labels/en.toml"]
    changed(backup, "manifest.json", json.dumps(told).encode())


@pytest.mark.parametrize("spoil", [cut, rotten, other_file, other_zip, other_database, fewer_orders, way_out])
def test_a_file_that_is_no_whole_backup_is_refused_and_leaves_nothing(
    backup: Path, shipclock: Shipclock, elsewhere: Callable[[], Path], spoil: Callable[[Path], None]
):
    spoil(backup)
    home = elsewhere()
    said = shipclock("restore", str(backup))
    assert said.code == 1
    assert "backup" in said.err
    assert "inside Shipclock" not in said.err
    assert [file for file in home.rglob("*") if file.is_file()] == []


def test_a_backup_of_a_newer_shipclock_is_refused(polled: Shipclock, place: Path, elsewhere: Callable[[], Path]):
    change(place / "home", "UPDATE alembic_version SET version_num = '9999'")
    assert polled("backup", "backup.zip").code == 0
    home = elsewhere()
    said = polled("restore", str(place / "backup.zip"))
    assert said.code == 1
    assert "newer Shipclock" in said.err
    assert not home.exists()


def test_a_backup_of_an_older_shipclock_is_brought_up_to_date(
    shipclock: Shipclock, homeless: Path, elsewhere: Callable[[], Path]
):
    (homeless / "home").mkdir()
    engine = make_engine(f"sqlite:///{homeless / 'home' / 'shipclock.db'}")
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
    engine.dispose()
    assert rows_of(homeless / "home")["alembic_version"] == [("0004",)]
    assert shipclock("backup", "backup.zip").code == 0
    home = elsewhere()
    assert shipclock("restore", str(homeless / "backup.zip")).code == 0
    assert rows_of(home)["alembic_version"] == [(HEAD,)]
    assert shipclock("rebuild", "--check").code == 0


def test_a_backup_of_another_kind_of_database_is_refused(
    backup: Path, shipclock: Shipclock, elsewhere: Callable[[], Path]
):
    with zipfile.ZipFile(backup) as archive:
        told = json.loads(archive.read("manifest.json"))
    changed(backup, "manifest.json", json.dumps({**told, "engine": "postgresql"}).encode())
    elsewhere()
    said = shipclock("restore", str(backup))
    assert said.code == 1
    assert "of PostgreSQL, and this home has SQLite" in said.err


@pytest.mark.parametrize(
    ("module", "function", "when"),
    [
        ("flows.backup.restoring", "unpack", "before"),
        ("flows.backup.restoring", "unpack", "after"),
        ("flows.backup.restoring", "put_into_place", "after"),
        ("flows.backup.restoring", "migrate", "after"),
        ("models.db.image_sqlite", "_close_for_good", "after"),
        ("models.db.image_sqlite", "_sync", "after"),
        ("flows.backup.restoring", "sealed_in", "before"),
    ],
)
@pytest.mark.parametrize("there", [False, True], ids=["empty", "over another"])
def test_a_restore_that_is_killed_leaves_what_was_there_or_the_whole(  # noqa: PLR0913, PLR0917  # what a kill needs
    backup: Path,
    shipclock: Shipclock,
    place: Path,
    elsewhere: Callable[[], Path],
    module: str,
    function: str,
    when: str,
    there: bool,  # noqa: FBT001  # a parameter of the test
):
    saved, home = rows_of(place / "home"), elsewhere()
    if there:
        occupied(place, home)
    before = rows_of(home) if there else None

    arguments = [str(backup), module, function, when]
    dying = [sys.executable, "-m", "tests.flows.backup.killed_restore", *arguments]
    died = subprocess.run(dying, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)

    assert died.returncode == -9
    now = rows_of(home) if (home / "shipclock.db").exists() else None
    whole = now is not None and now["orders"] == saved["orders"] and len(now["audit"]) == len(saved["audit"]) + 1
    assert whole or now == before
    assert shipclock("restore", str(backup), "--force").code == 0
    assert rows_of(home)["fact"] == saved["fact"]
    assert not list(home.glob(".shipclock-*"))
