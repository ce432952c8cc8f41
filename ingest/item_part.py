"""The parts of item lines: a name, a count, a price, a code, whatever sets them apart.

Pure. Splits a line at its separators and takes from both ends of each piece what has a form of its own; what
is left is a name. Knows labels by a question it is given, never by itself.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from ingest.fit import AMOUNT_FIELDS, ITEM_FIELDS
from ingest.text import plain_digits
from ingest.values import amount_in, is_marked_amount, multiplier_in, quantity_in
from ingest.vocabulary import Field

Labels = Callable[[str], tuple[Field, ...]]  # what a text means as a label; nothing when it is none


class Kind(StrEnum):
    """What a part of a line is. A NUMBER is bare: a count, a place in the list or of a name."""

    NAME = "name"
    VARIANT = "variant"
    COUNT = "count"
    NUMBER = "number"
    PRICE = "price"
    LINE_TOTAL = "line_total"
    CODE = "code"
    END = "end"  # something that is of no item: a fact, a sum
    LABEL = "label"  # an item's label that stands alone
    MARK = "mark"  # what sets an item apart in a list


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `labelled`: a label says so; `fields` of a label that waits; `joined` to the part before."""

    kind: Kind
    text: str
    labelled: bool = False
    fields: tuple[Field, ...] = ()
    joined: str = ""  # the weak separator that parts it from the one before
    tail: str = ""  # of a count at the end of a name: as it stands there, for it may be the name's own


