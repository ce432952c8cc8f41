"""Text with everything personal masked: what is no known wording, harmless figure or kept by the user goes.

Default-deny, word by word: letters become consonants, digits other digits, the same for the same word, so that lengths
and forms stay. A known word can be somebody's name; only a person who reads the result can see that.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote, unquote

from ingest.text import fold, plain_digits
from ingest.values import MARKS
from ingest.vocabulary import Vocabulary, label_key

CONSONANTS: Final = "bcdfghjklmnpqrstvwxz"  # without vowels no word comes about
HAN: Final = "甲乙丙丁戊己庚辛壬癸子丑寅卯"
KANA: Final = "アイウエオカキクケコ"
THAI: Final = "กขคงจฉชซ"
HANGUL: Final = "가나다라마바사"
LONGEST_NUMBER: Final = 3  # digits of a number that tells nobody apart
YEARS: Final = (*range(2015, 2041), *range(2558, 2584))  # the second: of the Buddhist era
LEAST_FORCED: Final = 3  # characters

_HIDDEN: Final = "\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_MARKS_ABOVE: Final = "\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u3099\u309a"
_WORD: Final = rf"(?:[^\W_]|[{_HIDDEN}{_MARKS_ABOVE}ー々])+"
_CURRENCY: Final = "|".join(re.escape(mark) for mark in sorted(MARKS, key=len, reverse=True))
_FIGURE: Final = r"[1-9]\d{0,2}(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?"
_SMALL: Final = "".join(re.escape(chr(code)) for code in range(0x250) if chr(code).islower()) + "".join(
    chr(code) for code in range(0x1E00, 0x1F00) if chr(code).islower()
)
_UNSEEN: Final = re.compile(f"[{_HIDDEN}]")
_DATE: Final = (
    r"(?:\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}|\d{1,2}(?P<apart>[-/.])\d{1,2}(?P=apart)\d{2,4})(?!\d)"
)
_CLOCK: Final = r"(?<![\d.,:])\d{1,2}\s?[:.hH時时]\s?\d{2}(?:[:.]\d{2})?(?!\d)"
_OFFSET: Final = r"(?<=[\s+-])[+-]\d{2}:?\d{2}(?!\d)"
_MARKED: Final = (
    rf"(?<![\w.])(?:{_CURRENCY})\s?\.?\s?[-−]?(?:{_FIGURE})(?!\d)|(?<![\w.,])(?:{_FIGURE})\s?(?:{_CURRENCY})(?!\w)"
)
_GROUPED: Final = r"(?<![\w.,])(?:[1-9]\d{0,2}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d{1,6}[.,]\d{2})(?![\d\w]|[.,]\d)"
_IP: Final = r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|(?<![\w:])(?:[0-9a-f]{1,4}:){3,}[0-9a-f:]+"
_KINDS: Final = {  # the first that fits
    "url": r"(?:https?://|www\.)[^\s<>\"']+",
    "mail": r"[^\s<>@:;,\"'()\[\]=]+@[^\s<>@:;,\"'()\[\]]+",
    "stars": r"[^\s<>*]*\*{2,}[^\s<>]*",
    "ip": _IP,
    "when": rf"(?<!\d){_DATE}|{_CLOCK}|{_OFFSET}",
    "money": rf"{_MARKED}|{_GROUPED}",
    "host": r"(?<![\w.-])(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z]{2,18}(?![\w-])",
    "phone": r"(?<![\w])\+?\(?\d(?:[\s().\-\u00a0]{0,3}\d){6,}(?!\w)",
    "word": _WORD,
}
_PIECES: Final = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _KINDS.items()), re.IGNORECASE)
_SCRIPTS: Final = (  # without spaces or capitals: first and last letter of the Unicode blocks, what stands for them
    (0x0E00, 0x0E7F, THAI),
    (0x3005, 0x3007, HAN),
    (0x3040, 0x30FF, KANA),
    (0x3400, 0x9FFF, HAN),
    (0xAC00, 0xD7A3, HANGUL),
    (0xFF66, 0xFF9F, KANA),
    (0x20000, 0x3FFFF, HAN),
)
# No character class tells capitals of all scripts, so a capital is a letter that is none of the small ones here.
_CAPITALISED: Final = re.compile(rf"(?<![\w])(?:(?![{_SMALL}])[^\W\d_])(?:[^\W\d_]|[{_MARKS_ABOVE}])*(?!\w)")
_CAPITALS: Final = re.compile(rf"{_CAPITALISED.pattern}(?:[ \u00a0'’.-]{{1,3}}{_CAPITALISED.pattern})+")
_TIMES: Final = re.compile(r"[x×]\d{1,3}|\d{1,3}[x×]", re.IGNORECASE)
_DIGITS_AND_UNIT: Final = re.compile(r"(\d{1,3})([^\W\d_]{1,4})|([^\W\d_]{1,4})(\d{1,3})")


@dataclass
class Masker:
    """Masks text after text, the same words in the same way. `replaced` tells what became what."""

    vocabulary: Vocabulary
    kept: frozenset[str] = frozenset()  # folded words that the user says are harmless
    key: bytes = b""  # makes masks unlike those of another mail
    replaced: dict[str, str] = field(default_factory=dict)
    forced: set[str] = field(default_factory=set)  # values of personal labels: masked whole, known words too

    def mask(self, text: str, *, headers: bool = False) -> str:
        """The text with all that may be personal masked."""
        known = self._words | _data("headers", "words") if headers else self._words
        names = self._names_in(text, known)
        forced = [match.span() for match in self._forced_pattern.finditer(text)] if self.forced else []

        def masked(match: re.Match[str]) -> str:
            if match.lastgroup == "host":
                named = not all(fold(part) in known for part in match[0].split("."))  # header.from is no host
                return self.host(match[0]) if headers and named else self._words_of(match[0], known)
            whole = any(start < match.end() and match.start() < end for start, end in (*forced, *names))
            return self._piece(match, known, whole=whole)

        return _PIECES.sub(masked, text)

    def force(self, values: Iterable[str]) -> None:
        """Mask these wherever they stand: they are the values of personal labels."""
        for value in values:
            if len(value.strip()) >= LEAST_FORCED and label_key(value) not in self.vocabulary.label_owners:
                self.forced.add(value.strip())
        self.__dict__.pop("_forced_pattern", None)

    def masked_among(self, words: Collection[str]) -> frozenset[str]:
        """Those of these words (in small letters) that are masked wherever they stand: known ones are not."""
        known = self._words | _data("headers", "words")
        return frozenset(
            word.casefold() for word in self.replaced if word.casefold() in words and fold(word) not in known
        )

    def host(self, name: str) -> str:
        """A host's name: TikTok's and the large mail providers' stay, others become .example."""
        plain = name.lower().rstrip(".")
        if any(plain == kept or plain.endswith(f".{kept}") for kept in _table()["domains"]["kept"]):
            return ".".join(
                [self._letters(part) if _long_digits(part) else part for part in plain.split(".")[:-2]]
                + plain.split(".")[-2:]
            )
        return ".".join(self._letters(part) for part in plain.split(".")[:-1] or [plain]) + ".example"

    def url(self, address: str) -> str:
        """An address of the web: its host as `host`, path and query word by word."""
        scheme, slashes, rest = address.rpartition("://") if "://" in address else ("", "", address)
        cut = re.search(r"[/?#]", rest)
        host, path = (rest[: cut.start()], rest[cut.start() :]) if cut else (rest, "")
        plain = self.mask(unquote(path)) if path else ""
        return f"{scheme}{slashes}{self.host(host.partition(':')[0])}{quote(plain, safe='/?#&=+;:@!$,()*~.-_%')}"

    def _piece(self, match: re.Match[str], known: Collection[str], *, whole: bool) -> str:
        found = match[0]
        match match.lastgroup:
            case "url":
                return self.url(found)
            case "mail":
                user, _, host = found.rpartition("@")
                return f"{self._words_of(user, known)}@{self.host(host)}"
            case "when" | "money" if not whole:
                return found
            case "word" if not whole:
                return self._word(found, known)
            case _:
                return self._letters(found)

    def _words_of(self, text: str, known: Collection[str]) -> str:
        return re.sub(_WORD, lambda match: self._word(match[0], known), text)

    def _word(self, word: str, known: Collection[str]) -> str:
        plain = plain_digits(_UNSEEN.sub("", word))
        if plain.isdigit():
            harmless = len(plain) <= LONGEST_NUMBER or int(plain) in YEARS
            return word if harmless else self._letters(word)
        if fold(word) in known or _TIMES.fullmatch(plain):
            return word
        if (unit := _DIGITS_AND_UNIT.fullmatch(plain)) and fold(unit[2] or unit[3]) in known:
            return word
        if any(_script(letter) for letter in word):
            return self._run(word, known)
        return self._letters(word)

    def _run(self, text: str, known: Collection[str]) -> str:
        """Mask a run of a script without spaces, but for the known phrases in it."""
        parts = self._runs.split(text)
        whole = [part if at % 2 else self._rest(part, known) for at, part in enumerate(parts)]
        return "".join(whole)

    def _rest(self, part: str, known: Collection[str]) -> str:
        pieces = re.findall(r"\d+|[^\d]+", part)
        return "".join(
            piece
            if (piece.isdigit() and len(piece) <= LONGEST_NUMBER) or fold(piece) in known
            else self._letters(piece)
            for piece in pieces
        )

    def _letters(self, text: str) -> str:
        """Every letter and digit replaced by another of its kind."""
        done = self.replaced.get(text)
        if done is None:
            folded = plain_digits(text).casefold()
            digits = "".join(sign for sign in folded if sign.isdigit())
            numbers = iter(_other_digits(digits, self.key))
            noise = blake2b(folded.encode("utf-8", "surrogatepass"), key=self.key[:64], digest_size=64).digest()
            done = "".join(_other(sign, noise[at % 64], numbers) for at, sign in enumerate(text))
            if done != text:
                self.replaced[text] = done
        return done

    def _names_in(self, text: str, known: Collection[str]) -> list[tuple[int, int]]:
        """Spans of capitalised words beside an unknown one: "Thanh" may be a name there, though it is a word, too."""
        spans = []
        for run in _CAPITALS.finditer(text):
            words = list(_CAPITALISED.finditer(text, *run.span()))
            if len(words) > 1 and not all(fold(word[0]) in known for word in words):
                spans += [word.span() for word in words if not self._is_wording(word[0])]
        return spans

    def _is_wording(self, word: str) -> bool:
        return fold(word) in self.vocabulary.label_owners or fold(word) in self.kept

    @cached_property
    def _forced_pattern(self) -> re.Pattern[str]:
        ways = (r"\s+".join(map(re.escape, value.split())) for value in sorted(self.forced, key=len, reverse=True))
        return re.compile("|".join(ways), re.IGNORECASE)

    @cached_property
    def _phrases(self) -> frozenset[str]:
        """Every label and phrase of every language, folded."""
        found: set[str] = set(self.vocabulary.months.by_name)
        for language in self.vocabulary.languages.values():
            found |= set(language.labels)
            for table in (language.phrases, language.words, *language.lookups.values()):
                found |= {phrase for phrases in table.values() for phrase in phrases}
        return frozenset(found)

    @cached_property
    def _words(self) -> frozenset[str]:
        words = {fold(word) for phrase in self._phrases for word in re.findall(_WORD, phrase)}
        return frozenset(words) | _data("words", "common") | _data("words", "marks") | self.kept

    @cached_property
    def _runs(self) -> re.Pattern[str]:
        pieces = {piece for phrase in self._phrases for piece in re.findall(_WORD, phrase)}
        runs = {piece for piece in pieces if len(piece) > 1 and any(map(_script, piece))}
        runs |= set(_table()["words"]["runs"]) | {word for word in self.kept if any(map(_script, word))}
        runs |= {piece.replace("\u0e4d\u0e32", "\u0e33") for piece in runs}  # Thai's sara am, which folding takes apart
        return re.compile("(" + "|".join(map(re.escape, sorted(runs, key=len, reverse=True))) + ")")


