"""A shop's life in one database, for pages to show: orders in every stage, failed steps, quarantined mail.

Orders are made as in life, by facts through `record_facts`; the present is the virtual clock's, NOW.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session, func, select

from flows.clock import set_virtual
from flows.trouble import class_of
from ingest.sealed import seal
from models.db.mail_tables import MailboxRow, MessageRow, SealedMailRow
from models.db.orders import record_facts
from models.db.session import make_engine, open_session
from models.db.steps import StepStatus
from models.db.tables import StepRow
from models.fact import Authority, Fact, FactKind, Json
from models.home import Home, find_home
from models.ids import order_id
from models.settings import ShopSettings
from models.settings_file import load_settings
from tests.databases import in_folder
from tests.ingest.renderings import AUTHSERV_ID, Line, Sale, Strange, render

NOW: Final = datetime(2026, 3, 18, 8, 0, tzinfo=UTC)
SHOP: Final = "Lotus Lane Home"
PLANTED: Final = ("Nguyen Thi Planted", "0912 345 678", "12 Planted Street", "n***g.92")  # the last stands in READABLE
MAILS: Final = Path(__file__).parents[1] / "mail"
SETTINGS: Final = """
[[mailbox]]
name = "main"
kind = "folder"
path = "mail"
authserv_id = "mx.seller-inbox.example"

[[shop]]
name = "Lotus Lane Home"
market = "VN"
currency = "VND"
timezone = "Asia/Ho_Chi_Minh"
policy = "article"
mailbox = "main"
"""

_K = FactKind
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Life:
    """One order's number and what happened to it: kind, hours before NOW, payload, whose word."""

    number: int
    facts: Sequence[tuple[FactKind, float]]
    payload: Mapping[FactKind, Mapping[str, Json]] = field(default_factory=dict)

    @property
    def order_no(self) -> str:
        """The platform's number."""
        return f"57709415666265{self.number:04d}"


def paid(hours: float) -> list[tuple[FactKind, float]]:
    """Ordered and paid so many hours ago."""
    return [(_K.ORDER_PLACED, hours), (_K.ORDER_PAID, hours)]


CARRIER: Final = {_K.MARKED_SHIPPED: {"carrier": "J&T Express", "tracking_no": "JT0012"}}
NEW = Life(1, paid(2))
LATE = Life(2, paid(80))
TO_PACK = Life(3, [*paid(40), (_K.STOCK_CONFIRMED, 38)])
PACKED = Life(4, [*paid(68), (_K.STOCK_CONFIRMED, 60), (_K.PACKED, 50)])
CANCEL_ASKED = Life(5, [*paid(30), (_K.CANCEL_REQUESTED, 26)])
WAITING = Life(6, [*paid(40), (_K.PACKED, 20), (_K.MARKED_SHIPPED, 10)], CARRIER)
MOVING = Life(7, [*paid(90), (_K.MARKED_SHIPPED, 60), (_K.IN_TRANSIT, 30)], {_K.MARKED_SHIPPED: {"carrier": "GHN"}})
DELIVERED = Life(8, [*paid(200), (_K.MARKED_SHIPPED, 170), (_K.PICKED_UP, 160), (_K.DELIVERED, 100)])
FINISHED = Life(9, [*paid(700), (_K.MARKED_SHIPPED, 650), (_K.PICKED_UP, 640), (_K.DELIVERED, 500)])
CANCELLED = Life(10, [*paid(60), (_K.CANCELLED, 50)], {_K.CANCELLED: {"actor": "buyer", "reason_code": "agreed"}})
UNPAID_GONE = Life(11, [(_K.ORDER_PLACED, 49)])
AWAY_THOUGH_CANCELLED = Life(12, [*paid(60), (_K.CANCELLED, 30), (_K.MARKED_SHIPPED, 20)])
CARRIER_LATE = Life(13, [*paid(90), (_K.PACKED, 70), (_K.MARKED_SHIPPED, 60)], CARRIER)
BROKEN = Life(14, [*paid(20), (_K.STOCK_CONFIRMED, 18)])
REFUSED = Life(15, paid(10))
FAILING = Life(16, paid(6))
STORY: Final = (
    NEW, LATE, TO_PACK, PACKED, CANCEL_ASKED, WAITING, MOVING, DELIVERED, FINISHED, CANCELLED, UNPAID_GONE,
    AWAY_THOUGH_CANCELLED, CARRIER_LATE, BROKEN, REFUSED, FAILING,
)  # fmt: skip


