"""The two tones of the packing table, for a packer who looks at the parcel: one high for GO, two low for STOP.

Pure. They are drawn as numbers here, so no file is fetched from anywhere.
"""

from __future__ import annotations

import wave
from functools import cache
from io import BytesIO
from math import pi, sin
from typing import Final

from models.packing_verdict import Word

RATE: Final = 8000  # samples a second
LOUD: Final = 90  # of 127
SILENCE: Final = 128  # the middle of eight bits
PAUSE: Final = 0.12  # seconds
TONES: Final = {Word.GO: ((1320, 0.18),), Word.STOP: ((220, 0.35), (220, 0.35))}  # hertz, seconds
TURNS: Final = 1000


def tone(word: Word, turn: int) -> bytes:
    """Give the word's tone as WAV. Each `turn` has bytes of its own, for a browser plays the same file once."""
    told = BytesIO()
    with wave.open(told, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(_samples(word) + bytes([SILENCE]) * (turn % TURNS + 1))
    return told.getvalue()


@cache
def _samples(word: Word) -> bytes:
    pause = bytes([SILENCE]) * round(PAUSE * RATE)
    return pause.join(_sine(hertz, seconds) for hertz, seconds in TONES[word])


def _sine(hertz: int, seconds: float) -> bytes:
    count = round(seconds * RATE)
    return bytes(SILENCE + round(LOUD * sin(2 * pi * hertz * place / RATE)) for place in range(count))
