"""Failed steps run again together: counted first, queued once, carried out once, by one run; refusals left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Never

import pytest
from sqlmodel import col, select

from flows import clock, mending
from flows.office import Office, open_office
from flows.rerun import Where
from flows.rerun_many import preview, rerun_many
from flows.shop.by_hand import ShopByHand
from flows.shop.protocol import Answer, Outcome, Shop, Told
from flows.steps import Attempt, StepFault, attempt
from flows.tally import Tally
from flows.trouble import class_of
from models.db.failed import Choice, queue_failed
from models.db.orders import record_facts
from models.db.reading import Problem, problems
from models.db.session import open_session
from models.db.steps import Claim
from models.db.tables import AttemptRow, AuditRow, StepRow
from models.error_class import FAULTS, REFUSALS, ErrorClass
from models.fact import FactKind
from models.stage import Step
from tests.flows.claims import claim_due
from tests.flows.prefect_server import a_home
from tests.models.makers import placed, t

SHOP = "Tre Viet Store"
MANY = 500
SOME = 12
DOWN = Choice(error_class=ErrorClass.SHOP_UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class CountingShop(ShopByHand):
    """A shop with enough of everything, which counts how often it was asked for the stock of which order."""

    confirmed: Counter[str] = field(default_factory=Counter)

    def confirm(self, order_no: str, *, key: str) -> Answer:
        """Say yes, and count it."""
        self.confirmed[key] += 1
        del order_no
        return Answer(outcome=Outcome.OK, told=(Told(kind=FactKind.STOCK_CONFIRMED, occurred_at=t(1)),))


@dataclass(frozen=True, kw_only=True)
class Desk(Office):
    """An installation whose shop counts."""

    counting: CountingShop

    def open_shop(self, name: str) -> Shop:
        """Open the shop that counts."""
        assert name == self.counting.name
        return self.counting


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A shop of some orders whose stock is to be checked, one virtual hour after they came."""
    home = a_home(tmp_path)
    monkeypatch.setenv("SHIPCLOCK_HOME", str(home.path))
    monkeypatch.setenv("SHIPCLOCK_CONFIG", str(home.config))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    opened = open_office(home)
    office = Desk(**{one.name: getattr(opened, one.name) for one in fields(Office)}, counting=CountingShop(SHOP))
    with open_session(office.engine) as session:
        orders = [
            (str(576461413000000000 + number), fact)
            for number in range(getattr(request, "param", SOME))
            for fact in placed(0)
        ]
        record_facts(session, office.shop(SHOP), orders, t(0))
        session.commit()
    clock.set_virtual(office.engine, t(1))
    yield office
    office.engine.dispose()


def fails(claimed: Claim, code: str, *, transient: bool) -> Never:
    raise StepFault(claimed.step, claimed.order_no, code, transient=transient)


def fail(office: Office, count: int, code: str, *, transient: bool = True) -> None:
    """Let so many due steps fail."""
    for claimed in claim_due(office, by="schedule", limit=count):
        do = partial(fails, claimed, code, transient=transient)
        attempt(office, claimed, do, run="run-of-the-outage", by="schedule")


def refuse(office: Office, count: int, code: str) -> None:
    """Let the shop refuse so many due steps."""
    for claimed in claim_due(office, by="schedule", limit=count):
        attempt(office, claimed, lambda: Answer(outcome=Outcome.REFUSED, code=code), run=None, by="schedule")


def failing(office: Office) -> list[Problem]:
    """The steps that stand on Problems."""
    with open_session(office.engine, read_only=True) as session:
        return problems(session, limit=2 * MANY)


def results(office: Office, step: Step) -> Counter[tuple[str, str | None]]:
    """How the attempts of a step ended, with the class of failure."""
    with open_session(office.engine, read_only=True) as session:
        return Counter(
            session.exec(select(AttemptRow.result, AttemptRow.error_class).where(AttemptRow.step == step)).all()
        )


@pytest.mark.parametrize("office", [MANY], indirect=True)
def test_500_steps_that_one_outage_failed_are_counted_and_then_finished_by_one_run_each_once(office: Desk) -> None:
    fail(office, MANY, "unavailable")
    assert preview(office, DOWN) == {ErrorClass.SHOP_UNAVAILABLE: MANY}
    assert len(failing(office)) == MANY
    assert office.counting.confirmed == Counter()

    report = rerun_many(office, DOWN, by="Lan", reason="shop is back")

    assert (report.queued, report.where, report.failed) == (MANY, Where.HERE, False)
    assert failing(office) == []
    assert set(office.counting.confirmed.values()) == {1}
    assert office.counting.confirmed.total() == MANY
    assert results(office, Step.CONFIRM) == {("transient", "shop_unavailable"): MANY, ("ok", None): MANY}
    with open_session(office.engine, read_only=True) as session:
        asked = select(AuditRow.actor, AuditRow.reason).where(col(AuditRow.action) == "rerun confirm")
        assert Counter(session.exec(asked).all()) == {("Lan", "shop is back"): MANY}
    assert rerun_many(office, DOWN, by="Minh").queued == 0