_BULLETS: Final = "•●◦▪▫■□◆◇○★☆✓✔➤►▶▸‣·・»"
_DASHES: Final = "*–—>-"  # before a digit they are part of it
MARKER: Final = re.compile(
    rf"^\s*(?:[{_BULLETS}]+\s*(?=\S)|[{_DASHES}]\s*(?=[^\W\d])|[{_DASHES}]\s+(?=\S)|\d{{1,3}}[.)）、．]\s*(?=[^\d\s])|\d{{1,3}}[.)、．]\s+(?=\S)|\d{{1,3}}）\s*(?=\S)"
    r"|[(\[（【]\d{1,2}[)\]）】]\s*(?=\S)|[①-⑳⓪]\s*|#\d{1,2}\s+(?=\S)|[\U0001F300-\U0001FAFF☀-➿]+\s*(?=\S))"
)
HEADING: Final = re.compile(r"^\s*(?:[▼▽]|【[^】]*】\s*$|[-=~*─━]{2,}.*[-=~*─━]{2,}\s*$)")
_LABEL_IN_BRACKETS: Final = re.compile(
    r"^\s*[【［〔〈《「『\[<＜]([^【】［］〔〕〈〉《》「」『』\[\]<>＜＞\d]{1,40})[】］〕〉》」』\]>＞]\s*[:：]?\s*"
)
_CODE_AND_LABEL: Final = re.compile(
    r"\s*[\[(（［【]\s*([^\[\]()（）［］【】:：]{1,30}?)\s*[:：]\s*([^\[\]()（）［］【】\s]{2,40})\s*[\])）］】]"
)
_CODE: Final = re.compile(
    r"(?=[^\s]{3,40}$)(?:(?=.*[A-Z])(?=.*[-_./])[A-Z0-9]+(?:[-_./&+][A-Z0-9&]+)+|(?=.*\d)[a-z]+[-_][\w-]*\d"
    r"|(?=.*[A-Z]{2})(?=.*\d{2})[A-Z0-9]{5,}|(?=.*\d)[A-Z]{2,}[A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)+)$"
)
_MEASURE: Final = re.compile(
    r"\d+(?:[.,]\d+)?\s?(?:ml|cl|l|g|kg|mg|mm|cm|m|oz|lb|w|v|mah|gb|tb|in|inch|pack)$", re.IGNORECASE
)
_SIZE: Final = re.compile(r"(?:X{0,4}[SML]|\d?XL|\d{2})(?:[/-](?:X{0,4}[SML]|\d?XL|\d{2}))+$")  # "M/L"
_SEPARATOR: Final = re.compile(r"(\s*[|;¦│]\s*|\s+[·•‧∙]\s+|\s*[・／]\s+|\s*\t\s*|\s{2,}|\s*…\s*|\s+[-–—/]\s+|,\s+|、)")
_WEAK: Final = re.compile(r"^(?:\s+[-–—/]\s+|,\s+|、)$")
_TIMES: Final = r"[x×✕✖*]"
_UNIT: Final = (
    r"(?:pcs?|pieces?|units?|ea|stk|stück|st|cái|chiếc|buah|unit|unidades?|uds?|pz|pezz[io]|件|个|個|点|點|ชิ้น|อัน)"
)
_LEFT: Final = re.compile(
    rf"^(?:([-−–]?\d{{1,5}})\s*{_UNIT}?\.?\s*{_TIMES}\s+|{_TIMES}\s?([-−–]?\d{{1,5}})\s+)(?=\S)", re.IGNORECASE
)
_RIGHT: Final = re.compile(
    rf"^(.*\S)\s*(?:(?<![\w]){_TIMES}\s?([-−–]?\d{{1,5}})|\s([-−–]?\d{{1,5}})\s?{_TIMES})$", re.IGNORECASE
)
_RIGHT_CJK: Final = re.compile(r"^(.*\S)\s*(?:[×✕✖]\s?([-−–]?\d{1,5}))$")
_BRACKETED: Final = re.compile(r"^(.*\S)\s*[(\[（［]([^()\[\]（）［］]{1,60})[)\]）］]$")
_EACH: Final = re.compile(
    r"\s*(?:/\s?\w+|\b(?:each|ea|a piece|per \w+|apiece|c/u|cada un[oa]|cada|pro stück|je stück|l'unité|pièce|cad"
    r"|satuan|seunit|setiap satu|sebiji|cada una|jeweils|chacune?|ciascun[oa]|l'un[oa]|mỗi \w+|一个|一件)\b\.?|ต่อชิ้น)$",
    re.IGNORECASE,
)
_AT: Final = re.compile(r"(?:^|\s+|(?<=\d))(?:@|à|á|at|je|zu|for|por|per|a|da|von)\s*$", re.IGNORECASE)
_SINGLE_LETTER: Final = re.compile(r"^(?:P\d[\d,.]*\d|[\d.,]{4,}\s?[dđ])$")
_LEADER: Final = re.compile(r"\s*(?:\.{2,}|…+|_{2,}|-{2,}|\s=\s)\s*")
_LEADER_BEHIND: Final = re.compile(r"\s*(?:\.{2,}|…+|_{2,})\s*$")
_COLON: Final = re.compile(r"\s*[:：]\s*")
_BARE: Final = re.compile(r"\d{1,4}$")
_DECIMALS: Final = re.compile(r"\d{1,3}(?:[,. ]\d{3})*[.,]\d{2}$")
_BEFORE_MONEY: Final = re.compile(r"\s+|(?<=[^\W\d])(?=[$£€₫฿₱¥₩])|(?<=[^\x00-\x7f])(?=[$£€₫฿₱¥₩])")
_BELOW_ZERO: Final = re.compile(rf"{_TIMES}?\s?([-−–]\d{{1,5}})\s?(?:{_TIMES}|{_UNIT})?$", re.IGNORECASE)
_LEADING_COUNT: Final = re.compile(
    rf"^(?:{_TIMES}\s?)?([-−–]?\d{{1,6}})\s*(?:{_UNIT}\.?|{_TIMES})?(?![\w.,-])", re.IGNORECASE
)
_LONGEST_LABEL: Final = 40


def is_code(text: str) -> bool:
    """Tell whether `text` looks like a seller's own code ("JP-SOAP-3"), not like a word, a size or a year."""
    return bool(_CODE.match(text)) and not _MEASURE.match(text) and not _SIZE.match(text)


