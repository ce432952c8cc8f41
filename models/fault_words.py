"""What a step's error code means, for people: the words of pages.faults, else those of refusals."""

from __future__ import annotations

from collections.abc import Callable

from models.catalogue import Catalogue


def fault_words(texts: Catalogue, code: str | None, shown: Callable[[str], str] = str) -> str:
    """Say what a code means, never another's message; `shown` makes an unknown code fit to be shown."""
    if not code:
        return texts.text("pages.faults.none")
    known = (f"pages.faults.{code}", f"refusals.{code}.reason")
    key = next((key for key in known if key in texts), "pages.faults.other")
    return texts.text(key, code=shown(code))
