"""The tables beside the outbox: what people do not want to hear, how the channels do, what was told of many.

Times are aware UTC. No column holds an address of a channel: those are secrets of the settings.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from models.db.columns import Table, moment


class SilenceRow(Table, table=True):
    """What a person does not want to hear until then, and why; an empty shop or rule stands for every one."""

    __tablename__ = "alert_silence"

    id: int | None = Field(default=None, primary_key=True)
    shop_id: str = ""
    rule: str = ""
    since: datetime = moment(nullable=False)
    until: datetime = moment(nullable=False)
    reason: str
    by: str
    lifted_at: datetime | None = moment()
    lifted_by: str | None = None


class ChannelRow(Table, table=True):
    """A channel that fails, by its place in the settings (0 is the first); no row: it is well."""

    __tablename__ = "alert_channel"

    place: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    failures: int
    failing_since: datetime = moment(nullable=False)
    not_before: datetime = moment(nullable=False)


class GroupRow(Table, table=True):
    """When many alerts of a shop and rule went out as one message last."""

    __tablename__ = "alert_group"

    shop_id: str = Field(primary_key=True)  # empty for what concerns no shop
    rule: str = Field(primary_key=True)
    told_at: datetime = moment(nullable=False)


class DangerRow(Table, table=True):
    """A clock that one message of many named as close to its time; gone when none of its shop and rule is."""

    __tablename__ = "alert_danger"

    order_id: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    about: str = Field(primary_key=True, default="")
    shop_id: str
    told_at: datetime = moment(nullable=False)
    channel: int
