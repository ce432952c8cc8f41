"""Commands on a real database: two people at once, what is taken back, and both versions in the audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier
from typing import Final

import pytest
from sqlmodel import col, select

from flows.commands import Performed, perform, preview_of
from flows.office import Office
from models.command import Command, CommandName, Refused
from models.db.facts import facts_of
from models.db.orders import record_facts
from models.db.packing_rules import record_reading
from models.db.session import make_engine, open_session
from models.db.tables import AuditRow, DeadlineRow, OrderRow
from models.fact import Fact
from models.fact_key import short_key
from models.home import find_home
from models.ids import order_id
from models.preview import Preview
from models.settings import MailboxSettings, Settings, ShopSettings
from models.stage import Role
from tests.models.makers import Given, a_fact, placed, t

NUMBER: Final = "576461413038785752"
SHOP: Final = ShopSettings(
    name="Shop", market="GB", currency="GBP", timezone="UTC", mailbox="main", careful_skus=("GLASS-*",)
)
HANDS: Final = 6  # people at once


@pytest.fixture
def office(tmp_path: Path, database: str) -> Iterator[Office]:
    engine = make_engine(database)
    settings = Settings(mailbox=(MailboxSettings(name="main"),), shop=(SHOP,))
    home = find_home({"SHIPCLOCK_HOME": str(tmp_path)}, cwd=tmp_path)
    yield Office(home=home, settings=settings, engine=engine)
    engine.dispose()


def tell(office: Office, hours: float, *facts: Fact) -> None:
    with open_session(office.engine) as session:
        record_facts(session, SHOP, [(NUMBER, fact) for fact in facts], t(hours))
        session.commit()


def a_command(name: str, hours: float, actor: str = "Lan", **given: Given) -> Command:
    reason = given.pop("reason", None)
    return Command(name=CommandName(name), actor=actor, role=Role.MANAGER, at=t(hours), reason=reason, values=given)


def do(office: Office, name: str, hours: float, actor: str = "Lan", **given: Given) -> Performed | Refused:
    return perform(office, SHOP.name, NUMBER, a_command(name, hours, actor, **given))


def audit(office: Office, *actions: str) -> Sequence[AuditRow]:
    with open_session(office.engine, read_only=True) as session:
        return session.exec(select(AuditRow).where(col(AuditRow.action).in_(actions)).order_by(col(AuditRow.id))).all()


def stage(office: Office) -> str:
    with open_session(office.engine, read_only=True) as session:
        return session.get_one(OrderRow, order_id(SHOP.name, NUMBER)).stage


def all_at_once(office: Office, *commands: Command) -> list[Performed | Refused]:
    """Give these commands in as many threads, which wait for each other."""
    ready = Barrier(len(commands))

    def one(command: Command) -> Performed | Refused:
        ready.wait()
        return perform(office, SHOP.name, NUMBER, command)

    with ThreadPoolExecutor(len(commands)) as people:
        return list(people.map(one, commands))


@pytest.mark.parametrize(
    ("facts", "name", "values"),
    [
        (placed(), "confirm", {}),
        (placed(), "mark_packed", {"checklist": "all"}),
        ((*placed(), a_fact("packed", 1)), "mark_shipped", {"tracking_no": "A1"}),
        (placed(), "seller_cancel", {"reason_code": "other"}),
        ((*placed(), a_fact("cancel_requested", 1)), "approve_cancel", {}),
        ((*placed(), a_fact("cancel_requested", 1)), "reject_cancel", {"reason_code": "other"}),
        (placed(), "hold", {"hold": "stock_check", "reason_code": "other"}),
        ((*placed(), a_fact("lost_declared", 2)), "claim_step", {"step": "cancel"}),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_of_many_hands_at_once_one_does_it_and_the_others_hear_who_in_a_friendly_way(office, facts, name, values):
    tell(office, 3, *facts)
    people = [f"P{number}" for number in range(HANDS)]
    told = all_at_once(office, *(a_command(name, 4, person, **values) for person in people))
    (winner,) = (person for person, answer in zip(people, told, strict=True) if isinstance(answer, Performed))
    others = [answer for answer in told if isinstance(answer, Refused)]
    assert all(answer.already and answer.values["by"] == winner for answer in others)
    assert [line.actor for line in audit(office, name)] == [winner]


def test_two_different_wishes_at_once_end_in_one_and_a_refusal(office):
    tell(office, 3, *placed(), a_fact("cancel_requested", 1))
    reject = a_command("reject_cancel", 4, "Minh", reason_code="other")
    told = all_at_once(office, a_command("approve_cancel", 4), reject)
    (refused,) = (answer for answer in told if isinstance(answer, Refused))
    assert not refused.already
    assert stage(office) in {"CANCELLED", "NEW"}


@pytest.mark.row("T40")
def test_t40_a_breach_that_is_taken_back_and_comes_again_stands_in_the_audit_each_time(office):
    tell(office, 1, *placed())
    tell(office, 73, a_fact("buyer_notified", 73))  # any news: the order is looked at
    do(office, "record", 75, kind="marked_shipped", at=t(70).isoformat())
    (named,) = (fact for fact in facts(office) if fact.kind == "marked_shipped")
    assert clock(office, "D02") == ("MET", True)
    assert isinstance(do(office, "retract", 76, fact_id=short_key(named.source_key), reason="slip"), Performed)
    assert clock(office, "D02") == ("BREACHED", False)
    lines = [line for line in audit(office, "breach recorded", "breach withdrawn") if line.after["rule"] == "D02"]
    assert [(line.action, line.before.get("state"), line.after["state"]) for line in lines] == [
        ("breach recorded", "RUNNING", "BREACHED"),
        ("breach withdrawn", "BREACHED", "MET"),
        ("breach recorded", "MET", "BREACHED"),
    ]
    (taken_back,) = audit(office, "retract")
    assert (taken_back.before["clocks"]["D02"]["state"], taken_back.after["clocks"]["D02"]["state"]) == (
        "MET",
        "BREACHED",
    )


@pytest.mark.row("T40")
def test_t40_a_breached_clock_that_goes_with_the_entry_stays_in_the_audit(office):
    tell(office, 1, *placed(), a_fact("packed", 1))
    do(office, "mark_shipped", 2)
    tell(office, 60, a_fact("picked_up", 60))
    (shipped,) = (fact for fact in facts(office) if fact.kind == "marked_shipped")
    do(office, "retract", 61, fact_id=shipped.source_key, reason="slip")
    (line,) = audit(office, "retract")
    assert (line.before["clocks"]["D04"]["state"], line.after["clocks"]["D04"]) == ("MET_LATE", None)


def facts(office: Office) -> list[Fact]:
    with open_session(office.engine, read_only=True) as session:
        return facts_of(session, order_id(SHOP.name, NUMBER))


def clock(office: Office, rule: str) -> tuple[str, bool]:
    with open_session(office.engine, read_only=True) as session:
        row = session.get_one(DeadlineRow, (order_id(SHOP.name, NUMBER), rule, ""))
    return row.state, row.withdrawn


@pytest.mark.row("T40")
def test_t40_what_was_taken_back_can_be_said_again(office):
    tell(office, 1, *placed())
    said = {"kind": "delivered", "at": t(2).isoformat()}
    do(office, "record", 3, **said)
    (delivered,) = (fact for fact in facts(office) if fact.kind == "delivered")
    do(office, "retract", 3.1, fact_id=delivered.source_key)
    assert stage(office) == "NEW"
    assert isinstance(do(office, "record", 3.2, **said), Performed)
    assert stage(office) == "DELIVERED"


@pytest.mark.row("T18")
def test_t18_both_clocks_of_the_ways_of_handing_over_stay_in_the_audit(office):
    tell(office, 4, *placed(), a_fact("marked_shipped", 3))
    do(office, "switch_handover", 10, handover_mode="drop_off", reason="the carrier asked")
    (line,) = audit(office, "switch_handover")
    due_at = t(3 + 48).isoformat().replace("+00:00", "Z")
    assert line.before["clocks"]["D04"] == {"state": "RUNNING", "due_at": due_at}
    assert line.after["clocks"]["D04"] == {"state": "VOID", "due_at": due_at}
    assert (line.before["clocks"]["D06"], line.after["clocks"]["D06"]["due_at"]) == (None, due_at)


@pytest.mark.row("T34b")
def test_t34b_both_due_times_of_an_extended_answer_stay_in_the_audit(office):
    tell(office, 4, *placed(), a_fact("cancel_requested", 3, request_no="R1"))
    do(office, "extend_answer", 10, due_at=t(90).isoformat())
    (line,) = audit(office, "extend_answer")
    before, after = line.before["clocks"]["D08/R1"], line.after["clocks"]["D08/R1"]
    assert (before["due_at"], after["due_at"]) == ("2026-03-03T03:00:00Z", "2026-03-04T18:00:00Z")


def test_a_preview_stores_nothing_and_tells_what_then_happens(office):
    tell(office, 1, *placed())
    asked = a_command("mark_packed", 2, checklist="all")
    seen = preview_of(office, SHOP.name, NUMBER, asked)
    assert isinstance(seen, Preview)
    assert (stage(office), audit(office, "mark_packed")) == ("NEW", [])
    assert seen.differences[0].after is not None
    assert seen.differences[0].after.code == "PACKED"
    perform(office, SHOP.name, NUMBER, asked)
    assert stage(office) == "PACKED"


def test_what_a_person_read_is_looked_up_when_they_pack(office):
    tell(office, 1, *placed())
    assert isinstance(do(office, "mark_packed", 2), Refused)
    read(office, "Lan", t(2))
    assert isinstance(do(office, "mark_packed", 3, "Minh"), Refused)
    assert isinstance(do(office, "mark_packed", 14), Refused)
    assert isinstance(do(office, "mark_packed", 13.99), Performed)


def test_a_flagged_sku_of_the_settings_asks_for_ticks(office):
    tell(office, 1, *placed(items=[{"sku": "GLASS-7"}]))
    read(office, "Lan", t(1))
    refused = do(office, "mark_packed", 2)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.values["skus"]) == ("careful_sku", "GLASS-7")


def test_reading_again_counts_from_the_later_time(office):
    tell(office, 1, *placed())
    read(office, "Lan", t(2))
    read(office, "Lan", t(10))
    assert isinstance(do(office, "mark_packed", 21), Performed)


def read(office: Office, actor: str, at: datetime) -> None:
    with open_session(office.engine) as session:
        record_reading(session, [SHOP.name], actor, at)
        session.commit()
