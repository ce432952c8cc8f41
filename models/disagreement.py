"""Finding facts that disagree: the rows of order-lifecycle, section 8, that concern one order.

Pure. X12 and X15 are mails that never became facts, X13 is two orders: none of them is seen here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from models.conflict import Conflict
from models.deadline import Deadline
from models.fact import Authority, Fact, FactKind, Json
from models.history import ENOUGH_ATTEMPTS, History
from models.merge import by_time, merged, rank_proved
from models.request import CANCEL_ANSWERS, Request
from models.stage import RANK, Stage

_K = FactKind

LONGEST: Final = 10  # digits of a count
CRITICAL: Final = frozenset({"X04", "X05"})
PAID: Final = RANK[Stage.NEW]
SHIPPED: Final = RANK[Stage.AWAITING_HANDOVER]
EXPECTED_REASONS: Final = frozenset({"lost", "damaged", "late"})  # of a cancellation after shipping (X04)
MOVED: Final = frozenset(
    {_K.MARKED_SHIPPED, _K.PICKED_UP, _K.DROPPED_OFF, _K.IN_TRANSIT, _K.DELIVERY_ATTEMPT_FAILED, _K.DELIVERED}
)
"""Reports of a parcel on its way; a person's drop-off is none, it proves nothing."""

DENIED_BY: Final[Mapping[FactKind, frozenset[FactKind]]] = {
    _K.DELIVERED: frozenset({_K.IN_TRANSIT, _K.DELIVERY_ATTEMPT_FAILED, _K.LOST_DECLARED, _K.DAMAGED_DECLARED}),
    _K.LOST_DECLARED: frozenset({_K.IN_TRANSIT, _K.DELIVERY_ATTEMPT_FAILED, _K.DELIVERED}),
    _K.DAMAGED_DECLARED: frozenset({_K.IN_TRANSIT, _K.DELIVERY_ATTEMPT_FAILED, _K.DELIVERED}),
    _K.CANCELLED: frozenset({_K.DELIVERED}),
    _K.CANCEL_APPROVED: frozenset({_K.CANCEL_REJECTED, _K.CANCEL_WITHDRAWN}),
    _K.CANCEL_REJECTED: frozenset({_K.CANCEL_APPROVED}),
}
"""X16: what the platform may say later against a person's word."""


def contradicting_orders(history: History) -> tuple[Fact, ...]:
    """The new-order reports that tell other items, amounts or counts than one before them (X03), as they came.

    A version that was told before is no news.
    """
    reports = history.evidence.of(_K.ORDER_PLACED)
    told = [told_by(report) for report in reports] if len(reports) > 1 else []
    return tuple(
        report
        for place, (report, mine) in enumerate(zip(reports, told, strict=False))
        if mine not in told[:place] and any(_differ(mine, earlier) for earlier in told[:place])
    )