def _other(sign: str, noise: int, numbers: Any) -> str:  # noqa: ANN401  an iterator of digits
    if sign.isdigit():
        base = ord(sign) - unicodedata.digit(sign)
        return chr(base + int(next(numbers, "7"))) if sign.isdecimal() else next(numbers, "7")
    if _UNSEEN.match(sign) or (not sign.isalpha() and unicodedata.category(sign)[0] != "M"):
        return sign
    letters = _script(sign) or CONSONANTS
    other = letters[noise % len(letters)]
    return other.upper() if sign.isupper() else other


def _other_digits(digits: str, key: bytes) -> str:
    """Other digits; an order number keeps its first two, by which its form is known."""
    noise = blake2b(digits.encode(), key=key[:64], digest_size=64).digest()
    other = "".join(str(1 + noise[at % 64] % 9) for at in range(len(digits)))
    order = 17 <= len(digits) <= 20  # noqa: PLR2004  digits of an order number
    return digits[:2] + other[2:] if order else other


def _script(sign: str) -> str:
    """Which letters stand for a letter of a script without spaces or capitals; empty for the others."""
    return next((letters for first, last, letters in _SCRIPTS if first <= ord(sign) <= last), "")


def _long_digits(text: str) -> bool:
    return sum(sign.isdigit() for sign in text) > LONGEST_NUMBER


def _table() -> dict[str, Any]:
    return _TABLE


def _data(section: str, name: str) -> frozenset[str]:
    return _WORDS[section, name]


_TABLE: Final = tomllib.loads((files("ingest") / "redact.toml").read_text(encoding="utf-8"))
_WORDS: Final = {
    (section, name): frozenset(_TABLE[section][name].split())
    for section, name in (("words", "common"), ("words", "marks"), ("headers", "words"))
}
