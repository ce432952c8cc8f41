"""Which language a mail is in and what it is about, by weighing signals.

Pure. A phrase counts most in the subject, then in a heading, least in running text; a phrase within
a longer one of another meaning does not count ("cancellation request" in "... request rejected"), nor does one
that tells what may happen. Where no phrase tells the kind, the ideas in subject or heading do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Final

from ingest.hints import states_whole_order
from ingest.ideas import kind_told_in
from ingest.labelled import Findings
from ingest.page import Row
from ingest.phrases import spans
from ingest.start import AFTER_ORDERING, IGNORED, Top, keep_to
from ingest.telling import comparable, read_line, told_in
from ingest.text import fold
from ingest.vocabulary import FALLBACK, Field, Language, Vocabulary, label_key
from models.notification import IgnoreReason, NotificationKind

_SUBJECT, _HEADING, _RUNNING = 4.0, 3.0, 1.0
_STRUCTURE: Final = 1.5
_BULK: Final = 2.0
_LONG_NUMBER: Final = re.compile(r"\d{12}")
_SCRIPTS: Final = (
    ("th", re.compile("[\u0e01-\u0e5b]")),
    ("ja", re.compile("[\u3041-\u30fa]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("vi", re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")),
)
_SELLER_SIDE: Final = frozenset({Field.BUYER, Field.SHIP_BY, Field.RESPOND_BY})
# The answer to a request, the failure of a delivery: what comes later speaks of what went before.
_DEFEATS: Final[Mapping[str, frozenset[str]]] = {
    NotificationKind.CANCEL_APPROVED: frozenset({NotificationKind.CANCEL_REQUESTED, NotificationKind.ORDER_CANCELLED}),
    NotificationKind.CANCEL_REJECTED: frozenset({NotificationKind.CANCEL_REQUESTED, NotificationKind.CANCEL_APPROVED}),
    NotificationKind.CANCEL_WITHDRAWN: frozenset({NotificationKind.CANCEL_REQUESTED, NotificationKind.ORDER_CANCELLED}),
    NotificationKind.DELIVERY_FAILED: frozenset({NotificationKind.DELIVERED, NotificationKind.IN_TRANSIT}),
    NotificationKind.LATE_DISPATCH: frozenset({NotificationKind.SHIP_REMINDER, NotificationKind.SHIPPED}),
    NotificationKind.SHIP_REMINDER: frozenset({NotificationKind.SHIPPED}),
    NotificationKind.PARCEL_DAMAGED: frozenset({NotificationKind.IN_TRANSIT}),
    NotificationKind.PARCEL_LOST: frozenset({NotificationKind.IN_TRANSIT}),
    NotificationKind.RETURN_REQUESTED: frozenset({NotificationKind.REFUND_REQUESTED}),
    NotificationKind.REFUND_COMPLETED: frozenset(
        {NotificationKind.RETURN_REQUESTED, NotificationKind.REFUND_REQUESTED}
    ),
}
# What an idea tells more exactly than a known phrase in the same line: "you refused the request to cancel".
_REFINES: Final[Mapping[str, frozenset[str]]] = {
    NotificationKind.CANCEL_APPROVED: frozenset({NotificationKind.CANCEL_REQUESTED, NotificationKind.ORDER_CANCELLED}),
    NotificationKind.CANCEL_REJECTED: frozenset({NotificationKind.CANCEL_REQUESTED, NotificationKind.CANCEL_APPROVED}),
    NotificationKind.CANCEL_WITHDRAWN: frozenset({NotificationKind.CANCEL_REQUESTED, NotificationKind.ORDER_CANCELLED}),
    NotificationKind.DELIVERY_FAILED: frozenset({NotificationKind.DELIVERED}),
    NotificationKind.LATE_DISPATCH: frozenset({NotificationKind.SHIPPED}),
    NotificationKind.SHIP_REMINDER: frozenset({NotificationKind.SHIPPED}),
}
# What cannot both be true: a mail whose subject tells one and whose heading the other is left to a person.
_CONTRADICTS: Final[Mapping[str, frozenset[str]]] = {
    NotificationKind.NEW_ORDER: AFTER_ORDERING,
    NotificationKind.DELIVERED: frozenset(
        {NotificationKind.DELIVERY_FAILED, NotificationKind.PARCEL_LOST, NotificationKind.ORDER_CANCELLED}
    ),
    NotificationKind.CANCEL_APPROVED: frozenset({NotificationKind.CANCEL_REJECTED, NotificationKind.CANCEL_WITHDRAWN}),
    NotificationKind.CANCEL_REJECTED: frozenset({NotificationKind.CANCEL_WITHDRAWN, NotificationKind.ORDER_CANCELLED}),
    NotificationKind.CANCEL_WITHDRAWN: frozenset({NotificationKind.ORDER_CANCELLED}),
    NotificationKind.ORDER_CANCELLED: frozenset({NotificationKind.SHIPPED, NotificationKind.IN_TRANSIT}),
}
_TITLES: Final = 2  # lines at the top that may be the mail's title
_MOST_HEADINGS: Final = 8
_TOP: Final = 8  # rows that tell a language by their words
_KANA: Final = re.compile("[\u3041-\u30fa]")
_HAN: Final = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The best kind and the best reason to ignore, each with its weight (0: no signal)."""

    kind: NotificationKind | None
    kind_weight: float
    ignore: IgnoreReason | None
    ignore_weight: float
    contradiction: bool = False  # subject and title tell what cannot both be true


