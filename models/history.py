"""What happened to an order by its facts alone, before any clock is asked.

Pure: the way of handing over, failed attempts, parcels, requests, cancellation and loss, each as the
facts tell it (order-lifecycle, sections 4 and 5). `models.order` goes on from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from models.fact import STRENGTH, Authority, Fact, FactKind, Json
from models.merge import Evidence, loudness, merged, weigh
from models.milestone import Milestone
from models.parcel import Parcel, Progress, parcels_of, progress, whole
from models.request import Request, cancel_requests, return_requests
from models.stage import RANK, HandoverMode, ShippingMode, Stage
from models.terms import Terms

Items: TypeAlias = tuple[Mapping[str, Json], ...]

MODE_STATED: Final = (FactKind.ORDER_PLACED, FactKind.MARKED_SHIPPED, FactKind.HANDOVER_SWITCHED)
ENOUGH_ATTEMPTS: Final = 2  # seller rule [A], D12


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """How the parcel leaves.

    `abandoned` is the mode whose clock had started before, `contrary` the scan of X02.
    """

    mode: HandoverMode
    abandoned: HandoverMode | None = None
    contrary: Fact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Distinct failed deliveries, at most 2; when the first and the second were proved (UTC)."""

    count: int = 0
    first_at: datetime | None = None
    second_at: datetime | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """A cancellation somebody tells of (not presumed)."""

    at: datetime
    known_at: datetime
    authority: Authority
    reason: str | None
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A loss somebody declares."""

    stage: Stage
    at: datetime
    known_at: datetime
    authority: Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that the facts tell. `told_cancelled` counts unless a stronger delivery denies it (X07).

    `whole` is the evidence as far as it holds for the order and not for some of its parcels alone.
    """

    evidence: Evidence
    whole: Evidence
    terms: Terms
    now: datetime
    placed: Fact | None
    promised: Fact | None
    handover: Handover
    shipping_mode: ShippingMode
    attempts: Attempts
    parcels: tuple[Parcel, ...]
    progress: Progress
    requests: tuple[Request, ...]
    returns: tuple[Request, ...]
    told_cancelled: Cancellation | None
    told_lost: Loss | None

    @property
    def delivered(self) -> Milestone | None:
        """The delivery, as the strongest authority tells it; of several live parcels that of the last."""
        return self.whole.milestones.get(FactKind.DELIVERED)

    @property
    def cancelled(self) -> Cancellation | None:
        """The cancellation that counts; a person's does not against the platform's delivery (X07)."""
        told, delivered = self.told_cancelled, self.delivered
        if told is None or delivered is None:
            return told
        denied = told.authority is Authority.HUMAN and delivered.authority is Authority.PLATFORM
        return None if denied else told

    @property
    def lost(self) -> Loss | None:
        """The declared loss that counts: against a delivery the later, then the stronger."""
        told, delivered = _loss(self.whole), self.delivered
        if told is None or delivered is None or delivered.at is None:
            return told
        mine, other = (told.at, STRENGTH[told.authority]), (delivered.at, STRENGTH[delivered.authority])
        return told if mine > other else None

    @property
    def placed_at(self) -> datetime | None:
        """When the order was placed (UTC); None while only later mails are known."""
        return self.placed.occurred_at if self.placed else None

    @property
    def paid(self) -> bool:
        """Whether payment is told, or implied by what came after."""
        proved = self.progress.rank >= RANK[Stage.NEW] or FactKind.ORDER_PAID in self.evidence.milestones
        return proved or self.told_lost is not None


def read_history(facts: Iterable[Fact], terms: Terms, now: datetime) -> History:
    """What the facts observed by `now` tell, whatever their order and repetition."""
    evidence = weigh(facts, now)
    parcels = parcels_of(evidence.facts)
    requests = cancel_requests(evidence)
    return History(
        evidence=evidence,
        whole=whole(evidence, parcels),
        terms=terms,
        now=now,
        placed=evidence.speaking(FactKind.ORDER_PLACED),
        promised=_promised(evidence),
        handover=_handover(evidence, terms),
        shipping_mode=_shipping(evidence, terms),
        attempts=_attempts(evidence, terms),
        parcels=parcels,
        progress=progress(evidence.facts, parcels),
        requests=requests,
        returns=return_requests(evidence),
        told_cancelled=_cancellation(evidence, requests),
        told_lost=_loss(evidence),
    )


def _promised(evidence: Evidence) -> Fact | None:
    """The report of the promised time that speaks: the strongest, then the latest, as with stated due times."""
    told = [fact for fact in evidence.facts if fact.moment("promised_at")]
    told.sort(key=lambda fact: fact.source_key)
    return max(told, key=lambda fact: (STRENGTH[fact.authority], fact.occurred_at), default=None)