def ends_in_code(text: str) -> bool:
    """Tell whether a bracket at the end holds a code: then the text before it is no label."""
    found = _BRACKETED.match(text)
    return found is not None and is_code(found[2])


def without_leader(text: str) -> str:
    """Return `text` without the dots at its end that lead to an amount."""
    return _LEADER_BEHIND.sub("", text)


def is_money(text: str) -> bool:
    """Tell whether `text` is an amount with its mark; a single letter counts only where money is written so."""
    if not is_marked_amount(text):
        return False
    letters = [letter for letter in text if letter.isalpha()]
    return [letter.casefold() for letter in letters] not in (["d"], ["p"]) or bool(_SINGLE_LETTER.match(text.strip()))


def label_in_brackets(text: str) -> tuple[str, str] | None:
    """Return the label in the brackets that `text` begins with, and what stands behind; None without."""
    found = _LABEL_IN_BRACKETS.match(text)
    return (found[1].strip(), text[found.end() :]) if found else None


def code_with_label(text: str, labels: Labels) -> tuple[str, str]:
    """Return the code that stands in brackets with its label, "[SKU: AB-1]", and the text without; "" for none."""
    found = _CODE_AND_LABEL.search(text) if ":" in text or "：" in text else None
    if found is None or found.start() == 0 or Field.SKU not in labels(found[1]):
        return "", text
    return found[2], f"{text[: found.start()]} {text[found.end() :]}".strip()


def parts_of(text: str, labels: Labels) -> list[Part]:
    """Return the parts of one line, in order."""
    parts: list[Part] = []
    bracketed = label_in_brackets(text)
    if bracketed and bracketed[1] and labels(bracketed[0]):
        text = ": ".join(bracketed)
    marked = MARKER.match(text)
    if marked:
        text = text[marked.end() :]
    if _is_fact(text, labels):
        return [Part(Kind.END, text)]
    code, text = code_with_label(text, labels)
    separator = ""
    for at, piece in enumerate(_SEPARATOR.split(text)):
        if at % 2:
            separator = piece
            continue
        found = list(_of_piece(piece.strip(" ,;"), labels))
        if found and _WEAK.match(separator):
            found[0] = replace(found[0], joined=separator)
        parts += found
    parts = _joined(parts) + ([Part(Kind.CODE, code, labelled=True)] if code else [])
    leads = bool(marked and parts) and (
        parts[0].kind is Kind.NAME or (parts[0].kind is Kind.COUNT and not parts[0].labelled)
    )
    return [Part(Kind.MARK, ""), *parts] if leads else parts


def _is_fact(text: str, labels: Labels) -> bool:
    """Tell whether a label before a colon says that the line is of no item."""
    colon = _COLON.search(text)
    known = labels(text[: colon.start()]) if colon else ()
    return bool(known) and not set(known) & ITEM_FIELDS


def _joined(parts: list[Part]) -> list[Part]:
    """Put a name together again that holds a separator itself, and what it holds between."""
    done: list[Part] = []
    for at, part in enumerate(parts):
        within = (
            part.kind in {Kind.NUMBER, Kind.CODE}
            and not part.labelled
            and at + 1 < len(parts)
            and _continues(parts[at + 1])
        )
        if part.joined and done and done[-1].kind is Kind.NAME and (part.kind is Kind.NAME or within):
            done[-1] = replace(done[-1], text=f"{done[-1].text}{part.joined}{part.text}")
        else:
            done.append(part)
    return done


def _continues(part: Part) -> bool:
    return bool(part.joined) and part.kind is Kind.NAME


def _of_piece(text: str, labels: Labels) -> Iterator[Part]:
    behind: list[Part] = []
    while text:
        whole = _whole(text, labels)
        if whole is not None:
            is_word = bool(whole.fields and behind and behind[0].tail) and Field.QUANTITY not in whole.fields
            yield Part(Kind.NAME, text) if is_word else whole  # "Produit X 2" is called so
            break
        left = _LEFT.match(text)
        if left:
            yield Part(Kind.COUNT, left[1] or left[2])
            text = text[left.end() :]
            continue
        labelled = _labelled(text, labels)
        if labelled:
            yield from labelled
            break
        cut = _cut_right(text, labels)
        if cut is None:
            yield Part(Kind.NAME, text.strip(" ,-–—("))
            break
        text, found = cut
        behind[:0] = found
    yield from behind


