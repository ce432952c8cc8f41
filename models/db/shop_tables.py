"""The tables of shops at the Open API: the right to act there, how far was read, what was done.

Times are aware UTC. No column holds a buyer, a token in the clear or the address of a label.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary
from sqlmodel import Column, Field

from models.db.columns import Table, json_column, moment


class GrantRow(Table, table=True):
    """A seller's consent that we act for a shop: tokens and cipher, encrypted with SHIPCLOCK_KEY."""

    __tablename__ = "shop_grant"

    shop_id: str = Field(primary_key=True)  # the shop's name in the settings
    ciphertext: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    scopes: list[str] = json_column(list)
    expires_at: datetime | None = moment()  # of the access token; it is refreshed early
    ends_at: datetime | None = moment()  # of the grant itself: from then on the seller must consent again
    refused_at: datetime | None = moment()  # since then the seller must consent again


class SyncRow(Table, table=True):
    """How far one kind of news was read from a shop: all changes from `since` up to `mark` are facts.

    A walk that was broken off (by its end, a fault, a death) goes on from the mark; `last_ok_at` is when one came to
    its end.
    """

    __tablename__ = "shop_sync"

    shop_id: str = Field(primary_key=True)
    about: str = Field(primary_key=True)  # orders, packages, cancellations, returns
    since: datetime | None = moment()  # from here on the first walk read
    mark: datetime | None = moment()
    last_look_at: datetime | None = moment()
    last_ok_at: datetime | None = moment()
    last_error: str | None = None  # our own code
    failures: int = 0  # looks in a row that failed
    not_before: datetime | None = moment()


class EffectRow(Table, table=True):
    """One effect at a shop: written down before it is sent, ended when its outcome is known.

    `key` is the effect's own identity: who asks for the same thing again finds this row. A row that is still
    `intended` after a crash is resolved by reading back.
    """

    __tablename__ = "shop_effect"
    __table_args__ = (Index("ix_shop_effect_state", "state", "intended_at"),)

    key: str = Field(primary_key=True)
    shop_id: str
    order_no: str = Field(index=True)
    effect: str  # hand_over, cancel, answer_cancel, message_buyer, request_refund, ...
    state: str  # intended, done, refused, failed
    code: str | None = None  # why it was refused or failed: ours or the platform's number
    request_id: str | None = None
    told: list[dict[str, Any]] = json_column(list)  # what the shop told when it was done, to be told again
    attempts: int = 0
    intended_at: datetime = moment(nullable=False)
    finished_at: datetime | None = moment()


class NoticeRow(Table, table=True):
    """A webhook that came: each once. What it is about is read from the shop by the next look."""

    __tablename__ = "shop_notice"
    __table_args__ = (Index("ix_shop_notice_unread", "shop_id", "read_at", "received_at"),)

    key: str = Field(primary_key=True)  # the platform's id of it, else a hash of its body
    shop_id: str
    order_no: str | None = None
    type: int
    received_at: datetime = moment(nullable=False)
    read_at: datetime | None = moment()
