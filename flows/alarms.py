"""What people see of the outbox and do with it: what waits and why, what was told, "I know", "not now".

One answer in words for command line and pages; nobody's typed words are kept but the reason of a silence, which may
name nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlmodel import Session, col, func, select

from flows.office import Office
from flows.telling import line_of
from models.alert_channel import Channel
from models.alert_figures import alert_figures
from models.alert_key import keys_named, short_alert_key
from models.alert_plan import Silence, Why
from models.catalogue import words
from models.db import alert_people
from models.db.alert_tables import SilenceRow
from models.db.alert_telling import channels
from models.db.session import open_session
from models.db.tables import AlertRow
from models.deadline import RuleId
from models.value_guard import may_name_somebody

LONGEST_REASON: Final = 200  # signs
OTHER_RULES: Final = ("step", "missing", "drift", "rebuild", "consent", "X12")  # what else alerts are about, by code
CONFLICTS: Final = tuple(f"X{number:02}" for number in range(1, 19))  # order-lifecycle, section 8


class Standing(StrEnum):
    """Where an open alert stands: kept back (as in `Why`), not sent yet, or told and not acknowledged."""

    SILENCED = Why.SILENCED.value
    BLIND = Why.BLIND.value
    QUIET = Why.QUIET.value
    GROUPED = Why.GROUPED.value
    WAITS = "waits"
    FAILS = "fails"
    TOLD = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An open alert in words. `next_at` is when it is looked at or told again (UTC)."""

    key: str
    short: str
    shop: str
    order_no: str | None
    rule: str
    words: str
    standing: Standing
    critical: bool
    created_at: datetime
    told_at: datetime | None
    next_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        names = ("short", "shop", "order_no", "rule", "words", "critical", "created_at", "told_at", "next_at")
        return {"key": self.key, "standing": self.standing.value, **{name: getattr(self, name) for name in names}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of a wish, in words; `done` when what was wished stands, `already` when somebody was faster."""

    done: bool
    words: str
    already: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person does not want to hear, for how long and why. One of shop and rule may be empty."""

    shop: str = ""
    rule: str = ""
    length: timedelta
    reason: str


def open_lines(office: Office, limit: int) -> list[Line]:
    """Give the alerts that somebody may acknowledge, what is critical first, then the oldest."""
    query = select(AlertRow).where(*alert_people.open_alerts())
    query = query.order_by(col(AlertRow.critical).desc(), col(AlertRow.created_at), col(AlertRow.dedup_key))
    with open_session(office.engine, read_only=True) as session:
        rows = session.exec(query.limit(limit)).all()
    return [_line(row, office.now()) for row in rows]


def alike(lines: Iterable[Line]) -> list[list[Line]]:
    """Put together what concerns one shop and rule and stands alike, in the order of its first."""
    found: dict[tuple[str, str, Standing], list[Line]] = {}
    for line in lines:
        found.setdefault((line.shop, line.rule, line.standing), []).append(line)
    return list(found.values())


def open_count(office: Office) -> int:
    """Count the alerts that somebody may acknowledge."""
    with open_session(office.engine, read_only=True) as session:
        query = select(func.count()).select_from(AlertRow).where(*alert_people.open_alerts())
        return session.exec(query).one()


def failing_channels(office: Office) -> list[Channel]:
    """Give the channels that could not be reached last time, in order."""
    with open_session(office.engine, read_only=True) as session:
        return [one for one in channels(session, len(office.settings.alerts.channels)) if one.failures]


def silences(office: Office) -> Sequence[SilenceRow]:
    """Give the silences that keep something back now."""
    with open_session(office.engine, read_only=True) as session:
        return alert_people.running_silences(session, office.now())


def _line(row: AlertRow, now: datetime) -> Line:
    return Line(
        key=row.dedup_key,
        short=short_alert_key(row.dedup_key),
        shop=row.shop_id or "",
        order_no=row.order_no,
        rule=row.rule,
        words=line_of(row, now),
        standing=_standing(row),
        critical=row.critical,
        created_at=row.created_at,
        told_at=row.told_at,
        next_at=row.next_attempt_at or row.repeat_at,
    )


def _standing(row: AlertRow) -> Standing:
    if row.held_by:
        return Standing(row.held_by)
    if row.sent_at is not None:
        return Standing.TOLD
    return Standing.FAILS if row.attempts else Standing.WAITS


def acknowledge(office: Office, given: Sequence[str], by: str) -> Told:
    """Note that somebody knows these alerts, named by key, by its beginning, or by the order's number."""
    now = office.now()
    with open_session(office.engine) as session:
        chosen = _chosen(session, given)
        unknown = [one for one, keys in chosen.items() if not keys]
        unclear = [one for one, keys in chosen.items() if len(keys) > 1 and not one.isdigit()]
        if unknown or unclear:
            code = "unknown" if unknown else "unclear"
            return Told(done=False, words=_say(f"ack.{code}", given=", ".join(unknown or unclear)))
        keys = [key for keys in chosen.values() for key in keys]
        done = alert_people.acknowledge(session, keys, by, now)
        before = None if done else session.get(AlertRow, keys[0])
        session.commit()
    if before is not None and before.acknowledged_at is not None:
        ago = words().span(now - before.acknowledged_at)
        told = _say("ack.already", who=before.acknowledged_by, ago=ago)
        return Told(done=True, already=True, words=told, values={"acknowledged": []})
    return Told(done=True, words=_say("ack.done", count=len(done)), values={"acknowledged": sorted(done)})


def acknowledge_all(office: Office, by: str) -> Told:
    """Note that somebody knows all that is open at this moment."""
    with open_session(office.engine) as session:
        done = alert_people.acknowledge(session, alert_people.open_keys(session), by, office.now())
        session.commit()
    return Told(done=True, words=_say("ack.done", count=len(done)), values={"acknowledged": sorted(done)})


def _chosen(session: Session, given: Sequence[str]) -> dict[str, list[str]]:
    """The keys that each word means; a whole key also of what somebody has acknowledged before."""
    keys = alert_people.open_keys(session)
    of_order = select(AlertRow.dedup_key).where(*alert_people.open_alerts())
    found = {}
    for one in given:
        by_number = session.exec(of_order.where(col(AlertRow.order_no) == one.strip())).all()
        whole = [one] if session.get(AlertRow, one) else []
        found[one] = list(by_number) or whole or keys_named(keys, one)
    return found


def silence(office: Office, wish: Wish, by: str) -> Told:
    """Keep alerts back for a while; refused without an end, a reason, or a shop or rule. Raises UnknownShopError."""
    if wish.shop:
        office.shop(wish.shop)
    if refused := _refused(wish):
        return Told(done=False, words=refused)
    now, reason = office.now(), wish.reason.strip()
    asked = Silence(shop=wish.shop, rule=wish.rule, until=now + wish.length)
    with open_session(office.engine) as session:
        number = alert_people.silence(session, asked, reason, by, now)
        session.commit()
    told = _say("silence.done", what=covers(wish.shop, wish.rule), span=words().span(wish.length), number=number)
    return Told(done=True, words=told, values={"silence": number, "until": asked.until})


def _refused(wish: Wish) -> str:
    longest, reason = alert_figures().longest_silence, wish.reason.strip()
    if not (wish.shop or wish.rule):
        return _say("silence.what")
    if wish.rule and wish.rule not in known_rules():
        return _say("silence.rule", given=wish.rule, known=", ".join(known_rules()))
    if not timedelta(0) < wish.length <= longest:
        return _say("silence.length", span=words().span(longest))
    if not reason or len(reason) > LONGEST_REASON:
        return _say("silence.reason")
    return _say("silence.buyer") if may_name_somebody(reason) else ""


def unsilence(office: Office, number: int, by: str) -> Told:
    """End a silence now; what it kept back is told in the next minute, if it is still true."""
    with open_session(office.engine) as session:
        done = alert_people.unsilence(session, number, by, office.now())
        session.commit()
    return Told(done=done, words=_say("unsilence.done" if done else "unsilence.unknown", number=number))


def reason_of(row: SilenceRow) -> str:
    """Give a silence's reason in words: a code of ours, or what a person wrote."""
    key = f"alarms.reasons.{row.reason}"
    return words().text(key) if key in words() else row.reason


def known_rules() -> list[str]:
    """Give what may be silenced, by code."""
    return list(dict.fromkeys((*(rule.value for rule in RuleId), *OTHER_RULES, *CONFLICTS)))


def covers(shop: str, rule: str) -> str:
    """Say what a silence covers."""
    return _say("covers", rule=_rule_name(rule), shop=shop or _say("every_shop"))


def _rule_name(rule: str) -> str:
    if not rule:
        return _say("every_rule")
    if rule in OTHER_RULES:
        return _say(f"rules.{rule}")
    return words().text(f"conflicts.{rule}") if rule in CONFLICTS else words().rule(rule)


def _say(key: str, **values: object) -> str:
    return words().text(f"alarms.{key}", **values)
