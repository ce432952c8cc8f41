"""Why not, and what is possible instead, as a person reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.answer import Refused
from models.catalogue import words
from models.command_name import CommandName
from models.refusal import Listener, ago_words, amid, reason_words, refusal_words, who_words
from models.stage import HandoverMode
from tests.models.makers import Given, a_fact, after, answer_to, placed, t
from tests.rows import by_row

NEW = placed()
TICKED = {"checklist": "all"}
PACKED = after(NEW, "mark_packed", 1, **TICKED)
SHIPPED = after(PACKED, "mark_shipped", 2, tracking_no="A1")
ASKED = (*NEW, a_fact("cancel_requested", 3, request_no="R1"))
LOST = (*SHIPPED, a_fact("lost_declared", 8))
FRAUD = after(NEW, "hold", 4, hold="fraud_check", reason="odd", role="manager")
FRAUD_AND_ASKED = (*FRAUD, a_fact("platform_hold_started", 4.5))
ANSWERED_BY_MINH = after(ASKED, "reject_cancel", 4, reason="packed", actor="minh")
CANCELLING = after(NEW, "seller_cancel", 4, reason="other")


def heard(facts: Given, name: str, hours: float, you: str = "", **given: Given) -> tuple[str, str]:
    """The reason and the advice as they are told a minute after the command."""
    answer = answer_to(facts, name, hours, **given)
    assert isinstance(answer, Refused), answer
    told = refusal_words(words(), answer, Listener(now=t(hours + 1 / 60), you=you), "SHOP:5764")
    return told.reason, told.instead


# facts, command, at which hour, with what; the two sentences
TOLD: dict[str, tuple[Given, str, float, dict[str, Given], str, str]] = {
    "T10 the lines that are open are listed": (
        NEW,
        "mark_packed",
        2,
        {"checklist": "items_and_count,sound,unexpired,label_readable,no_flyers,nothing_extra,handling_told"},
        "The packing list leaves open: no request for reviews or ratings; no buyer's data to be seen but on the label.",
        "Once a shift: `shipclock packing-rules --acknowledge`. Or for this order alone: `--set checklist=all`.",
    ),
    "T10 somebody was faster": (
        PACKED,
        "mark_packed",
        3,
        TICKED,
        "lan packed this 2 h ago.",
        "Go on with setting it to shipped.",
    ),
    "T10 it was you": (
        PACKED,
        "mark_packed",
        3,
        {**TICKED, "you": "lan"},
        "You packed this 2 h ago.",
        "Go on with setting it to shipped.",
    ),
    "T12 advice and possible commands stand together": (
        (*PACKED, ASKED[-1]),
        "mark_shipped",
        4,
        {},
        "The buyer wants to cancel this order, so it must not be packed or shipped now.",
        (
            "Answer the request first. To ship all the same and reject it: `mark_shipped --set override=ship_anyway`. "
            "Possible: approve the cancellation (approve_cancel), reject the cancellation (reject_cancel)."
        ),
    ),
    "T12 what is possible, without advice": (
        NEW,
        "mark_shipped",
        4,
        {},
        "The order is not packed yet.",
        "Possible: packed (mark_packed).",
    ),
    "T12 nothing is possible": (
        CANCELLING,
        "drop_off",
        5,
        {"shop": {"handover": HandoverMode.DROP_OFF}},
        "The order is not set to shipped yet.",
        "That comes once it is packed and set to shipped.",
    ),
    "T18 the way of handing over is named": (
        SHIPPED,
        "switch_handover",
        4,
        {"handover_mode": "pickup", "reason": "r"},
        "The way of handing over is so already: the carrier collects it.",
        "The clock runs for it.",
    ),
    "T24 the step that is locked and the one before it are named": (
        LOST,
        "claim_step",
        9,
        {"step": "request_refund"},
        'The step "ask for the refund" comes later: first "cancel the order in Seller Center".',
        "Do the first one and say so, then this one.",
    ),
    "T24 the step that is done is named": (
        after(LOST, "claim_step", 9, step="cancel"),
        "claim_step",
        10,
        {"step": "cancel"},
        "lan did this step 1 h ago: cancel the order in Seller Center.",
        "Go on with the next step.",
    ),
    "T32 the answer that was given is named": (
        ANSWERED_BY_MINH,
        "reject_cancel",
        5,
        {"reason": "packed"},
        "minh answered this request 1 h ago: cancellation rejected.",
        "The buyer has this answer.",
    ),
    "T39 each hold has its key and who placed it": (
        FRAUD_AND_ASKED,
        "mark_packed",
        5,
        TICKED,
        (
            "The order is on hold: possible fraud is being checked (fraud_check, by lan); "
            "hold by TikTok Shop (platform_hold)."
        ),
        "To go on despite it: `--set override=hold --reason WHY`. Possible: end the hold (release).",
    ),
    "T39 a hold that you placed": (
        FRAUD,
        "mark_packed",
        5,
        {**TICKED, "you": "lan"},
        "The order is on hold: possible fraud is being checked (fraud_check, by you).",
        "To go on despite it: `--set override=hold --reason WHY`. Possible: end the hold (release).",
    ),
    "T39 the hold that is not ours": (
        ASKED,
        "release",
        5,
        {"hold": "cancel_requested"},
        "This hold is not ours to end: buyer wants to cancel (cancel_requested).",
        "It ends by itself when TikTok Shop or the buyer's request is settled.",
    ),
    "T39 the hold that is not on, and that which is": (
        FRAUD,
        "release",
        5,
        {"hold": "stock_check"},
        "The order is not on hold for that: stock is being checked (stock_check).",
        (
            "It is on hold: possible fraud is being checked (fraud_check, by lan). "
            "Say which one to end by its key: `--set hold=KEY`."
        ),
    ),
    "T39 the role it needs": (
        FRAUD,
        "release",
        5,
        {"hold": "fraud_check"},
        "That is for a manager to do.",
        "Ask somebody with that role, or act as one with --as manager if you are.",
    ),
    "T40 the order's number stands in what to type": (
        NEW,
        "retract",
        5,
        {"role": "manager"},
        "No entry of this order is named.",
        "`shipclock order SHOP:5764 --facts` lists the entries; give one's key with `--set fact_id=KEY`.",
    ),
}


@pytest.mark.parametrize("row", by_row(TOLD))
def test_a_refusal_says_why_and_what_to_do(row):
    facts, name, hours, given, reason, instead = row
    assert heard(facts, name, hours, **given) == (reason, instead)


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=0.9), "just now"),
        (timedelta(seconds=1), "1 s ago"),
        (timedelta(seconds=59.9), "59 s ago"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=62), "62 h ago"),
    ],
)
def test_how_long_ago_is_told_in_seconds_below_a_minute_and_in_one_unit_from_then(passed, said):
    assert ago_words(words(), t(5), Listener(now=t(5) + passed)) == said


@pytest.mark.parametrize(
    ("name", "alone", "amidst"),
    [
        ("lan", "You", "you"),
        ("Minh", "Minh", "Minh"),
        ("staff", "The staff", "the staff"),
        ("dashboard", "Somebody at the dashboard", "somebody at the dashboard"),
        ("human", "Somebody", "somebody"),
        ("carrier", "The carrier", "the carrier"),
        ("platform", "TikTok Shop", "TikTok Shop"),
        ("timer", "concluded from time", "concluded from time"),
    ],
)
def test_who_did_it_is_you_a_source_of_news_or_a_name_as_it_is(name, alone, amidst):
    listener = Listener(now=t(5), you="lan")
    assert who_words(words(), name, listener) == alone
    assert amid(words(), name, listener) == amidst


def test_where_many_share_one_name_nobody_is_you():
    assert who_words(words(), "lan", Listener(now=t(5))) == "lan"


def test_of_what_nobody_is_known_to_have_done_somebody_did_it_before():
    nobody = Refused(code="already_packed")
    assert reason_words(words(), nobody, Listener(now=t(5))) == "Somebody packed this before."


def test_a_hold_that_nobody_of_us_placed_has_no_name_behind_it():
    held = Refused(code="on_hold", values={"holds": "platform_hold, conflict"})
    told = "The order is on hold: hold by TikTok Shop (platform_hold); news disagree (conflict)."
    assert reason_words(words(), held, Listener(now=t(5))) == told


def test_the_staff_amid_a_sentence_begins_small():
    held = Refused(code="on_hold", values={"holds": "manual", "held_by_manual": "staff"})
    told = "The order is on hold: held by hand (manual, by the staff)."
    assert reason_words(words(), held, Listener(now=t(5))) == told


def test_an_order_number_among_the_values_does_not_speak_for_the_order_that_is_asked_about():
    refused = Refused(code="unknown_order", values={"order_no": "other"})
    assert reason_words(words(), refused, Listener(now=t(5)), "SHOP:1") == "There is no order SHOP:1 here."
    assert refusal_words(words(), refused, Listener(now=t(5)), "SHOP:1").reason == "There is no order SHOP:1 here."


def test_a_code_of_the_shop_is_told_as_it_is_with_what_is_possible():
    refused = Refused(code="package_too_heavy", instead=(CommandName.HOLD,))
    told = refusal_words(words(), refused, Listener(now=t(5)))
    assert told.reason == "The shop says: package too heavy."
    assert told.instead == "Possible: put on hold (hold)."


def test_a_code_of_the_shop_without_advice_leaves_none():
    assert refusal_words(words(), Refused(code="package_too_heavy"), Listener(now=t(5))).instead == ""


def test_a_flagged_product_is_named_with_what_is_missing():
    refused = Refused(code="careful_sku", values={"missing": "sound, no_flyers", "skus": "MUG-1"})
    told = refusal_words(words(), refused, Listener(now=t(5)))
    lines = "nothing broken, torn or stained; no flyers or promotional material"
    assert told.reason == f"MUG-1 is flagged: tick for this order. Missing: {lines}."


def test_where_no_line_is_open_none_is_listed():
    refused = Refused(code="checklist_incomplete", values={"missing": ""})
    assert reason_words(words(), refused, Listener(now=t(5))) == "The packing list leaves open: ."
