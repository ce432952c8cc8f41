"""The words for what we or the seller want done (order-lifecycle, section 6).

Pure; `models.command` holds the guards and carries out.
"""

from __future__ import annotations

from enum import StrEnum


class CommandName(StrEnum):
    """Every command, imperative; the command line and the pages use these words."""

    CONFIRM = "confirm"
    MARK_PACKED = "mark_packed"
    MARK_SHIPPED = "mark_shipped"
    DROP_OFF = "drop_off"
    SWITCH_HANDOVER = "switch_handover"
    SELLER_CANCEL = "seller_cancel"
    APPROVE_CANCEL = "approve_cancel"
    REJECT_CANCEL = "reject_cancel"
    EXTEND_ANSWER = "extend_answer"
    FILE_COMPLAINT = "file_complaint"
    CLAIM_STEP = "claim_step"
    CHOOSE_CLAIM = "choose_claim"
    ACCEPT_RETURN = "accept_return"
    REJECT_RETURN = "reject_return"
    RECORD = "record"
    HOLD = "hold"
    RELEASE = "release"
    RETRACT = "retract"
    CLOSE_CASE = "close_case"
