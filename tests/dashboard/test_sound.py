"""The tones of the packing table: GO and STOP are told apart, and each scan's file is a new one to a browser."""

from __future__ import annotations

import wave
from io import BytesIO
from itertools import pairwise

from dashboard.sound import LOUD, SILENCE, tone
from models.packing_verdict import Word


def samples(word: Word, turn: int = 1) -> bytes:
    with wave.open(BytesIO(tone(word, turn))) as file:
        frames: bytes = file.readframes(file.getnframes())
    return frames


def swings(told: bytes) -> int:
    """How often the tone rises through its middle in the first tenth of a second: more is higher."""
    return sum(before < SILENCE <= after for before, after in pairwise(told[:800]))


def test_go_is_high_and_stop_is_low_and_long():
    go, stop = samples(Word.GO), samples(Word.STOP)
    assert swings(go) > 3 * swings(stop) > 0
    assert len(stop) > 2 * len(go)
    assert max(go) == max(stop) == SILENCE + LOUD


def test_a_browser_that_plays_a_file_once_plays_the_same_word_again():
    assert len({tone(Word.GO, turn) for turn in range(50)}) == 50
