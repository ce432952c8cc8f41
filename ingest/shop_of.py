"""Which shop a mail is for: by the name in it, then by the address it was sent to, then by its money.

Pure. A name is TikTok Shop's own word and wins over an address, which is the seller's arrangement. A stated name
that no shop has is never overruled by a weaker sign: the mail waits, and a person may teach the name.
"""

# ruff: noqa: RUF001  signs and letters of many scripts are what mails hold

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from enum import StrEnum
from typing import Final

from ingest.bill import amounts_printed, may_be_in
from ingest.labelled import Findings
from ingest.message import Message
from ingest.text import fold, one_line
from ingest.values import is_marked_amount
from ingest.vocabulary import Field
from models.settings import ShopSettings
from models.value_guard import MAIL, PHONE

# To is what TikTok Shop wrote to; the others say which copy it is, where several mailboxes flow into one.
_ADDRESS_HEADERS: Final = ("to", "x-original-to", "delivered-to", "cc")
_REMARK: Final = re.compile(r"\s*[(（\[].*$")
_LONGEST_HEADER: Final = 4_000
_LONGEST_NAME: Final = 100
_BRAND: Final = "tiktok"  # "Shop: TikTok Shop" names nobody's shop
UNKNOWN_NAME: Final = "a shop that is not in the settings"
TWO_NAMES: Final = "two of your shops are named"
NO_SIGN: Final = "several shops and none named"


class SignKind(StrEnum):
    """By what a mail shows whose it is, as far as it can be taught."""

    NAME = "name"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A name as mails write it, or an address that they are sent to."""

    kind: SignKind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """The shop that a mail is for; without one `detail` says why. `named`: a label names one of ours."""

    shop: ShopSettings | None
    named: bool = False
    detail: str = ""


def whose_mail(message: Message, findings: Findings, language: str, shops: Sequence[ShopSettings]) -> Whose:
    """Return the shop that the mail is for; the first sign that tells decides."""
    stated = findings.values.get(Field.SHOP, [])
    if stated:
        return _by_label(stated, shops)
    shop = (
        _mentioned(message, findings, shops)
        or _by_address(message, shops)
        or _by_currency(findings, language, shops)
        or (shops[0] if len(shops) == 1 else None)
    )
    return Whose(shop=shop, detail="" if shop else NO_SIGN)


def money_fits(findings: Findings, language: str, shop: ShopSettings) -> bool:
    """Whether every printed amount may be one of the shop's."""
    return all(may_be_in(shop.currency, text, language) for text in amounts_printed(findings))


def with_signs(shops: Iterable[ShopSettings], signs: Iterable[tuple[Sign, str]]) -> list[ShopSettings]:
    """Return the shops with the signs that were taught for them (by name); what the settings say wins."""
    known, taught = list(shops), list(signs)
    return [
        _with(shop, [sign for sign, name in taught if name == shop.name and _is_free(sign, known)]) for shop in known
    ]


def sign_in(message: Message, findings: Findings, user: str) -> Sign | None:
    """Return what could tell the next such mail: the name it states, else the mailbox's own address it was sent to.

    None where nothing may be kept: two names, something that may be a person's, an address that is not `user`'s.
    """
    stated = findings.values.get(Field.SHOP, [])
    if stated:
        names = {fold(name): name for name in map(_bare, stated) if _is_name(name)}
        return Sign(kind=SignKind.NAME, value=next(iter(names.values()))) if len(names) == 1 else None
    own = {address for group in _sent_to(message) for address in group if _is_plus_address(address, user)}
    return Sign(kind=SignKind.ADDRESS, value=own.pop()) if len(own) == 1 else None


def _by_label(stated: Iterable[str], shops: Iterable[ShopSettings]) -> Whose:
    by_name = _by_name(shops)
    named = [by_name.get(fold(value)) or by_name.get(fold(_bare(value))) for value in stated]
    found = {shop.name: shop for shop in named if shop is not None}
    if len(found) == 1:
        return Whose(shop=next(iter(found.values())), named=True)
    return Whose(shop=None, named=bool(found), detail=TWO_NAMES if found else UNKNOWN_NAME)


def _by_name(shops: Iterable[ShopSettings]) -> Mapping[str, ShopSettings]:
    return {fold(name): shop for shop in shops for name in (shop.name, *shop.also_named)}


