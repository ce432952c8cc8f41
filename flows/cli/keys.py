"""Which --set keys each command of `do` takes.

A key that nobody reads is refused before anything is done: a mistyped tracking number must not get lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.command_name import CommandName as Do
from models.deed import RECORDED

ALWAYS: Final = ("at", "reason_code")

KEYS: Final[Mapping[Do, tuple[str, ...]]] = {
    Do.CONFIRM: ("stock",),
    Do.MARK_PACKED: ("checklist", "stock", "override"),
    Do.MARK_SHIPPED: ("tracking_no", "carrier", "handover_mode", "drop_off_point", "override"),
    Do.DROP_OFF: ("drop_off_point",),
    Do.SWITCH_HANDOVER: ("handover_mode",),
    Do.SELLER_CANCEL: (),
    Do.APPROVE_CANCEL: ("case_id", "request_no", "override"),
    Do.REJECT_CANCEL: ("case_id", "request_no"),
    Do.EXTEND_ANSWER: ("due_at", "case_id", "request_no", "return_no"),
    Do.FILE_COMPLAINT: ("case_id",),
    Do.CLAIM_STEP: ("step", "case_id"),
    Do.CHOOSE_CLAIM: ("choice", "case_id"),
    Do.ACCEPT_RETURN: ("case_id", "return_no"),
    Do.REJECT_RETURN: ("case_id", "return_no"),
    Do.RECORD: ("kind", "actor", *RECORDED),
    Do.HOLD: ("hold",),
    Do.RELEASE: ("hold",),
    Do.RETRACT: ("fact_id",),
    Do.CLOSE_CASE: ("case_id",),
}
"""Beside those of ALWAYS: when it happened, and why as a code."""


def known_keys(command: Do) -> tuple[str, ...]:
    """Give the keys that a command takes, its own first."""
    return tuple(dict.fromkeys((*KEYS[command], *ALWAYS)))
