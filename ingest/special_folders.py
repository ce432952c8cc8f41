r"""Which of a server's folders are meant by names like \Junk (RFC 6154), whatever language their own names are in.

Pure. A folder's attributes decide; where a server sets none, some names that servers give such folders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

JUNK: Final = r"\Junk"
SPECIAL: Final = "\\"  # what a folder's own name in the settings does not begin with
# What a server may write for each; the second is of Gmail's XLIST, from before the RFC.
ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    r"\all": frozenset({r"\all", r"\allmail"}),
    r"\archive": frozenset({r"\archive"}),
    r"\junk": frozenset({r"\junk", r"\spam"}),
}
# Names without attributes: Dovecot and Courier as installed, old Exchange, Yahoo, iCloud; compared without case.
NAMES: Final[Mapping[str, frozenset[str]]] = {
    r"\all": frozenset({"all mail"}),
    r"\archive": frozenset({"archive", "archives"}),
    r"\junk": frozenset({"junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "bulk"}),
}
UNREADABLE: Final = frozenset({r"\noselect", r"\nonexistent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One folder as the server lists it; `name` is what it is opened by."""

    name: str
    attributes: frozenset[str]  # in small letters
    delimiter: str = "/"

    @property
    def last_name(self) -> str:
        """Its name without the folders above it, in small letters."""
        return self.name.rpartition(self.delimiter)[2].casefold() if self.delimiter else self.name.casefold()


def is_special(folder: str) -> bool:
    """Whether a folder of the settings is named by its use."""
    return folder.startswith(SPECIAL)


def resolved(wanted: Sequence[str], listed: Iterable[Listed]) -> tuple[str, ...]:
    """The names to open, each once, in the order of `wanted`; a use that no folder has is left out."""
    readable = [one for one in listed if not one.attributes & UNREADABLE]
    found = (_named(folder, readable) if is_special(folder) else (folder,) for folder in wanted)
    return tuple(dict.fromkeys(name for names in found for name in names))


def _named(use: str, listed: Sequence[Listed]) -> tuple[str, ...]:
    use = use.casefold()
    marked = tuple(one.name for one in listed if one.attributes & ATTRIBUTES[use])
    return marked or tuple(one.name for one in listed if one.last_name in NAMES[use])[:1]
