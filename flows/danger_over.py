"""Telling that orders that were close to their time are out of danger: one message for a shop and rule, or none.

Only where one message had named many; what is told when is `models.alert_danger`'s.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlmodel import Session

from flows.office import Office
from models.alert_danger import Over, dangers_over
from models.db.alert_danger import dangers, forget_dangers
from models.db.alerts import Alert, raise_alert
from models.db.session import open_session

CLEAR_LEVEL: Final = 20  # above every alert of a clock


def tell_dangers_over(office: Office) -> int:
    """Note each danger that is over by now, and tell of it if any order was saved; give how many are told."""
    with open_session(office.engine, read_only=True) as session:
        if not (over := dangers_over(dangers(session))):
            return 0
    now = office.now()
    with open_session(office.engine) as session:
        told = sum(_end(session, one, now) for one in over)
        session.commit()
    return told


def _end(session: Session, over: Over, now: datetime) -> bool:
    """Forget the danger; whether it is told that it is over."""
    forget_dangers(session, *over.group, over.keys)
    return bool(over.safe) and raise_alert(session, _all_clear(over), now)


def _all_clear(over: Over) -> Alert:
    shop, rule = over.group
    return Alert(
        subject=f"shop:{shop}",
        rule=rule,
        level=CLEAR_LEVEL,
        text_key="safe_but" if over.missed else "safe",
        about=over.since.isoformat(),
        shop_id=shop,
        values={"safe": str(over.safe), "missed": str(over.missed)},
        channel=over.channel,
    )
