"""An installation of its own for each test: settings, a folder of mail, and a way to run `shipclock`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from flows.__main__ import run
from flows.clock import set_virtual
from models.db.session import make_engine
from tests.databases import in_folder
from tests.flows.cli.importing import NOW
from tests.ingest.exports import SAMPLES
from tests.mail_server import mail_server, sign_in

__all__ = ["mail_server", "sign_in"]

MAIL = Path(__file__).parents[2] / "mail"
RECEIVER = "mx.seller-inbox.example"

SETTINGS = f"""
[[mailbox]]
name = "main"
kind = "folder"
path = "mail"
authserv_id = "{RECEIVER}"

[[shop]]
name = "Juniper & Pine Co."
market = "US"
currency = "USD"
timezone = "America/Los_Angeles"
policy = "article"
mailbox = "main"
orders_from = 2026-01-01

[[shop]]
name = "Lotus Lane Home"
market = "VN"
currency = "VND"
timezone = "Asia/Ho_Chi_Minh"
policy = "article"
mailbox = "main"
orders_from = 2026-01-01
"""

JUNIPER = "576461413038785752"  # new order 001, cancel request 030
LOTUS = "577094200117744820"  # new order 004
BUYERS = ("m***y_r", "orders@seller-inbox.example")


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # whatever was printed
        return json.loads(self.out)


Shipclock = Callable[..., Said]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings, an empty mail folder and a database without orders, and nothing of this machine's own."""
    for name in ("SHIPCLOCK_CONFIG", "SHIPCLOCK_DATABASE_URL", "SHIPCLOCK_KEY", "PREFECT_API_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHIPCLOCK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mail").mkdir()
    (tmp_path / "shipclock.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "home").mkdir(mode=0o700)
    in_folder(tmp_path / "home")
    return tmp_path


@pytest.fixture
def homeless(place: Path) -> Path:
    """The same before anything was started."""
    shutil.rmtree(place / "home")
    return place


@pytest.fixture
def shipclock(place: Path, capsys: pytest.CaptureFixture[str]) -> Shipclock:
    """Run a command of `shipclock` in this place."""
    assert place.exists()

    def shipclock(*words: str) -> Said:
        capsys.readouterr()
        code = run(words)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return shipclock


@pytest.fixture
def deliver(place: Path) -> Callable[..., None]:
    """Put mails of the corpus, by their numbers, into the mail folder."""

    def deliver(*numbers: str) -> None:
        for number in numbers:
            (file,) = MAIL.glob(f"{number}_*.eml")
            shutil.copy(file, place / "mail" / file.name)

    return deliver


@pytest.fixture
def engine(place: Path) -> Iterator[Engine]:
    """The database of this place, in which it is the evening of the sample exports."""
    engine = make_engine(in_folder(place / "home"))
    set_virtual(engine, NOW)
    yield engine
    engine.dispose()


@pytest.fixture
def sample(place: Path) -> Callable[[str], str]:
    """Copy a sample export beside the settings, as a person has it; its path."""

    def sample(name: str) -> str:
        return str(shutil.copy(SAMPLES / f"{name}.csv", place / f"{name}.csv"))

    return sample
