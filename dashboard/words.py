"""The pages' words, from the one catalogue: `pages.toml` is ours, stages, clocks and to-dos are everybody's.

A text that may hold what others wrote (a shop's or a carrier's name) is escaped before it becomes Markdown.
"""

from __future__ import annotations

import re
from typing import Final

from models.catalogue import Catalogue, words

MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&])")


def catalogue() -> Catalogue:
    """Give the words of everybody: stages, clocks, to-dos, holds."""
    return words()


def say(key: str, **values: object) -> str:
    """Give a text of `pages.toml` with its placeholders filled."""
    return catalogue().text(f"pages.{key}", **values)


def said(key: str, otherwise: str) -> str:
    """Give a text by its whole key, or other words where the catalogue has none."""
    texts = catalogue()
    return texts.text(key) if key in texts else otherwise


def plain(text: str | None) -> str:
    """Make a text safe to stand in Markdown: it is shown as it is, never as a link or an icon."""
    return MARKDOWN.sub(r"\\\1", text or "")


def capital(text: str) -> str:
    """Give the text with a capital first letter."""
    return text[:1].upper() + text[1:]