def _past(n: int) -> Life:
    """One of the last two weeks' orders that are over; every fifth was set to shipped too late."""
    end, shipped = 5.0 * n, (20 if n % 5 == 0 else 60) + 5.0 * n
    worked = [(_K.STOCK_CONFIRMED, end + 99), (_K.PACKED, shipped + 1), (_K.MARKED_SHIPPED, shipped)]
    moved = [(_K.PICKED_UP, shipped - 5), (_K.IN_TRANSIT, shipped - 10), (_K.DELIVERED, end + 4)]
    return Life(100 + n, [*paid(end + 100), *worked, *moved], {_K.MARKED_SHIPPED: {"carrier": "J&T Express"}})


PAST: Final = tuple(_past(n) for n in range(60))


def make_home(path: Path) -> Home:
    """Make a home with settings and an empty, migrated database in virtual time."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "mail").mkdir(exist_ok=True)
    (path / "shipclock.toml").write_text(SETTINGS, encoding="utf-8")
    home = find_home({"SHIPCLOCK_HOME": str(path), "SHIPCLOCK_CONFIG": str(path / "shipclock.toml")}, cwd=path)
    engine = make_engine(in_folder(path))
    set_virtual(engine, NOW)
    engine.dispose()
    return home


def seed(home: Home, lives: Sequence[Life] = (*STORY, *PAST)) -> None:
    """Fill the home's database with orders, failed steps, mails and a mailbox that was read a moment ago."""
    engine, shop = make_engine(home.database_url), load_settings(home).shop[0]
    with open_session(engine) as session:
        session.add(MailboxRow(name="main", last_poll_at=NOW, last_ok_at=NOW - timedelta(minutes=3)))
        tell(session, shop, lives)
        session.commit()
    numbers = {life.order_no for life in lives}
    _fail(engine, numbers)
    add_mails(engine, home)
    engine.dispose()


def tell(session: Session, shop: ShopSettings, lives: Sequence[Life]) -> None:
    """Store what happened to these orders."""
    record_facts(session, shop, [(life.order_no, fact) for life in lives for fact in facts_of(life)], NOW)


def facts_of(life: Life) -> list[Fact]:
    """Give an order's facts, told by the platform the moment they happened."""
    items: list[Json] = [{"sku": "LAMP-1", "title": "Bamboo table lamp", "quantity": 2}]
    return [
        Fact(
            kind=kind,
            occurred_at=NOW - hours * HOUR,
            observed_at=NOW - hours * HOUR,
            authority=Authority.HUMAN if kind in {_K.STOCK_CONFIRMED, _K.PACKED} else Authority.PLATFORM,
            source_key=f"seed:{life.number}:{kind}",
            payload={"items": items} if kind is _K.ORDER_PLACED else dict(life.payload.get(kind, {})),
        )
        for kind, hours in life.facts
    ]