def _differ(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return any(one[key] != other[key] for key in one.keys() & other.keys())


def told_by(fact: Fact) -> dict[str, str]:
    """What a new-order report tells, so that reports of one order agree. What it leaves out is left out."""
    told = {key: _amount(text) for key in ("amount", "currency", "quantity") if (text := fact.text(key))}
    lines = lines_told(fact)
    name = "sku" if _all_have(lines, "sku") else "title"
    if _all_have(lines, name):
        told[f"{name}s"] = repr(sorted({str(line[name]) for line in lines}))
        if _all_have(lines, "quantity"):
            told[f"quantity by {name}"] = repr(sorted(_counted(lines, name).items()))
    return told


def lines_told(fact: Fact) -> Sequence[Mapping[str, Json]]:
    """The order lines of a report; one of a single line may tell it without a list."""
    listed = fact.payload.get("items")
    if isinstance(listed, list):
        return [line if isinstance(line, dict) else {"title": line} for line in listed]
    return [fact.payload] if fact.text("sku") or fact.text("title") else []


def _counted(lines: Sequence[Mapping[str, Json]], name: str) -> Mapping[str, Decimal]:
    """How many of each; two lines of one thing are told in one by others."""
    count: dict[str, Decimal] = {}
    for line in lines:
        thing = str(line[name])
        count[thing] = count.get(thing, Decimal(0)) + _number(str(line["quantity"]))
    return count


def _all_have(lines: Sequence[Mapping[str, Json]], key: str) -> bool:
    return bool(lines) and all(line.get(key) for line in lines)


def _number(text: str) -> Decimal:
    return Decimal(text) if text.isdecimal() and len(text) < LONGEST else Decimal(0)


def _amount(text: str) -> str:
    """5.0 and 5.00 are one amount."""
    try:
        return str(Decimal(text).normalize())
    except ArithmeticError:  # no number, or one that no order can cost
        return text


def conflicts(
    history: History, answers: Sequence[Deadline], unpaid: Deadline | None, *, claimed: bool
) -> tuple[Conflict, ...]:
    """Every conflict of the order, by id; settled ones stay listed. `claimed`: whether it has or had a claim."""
    found = {
        "X01": _arrived_unshipped(history),
        "X02": [history.handover.contrary] if history.handover.contrary else [],
        "X03": history.evidence.of(_K.ORDER_PLACED) if contradicting_orders(history) else (),
        **_against_cancellation(history),
        "X06": _against_loss(history, claimed=claimed),
        "X08": _numbered(history),
        "X09": history.evidence.absurd,
        "X10": [fact for one in (*history.requests, *history.returns) if one.contradicted for fact in one.answers],
        "X11": history.evidence.facts if history.placed is None else (),
        "X14": _second_first(history),
        "X16": _denied(history),
        "X17": _paid_after_all(history, unpaid),
        "X18": _shipped_unanswered(history, answers),
    }
    return tuple(_conflict(history, number, facts) for number, facts in sorted(found.items()) if facts)


def _conflict(history: History, number: str, facts: Sequence[Fact]) -> Conflict:
    seen_at = max(fact.observed_at for fact in facts)
    closings = history.evidence.of(_K.CASE_CLOSED)
    return Conflict(
        id=number,
        since=max(fact.occurred_at for fact in facts),
        fact_keys=tuple(sorted({fact.source_key for fact in facts})),
        critical=number in CRITICAL,
        settled=any(fact.text("case_id") == f"conflict:{number}" and fact.observed_at >= seen_at for fact in closings),
    )


def _arrived_unshipped(history: History) -> Sequence[Fact]:
    between = any(SHIPPED <= rank_proved(fact) < RANK[Stage.DELIVERED] for fact in history.evidence.facts)
    return () if between else history.evidence.of(_K.DELIVERED)


def _against_cancellation(history: History) -> dict[str, Sequence[Fact]]:
    told = history.told_cancelled
    if told is None:
        return {}
    cancelling = _tellers(history)
    delivered = history.evidence.of(_K.DELIVERED)
    moved = [fact for fact in merged(history.evidence.facts) if fact.kind in MOVED and rank_proved(fact) >= SHIPPED]
    before = [fact for fact in moved if fact.occurred_at <= told.at]
    after = [fact for fact in moved if fact.occurred_at > told.at and fact.kind is not _K.DELIVERED]
    expected = told.reason in EXPECTED_REASONS or (told.reason is None and history.lost is not None)
    recall = history.cancelled is not None and before and not expected
    return {
        "X04": [*cancelling, *before] if recall else (),
        "X05": [*cancelling, *after] if after and history.cancelled else (),
        "X07": [*cancelling, *delivered] if delivered else (),
    }


def _tellers(history: History) -> list[Fact]:
    return [*history.evidence.of(_K.CANCELLED)] or [*history.evidence.of(_K.CANCEL_APPROVED)]


def _against_loss(history: History, *, claimed: bool) -> Sequence[Fact]:
    """Delivered and lost or damaged, or delivered after a claim's refund was asked for or done (T27)."""
    delivered = history.evidence.of(_K.DELIVERED)
    if not delivered:
        return ()
    last = max(fact.occurred_at for fact in delivered)
    against = history.evidence.of(_K.LOST_DECLARED, _K.DAMAGED_DECLARED)
    told = history.told_cancelled
    claimed = claimed or (told is not None and told.reason in EXPECTED_REASONS)
    refunds = history.evidence.of(_K.REFUND_REQUESTED, _K.REFUND_DONE) if claimed else ()
    refunded = [fact for fact in refunds if fact.occurred_at < last]
    return [*delivered, *against, *refunded] if against or refunded else ()


def _numbered(history: History) -> Sequence[Fact]:
    if len(history.parcels) < 2:  # noqa: PLR2004 - another number needs a first one
        return ()
    return [fact for fact in history.evidence.facts if fact.text("tracking_no")]


def _second_first(history: History) -> Sequence[Fact]:
    """The second attempt, told without a first before it (X14)."""
    reports = history.evidence.of(_K.DELIVERY_ATTEMPT_FAILED)
    second = [fact for fact in reports if fact.text("attempt_no") == str(ENOUGH_ATTEMPTS)]
    others = [fact for fact in reports if fact not in second]
    numbered = [fact for fact in others if fact.text("attempt_no")]
    firsts = numbered or others
    return second[:1] if second and not any(by_time(fact) < by_time(second[0]) for fact in firsts) else ()


def _denied(history: History) -> Sequence[Fact]:
    """A person's word and the platform's later word against it; of answers, those to one request."""
    found: list[Fact] = []
    for kind, denials in DENIED_BY.items():
        reports = history.evidence.of(kind)
        for fact in (fact for fact in merged(reports) if fact.authority is Authority.HUMAN) if reports else ():
            against = [one for one in _comparable(history, fact, denials) if one.authority is Authority.PLATFORM]
            found += [pair for one in against if one.occurred_at > fact.occurred_at for pair in (fact, one)]
    return found


def _comparable(history: History, fact: Fact, denials: Iterable[FactKind]) -> Iterable[Fact]:
    if fact.kind not in CANCEL_ANSWERS:
        return history.evidence.of(*denials)
    return [
        one for request in history.requests if fact in request.answers for one in request.answers if one.kind in denials
    ]


def _paid_after_all(history: History, unpaid: Deadline | None) -> Sequence[Fact]:
    """The payment of an order that counted as cancelled: the time to pay was over, and nothing said otherwise."""
    paid, cancelled = history.evidence.speaking(_K.ORDER_PAID), history.cancelled
    if paid is None or unpaid is None or paid.occurred_at <= unpaid.due_at:
        return ()
    going = [fact for fact in history.evidence.facts if PAID <= rank_proved(fact) < RANK[Stage.CANCELLED]]
    if any(fact.occurred_at <= unpaid.due_at for fact in going) or (cancelled and cancelled.at <= paid.occurred_at):
        return ()
    return [paid]


def _shipped_unanswered(history: History, answers: Sequence[Deadline]) -> Sequence[Fact]:
    """What went on its way after D08 was missed, while nobody had answered; an answer after it changes nothing."""
    if history.cancelled:
        return ()
    missed = {one.about: one.due_at for one in answers if one.breached_at}
    asked = [request for request in history.requests if request.key in missed]
    if not asked:
        return ()
    limit = history.terms.policy.cancel_limit_rank
    moved = [fact for fact in history.evidence.facts if limit <= rank_proved(fact) < RANK[Stage.CANCELLED]]
    return [fact for fact in moved if any(_ignored(one, missed[one.key], fact) for one in asked)]


def _ignored(request: Request, due_at: datetime, fact: Fact) -> bool:
    answered = any(answer.occurred_at <= fact.occurred_at for answer in request.answers)
    return fact.occurred_at > due_at and not answered