def test_steps_that_two_people_ask_for_are_queued_once(office: Desk) -> None:
    fail(office, 5, "unavailable")
    assert queue_failed(office.engine, DOWN, office.now(), by="Lan") == 5
    assert queue_failed(office.engine, DOWN, office.now(), by="Minh") == 0


def test_an_outage_uses_up_no_attempt_and_a_fault_does(office: Desk) -> None:
    fail(office, 2, "unavailable")
    fail(office, 2, "KeyError", transient=False)
    with open_session(office.engine, read_only=True) as session:
        failed = session.exec(
            select(StepRow.error_class, StepRow.attempts).where(col(StepRow.error_class).is_not(None))
        )
        assert Counter(failed) == {("shop_unavailable", 0): 2, ("bug", 1): 2}


def test_all_means_the_faults_and_a_refusal_runs_again_only_when_it_is_named(office: Desk) -> None:
    fail(office, 3, "unavailable")
    fail(office, 2, "timeout")
    refuse(office, 4, "out_of_stock")
    refuse(office, 1, "consent_needed")
    assert preview(office, Choice()) == {ErrorClass.SHOP_UNAVAILABLE: 3, ErrorClass.TIMEOUT: 2}
    assert preview(office, Choice(shop="Another")) == {}
    assert preview(office, Choice(error_class=ErrorClass.REFUSED)) == {ErrorClass.REFUSED: 4}
    refused = [one for one in failing(office) if one.refused]
    assert Counter(one.error_class for one in refused) == {"refused": 4, "access": 1}
    one_order = Choice(order_ids=[refused[0].order_id])
    assert sum(preview(office, one_order).values()) == 1


def tally(ends: Iterable[Attempt]) -> Tally:
    counted = Tally()
    for one in ends:
        counted.add(one)
    return counted


def test_what_a_run_tells_keeps_faults_and_refusals_apart(office: Desk) -> None:
    (fault, refusal, done) = claim_due(office, by="run", limit=3)
    ends = [
        attempt(office, fault, partial(fails, fault, "unavailable", transient=True), run=None, by="x"),
        attempt(office, refusal, lambda: Answer(outcome=Outcome.REFUSED, code="out_of_stock"), run=None, by="x"),
        attempt(office, done, lambda: Answer(outcome=Outcome.OK), run=None, by="x"),
    ]
    assert tally(ends).told == (
        "1 of 3 steps failed (shop_unavailable: unavailable x1); 1 refused, a person decides (refused: out_of_stock x1)"
    )
    assert tally(ends[1:]).told == "1 steps done; 1 refused, a person decides (refused: out_of_stock x1)"


@pytest.mark.parametrize(
    ("result", "code", "error_class"),
    [
        ("transient", "unavailable", ErrorClass.SHOP_UNAVAILABLE),
        ("transient", "internal_error", ErrorClass.SHOP_UNAVAILABLE),
        ("transient", "timeout", ErrorClass.TIMEOUT),
        ("transient", "being_done", ErrorClass.BUSY),
        ("failed", "KeyError", ErrorClass.BUG),
        ("failed", "UnknownShopError", ErrorClass.ACCESS),
        ("refused", "api_changed", ErrorClass.BUG),
        ("refused", "consent_needed", ErrorClass.ACCESS),
        ("refused", "no_permission", ErrorClass.ACCESS),
        ("refused", "36009999", ErrorClass.REFUSED),
        ("business_failure", "out_of_stock", ErrorClass.REFUSED),
        ("waiting", "platform_hold", None),
        ("ok", "already_done", None),
    ],
)
def test_a_failure_is_of_the_class_of_who_can_mend_it(result: str, code: str, error_class: ErrorClass | None) -> None:
    assert class_of(result, code) is error_class


def test_each_class_is_ours_or_a_persons() -> None:
    assert set(ErrorClass) == FAULTS | REFUSALS
    assert not FAULTS & REFUSALS


def test_the_flow_counts_first_and_does_nothing(office: Desk) -> None:
    fail(office, 3, "unavailable")
    ended = mending.rerun_failed.fn(ErrorClass.SHOP_UNAVAILABLE)
    assert ended.message == "would run again: shop_unavailable x3. Nothing was done"
    assert len(failing(office)) == 3
    ended = mending.rerun_failed.fn(ErrorClass.SHOP_UNAVAILABLE, dry_run=False, reason="shop is back")
    assert ended.message == "3 steps run again"
    assert failing(office) == []


def test_replaying_the_quarantine_tells_counts_alone(office: Desk) -> None:
    assert office.settings.mailbox
    assert mending.replay_quarantine.fn().message == "0 mails read again: 0 handled, 0 still wait"