def _fail(engine: Engine, numbers: set[str]) -> None:
    """Let three steps be in trouble: failed for good, refused, failing and tried again."""
    trouble = (
        (BROKEN, "pack", {"status": StepStatus.DEAD.value, "error_code": "unavailable", "attempts": 3}),
        (REFUSED, "confirm", {"status": "waiting", "outcome": "business_failure", "error_code": "out_of_stock"}),
        (FAILING, "confirm", {"status": "queued", "error_code": "timeout", "first_failed_at": NOW - HOUR}),
    )
    with open_session(engine) as session:
        for life, step, columns in trouble:
            if life.order_no in numbers:
                row = session.get_one(StepRow, (order_id(SHOP, life.order_no), step))
                again = NOW + HOUR if columns["status"] == "queued" else None
                error_class = class_of(str(columns.get("outcome", "transient")), str(columns["error_code"]))
                row.sqlmodel_update(
                    {**columns, "error_class": error_class, "updated_at": NOW - HOUR, "next_attempt_at": again}
                )
                session.add(row)
        session.commit()


READABLE: Final = "003_vi_table_qp.eml"


def add_mails(engine: Engine, home: Home) -> None:
    """Quarantine three mails: one that could be read by now, one without its bytes, one forged."""
    waiting = (
        (1, "reader_failed", MAILS / READABLE, "577094156662640001"),
        (2, "unknown_kind", None, None),
        (3, "lookalike_sender", MAILS / "073_spoof_lookalike_domain.eml", NEW.order_no),
    )
    with open_session(engine) as session:
        for uid, reason, file, order_no in waiting:
            row = MessageRow(
                id=uid,
                mailbox="main",
                folder="INBOX",
                uidvalidity=1,
                uid=uid,
                outcome="quarantined",
                reason=reason,
                order_nos=[order_no] if order_no else [],
                sent_at=NOW - uid * HOUR,
                seen_at=NOW - uid * HOUR,
                reader_version="1",
            )
            session.add(row)
            session.flush()
            if file is not None:
                session.add(SealedMailRow(message_id=uid, ciphertext=_sealed(file, home), expires_at=NOW + 500 * HOUR))
        session.add(
            MessageRow(
                mailbox="main", folder="INBOX", uidvalidity=1, uid=9, outcome="parsed", seen_at=NOW, kind="new_order"
            )
        )
        session.commit()


STRANGE_ORDER: Final = "577094156662649001"


def add_strange_mail(engine: Engine, home: Home) -> int:
    """Quarantine a true new-order mail two of whose labels nobody knows; its number."""
    placed_at = datetime(2026, 3, 17, 9, 0)  # noqa: DTZ001  printed in the shop's zone
    tray = Line(name="Bamboo tray", sku="TV-1", quantity=2, price=Decimal(90_000))
    sale = Sale(
        order_no=STRANGE_ORDER,
        shop=SHOP,
        placed_at=placed_at,
        ship_by=placed_at + timedelta(days=3),
        lines=(tray,),
        shipping=Decimal(0),
        discount=Decimal(0),
        besides=(("Ghi chú của người mua", PLANTED[0]),),
    )
    style = Strange(language="vi", currency="VND", choice=Random(1))
    raw = render(sale, style, "beside").replace(AUTHSERV_ID.encode(), b"mx.seller-inbox.example")
    return add_waiting_mail(engine, home, raw)


def add_waiting_mail(engine: Engine, home: Home, raw: bytes) -> int:
    """Quarantine a mail as incomplete; its number."""
    with open_session(engine) as session:
        uid = 40 + session.exec(select(func.count()).select_from(MessageRow)).one()
        row = MessageRow(
            mailbox="main",
            folder="INBOX",
            uidvalidity=1,
            uid=uid,
            outcome="quarantined",
            reason="incomplete",
            seen_at=NOW,
            sent_at=NOW,
        )
        session.add(row)
        session.flush()
        number = row.id or 0
        session.add(SealedMailRow(message_id=number, ciphertext=seal(raw, home), expires_at=NOW + 500 * HOUR))
        session.commit()
    return number


def _sealed(file: Path, home: Home) -> bytes:
    """Give the mail with planted buyers behind its end, sealed as in quarantine."""
    return seal(file.read_bytes() + "\r\n".join(PLANTED).encode(), home)
