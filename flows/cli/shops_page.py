"""What `shops` and `quarantine belongs` say: signs of shops, mails by kind, and what teaching came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from shlex import quote
from typing import Any

import typer

from flows.cli.opening import local, opened, zone_of
from flows.cli.outcome import actor
from flows.cli.output import EXIT_REFUSED, emit, note, say, table
from flows.lesson_words import lesson_words
from flows.office import Office
from ingest.shop_mail import KIND_CAP, KindCount, mail_of_shops
from ingest.shop_sign import list_signs
from ingest.shop_teaching import Forgotten, Taught, forget_sign, teach_shop
from models.catalogue import words
from models.db.mail_tables import ShopSignRow
from models.db.reading import up_to_cap
from models.db.session import open_session
from models.settings import ShopSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of a change, for people and for machines."""

    done: bool
    words: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        return {"done": self.done, "words": self.words, **self.values}

    def show(self, *, as_json: bool) -> None:
        """Say it; what was refused ends with EXIT_REFUSED."""
        if as_json:
            emit(self.as_json())
        else:
            (say if self.done else note)(self.words)
        if not self.done:
            raise typer.Exit(EXIT_REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The shops of the settings, what was taught, and the mails by shop and kind."""

    office: Office
    signs: Sequence[ShopSignRow]
    mails: Mapping[str, Sequence[KindCount]]

    def show(self) -> None:
        """Print it."""
        known = {shop.name for shop in self.office.settings.shop}
        rows = [row for shop in self.office.settings.shop for row in self._of_shop(shop)]
        rows += [self._taught(row, words().text("mail.sign.no_shop")) for row in self.signs if row.shop_id not in known]
        table([words().text(f"cli.shops.{name}") for name in ("shop", "mailbox", "sign", "meaning")], rows)
        for shop, counts in self.mails.items():
            say()
            say(f"{words().text('mail.by_shop.title')}: {shop}")
            table(["", ""], list(_count_lines(counts)))
        say()
        say(words().text("mail.by_shop.meaning"))

    def _of_shop(self, shop: ShopSettings) -> Iterator[list[str]]:
        settings = {
            "named": (shop.name,),
            "also_named": shop.also_named,
            "own_address": shop.addresses,
        }
        for key, values in settings.items():
            for value in values:
                yield [shop.name, shop.mailbox, value, words().text(f"mail.sign.{key}")]
        yield from (self._taught(row) for row in self.signs if row.shop_id == shop.name)

    def _taught(self, row: ShopSignRow, remark: str = "") -> list[str]:
        when = local(row.taught_at, zone_of(self.office, row.shop_id))
        meaning = words().text(f"mail.sign.taught_{row.kind}", by=row.taught_by, when=when)
        return [" ".join(filter(None, (row.shop_id, remark))), row.mailbox, row.value, meaning]

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        return {
            "shops": [
                {
                    "name": shop.name,
                    "mailbox": shop.mailbox,
                    "also_named": list(shop.also_named),
                    "addresses": list(shop.addresses),
                    "mails": [asdict(count) for count in self.mails.get(shop.name, ())],
                }
                for shop in self.office.settings.shop
            ],
            "taught": [row.model_dump() for row in self.signs],
        }


def _count_lines(counts: Sequence[KindCount]) -> Iterator[list[str]]:
    """Give a line for each kind that came, or that is asked about because it never did."""
    for count in counts:
        if count.total or count.asks:
            key = "count" if count.total else "never_asks"
            told = words().text(
                f"mail.by_shop.{key}", total=up_to_cap(count.total, KIND_CAP), lately=up_to_cap(count.lately, KIND_CAP)
            )
            yield [words().text(f"mail.kinds.{count.kind}"), told]


def read() -> Page:
    """Read what there is to say of the shops."""
    office = opened()
    with open_session(office.engine, read_only=True) as session:
        signs = list_signs(session)
        mails = mail_of_shops(session, [shop.name for shop in office.settings.shop], office.now())
    return Page(office=office, signs=signs, mails=mails)


def teach(mail: int, shop: str) -> Told:
    """Say whose a waiting mail is."""
    office = opened()
    name = office.shop(shop).name
    taught = teach_shop(office.engine, office.settings, office.home, office.now(), mail, name, by=actor())
    return Told(done=taught.done, words=lesson_words(office, taught, mail, name), values=_values(mail, taught))


def _values(mail: int, taught: Taught) -> dict[str, Any]:
    return {
        "mail": mail,
        "lesson": str(taught.lesson),
        "sign": asdict(taught.sign) if taught.sign else None,
        "outcomes": {str(outcome): count for outcome, count in sorted(taught.result.outcomes.items())},
        "orders": sorted({order_no for _, order_no in taught.result.orders}),
    }


def forget(value: str, mailbox: str | None) -> Told:
    """Take back what was taught under a name or address."""
    office = opened()
    gone = forget_sign(office.engine, office.now(), value, mailbox, by=actor())
    if not gone:
        with open_session(office.engine, read_only=True) as session:
            known = ", ".join(f'"{row.value}"' for row in list_signs(session, mailbox))
        key = "not_taught" if known else "nothing_taught"
        return Told(done=False, words=words().text(f"mail.sign.{key}", value=value, known=known))
    forgotten = [{"mailbox": one.mailbox, "shop": one.shop, **asdict(one.sign), "orders": one.orders} for one in gone]
    return Told(done=True, words="\n".join(map(_forgotten_words, gone)), values={"forgotten": forgotten})


def _forgotten_words(gone: Forgotten) -> str:
    texts = words()
    told = [texts.text("mail.sign.forgotten", value=gone.sign.value, shop=gone.shop)]
    if gone.orders:
        told += [
            texts.text("mail.sign.forgotten_orders", shop=gone.shop, orders=", ".join(gone.orders)),
            texts.text("mail.sign.moving", shop=gone.shop, order=quote(f"{gone.shop}:NUMBER")),
        ]
    return "\n".join(told)