def _whole(text: str, labels: Labels) -> Part | None:
    """Return the part that the whole text is, when it has a form of its own."""
    digits = plain_digits(text)
    pieces = multiplier_in(digits)
    bare = _EACH.sub("", text)
    money = next((value for value in (bare, _without_at(bare)) if value and is_money(value)), None)
    if money is not None:
        return Part(Kind.PRICE, money, labelled=money != text)
    if pieces is not None:
        return Part(Kind.COUNT, str(pieces))
    if (below := _BELOW_ZERO.match(digits)) is not None:
        return Part(Kind.COUNT, below[1])
    for kind, form in ((Kind.NUMBER, _BARE), (Kind.PRICE, _DECIMALS)):
        if form.match(digits):
            return Part(kind, digits)
    return Part(Kind.CODE, text) if is_code(text) else _label(text, digits, labels)


def _label(text: str, digits: str, labels: Labels) -> Part | None:
    known = labels(text)
    if not known:
        return None
    is_items = bool(set(known) & ITEM_FIELDS) and not _BARE.search(digits)
    return Part(Kind.LABEL if is_items else Kind.END, text, fields=known)


def _without_at(text: str) -> str:
    return re.sub(r"^(?:@|à|á|at|je|zu|for|por|a)\s*(?=[^\w\s]|\d|[A-Z])", "", text, flags=re.IGNORECASE)


def _labelled(text: str, labels: Labels) -> list[Part]:
    """Return what a label at the start of `text` says of the rest."""
    colon = _COLON.search(text)
    if colon:
        known = labels(text[: colon.start()])
        if known:
            return _valued(known, text[colon.end() :], labels, strict=False)
        inner = _label_before(text, colon.start(), labels)
        if inner:
            before = text[: inner[0]].strip(" ,-–—([（［")
            head = list(_of_piece(before, labels)) if before else []
            return head + _valued(inner[1], text[colon.end() :].strip(" )]）］"), labels, strict=False)
    for space in _spaces(text):
        known = labels(text[: space[0]])
        if known and (found := _valued(known, text[space[1] :], labels, strict=True)):
            return found
    return []


def _label_before(text: str, end: int, labels: Labels) -> tuple[int, tuple[Field, ...]] | None:
    """Return the longest item label that ends at `end` behind other words, and where it starts."""
    for start in [match.end() for match in re.finditer(r"[\s(,\[（［]+", text[:end])][-4:]:
        known = labels(text[start:end])
        if known and set(known) & ITEM_FIELDS and not ends_in_code(text[start:end]):
            return start, known
    return None


def _spaces(text: str) -> list[tuple[int, int]]:
    """Return where a label may end without a colon, the longest label first."""
    head = text[:_LONGEST_LABEL]
    spots = [(match.start(), match.end()) for match in _LEADER.finditer(head)]
    spots += [(match.start(), match.end()) for match in re.finditer(r"\s+|(?<=[^\W\d])(?=\d)", head)][:5]
    return sorted(set(spots), reverse=True)


def _valued(known: tuple[Field, ...], value: str, labels: Labels, *, strict: bool) -> list[Part]:
    """Return the parts that a label and its value are; nothing when they are none.

    `strict`: nothing but a space parts them, so that the value must be of the label's form.
    """
    value = value.strip()
    for wanted, taken in _TAKEN.items():
        if wanted in known and (parts := taken(value, labels, strict)):
            return parts
    if strict:
        is_sum = not AMOUNT_FIELDS.isdisjoint(known) and amount_in(value) is not None
        return [Part(Kind.END, value)] if is_sum else []
    kind = next((kind for wanted, kind in _TEXTS.items() if wanted in known and value), Kind.END)
    return [Part(kind, value, labelled=kind is not Kind.END)]