def language_of(rows: Sequence[Row], subject: str, vocabulary: Vocabulary, markets: Iterable[str] = ()) -> Language:
    """Return the language that most labels and phrases are of; by script, else English, without any.

    Between neighbours as Indonesian and Malay the shops' `markets` decide.
    """
    votes: Counter[str] = Counter()
    keys = map(label_key, chain.from_iterable([row.beginnings for row in rows]))
    for owners in filter(None, map(vocabulary.label_owners.get, keys)):
        for code in owners:
            votes[code] += 6 // len(owners)
    lines = [subject, *(text for row in rows[:_TOP] for _, text in row.lines)]
    most = max(votes.values(), default=0)
    leading = [code for code, count in votes.items() if count == most]
    if len(leading) != 1:
        text = comparable(" \n ".join(lines))
        for code in leading or vocabulary.languages:
            votes[code] += sum(1 for _ in spans(text, vocabulary.languages[code].telling.among(text)))
        for code in [code for code in votes if votes[code]]:
            votes[code] += not set(vocabulary.languages[code].words["markets"]).isdisjoint(map(fold, markets))
        for code in _impossible(subject, " ".join(lines)):
            votes.pop(code, None)
    best, weight = max(votes.items(), key=lambda vote: vote[1], default=(FALLBACK, 0))
    return vocabulary.languages[best if weight else _by_script(" ".join(lines), vocabulary)]


def _impossible(subject: str, text: str) -> frozenset[str]:
    """Return which language with Chinese characters it is not: kana are Japanese, but may stand in a product's name."""
    if _KANA.search(subject):
        return frozenset({"zh"})
    return frozenset({"ja"} if _HAN.search(text) and not _KANA.search(text) else ())


def _by_script(text: str, vocabulary: Vocabulary) -> str:
    folded = text.casefold()
    found = (code for code, script in _SCRIPTS if code in vocabulary.languages and script.search(folded))
    return next(found, FALLBACK)


def meaning_of(
    subject: str,
    findings: Findings,
    languages: Sequence[Language],
    *,
    own_shop_named: bool,
    bulk: bool,
) -> Meaning:
    """Weigh what the mail is about. `own_shop_named`: a shop label holds a configured shop's name."""
    seller_side = own_shop_named or bool(_SELLER_SIDE & findings.values.keys())
    weights: dict[str, float] = {}
    heads = (subject, *findings.headings[:_MOST_HEADINGS])
    weights_of = (_SUBJECT, *[_HEADING] * (len(heads) - 1), _RUNNING)
    numbered = bool(findings.order_nos or _LONG_NUMBER.search(subject))
    tops = [
        _read_top(heads, findings.notes, language, seller_side=seller_side, numbered=numbered) for language in languages
    ]
    contradiction = any(top.contradiction for top in tops)
    keep_to(tops, whole=states_whole_order(findings))
    _leave_out_quotations(tops)
    for top in tops:
        best: dict[tuple[str, float], float] = {}
        for found, weight in zip(top.told, weights_of, strict=True):
            for meaning, length in found.items():
                best[meaning, weight] = max(best.get((meaning, weight), 0), weight + length / 100)
        for (meaning, _), weight in best.items():
            weights[meaning] = weights.get(meaning, 0) + weight
    for meaning in [meaning for meaning, weight in weights.items() if weight >= _HEADING]:
        for defeated in _DEFEATS.get(meaning, ()):
            weights.pop(defeated, None)
    _add_structure(weights, findings, bulk=bulk)
    kind, kind_weight = _best(weights, ignored=False)
    ignore, ignore_weight = _best(weights, ignored=True)
    return Meaning(
        kind=NotificationKind(kind) if kind else None,
        kind_weight=kind_weight,
        ignore=IgnoreReason(ignore) if ignore else None,
        ignore_weight=ignore_weight,
        contradiction=contradiction,
    )