def _bare(name: str) -> str:
    """Return a name without the remark behind it: "Lotus Lane (VN)"."""
    return one_line(_REMARK.sub("", name)) or one_line(name)


def _mentioned(message: Message, findings: Findings, shops: Iterable[ShopSettings]) -> ShopSettings | None:
    """Return the only shop whose name stands in subject, headings or running text."""
    text = fold(" ".join((message.subject, *findings.headings, *findings.notes)))
    places = [(start, end, shop) for name, shop in _by_name(shops).items() for start, end in _places(name, text)]
    whole = [shop for start, end, shop in places if not _is_within(start, end, places)]
    return whole[0] if len({shop.name for shop in whole}) == 1 else None


def _is_within(start: int, end: int, places: Iterable[tuple[int, int, ShopSettings]]) -> bool:
    """Whether a longer name stands around this one: "Lotus" in "Lotus Lane Home"."""
    return any(left <= start and end <= right and right - left > end - start for left, right, _ in places)


def _places(name: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a name stands in a text and is no part of a longer word."""
    if not name or name not in text:
        return
    for found in re.finditer(re.escape(name), text):
        start, end = found.span()
        if not (_joins(text[start - 1 : start], name[0]) or _joins(name[-1], text[end : end + 1])):
            yield start, end


def _joins(left: str, right: str) -> bool:
    """Whether two letters are within one word; scripts without blanks between words have no such ends."""
    return all(letter and (letter.upper() != letter.lower() or letter.isdigit()) for letter in (left, right))


def _by_address(message: Message, shops: Sequence[ShopSettings]) -> ShopSettings | None:
    """Return the only shop that one header's addresses belong to; a header that names two shops tells nothing."""
    if not any(shop.addresses for shop in shops):
        return None
    for group in _sent_to(message):
        found = [shop for shop in shops if not group.isdisjoint(shop.addresses)]
        if len(found) == 1:
            return found[0]
    return None


def _sent_to(message: Message) -> list[frozenset[str]]:
    """Return the addresses of each kind of header, the kind that tells most first."""
    return [
        frozenset(
            address.strip().lower()
            for _, address in getaddresses([text[:_LONGEST_HEADER] for name, text in message.sent_to if name == wanted])
            if "@" in address
        )
        for wanted in _ADDRESS_HEADERS
    ]


def _by_currency(findings: Findings, language: str, shops: Iterable[ShopSettings]) -> ShopSettings | None:
    """Return the only shop whose currency all marks allow; "$" allows several."""
    if not any(is_marked_amount(text) for text in amounts_printed(findings)):
        return None
    fitting = [shop for shop in shops if money_fits(findings, language, shop)]
    return fitting[0] if len(fitting) == 1 else None


def _with(shop: ShopSettings, signs: Sequence[Sign]) -> ShopSettings:
    if not signs:
        return shop
    names = tuple(sign.value for sign in signs if sign.kind is SignKind.NAME)
    addresses = tuple(sign.value for sign in signs if sign.kind is SignKind.ADDRESS)
    more = {"also_named": (*shop.also_named, *names), "addresses": (*shop.addresses, *addresses)}
    return shop.model_copy(update=more)


def _is_free(sign: Sign, shops: Collection[ShopSettings]) -> bool:
    """Whether no shop's settings claim the sign."""
    if sign.kind is SignKind.ADDRESS:
        return all(sign.value not in shop.addresses for shop in shops)
    return fold(sign.value) not in _by_name(shops)


def _is_name(text: str) -> bool:
    """Whether a text may be kept as a shop's name: nothing that may be a person's, and not the marketplace's own."""
    folded = fold(text)
    personal = MAIL.search(text) or PHONE.search(text)
    return bool(folded) and len(text) <= _LONGEST_NAME and not personal and _BRAND not in folded


def _is_plus_address(address: str, user: str) -> bool:
    """Whether the address is the mailbox's own with a word behind a plus: no other is surely the seller's."""
    local, _, domain = address.partition("@")
    own, _, own_domain = user.strip().lower().partition("@")
    base, plus, word = local.partition("+")
    return bool(own and own_domain and plus and word) and (base, domain) == (own.partition("+")[0], own_domain)
