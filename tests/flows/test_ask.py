"""A shop that gets new-order mails only: it is asked once a day, nobody is accused, D02 and D08 stay exact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pytest
from sqlmodel import col, select

from flows import clock
from flows.office import Office, open_office
from flows.questions import answer_yes, find_questions
from flows.watch import check_due
from models.db.orders import record_facts
from models.db.rebuild import look_through
from models.db.session import open_session
from models.db.tables import AlertRow, CaseRow, DeadlineRow, OrderRow, TodoRow
from models.db.todo_reading import todo_counts, todo_list
from models.fact import Fact
from models.gathering import ABOUT
from models.ids import order_id
from models.stage import Role
from tests.flows.prefect_server import a_home
from tests.models.makers import a_fact, placed, t

SHOP: Final = "Tre Viet Store"
ORDERS, DAYS = 200, 30
LOOK_AT: Final = 2  # hours after midnight in UTC: nine o'clock in the shop
ANSWERED_ON: Final = (5, 9, 14)  # the days on which somebody answers what is asked
SHIPS_AFTER: Final = (10, 40, 71, 72, 73, 100, None)  # hours
ANSWERED_AFTER: Final = (20, 48, 49, None)  # hours after the buyer asked


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens with one order, in hours: a naive list that knows nothing of clocks."""

    number: int

    @property
    def order_no(self) -> str:
        return f"57646141303870{self.number:04d}"

    @property
    def placed_at(self) -> float:
        return self.number * DAYS * 24 / ORDERS

    @property
    def asked_at(self) -> float | None:
        """Every twentieth buyer wants to cancel."""
        return self.placed_at + 5 if self.number % 20 == 3 else None

    @property
    def answered_at(self) -> float | None:
        after = ANSWERED_AFTER[self.number // 20 % len(ANSWERED_AFTER)]
        return None if self.asked_at is None or after is None else self.asked_at + after

    @property
    def shipped_at(self) -> float | None:
        """What the platform will have cancelled is not shipped."""
        if self.asked_at is not None:
            return None if self.answered_at is None else self.placed_at + 60
        after = SHIPS_AFTER[self.number % len(SHIPS_AFTER)]
        return None if after is None else self.placed_at + after

    def ships_late(self, now: float) -> bool:
        """D02: 72 hours, and nobody had cancelled it by then."""
        if self.asked_at is not None and self.answered_at is None:
            return False
        return min(now, self.shipped_at or now) > self.placed_at + 72

    def answers_late(self, now: float) -> bool:
        """D08: 48 hours."""
        return self.asked_at is not None and min(now, self.answered_at or now) > self.asked_at + 48

    def facts(self) -> Sequence[Fact]:
        """The new-order mail, and what people enter."""
        promised = {"promised_at": t(self.placed_at + 120)} if self.number % 3 == 0 else {}
        hours = {"cancel_requested": self.asked_at, "cancel_rejected": self.answered_at}
        hours |= {"packed": self.shipped_at, "marked_shipped": self.shipped_at}
        entered = [a_fact(kind, at, by="human", key=kind) for kind, at in hours.items() if at is not None]
        return [*placed(self.placed_at, **promised), *entered]


PLANS: Final = tuple(Plan(number) for number in range(ORDERS))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    opened = open_office(a_home(tmp_path_factory.mktemp("ask")))
    yield opened
    opened.engine.dispose()


def tell(office: Office, now: float, told: Sequence[tuple[str, Fact]]) -> None:
    with open_session(office.engine) as session:
        record_facts(session, office.shop(SHOP), told, t(now))
        session.commit()


def a_day(office: Office, before: float, now: float) -> None:
    """What was told since `before`, and one round of the watcher."""
    clock.set_virtual(office.engine, t(now))
    facts = [(plan.order_no, fact) for plan in PLANS for fact in plan.facts()]
    tell(office, now, [(number, fact) for number, fact in facts if t(before) < fact.observed_at <= t(now)])
    assert not check_due(office).failed


def say_yes(office: Office) -> set[str]:
    """Answer everything but for the last order of each question; give those that stay open."""
    left: set[str] = set()
    for line in find_questions(office):
        for about, numbers in line.orders.items():
            answers = answer_yes(office, SHOP, about, numbers[:-1], actor="lan", role=Role.PACKER)
            assert all(one.noted for one in answers)
            left.add(numbers[-1])
    return left


@pytest.fixture(scope="module")
def month(office: Office) -> Sequence[set[str]]:
    """Thirty mornings: the numbers of the orders that were newly asked about; some days somebody answers."""
    asked: list[set[str]] = []
    known: set[str] = set()
    before = -1.0
    for day in range(1, DAYS + 1):
        now = day * 24.0 + LOOK_AT
        a_day(office, before, now)
        lines = find_questions(office)
        assert len(lines) <= 1
        numbers = {number for line in lines for group in line.orders.values() for number in group}
        asked.append(numbers - known)
        known |= numbers
        if day in ANSWERED_ON:
            left = say_yes(office)
            assert {n for line in find_questions(office) for group in line.orders.values() for n in group} == left
        before = now
    return asked


NOW: Final = DAYS * 24.0 + LOOK_AT


@pytest.mark.row("D04", "D10", "D11", "D17")
@pytest.mark.usefixtures("month")
def test_no_complaint_no_claim_and_no_loss_comes_by_itself(office: Office):
    with open_session(office.engine, read_only=True) as session:
        kinds = session.exec(select(CaseRow.kind).distinct()).all()
        stages = set(session.exec(select(OrderRow.stage).distinct()))
        shouted = session.exec(select(AlertRow.rule).where(AlertRow.text_key == "breached").distinct()).all()
    assert set(kinds) == {"cancel_request"}
    assert not {"LOST", "DAMAGED"} & stages
    assert stages >= {"AWAITING_HANDOVER", "PICKED_UP", "COMPLETED"}
    assert not {"D04", "D07", "D10", "D11", "D17"} & set(shouted)


def test_at_most_one_to_do_a_day_asks_and_every_parcel_is_asked_about(office: Office, month: Sequence[set[str]]):
    assert all(month[4:])
    shipped = {plan.order_no for plan in PLANS if plan.shipped_at and plan.shipped_at + 48 < (DAYS - 1) * 24}
    assert shipped <= set.union(*month)
    with open_session(office.engine, read_only=True) as session:
        assert not set(todo_counts(session)) & set(ABOUT)
        assert not [todo for todo in todo_list(session, limit=10_000) if todo.kind in ABOUT]
        assert session.exec(select(TodoRow).where(col(TodoRow.kind).in_(ABOUT))).first()


@pytest.mark.row("D02", "D08")
@pytest.mark.usefixtures("month")
@pytest.mark.parametrize(("rule", "naive"), [("D02", Plan.ships_late), ("D08", Plan.answers_late)])
def test_the_clocks_of_the_shop_itself_stay_exact(office: Office, rule: str, naive):
    with open_session(office.engine, read_only=True) as session:
        late = select(DeadlineRow.order_id).where(DeadlineRow.rule == rule, col(DeadlineRow.breached_at).is_not(None))
        found = set(session.exec(late))
    expected = {order_id(SHOP, plan.order_no) for plan in PLANS if naive(plan, NOW)}
    assert found == expected
    assert expected


@pytest.mark.usefixtures("month")
def test_the_first_news_of_a_kind_accuses_from_then_on_and_changes_nothing_before(office: Office):
    with open_session(office.engine, read_only=True) as session:
        waiting = session.exec(select(OrderRow.order_no).where(OrderRow.stage == "AWAITING_HANDOVER")).first()
    assert waiting is not None
    tell(office, NOW, [(waiting, a_fact("picked_up", NOW, key="mail"))])
    assert differing(office) == []
    new = "57646141303879999"
    facts = (*placed(NOW), *(a_fact(kind, NOW, by="human", key=kind) for kind in ("packed", "marked_shipped")))
    tell(office, NOW, [(new, fact) for fact in facts])
    clock.set_virtual(office.engine, t(NOW + 49))
    check_due(office)
    assert differing(office) == []
    with open_session(office.engine, read_only=True) as session:
        complaint = session.get(CaseRow, (order_id(SHOP, new), "carrier_complaint"))
        others = session.exec(select(CaseRow.order_id).where(CaseRow.kind == "carrier_complaint")).all()
    assert complaint is not None
    accused = {plan.order_no for plan in PLANS if plan.shipped_at and plan.shipped_at + 48 > NOW}
    assert set(others) <= {order_id(SHOP, number) for number in (*accused, new)}


def differing(office: Office) -> list[str]:
    """Where the rows of orders are not what a rebuild would make of their facts."""
    shops = {shop.name: shop for shop in office.settings.shop}
    looked = list(look_through(office.engine, shops, office.now()))
    assert sum(some.orders for some in looked) >= ORDERS
    return [f"{one.order_no} {one.place}" for some in looked for one in some.differences]


def test_what_was_answered_is_not_asked_again_and_answering_twice_changes_nothing(office: Office, month):
    assert month
    (line,) = find_questions(office)
    about, numbers = next(iter(line.orders.items()))
    first = answer_yes(office, SHOP, about, numbers[:1], actor="lan", role=Role.PACKER)
    again = answer_yes(office, SHOP, about, (*numbers[:1], "1"), actor="lan", role=Role.PACKER)
    assert [one.noted for one in first] == [True]
    assert [(one.noted, one.refused) for one in again] == [(False, None)] * 2
    assert numbers[0] not in {number for line in find_questions(office) for number in line.orders.get(about, ())}