def _counted(value: str, labels: Labels, _strict: bool) -> list[Part]:  # noqa: FBT001  called from a table
    digits = plain_digits(value)
    count = _LEADING_COUNT.match(digits)
    if count is None:
        return []
    rest = digits[count.end() :].strip(" ,;·|)")
    return [Part(Kind.COUNT, count[1], labelled=True), *(_of_piece(rest, labels) if rest else ())]


def _priced(kind: Kind) -> Callable[[str, Labels, bool], list[Part]]:
    def taken(value: str, labels: Labels, strict: bool) -> list[Part]:  # noqa: FBT001  called from a table
        bare = _EACH.sub("", value)
        if amount_in(bare) is not None and (not strict or is_money(bare)):
            return [Part(kind, bare, labelled=True)]
        rest = [] if strict else list(_of_piece(value, labels))
        return [replace(part, labelled=True) if part.kind is Kind.PRICE else part for part in rest]

    return taken


def _coded(value: str, _labels: Labels, strict: bool) -> list[Part]:  # noqa: FBT001  called from a table
    if strict and not is_code(value):
        return []
    return [Part(Kind.CODE, value, labelled=True)] if value else [Part(Kind.LABEL, "", fields=(Field.SKU,))]


_TAKEN: Final[Mapping[Field, Callable[[str, Labels, bool], list[Part]]]] = {
    Field.QUANTITY: _counted,
    Field.UNIT_PRICE: _priced(Kind.PRICE),
    Field.LINE_TOTAL: _priced(Kind.LINE_TOTAL),
    Field.SKU: _coded,
}
_TEXTS: Final[Mapping[Field, Kind]] = {Field.VARIATION: Kind.VARIANT, Field.PRODUCT: Kind.NAME}


def _cut_right(text: str, labels: Labels) -> tuple[str, list[Part]] | None:
    """Take a price, a bracketed code or a count from the end of `text`."""
    return _cut_price(text) or _cut_bracket(text, labels) or _cut_count(text, labels)


def _cut_price(text: str) -> tuple[str, list[Part]] | None:
    bare = _EACH.sub("", text)
    for space in list(_BEFORE_MONEY.finditer(bare))[-5:]:
        value = bare[space.end() :].strip("() ")
        if is_money(value):
            head = _AT.sub("", without_leader(bare[: space.start()])).strip(" ,:：=(").rstrip("-–—").rstrip(" ,:：=(")
            return head, [Part(Kind.PRICE, value, labelled=bare != text)]
    return None


def _cut_bracket(text: str, labels: Labels) -> tuple[str, list[Part]] | None:
    found = _BRACKETED.match(text)
    inner = list(_of_piece(found[2].strip(), labels)) if found else []
    if found is None or not inner or any(part.kind in {Kind.NAME, Kind.NUMBER} for part in inner):
        return None
    if [part.kind for part in inner] == [Kind.COUNT] and not inner[0].labelled:  # "(5 pcs)" may be of the name
        return found[1], [replace(inner[0], tail=text[len(found[1]) :])]
    return found[1], [part for part in inner if part.kind is not Kind.LABEL]


def _cut_count(text: str, labels: Labels) -> tuple[str, list[Part]] | None:
    tail = _RIGHT.match(text) or _RIGHT_CJK.match(text)
    if tail:
        count = next(group for group in tail.groups()[1:] if group)
        return tail[1], [Part(Kind.COUNT, count, tail=text[len(tail[1]) :])]
    if quantity_in(text[-3:].strip()) is None:
        return None
    for space in list(re.finditer(r"\s+", text))[-3:][::-1]:
        known = labels(text[space.end() :].rstrip("0123456789 .:"))
        if Field.QUANTITY in known and (found := _labelled(text[space.end() :], labels)):
            return text[: space.start()], found
    return None
