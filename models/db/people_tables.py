"""The tables of the people who use the dashboard: who they are, how they come in, what they are about to pack."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from models.db.columns import Table, json_column, moment


class PersonRow(Table, table=True):
    """One person of the shop's staff; one who left stays, since the audit names them."""

    __tablename__ = "person"

    key: str = Field(primary_key=True)  # models.person.person_key(name)
    name: str
    role: str
    pin: str | None = None  # Argon2id's own form; None: the PIN signs nobody in
    email: str | None = Field(default=None, unique=True)
    made_at: datetime = moment(nullable=False)
    left_at: datetime | None = moment()


class SignInRow(Table, table=True):
    """One browser in which a person is signed in. The browser alone has the token, here is its digest."""

    __tablename__ = "sign_in"

    token: str = Field(primary_key=True)
    person: str = Field(index=True)
    made_at: datetime = moment(nullable=False)
    ends_at: datetime = moment(nullable=False, index=True)


class SignInTryRow(Table, table=True):
    """Wrong PINs in a row, of a person or from an address; while it is shut no PIN is looked at."""

    __tablename__ = "sign_in_try"

    subject: str = Field(primary_key=True)  # person:<key>, or from:<network address>
    failures: int = 0
    shut_until: datetime | None = moment()
    turned_away: int = 0  # while it was shut
    last_at: datetime = moment(nullable=False)


class PackingListRow(Table, table=True):
    """What somebody has put together at the packing table: order numbers, until they are done or cleared away."""

    __tablename__ = "packing_list"

    token: str = Field(primary_key=True)
    person: str
    holds: bool
    numbers: list[str] = json_column(list)
    changed_at: datetime = moment(nullable=False, index=True)
