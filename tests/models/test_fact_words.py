"""What happened, in one form for the line that says so and for an order's history."""

from __future__ import annotations

import pytest

from models.catalogue import words
from models.fact_words import all_words, fact_words
from tests.models.makers import a_fact, after, placed

NEW = placed()


@pytest.mark.parametrize(
    ("kind", "payload", "said"),
    [
        ("hold_placed", {"hold": "fraud_check"}, "put on hold (possible fraud is being checked)"),
        ("hold_placed", {}, "put on hold"),
        ("hold_released", {"hold": "stock_check"}, "hold ended (stock is being checked)"),
        ("claim_chosen", {"choice": "chase"}, "decision about the late parcel (chase the carrier)"),
        ("handover_switched", {"handover_mode": "drop_off"}, "way of handing over changed (we drop it off)"),
        ("marked_shipped", {"handover_mode": "drop_off", "hold": "manual"}, "set to shipped"),
        ("delivered", {}, "delivered"),
    ],
)
def test_what_happened_is_told_with_what_a_person_chose(kind, payload, said):
    assert fact_words(words(), a_fact(kind, 1, **payload)) == said


def test_what_a_command_left_is_told_in_its_order_and_each_thing_once():
    assert all_words(words(), after(NEW, "mark_packed", 1, checklist="all")[2:]) == "checked: in stock; packed"
    twice = (a_fact("cancel_rejected", 1), a_fact("marked_shipped", 1), a_fact("cancel_rejected", 2))
    assert all_words(words(), twice) == "cancellation rejected; set to shipped"
    assert all_words(words(), ()) == ""
