"""Playing the demo: the simulated shops live through their script, Shipclock does its work beside them.

One move: the platform plays up to a moment, the virtual clock follows, and whatever has work is run. What needs
people is done by the play's staff with the product's own commands. How work is run is the caller's: `demo.runs`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlmodel import col, select

from flows import clock
from flows.commands import Performed, packing_of, perform
from flows.demo.home import DemoHome
from flows.look import look
from flows.shop.protocol import ShopError
from flows.shop.simulator.drop import MaildirDrop
from flows.shop.simulator.fault import mend
from flows.shop.simulator.marketplace import Platform
from flows.shop.simulator.seller_center import CLICKS, click
from flows.shop.simulator.staff import Move, OpenTodo, moves
from models.command import Command
from models.db.packing_rules import record_reading
from models.db.reading import problems
from models.db.session import open_session
from models.db.tables import FactRow, OrderRow
from models.db.todo_reading import todo_list
from models.db.wake import note_awake
from models.fact import Authority, FactKind
from models.stage import Role

Run: TypeAlias = Callable[..., object]

STAFF: Final = "staff"  # as whom the play's people act
ORDER_STAGE: Final = "order-stage"
ROUNDS: Final = 4  # news lead to work, work to news; what is left waits for the next move
ALL_TODOS: Final = 10_000
MENDED_AFTER: Final = timedelta(hours=2)  # from then on running the dead step again helps, whoever does it
STAFF_AFTER: Final = timedelta(hours=20)  # until then an onlooker may be faster than the staff


class Play:
    """One demo being played, move by move."""

    def __init__(self, demo: DemoHome, runs: Mapping[str, Run]) -> None:
        """Take the stage in a demo's home; `runs` carries out work by the name of its deployment."""
        self.demo = demo
        self.runs = runs
        self.office = demo.office
        self.platform = Platform(demo.store, MaildirDrop(demo.maildir))
        self.reruns = 0

    def move_to(self, moment: datetime, *, people: bool = True) -> None:
        """Play up to `moment`; `people`: whether the staff act too, or leave the dashboard to the onlooker."""
        self.platform.advance(moment)
        clock.set_virtual(self.office.engine, moment)
        self._stay_awake(moment)
        if people:
            self._keep_packing_rules(moment)
        for _ in range(ROUNDS):
            worked = self._work()
            acted = people and self._people_act(moment)
            self._click_in_seller_center()
            self.platform.advance(moment)  # what our side just did has answers of the same moment
            if not (worked or acted):
                break
        self._run_broken_again(moment)

    def _stay_awake(self, moment: datetime) -> None:
        """Count the leap of the virtual clock as looked through: nobody slept, so no summary gathers its alerts."""
        with open_session(self.office.engine) as session:
            note_awake(session, moment)
            session.commit()

    def _keep_packing_rules(self, moment: datetime) -> None:
        """Let the staff read the packing rules once a shift, as people do."""
        with open_session(self.office.engine) as session:
            shops = [
                shop for shop in self.office.settings.shop if not packing_of(session, shop, STAFF).read_until(moment)
            ]
            record_reading(session, [shop.name for shop in shops], STAFF, moment)
            session.commit()

    def _work(self) -> bool:
        """Run each flow that has something to do."""
        waiting = look(self.office).work
        for work in waiting:
            self.runs[work.deployment](**work.parameters)
        return bool(waiting)

    def _people_act(self, moment: datetime) -> bool:
        """Let the staff do what stands on the list of to-dos; whether they did anything."""
        with open_session(self.office.engine, read_only=True) as session:
            lines = todo_list(session, limit=ALL_TODOS)
        shops = {line.order_no: line.shop_id for line in lines}
        todos = [
            OpenTodo(
                order_no=line.order_no,
                kind=line.kind,
                command=line.command,
                due_at=line.due_at,
                case_id=line.case_id,
                about=line.about,
            )
            for line in lines
        ]
        done = [
            self._carry_out(shops[move.order_no], move)
            for move in moves(todos, self.demo.store.script, moment)
            if move.at <= moment
        ]
        return any(done)

    def _click_in_seller_center(self) -> None:
        """Let the platform know what people say they have done there, whoever they are."""
        clicked = select(OrderRow.order_no, FactRow).join(FactRow, col(FactRow.order_id) == col(OrderRow.id))
        with open_session(self.office.engine, read_only=True) as session:
            rows = session.exec(
                clicked.where(col(FactRow.kind).in_(CLICKS), FactRow.authority == Authority.HUMAN)
            ).all()
        for order_no, fact in rows:
            click(self.demo.store, order_no, FactKind(fact.kind), fact.occurred_at)

    def _carry_out(self, shop: str, move: Move) -> bool:
        command = Command(
            name=move.command,
            actor=STAFF,
            role=Role.MANAGER,
            at=move.at,
            reason=move.reason,
            values=move.values,
        )
        try:
            return isinstance(perform(self.office, shop, move.order_no, command), Performed)
        except ShopError:
            return False  # they try again at the next move

    def _run_broken_again(self, moment: datetime) -> None:
        """Mend what broke for good, and some time later run the step again by hand."""
        with open_session(self.office.engine, read_only=True) as session:
            dead = [p for p in problems(session, limit=ALL_TODOS) if p.status == "dead"]
        for problem in dead:
            waited = moment - problem.updated_at
            if waited >= MENDED_AFTER:
                mend(self.demo.store, problem.order_no)
            if waited < STAFF_AFTER:
                continue
            self.reruns += 1
            self.runs[ORDER_STAGE](shop=problem.shop_id, order_no=problem.order_no, step=problem.step, by=STAFF)
