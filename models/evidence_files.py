"""What proves an order's course, as files for an appeal: a summary to read, and all facts and clocks as tables.

Pure but for the catalogue of words. The same facts at the same moment give the same files. Of a fact's values only
those named here get out, each in the form that is meant for it, so no buyer's data and no typed text is in any file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from models.catalogue import words
from models.csv_text import ENCODING, csv_text
from models.deadline import ClockType, Deadline
from models.fact import Authority, Fact, FactKind
from models.fact_words import CHOSEN, fact_words
from models.merge import by_time, with_sane_times, without_retracted
from models.order import Order
from models.origin import Origin, origin, origin_words
from models.outgoing import carrier_name, goods, iso, number, stamp
from models.policy import Policy

Value: TypeAlias = str | datetime | None
"""A text, or a time; None is a time that is not known."""

COURSE: Final = {kind: place for place, kind in enumerate(FactKind)}
ATTEMPTS: Final = frozenset({"1", "2"})
OWN_FIGURES: Final = (Origin.ARTICLE, Origin.DEFAULT, Origin.YOURS)
"""Whose figures are none of the platform's, in words that somebody outside the shop must be told the meaning of."""
INDENT: Final = "    "
TIMES_OF_A_FACT: Final = ("happened", "learnt")
TIMES_OF_A_CLOCK: Final = ("started", "limit", "ended")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An order with all that is needed to prove its course; `facts` are all of its, those taken back included.

    `order` is made of them at `now` (UTC) and with the figures of `policy`. Times are told in `zone`, the shop's.
    """

    shop: str
    order_no: str
    zone: ZoneInfo
    policy: Policy
    order: Order
    facts: Sequence[Fact]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A fact, and whether it counts."""

    fact: Fact
    counts: bool


def evidence_files(proof: Proof) -> dict[str, bytes]:
    """The files by name, the one to read first."""
    told = _told(proof)
    return {
        "summary.txt": "\n".join((*_summary(proof, told), "")).encode(),
        "timeline.csv": _table(proof, TIMELINE, TIMES_OF_A_FACT, [_fact_row(proof, one) for one in told]),
        "deadlines.csv": _table(proof, CLOCKS, TIMES_OF_A_CLOCK, [_clock_row(proof, one) for one in _clocks(proof)]),
    }


def _told(proof: Proof) -> list[_Told]:
    """What had been heard by now, as it happened, impossible times replaced by when we saw them."""
    known = [one for one in proof.facts if one.observed_at <= proof.now and one.authority is not Authority.TIMER]
    counting = {one.source_key for one in without_retracted(known)}
    sane, _ = with_sane_times(sorted(known, key=by_time))
    return [_Told(fact=one, counts=one.source_key in counting) for one in sorted(sane, key=_by_course)]


def _by_course(fact: Fact) -> tuple[datetime, int, str]:
    """Sorts facts as they happened; what happened at once as an order goes its way: ordered, then paid."""
    return (fact.occurred_at, COURSE[fact.kind], fact.source_key)


def _clocks(proof: Proof) -> list[Deadline]:
    return sorted(proof.order.deadlines, key=lambda clock: (clock.start_at, clock.due_at, clock.rule, clock.about))


TIMELINE: Final = (*TIMES_OF_A_FACT, "exact", "what", "details", "word", "source", "counts")
CLOCKS: Final = ("clock", "whose", *TIMES_OF_A_CLOCK, "state", "fault", "origin")


def _fact_row(proof: Proof, told: _Told) -> dict[str, Value]:
    fact, text = told.fact, words()
    return {
        "happened": fact.occurred_at,
        "learnt": fact.observed_at,
        "exact": _exactness(fact),
        "what": _what(fact),
        "details": _details(fact, proof.zone),
        "word": text.text(f"facts.authority.{fact.authority}"),
        "source": _coded("evidence.sources", fact.source) or text.text("evidence.sources.other"),
        "counts": text.text("evidence.counts" if told.counts else "evidence.taken_back"),
    }


def _exactness(fact: Fact) -> str:
    key = "at_latest" if fact.at_latest else "estimated" if fact.estimated else "exact"
    return words().text(f"evidence.exactness.{key}")


def _what(fact: Fact) -> str:
    """What happened, with what was chosen only where that is one of the known choices."""
    key, table = CHOSEN.get(fact.kind, ("", ""))
    known = bool(key) and bool(_coded(table, fact.text(key)))
    return fact_words(words(), fact) if known else words().text(f"facts.{fact.kind}")


def _details(fact: Fact, zone: ZoneInfo) -> str:
    """The values of a fact that may get out, each with its name; every other is kept here."""
    attempt, rule = fact.text("attempt_no") or "", fact.text("rule") or ""
    found = {
        "carrier": carrier_name(fact.payload.get("carrier")),
        "tracking_no": number(fact.payload.get("tracking_no")),
        "attempt_no": attempt if attempt in ATTEMPTS else "",
        "request_no": number(fact.payload.get("request_no")),
        "return_no": number(fact.payload.get("return_no")),
        "reason_code": _coded("pages.reasons", fact.text("reason_code")),
        "actor": _coded("pages.reasons", fact.text("actor")),
        "rule": _coded("rules", f"{rule}.name"),
        "due_at": _moment(fact, "due_at", zone),
        "promised_at": _moment(fact, "promised_at", zone),
    }
    return "; ".join(words().text(f"evidence.details.{key}", value=value) for key, value in found.items() if value)


