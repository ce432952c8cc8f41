"""What pages read: the office, the present moment, and short answers kept for some seconds.

Every answer is small; `forget` drops them all after something was changed. Nothing here writes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Final, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import streamlit as st
from sqlmodel import Session

from flows import figures, lessons, proof
from flows.commands import packing_of
from flows.mail_notices import find_notices
from flows.office import Office, open_office
from flows.prefect_api import run_address
from flows.questions import find_questions
from flows.rerun_many import preview
from ingest import shop_mail
from ingest.explaining import Explained
from ingest.quarantine import Waiting, list_quarantined
from ingest.shop_mail import KindCount
from models.carrier_figures import Journey
from models.db import page_reading, reading, shop_numbers, todo_reading
from models.db import people as staff
from models.db.facts import facts_of
from models.db.failed import Choice
from models.db.orders import find_rows, folded
from models.db.page_reading import NextDue
from models.db.people_tables import PersonRow
from models.db.reading import Breach, DataAge, OrderFile, Problem
from models.db.session import open_session
from models.db.shop_numbers import Missed, Sample
from models.db.tables import OrderRow
from models.db.todo_reading import TodoLine
from models.due_days import DISPATCH, ShopDay, Tally, week_of
from models.error_class import ErrorClass
from models.fact import Fact
from models.gathering import Gathered
from models.language import speaking
from models.late_share import LateShare, share_of
from models.letter import Letter
from models.letter_text import Written
from models.order import Order
from models.packing_rules import UNREAD, Packing
from models.policy import Policy
from models.time_to_ship import ShipTime

T = TypeVar("T")
P = ParamSpec("P")

FRESH: Final = 5  # seconds that an answer is kept
LONGER: Final = 30  # for what changes slowly
ANSWERS: Final = 200  # answers kept of one kind
NAMED: Final = ("SHIPCLOCK_HOME", "SHIPCLOCK_CONFIG", "SHIPCLOCK_DATABASE_URL")  # tell an installation's place
STEP: Final = 15  # seconds to which the present is rounded where an answer depends on it


@st.cache_resource(max_entries=4, show_spinner=False)
def _opened(told: tuple[str | None, ...]) -> Office:  # noqa: ARG001  # what tells one installation from another
    return open_office()


def office() -> Office:
    """Give the office of this installation, opened once. Raises SettingsError or DatabaseError.

    Pages ask for it a hundred times a drawing: finding the home each time took a third of that.
    """
    return _opened(tuple(map(os.environ.get, NAMED)))


def now() -> datetime:
    """Give the present moment in UTC; virtual in a demo."""
    return office().now()


def rounded(moment: datetime) -> datetime:
    """Round a moment down to 15 seconds, so that it may stand in the key of a kept answer."""
    return datetime.fromtimestamp(moment.timestamp() // STEP * STEP, UTC)


def zone_of(shop: str) -> ZoneInfo:
    """Give a shop's time zone; UTC for a shop that the settings no longer name."""
    found = office().settings.shop_named(shop)
    return found.zone if found else ZoneInfo("UTC")


def market_of(shop: str) -> str:
    """Give a shop's market, a country's code; empty for a shop that the settings no longer name."""
    found = office().settings.shop_named(shop)
    return found.market if found else ""


def zone_of_mailbox(mailbox: str) -> ZoneInfo:
    """Give the time zone of a mailbox's first shop; UTC when it has none."""
    first = next(iter(office().shops_of(mailbox)), None)
    return first.zone if first else ZoneInfo("UTC")


def has_keys(shop: str) -> bool:
    """Tell whether Shipclock acts for a shop by its keys at TikTok Shop."""
    found = office().settings.shop_named(shop)
    return found is not None and found.api


def shops() -> list[str]:
    """Give the names of the shops in the settings."""
    return [shop.name for shop in office().settings.shop]


def shops_of_mailbox(mailbox: str) -> list[str]:
    """Give the names of the shops whose mail arrives in that mailbox."""
    return [shop.name for shop in office().shops_of(mailbox)]


def forget() -> None:
    """Drop all kept answers: something was changed, the pages must show it."""
    st.cache_data.clear()


