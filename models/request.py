"""What a buyer asked for, and which answer belongs to which request.

Pure. An answer that names a request belongs to it; one that names none belongs to the requests open
when it was given (order-lifecycle, section 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from models.deadline import RuleId
from models.fact import STRENGTH, Fact, FactKind
from models.merge import Evidence, by_time, group_key, loudness

CANCEL_ANSWERS: Final = (FactKind.CANCEL_APPROVED, FactKind.CANCEL_REJECTED, FactKind.CANCEL_WITHDRAWN)
RETURN_ANSWERS: Final = (FactKind.RETURN_ACCEPTED, FactKind.RETURN_REJECTED)
NUMBERS: Final = ("request_no", "return_no")
NEAR: Final = timedelta(hours=1)  # [D] a buyer who asks again waits for an answer first


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of the buyer. `key` is its number, or the minute it was made.

    `answers` holds the speaking report of each kind of answer, `decision` the answer that counts: of
    approved and rejected the higher authority, then the later (X10). `answered_by` are the source keys of all
    reports of an answer. `follow_ups` is what came after.
    """

    case_id: str
    key: str
    fact: Fact
    known_at: datetime
    answers: tuple[Fact, ...]
    answered_by: frozenset[str]
    extensions: tuple[Fact, ...]
    follow_ups: Mapping[FactKind, Fact]

    @property
    def opened_at(self) -> datetime:
        """When the buyer asked (UTC)."""
        return self.fact.occurred_at

    @property
    def decision(self) -> Fact | None:
        """The answer that counts; None while there is none. What was approved can no longer be withdrawn."""
        withdrawn = [fact for fact in self.answers if fact.kind is FactKind.CANCEL_WITHDRAWN]
        given = [fact for fact in self.answers if fact not in withdrawn]
        return max(given or withdrawn, key=_weight, default=None)

    @property
    def contradicted(self) -> bool:
        """Whether it was both approved and rejected (X10)."""
        kinds = {fact.kind for fact in self.answers}
        return {FactKind.CANCEL_APPROVED, FactKind.CANCEL_REJECTED} <= kinds or set(RETURN_ANSWERS) <= kinds


@dataclass(slots=True)
class _Draft:
    case_id: str
    key: str
    reports: list[Fact]
    later: list[Fact] = field(default_factory=list)
    also: set[str] = field(default_factory=set)  # what it was called before its number was known

    @property
    def numbers(self) -> set[str]:
        return {self.case_id} | self.also | {number for fact in self.reports for number in _numbers(fact)}

    @property
    def opened_at(self) -> datetime:
        return min(self.reports, key=loudness).occurred_at


def cancel_requests(evidence: Evidence) -> tuple[Request, ...]:
    """The buyer's cancellation requests in the order they were made."""
    return _requests(
        evidence,
        "cancel_request",
        FactKind.CANCEL_REQUESTED,
        CANCEL_ANSWERS,
        (),
        evidence.of(FactKind.ANSWER_EXTENDED),
    )


def return_requests(evidence: Evidence) -> tuple[Request, ...]:
    """The buyer's wishes for a return or a refund in the order they were made."""
    follow_ups = (FactKind.RETURN_RECEIVED, FactKind.REFUND_DONE)
    extended = evidence.of(FactKind.ANSWER_EXTENDED)
    return _requests(evidence, "return", FactKind.RETURN_REQUESTED, RETURN_ANSWERS, follow_ups, extended)


def _requests(
    evidence: Evidence,
    word: str,
    asked: FactKind,
    answers: tuple[FactKind, ...],
    follow_ups: tuple[FactKind, ...],
    extended: Sequence[Fact],
) -> tuple[Request, ...]:
    drafts = _drafts(word, evidence.of(asked))
    if not drafts:
        return ()
    later = [
        *evidence.of(*answers),
        *evidence.of(*follow_ups),
        *(fact for fact in extended if _about(fact, word)),
    ]
    for fact in sorted(later, key=by_time):
        for draft in _meant(fact, drafts, answers):
            draft.later.append(fact)
    return tuple(_request(draft, answers, follow_ups) for draft in drafts)


def _drafts(word: str, asked: Sequence[Fact]) -> list[_Draft]:
    """One for each request. A mail tells no number where the API does: what came about then is the same wish."""
    groups: dict[str, list[Fact]] = {}
    for fact in asked:
        groups.setdefault(group_key(fact), []).append(fact)
    drafts = [_Draft(f"{word}:{key}", key, reports) for key, reports in groups.items()]
    numbered = [draft for draft in drafts if _numbers(draft.reports[0])]
    opened = {draft.key: draft.opened_at for draft in numbered}
    found = list(numbered)
    for draft in (one for one in drafts if one not in numbered):
        near = [(abs(at - draft.opened_at), key) for key, at in opened.items() if abs(at - draft.opened_at) <= NEAR]
        same = next((one for one in numbered if near and one.key == min(near)[1]), None)
        if same is None:
            found.append(draft)
        else:
            same.reports += draft.reports
            same.also.add(draft.case_id)
    return sorted(found, key=lambda draft: (draft.opened_at, draft.key))


def _about(extension: Fact, word: str) -> bool:
    """Whether an extension may be of this sort of request; its rule says so when it names one."""
    rule = extension.text("rule")
    return rule is None or (rule == RuleId.D08) is (word == "cancel_request")


def _meant(fact: Fact, drafts: Sequence[_Draft], answers: tuple[FactKind, ...]) -> Sequence[_Draft]:
    numbers = _numbers(fact)
    if named := [draft for draft in drafts if numbers & draft.numbers]:
        return named
    if fact.text("case_id"):
        return ()
    unnamed = [draft for draft in drafts if not numbers or len(draft.numbers) == 1]
    before = [draft for draft in unnamed if draft.opened_at <= fact.occurred_at]
    still_open = [draft for draft in before if not any(one.kind in answers for one in draft.later)]
    if fact.kind is FactKind.ANSWER_EXTENDED or (fact.kind in answers and still_open):
        return still_open
    return before[-1:] or unnamed[:1]


def _numbers(fact: Fact) -> set[str]:
    return {number for key in (*NUMBERS, "case_id") if (number := fact.text(key))}


def _request(draft: _Draft, answers: tuple[FactKind, ...], follow_ups: tuple[FactKind, ...]) -> Request:
    spoken = {kind: _speaking(kind, draft.later) for kind in (*answers, *follow_ups)}
    given = [fact for kind in answers if (fact := spoken[kind])]
    return Request(
        case_id=draft.case_id,
        key=draft.key,
        fact=min(draft.reports, key=loudness),
        known_at=min(fact.observed_at for fact in draft.reports),
        answers=tuple(sorted(given, key=by_time)),
        answered_by=frozenset(fact.source_key for fact in draft.later if fact.kind in answers),
        extensions=tuple(fact for fact in draft.later if fact.kind is FactKind.ANSWER_EXTENDED),
        follow_ups=MappingProxyType({kind: fact for kind in follow_ups if (fact := spoken[kind])}),
    )


def _speaking(kind: FactKind, facts: Sequence[Fact]) -> Fact | None:
    return min((fact for fact in facts if fact.kind is kind), key=loudness, default=None)


def _weight(fact: Fact) -> tuple[int, datetime, str]:
    return (STRENGTH[fact.authority], fact.occurred_at, fact.kind)
