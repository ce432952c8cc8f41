"""Short forms of the label files spelled out: "{Shipped|Sent} {on|at}" is four labels.

Pure. A language makes its labels and sentences of few parts; the files name the parts, so that no form is forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

_CHOICE: Final = re.compile(r"\{([^{}]*)\}")
MOST: Final = 1_200  # forms that one line may stand for


def expanded(texts: Iterable[str]) -> Iterator[str]:
    """Yield each text with every choice of its braces; raises ValueError for a stray brace or too many forms."""
    for text in texts:
        if "{" in text or "}" in text:
            yield from _forms(text)
        else:
            yield text


def _forms(text: str) -> list[str]:
    fixed, choices = _CHOICE.split(text)[::2], [part.split("|") for part in _CHOICE.findall(text)]
    forms: set[str] = set()
    for chosen in product(*choices):
        form = "".join(piece for pair in zip(fixed, (*chosen, ""), strict=True) for piece in pair)
        forms.add(" ".join(form.split()))
        if len(forms) > MOST:
            break
    if any(brace in form for form in forms for brace in "{}") or len(forms) > MOST:
        raise ValueError(f"{text!r}: a brace without its other one, or more than {MOST} forms")
    return sorted(forms)