def kept(seconds: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep a question's answers for some seconds, each database's and each language's apart."""

    def keep(ask: Callable[P, T]) -> Callable[P, T]:
        @st.cache_data(ttl=seconds, max_entries=ANSWERS, show_spinner=False)
        @wraps(ask)
        def remember(asker: tuple[str, str], *args: P.args, **filters: P.kwargs) -> T:
            del asker  # but Streamlit keeps answers by it
            return ask(*args, **filters)

        @wraps(ask)
        def answer(*args: P.args, **filters: P.kwargs) -> T:
            return remember((office().home.database_url, speaking()), *args, **filters)

        return answer

    return keep


def _ask(question: Callable[[Session], T]) -> T:
    with open_session(office().engine, read_only=True) as session:
        return question(session)


@kept(FRESH)
def todos(kind: str | None = None, order_no: str | None = None, limit: int = reading.PAGE) -> list[TodoLine]:
    """Give what people must do, worst first."""
    return _ask(lambda session: todo_reading.todo_list(session, kind=kind, order_no=order_no, limit=limit))


@kept(FRESH)
def todo_counts() -> dict[str, int]:
    """Count what people must do, by kind; what is asked once a day is not among it."""
    return _ask(todo_reading.todo_counts)


@kept(FRESH)
def questions() -> list[Gathered]:
    """Give what is asked once a day, one line a shop."""
    return find_questions(office())


@kept(FRESH)
def overdue(at: datetime) -> int:
    """Count the to-dos whose time is over at that (rounded) moment."""
    return _ask(lambda session: todo_reading.overdue_count(session, at))


@kept(FRESH)
def waiting_mails() -> int:
    """Count the mails that wait for a person."""
    return _ask(reading.quarantine_count)


@kept(FRESH)
def next_due() -> list[NextDue]:
    """Give the 50 open orders whose clocks end first."""
    return _ask(page_reading.next_due)


@kept(FRESH)
def orders(
    numbers: tuple[str, ...], *, stage: str | None, shop: str | None, open_only: bool, offset: int
) -> list[OrderRow]:
    """Give one page of orders, the newest first."""
    return _ask(
        lambda session: reading.orders_page(
            session, numbers=numbers, stage=stage, shop=shop, open_only=open_only, offset=offset
        )
    )


@kept(FRESH)
def orders_count(numbers: tuple[str, ...], *, stage: str | None, shop: str | None, open_only: bool) -> int:
    """Count the same orders, up to COUNT_CAP + 1."""
    return _ask(
        lambda session: reading.orders_count(session, numbers=numbers, stage=stage, shop=shop, open_only=open_only)
    )


@kept(FRESH)
def problems() -> list[tuple[Problem, int]]:
    """Give the steps that failed or were refused, the latest first, each with how often it was tried."""

    def question(session: Session) -> list[tuple[Problem, int]]:
        found = reading.problems(session)
        tried = page_reading.attempt_counts(session, [problem.order_id for problem in found])
        return [(one, max(one.attempts, tried.get((one.order_id, one.step), 0))) for one in found]

    return _ask(question)


@kept(FRESH)
def failed_counts() -> Mapping[ErrorClass, int]:
    """Count the failed steps that can be run again now, by class."""
    here = office()
    return {one: count for one in ErrorClass for count in preview(here, Choice(error_class=one)).values()}


def run_page(flow_run_id: str | None) -> str | None:
    """Give where Prefect shows a run, if that is known."""
    return run_address(office(), flow_run_id)


@kept(FRESH)
def breaches(offset: int = 0) -> list[Breach]:
    """Give one page of breaches, the latest due first."""
    return _ask(lambda session: reading.breaches(session, offset=offset))


@kept(FRESH)
def breach_count() -> int:
    """Count all breaches, up to COUNT_CAP + 1."""
    return _ask(page_reading.breach_count)


@kept(LONGER)
def tallies(shop: str, days: tuple[ShopDay, ...]) -> list[Tally]:
    """Count what became of the limits that a shop had due on these days."""
    return _ask(lambda session: shop_numbers.tallies(session, shop, days))


def late_share(shop: str) -> LateShare:
    """Give how many of a shop's orders were or are to be set to shipped in its own week, and how many late."""
    week = week_of(rounded(now()), zone_of(shop))
    return share_of(one for one in tallies(shop, week) if one.rule is DISPATCH)


@kept(LONGER)
def ship_times(shop: str, since: datetime, until: datetime) -> Sample[ShipTime]:
    """Give how long a shop's orders took that were due in that time; a sample of them, where they are many."""
    return _ask(lambda session: shop_numbers.ship_times(session, shop, since, until))


@kept(LONGER)
def journeys(shop: str, since: datetime, until: datetime) -> Sample[Journey]:
    """Give the ways of a shop's orders that carriers had in that time; a sample of them, where they are many."""
    return _ask(lambda session: shop_numbers.journeys(session, shop, since, until))


@kept(LONGER)
def packed_at(shop: str, since: datetime, until: datetime) -> Sample[datetime]:
    """Give when a shop packed in that time; a sample, where it was often."""
    return _ask(lambda session: shop_numbers.packed_at(session, shop, since, until))


@kept(FRESH)
def due_unpacked(shop: str, at: datetime, until: datetime) -> list[datetime]:
    """Give by when each of a shop's orders is due that is to be packed from that (rounded) moment to `until`."""
    return _ask(lambda session: shop_numbers.due_unpacked(session, shop, at, until))


def missed(shop: str, since: datetime, until: datetime) -> list[Missed]:
    """List the limits that a shop missed of those due in that time; never kept, it is for a download."""
    return _ask(lambda session: shop_numbers.missed(session, shop, since, until))


@kept(LONGER)
def mail_counts() -> dict[str, int]:
    """Count the mails seen, by what became of them, each up to COUNT_CAP + 1."""
    return _ask(shop_mail.mail_counts)


@kept(LONGER)
def mail_of_shops() -> dict[str, list[KindCount]]:
    """Count the mails that each shop of the settings gets, by kind."""
    return _ask(lambda session: shop_mail.mail_of_shops(session, shops(), now()))


@kept(LONGER)
def notices() -> list[str]:
    """Give what is odd about the mail, in a line each."""
    return find_notices(office())


@kept(LONGER)
def unfitting_signatures() -> int:
    """Count the mails of the last week that were believed though their own signature does not fit."""
    return _ask(lambda session: page_reading.unfitting_signatures(session, now() - timedelta(days=7)))


@kept(LONGER)
def is_virtual() -> bool:
    """Tell whether this is a demo in virtual time."""
    return _ask(page_reading.is_virtual)


def quarantined() -> list[tuple[Waiting, str]]:
    """Give the mails that wait for a person, oldest first, each with the reader's version."""

    def question(session: Session) -> list[tuple[Waiting, str]]:
        waiting = list_quarantined(session, limit=reading.PAGE)
        versions = page_reading.reader_versions(session, [mail.message_id for mail in waiting])
        return [(mail, versions.get(mail.message_id, "")) for mail in waiting]

    return _ask(question)


def explained(message_id: int) -> Explained | None:
    """Tell why a mail waits, read anew from its sealed bytes; None if it waits no more. Never kept.

    Raises SealError or VocabularyError.
    """
    mail = lessons.waiting_mail(office(), message_id)
    return lessons.look(office(), mail) if mail else None


def people() -> Sequence[PersonRow]:
    """Give everybody who may sign in; never kept, somebody may just have been let go."""
    return _ask(staff.people)


def todo_mark() -> tuple[int, datetime | None]:
    """Give what changes when the list of to-dos does; never kept."""
    return _ask(todo_reading.todo_mark)


def data_age() -> list[DataAge]:
    """Give how long ago each mailbox was read; never kept, since its age is the point."""
    return _ask(reading.data_age)


def find_orders(order_no: str, shop: str | None = None) -> Sequence[OrderRow]:
    """Give the orders of that number: none, one, or one in each of several shops."""
    return _ask(lambda session: find_rows(session, order_no, shop))


def order_file(order_id: str) -> OrderFile | None:
    """Give all that is kept about one order; never kept here, a person acts on it."""
    return _ask(lambda session: reading.order_file(session, order_id))


def order_now(row: OrderRow, at: datetime) -> Order | None:
    """Give the order at that moment, from its facts; None if the settings no longer name its shop."""
    shop = office().settings.shop_named(row.shop_id)
    return None if shop is None else _ask(lambda session: folded(session, shop, row, at))


def policy_of(row: OrderRow) -> Policy:
    """Give the figures of the order's shop."""
    return figures.policy_of(office(), row)


def evidence(row: OrderRow, at: datetime) -> bytes:
    """Give the ZIP that proves an order's course; never kept. Raises UnknownShopError."""
    return proof.evidence_of(office(), row, at)


def written(row: OrderRow, letter: Letter, language: str) -> Written:
    """Give an order's letter in a language. Raises UnknownShopError."""
    return proof.written(office(), row, letter, language)


def packing(shop: str, actor: str) -> Packing:
    """Give what this person's packing for this shop is judged by; never kept, it decides what is asked."""
    settings = office().settings.shop_named(shop)
    return UNREAD if settings is None else _ask(lambda session: packing_of(session, settings, actor))


def facts(order_id: str) -> list[Fact]:
    """Give an order's facts."""
    return _ask(lambda session: facts_of(session, order_id))
