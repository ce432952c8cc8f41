"""`parse`: one JSON object a line in the form of the corpus' expected.json, whatever the files are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.flows.cli.conftest import JUNIPER, MAIL
from tests.ingest.corpus import EXPECTED, NOT_COMPARED, comparable

ROOT = Path(__file__).parents[3]
ADDED = {"file", "reason_code"}  # what an answer may have that no entry has


def settings_of_the_corpus(place: Path) -> Path:
    """Write settings with the corpus' receiver and shops; their path."""
    box = EXPECTED["receiver"]
    lines = ["[[mailbox]]", 'name = "main"', 'kind = "folder"', 'path = "mail"']
    lines += [
        f'authserv_id = "{box["authserv_id"]}"',
        f"allowed_from_domains = {json.dumps(box['allowed_from_domains'])}",
    ]
    for name, shop in EXPECTED["shops"].items():
        lines += [
            "[[shop]]",
            f"name = {json.dumps(name, ensure_ascii=False)}",
            'mailbox = "main"',
            'policy = "article"',
        ]
        lines += [f'{key} = "{value}"' for key, value in shop.items()]
    file = place / "corpus.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def answers(said) -> list[dict[str, object]]:
    return [json.loads(line) for line in said.out.splitlines()]


def test_each_line_has_the_form_of_an_entry_of_the_corpus(place, shipclock):
    corpus = place / "corpus"
    corpus.mkdir()
    for file in MAIL.glob("*.eml"):  # without the folders below it
        (corpus / file.name).symlink_to(file)
    said = shipclock("parse", str(corpus), "--config", str(settings_of_the_corpus(place)), "--json")
    told = answers(said)
    assert said.code == 0
    assert [one["file"] for one in told] == sorted(EXPECTED["files"])
    for one in told:
        wanted = EXPECTED["files"][str(one["file"])]
        if "receiver" in wanted or one["disposition"] != wanted["disposition"]:
            continue  # another mailbox's mail; one of the alternatives
        known = {name for entry in EXPECTED["files"].values() for name in entry}
        assert set(one) <= known - {"buyer_masked", "note", "alternatives", "cancel_reason"} | ADDED | {
            "request_id", "promised_at", "paid",
        }  # fmt: skip
        fields = [name for name in wanted if name not in NOT_COMPARED]
        assert {name: comparable(name, one.get(name)) for name in fields} == {
            name: comparable(name, wanted[name]) for name in fields
        }


def test_a_cancel_reason_is_told_as_its_code(place, shipclock):
    file = MAIL / "030_en_cancel_requested.eml"
    (told,) = answers(shipclock("parse", str(file), "--config", str(settings_of_the_corpus(place)), "--json"))
    assert (told["reason_code"], "cancel_reason" in told) == ("ordered_by_mistake", False)


def test_parse_works_from_any_folder_with_an_empty_home(place, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    config = settings_of_the_corpus(place)
    environment = {**os.environ, "SHIPCLOCK_HOME": str(tmp_path / "nothing"), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "flows", "parse", str(MAIL / "007_th_table_buddhist_year.eml"), "--json"]
    done = subprocess.run(
        [*command, "--config", str(config)],
        cwd=elsewhere,
        env={**environment, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    assert json.loads(done.stdout)["language"] == "th"
    assert not (tmp_path / "nothing").exists()


def test_every_odd_file_gives_a_line(place, deliver, shipclock):
    deliver("001", "107")
    folder = place / "mail"
    (folder / "noise.eml").write_bytes(bytes(range(256)) * 40)
    (folder / "gone.eml").symlink_to(folder / "nowhere")
    (folder / "deep").mkdir()
    (folder / "deep" / "UPPER.EML").write_bytes(b"")
    (folder / os.fsdecode(b"caf\xe9.eml")).write_bytes(b"\xff")
    os.mkfifo(folder / "pipe.eml")
    with (folder / "huge.eml").open("wb") as huge:
        huge.truncate(1 << 40)  # more than any memory: it must not be read
    said = shipclock("parse", "mail", "--json")
    told = {one["file"]: one for one in answers(said)}
    assert said.code == 0
    assert len(told) == 8
    assert told["huge.eml"]["reason"] == "too_large"
    assert {one["disposition"] for name, one in told.items() if name != "001_en_us_table_alternative.eml"} == {
        "quarantined"
    }


def test_a_path_that_is_not_there_keeps_no_other_from_being_read(deliver, shipclock):
    deliver("001")
    said = shipclock("parse", "nowhere.eml", "mail", "mail", "--json")
    assert said.code == 2
    assert [one["order_id"] for one in answers(said)] == [JUNIPER, JUNIPER]
    assert "There is no file or folder nowhere.eml." in said.err


def test_a_file_that_cannot_be_read_gives_a_line_and_says_so(place, deliver, shipclock):
    deliver("001")
    mail = place / "mail" / "001_en_us_table_alternative.eml"
    if os.geteuid():
        mail.chmod(0)
    else:  # root may read everything but this
        mail.unlink()
        mail.symlink_to("/proc/self/mem")
    said = shipclock("parse", "mail", "--json")
    assert [one["reason"] for one in answers(said)] == ["reader_failed"]
    assert "cannot be read" in said.err