def _handover(evidence: Evidence, terms: Terms) -> Handover:
    """The mode stated last, of several reports of one thing by the strongest; a scan of the other sort overrules it."""
    told = merged(fact for fact in evidence.of(*MODE_STATED) if _mode(fact) is not None)
    stated = [(fact, mode) for fact in told if (mode := _mode(fact)) is not None]
    stated.sort(key=lambda pair: (pair[0].occurred_at, STRENGTH[pair[0].authority], pair[0].source_key))
    mode = stated[-1][1] if stated else terms.handover
    seen = {kind for kind in (FactKind.PICKED_UP, FactKind.DROPPED_OFF) if kind in evidence.by_kind}
    if len(seen) == 1 and (found := SEEN_MODE[next(iter(seen))]) is not mode:
        return Handover(mode=found, abandoned=mode, contrary=evidence.speaking(next(iter(seen))))
    shipped_at = evidence.at(FactKind.MARKED_SHIPPED)
    if shipped_at is None or not stated or stated[-1][0].occurred_at <= shipped_at:
        return Handover(mode=mode)
    before = [earlier for fact, earlier in stated if fact.occurred_at <= shipped_at]
    old = before[-1] if before else terms.handover
    return Handover(mode=mode, abandoned=old if old is not mode else None)


SEEN_MODE: Final[Mapping[FactKind, HandoverMode]] = {
    FactKind.PICKED_UP: HandoverMode.PICKUP,
    FactKind.DROPPED_OFF: HandoverMode.DROP_OFF,
}


def _mode(fact: Fact) -> HandoverMode | None:
    text = fact.text("handover_mode")
    return HandoverMode(text) if text in set(HandoverMode) else None


def _shipping(evidence: Evidence, terms: Terms) -> ShippingMode:
    reports = evidence.of(FactKind.ORDER_PLACED, FactKind.MARKED_SHIPPED)
    stated = [fact for fact in reports if fact.text("shipping_mode") in set(ShippingMode)]
    first = min(stated, key=loudness, default=None)
    return ShippingMode(str(first.payload["shipping_mode"])) if first else terms.shipping


def _attempts(evidence: Evidence, terms: Terms) -> Attempts:
    """Counted by stated number or shop-local day, whichever is more: one attempt told twice is one (X14)."""
    reports = evidence.of(FactKind.DELIVERY_ATTEMPT_FAILED)
    if not reports:
        return Attempts()
    first_day = reports[0].occurred_at.astimezone(terms.timezone).date()
    second = [
        fact
        for fact in reports
        if _attempt_no(fact) >= ENOUGH_ATTEMPTS or fact.occurred_at.astimezone(terms.timezone).date() != first_day
    ]
    return Attempts(
        count=ENOUGH_ATTEMPTS if second else 1,
        first_at=reports[0].occurred_at,
        second_at=second[0].occurred_at if second else None,
        known_at=min(fact.observed_at for fact in second or reports),
    )


def _attempt_no(fact: Fact) -> int:
    text = fact.text("attempt_no") or ""
    return int(text) if text.isdecimal() and len(text) <= 2 else 1  # noqa: PLR2004 - nobody tries a hundred times


def _cancellation(evidence: Evidence, requests: tuple[Request, ...]) -> Cancellation | None:
    """Told as such, or by an approval that no rejection outweighs (approved means cancelled by the buyer)."""
    standing: set[str] = set()
    outweighed: set[str] = set()
    for request in requests:
        if decision := request.decision:
            (standing if decision.kind is FactKind.CANCEL_APPROVED else outweighed).update(request.answered_by)
    approvals = evidence.of(FactKind.CANCEL_APPROVED)
    approved = [fact for fact in approvals if fact.source_key not in outweighed - standing]
    told = [*evidence.of(FactKind.CANCELLED), *approved]
    if not told:
        return None
    speaking = min(told, key=loudness)
    return Cancellation(
        at=speaking.occurred_at,
        known_at=min(fact.observed_at for fact in told),
        authority=speaking.authority,
        reason=speaking.text("reason_code")
        or min((code for fact in told if (code := fact.text("reason_code"))), default=None),
        actor=_whose_wish(speaking, approved),
    )


def _whose_wish(speaking: Fact, approved: Sequence[Fact]) -> str:
    """An approval's own actor is who gave it; the wish to cancel was the buyer's (T31)."""
    told = speaking.text("actor") if speaking.kind is FactKind.CANCELLED else None
    return told or ("buyer" if approved else "unknown")


def _loss(evidence: Evidence) -> Loss | None:
    found = [
        Loss(stage=stage, at=milestone.known_by, known_at=milestone.known_at, authority=milestone.authority)
        for kind, stage in ((FactKind.LOST_DECLARED, Stage.LOST), (FactKind.DAMAGED_DECLARED, Stage.DAMAGED))
        if (milestone := evidence.milestones.get(kind))
    ]
    return max(found, key=lambda loss: (loss.at, STRENGTH[loss.authority]), default=None)