def _coded(table: str, code: str | None) -> str:
    """The words of a code; empty for one that the catalogue does not know."""
    key = f"{table}.{code}"
    return words().text(key) if code and key in words() else ""


def _moment(fact: Fact, key: str, zone: ZoneInfo) -> str:
    moment = fact.moment(key)
    return stamp(moment, zone) if moment else ""


def _clock_row(proof: Proof, clock: Deadline) -> dict[str, Value]:
    text = words()
    return {
        "clock": text.rule(clock.rule),
        "whose": text.text(f"evidence.types.{clock.clock}"),
        "started": clock.start_at,
        "limit": clock.due_at,
        "ended": clock.met_at,
        "state": text.text(f"rules.states.{clock.state}"),
        "fault": text.text(f"evidence.faults.{clock.fault}") if clock.breached_at else "",
        "origin": origin_words(origin(clock, proof.policy, proof.order.promised_at)),
    }


def _table(proof: Proof, columns: Sequence[str], times: Sequence[str], rows: Sequence[Mapping[str, Value]]) -> bytes:
    """The rows as CSV; a time has two columns, on the shop's clock and in UTC."""
    header, text = list[str](), words()
    for column in columns:
        name = text.text(f"evidence.columns.{column}")
        zones = (proof.zone.key, "UTC") if column in times else ()
        header += [text.text("evidence.columns.in_zone", column=name, zone=zone) for zone in zones] or [name]
    cells = [[cell for column in columns for cell in _cells(row[column], proof.zone)] for row in rows]
    return csv_text(header, cells).encode(ENCODING)


def _cells(value: Value, zone: ZoneInfo) -> tuple[str, ...]:
    """A text's one cell, or the two of a time; both are empty for one that is not known."""
    if isinstance(value, str):
        return (value,)
    return (iso(value, zone), _utc(value)) if value else ("", "")


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _summary(proof: Proof, told: Sequence[_Told]) -> Iterator[str]:
    text = words()
    title = text.text("evidence.title", order_no=proof.order_no)
    yield from (title, "=" * len(title), "")
    yield from _head(proof)
    for heading, types in (("platform", {ClockType.RULE}), ("own", {ClockType.TARGET, ClockType.WATCH})):
        clocks = [clock for clock in _clocks(proof) if clock.clock in types]
        yield from _section(f"clocks_{heading}", [line for one in clocks for line in _clock_lines(proof, one)])
    yield from _section("timeline", [line for one in told for line in _fact_lines(proof, one)])
    figures = {name: text.text(f"policies.origin.{name}") for name in OWN_FIGURES}
    yield from ("", text.text("evidence.zone", zone=proof.zone.key), text.text("evidence.figures", **figures))
    yield text.text("evidence.files")


def _section(name: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        heading = words().text(f"evidence.headings.{name}")
        yield from ("", heading, "-" * len(heading), *lines)


def _head(proof: Proof) -> Iterator[str]:
    text, order = words(), proof.order
    stage = text.stage(order.stage)
    numbers = ", ".join(filter(None, (number(parcel.tracking_no) for parcel in order.parcels)))
    carriers = ", ".join(dict.fromkeys(filter(None, (carrier_name(parcel.carrier) for parcel in order.parcels))))
    told = {
        "shop": proof.shop,
        "order_no": proof.order_no,
        "made_at": stamp(proof.now, proof.zone),
        "stage": text.text("evidence.presumed", stage=stage) if order.presumed else stage,
        "placed_at": stamp(order.placed_at, proof.zone) if order.placed_at else "",
        "promised_at": stamp(order.promised_at, proof.zone) if order.promised_at else "",
        "carrier": carriers,
        "tracking_no": numbers,
        "goods": "; ".join(filter(None, map(goods, order.items))),
    }
    yield from (text.text(f"evidence.head.{key}", value=value) for key, value in told.items() if value)


def _clock_lines(proof: Proof, clock: Deadline) -> Iterator[str]:
    row = _clock_row(proof, clock)
    yield f"{row['clock']}: {row['state']}"
    for column in (*TIMES_OF_A_CLOCK, "origin", "fault"):
        value = row[column]
        shown = stamp(value, proof.zone) if isinstance(value, datetime) else value
        if shown:
            yield f"{INDENT}{words().text(f'evidence.columns.{column}')}: {shown}"


def _fact_lines(proof: Proof, told: _Told) -> Iterator[str]:
    text, fact = words(), told.fact
    row = _fact_row(proof, told)
    remarks = [row["details"], row["exact"] if fact.estimated else "", "" if told.counts else row["counts"]]
    behind = "; ".join(str(remark) for remark in remarks if remark)
    yield f"{stamp(fact.occurred_at, proof.zone)}  {row['what']}{f' ({behind})' if behind else ''}"
    learnt = text.text("evidence.learnt", when=stamp(fact.observed_at, proof.zone), source=row["source"])
    yield f"{INDENT}{row['word']}; {learnt}"
