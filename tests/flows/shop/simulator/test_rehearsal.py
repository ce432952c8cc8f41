"""`shipclock simulate-shop` as a person uses it: what it prints can be pasted, Ctrl-C ends it, a home goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest

from models.home import Home
from models.settings_file import load_settings
from tests.waiting import PATIENCE

LAST_OF_STDOUT = "SHIPCLOCK_TIKTOK_SECRET="


def command(home, *options: str):
    return [sys.executable, "-m", "flows", "simulate-shop", "--home", str(home), *options]


@contextmanager
def rehearsing(home, *options: str):
    """Run the command until the block ends; give what it printed to paste, and the process."""
    quiet = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command(home, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=quiet)
    assert process.stdout
    printed = []
    for line in process.stdout:
        printed.append(line.decode())
        if LAST_OF_STDOUT in printed[-1]:
            break
    try:
        yield "".join(printed), process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def settings_in(folder, printed):
    """Paste it, as the user would."""
    file = folder / "shipclock.toml"
    file.write_text(printed)
    return load_settings(Home(path=folder, config=file, database_url=""))


@pytest.mark.skipif(os.name == "nt", reason="sends Ctrl-C by signal")
def test_what_it_prints_is_settings_and_ctrl_c_ends_it_cleanly(tmp_path):
    with rehearsing(tmp_path / "play", "--market", "us", "--mail", str(tmp_path / "box")) as (printed, process):
        settings = settings_in(tmp_path, printed)
        (shop,) = settings.shop
        assert (shop.market, shop.api) == ("US", True)
        told = httpx.get(f"{settings.tiktok.api_url}/simulator/tally", timeout=PATIENCE).json()
        assert sum(told["orders"].values()) > 0
        assert list((tmp_path / "box" / "new").iterdir())
        process.send_signal(signal.SIGINT)
        _, notes = process.communicate()
    assert process.returncode == 0
    assert b"goes on from here" in notes


@pytest.mark.skipif(os.name == "nt", reason="sends Ctrl-C by signal")
def test_a_home_goes_on_and_another_play_is_refused_with_what_to_do(tmp_path):
    home = tmp_path / "play"
    for _ in range(2):
        with rehearsing(home, "--orders", "30", "--days", "2") as (printed, process):
            tokens = tmp_path / f"{len(list(tmp_path.iterdir()))}"
            tokens.mkdir()
            assert len(settings_in(tokens, printed).shop) == 2
            process.send_signal(signal.SIGINT)
            process.communicate()
        assert process.returncode == 0
    done = subprocess.run(command(home, "--seed", "8"), capture_output=True, check=False)
    assert done.returncode == 2
    assert b"another --home" in done.stderr


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [(("--market", "mars"), 2, b"Choose one of article"), (("--faults", "2"), 2, b"--faults")],
)
def test_a_wrong_option_is_told_with_what_would_be_right(tmp_path, options, code, words):
    done = subprocess.run(command(tmp_path, *options), capture_output=True, check=False)
    assert done.returncode == code
    assert words in done.stderr