def _leave_out_quotations(tops: Sequence[Top]) -> None:
    """Leave no kind told by what a buyer has written: the subject calls the mail a buyer's message."""
    told = {meaning for top in tops for meaning in top.told[0]}
    if told == {IgnoreReason.BUYER_MESSAGE}:
        for top in tops:
            for found in top.told[1:]:
                for kind in found.keys() - IGNORED:
                    del found[kind]


def _read_top(
    heads: Sequence[str], notes: Sequence[str], language: Language, *, seller_side: bool, numbered: bool
) -> Top:
    """Return what subject, headings and running text tell in one language."""
    lines = [read_line(head, language, seller_side=seller_side) for head in heads]
    told = [*(dict(line.told) for line in lines), told_in(notes, language, seller_side=seller_side)]
    top = Top(
        language=language,
        lines=[line.certain for line in lines[: _TITLES + 1]],
        told=told,
        other_news=[line.other_news for line in lines[: _TITLES + 1]],
        no_start=[line.no_start for line in lines[: _TITLES + 1]],
        to_a_buyer=any(line.to_a_buyer for line in lines[:2]),
    )
    if numbered:
        ideas = [kind_told_in(line.certain, language) for line in lines[: _TITLES + 2]]
        ideas = [None if other else idea for idea, other in zip_longest(ideas, top.other_news, fillvalue=None)]
        top.contradiction = _contradict(told[: _TITLES + 1], ideas)
        _add_ideas(told, ideas)
    return top


def _add_ideas(told: list[dict[str, int]], ideas: Sequence[NotificationKind | None]) -> None:
    """Add the kind that ideas tell where no phrase tells one, or one that it defeats ("the request ... refused")."""
    if any(meaning in IGNORED for found in told for meaning in found):
        return
    is_told = False
    for found, kind in zip(told, ideas, strict=False):  # ideas are asked for at the top alone
        if kind is not None and (not _REFINES.get(kind, frozenset()).isdisjoint(found) or not (found or is_told)):
            found.setdefault(kind, 0)
        is_told = is_told or bool(found)  # the subject's own words go before those of a title


def _contradict(told: Sequence[Mapping[str, int]], ideas: Sequence[NotificationKind | None]) -> bool:
    """Tell whether subject and title each tell one kind, and not both can be true."""
    one, *others = [_single(found, idea) for found, idea in zip(told, ideas, strict=False)]
    return any(other in _CONTRADICTS.get(one, ()) or one in _CONTRADICTS.get(other, ()) for other in others)


def _single(found: Mapping[str, int], idea: NotificationKind | None) -> str:
    """Return the one kind that a line tells by its phrases, else by its ideas; nothing when it tells several."""
    refined = dict(found)
    if idea is not None and (not found or not _REFINES.get(idea, frozenset()).isdisjoint(found)):
        refined[idea] = 0
    defeated = {loser for meaning in refined for loser in (*_DEFEATS.get(meaning, ()), *_REFINES.get(meaning, ()))}
    kinds = [meaning for meaning in refined if meaning not in IGNORED and meaning not in defeated]
    return kinds[0] if len(kinds) == 1 else ""


def _add_structure(weights: dict[str, float], findings: Findings, *, bulk: bool) -> None:
    """Add what the form of the mail says: an order's statement bears out what is told, or it is a mass mailing."""
    if findings.items and findings.order_nos and NotificationKind.NEW_ORDER in weights:
        weights[NotificationKind.NEW_ORDER] += _STRUCTURE
    if bulk and not findings.order_nos:
        weights[IgnoreReason.MARKETING] = weights.get(IgnoreReason.MARKETING, 0) + _BULK


def _best(weights: Mapping[str, float], *, ignored: bool) -> tuple[str | None, float]:
    chosen = [(weight, meaning) for meaning, weight in weights.items() if (meaning in IGNORED) is ignored and weight]
    if not chosen:
        return None, 0.0
    weight, best = max(chosen)
    return best, weight
