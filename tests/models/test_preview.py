"""What a command would change is told before: exactly what differs between the order now and then."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given

from models.answer import Accepted
from models.catalogue import words
from models.command import decide
from models.order import Order, fold
from models.preview import LOOKS, Aspect, Difference, Preview, Standing, compare, preview
from models.preview_words import preview_rows
from tests.models.lives import Life, lives
from tests.models.makers import Given, a_command, a_fact, answer_to, placed, t, terms

pytestmark = pytest.mark.row("T40")

PACKED = (*placed(), a_fact("stock_confirmed", 1), a_fact("packed", 2, by="human"))
SHIPPED = (*PACKED, a_fact("marked_shipped", 3, by="human", key="slip"))


def seen(facts: Given, name: str, hours: float, **values: Given) -> Preview:
    """The preview of a command that is accepted."""
    answer = answer_to(facts, name, hours, **values)
    assert isinstance(answer, Accepted), answer
    return preview(facts, answer.facts, terms(), t(hours))


def row(found: Preview, aspect: Aspect, about: str = "") -> Difference:
    return next(one for one in found.differences if (one.aspect, one.about) == (aspect, about))


def test_taking_back_shipped_shows_stage_clocks_and_todos_as_they_would_be():
    found = seen(SHIPPED, "retract", 5, fact_id="slip", reason="r", role="manager")
    assert row(found, Aspect.STAGE) == Difference(
        aspect=Aspect.STAGE, about="", before=Standing("AWAITING_HANDOVER"), after=Standing("PACKED")
    )
    assert row(found, Aspect.CLOCK, "D02").before == Standing("MET", t(72))
    assert row(found, Aspect.CLOCK, "D02").after == Standing("RUNNING", t(72))
    assert row(found, Aspect.CLOCK, "D04").after is None
    assert row(found, Aspect.TODO, "hand_over/").after == Standing("to_do", t(72))


def test_a_breach_that_would_come_back_is_seen_before():
    found = seen(SHIPPED, "retract", 80, fact_id="slip", reason="r", role="manager")
    assert row(found, Aspect.CLOCK, "D02").after == Standing("BREACHED", t(72))
    assert row(found, Aspect.CASE, "carrier_complaint") == Difference(
        aspect=Aspect.CASE, about="carrier_complaint", before=Standing("complain"), after=None
    )


def test_a_hold_a_case_and_a_conflict_are_seen():
    cancelling = seen(placed(), "seller_cancel", 5, reason="other")
    assert row(cancelling, Aspect.HOLD, "manual").after == Standing("on")
    assert row(cancelling, Aspect.CASE, "seller_cancel").after == Standing("notify")
    late_word = seen((*SHIPPED, a_fact("cancelled", 2.5)), "retract", 5, fact_id="slip", reason="r", role="manager")
    assert row(late_word, Aspect.CONFLICT, "X05").before == Standing("open")


def test_a_presumption_that_would_end_is_seen():
    asked = (*placed(), a_fact("cancel_requested", 3))
    found = seen(asked, "reject_cancel", 60, reason="packed")
    assert row(found, Aspect.STAGE, "presumed").after is None
    assert row(found, Aspect.STAGE).after == Standing("NEW")


def test_what_changes_nothing_has_an_empty_preview():
    assert preview(SHIPPED, SHIPPED[:1], terms(), t(5)) == Preview(differences=())


@given(lives())
def test_a_preview_is_empty_only_where_nothing_that_is_shown_differs_and_can_be_told_in_words(life: Life):
    known = life.known
    before, after = fold(known[: len(known) // 2], life.shop, life.now), fold(known, life.shop, life.now)
    found = compare(before, after)
    assert bool(found.differences) is (shown(before) != shown(after))
    rows = preview_rows(words(), found, "5764", lambda at: at.isoformat())
    assert len(rows) == len(found.differences) == len(found.as_json())
    assert all(what and then and now for what, then, now in rows)


def shown(order: Order) -> list[object]:
    return [look(order) for look in LOOKS.values()]


def test_a_preview_in_words_names_no_rule():
    found = seen(SHIPPED, "retract", 5, fact_id="slip", reason="r", role="manager")
    rows = preview_rows(words(), found, "5764", day)
    assert ("where it is", "Waiting for carrier", "Packed") in rows
    assert ("set to shipped", "done in time, due 4 Mar", "running, due 4 Mar") in rows
    assert (words().rule("D04"), "running, due 3 Mar", "-") in rows
    assert not [text for told in rows for text in told if "D0" in text]


def day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"


def test_what_is_seen_is_what_then_happens():
    command = a_command("mark_shipped", 5, tracking_no="A1")
    order = fold(PACKED, terms(), t(5))
    answer = decide(order, PACKED, command, terms())
    assert isinstance(answer, Accepted)
    done = fold([*PACKED, *answer.facts], terms(), t(5))
    assert preview(PACKED, answer.facts, terms(), t(5)) == compare(order, done)


def test_a_preview_for_machines_tells_each_thing_before_and_after():
    changes = (
        Difference(aspect=Aspect.CLOCK, about="D02", before=None, after=Standing("RUNNING", t(72))),
        Difference(aspect=Aspect.HOLD, about="manual", before=Standing("on"), after=None),
    )
    assert Preview(differences=changes).as_json() == [
        {
            "what": "clock",
            "about": "D02",
            "before": None,
            "after": {"state": "RUNNING", "due_at": "2026-03-04T00:00:00Z"},
        },
        {"what": "hold", "about": "manual", "before": {"state": "on", "due_at": None}, "after": None},
    ]


LOST = (*SHIPPED, a_fact("picked_up", 4), a_fact("lost_declared", 5))


def test_a_clock_of_several_is_named_with_what_it_is_about():
    asked = (*placed(), a_fact("cancel_requested", 1, request_no="R"))
    found = seen(asked, "reject_cancel", 5, reason="packed")
    assert row(found, Aspect.CLOCK, "D08/R").after == Standing("MET", t(49))
    assert row(found, Aspect.CASE, "cancel_request:R") == Difference(
        aspect=Aspect.CASE, about="cancel_request:R", before=Standing("answer"), after=Standing("closed")
    )


def test_a_case_in_which_a_person_must_decide_first_is_open_without_a_step():
    frozen = compare(fold(LOST, terms(), t(6)), fold((*LOST, a_fact("delivered", 5.5)), terms(), t(6)))
    assert row(frozen, Aspect.CASE, "claim:lost") == Difference(
        aspect=Aspect.CASE, about="claim:lost", before=Standing("cancel"), after=Standing("open")
    )


def test_a_preview_in_words_names_the_order_the_step_and_what_comes_next():
    found = seen(LOST, "claim_step", 6, step="cancel")
    rows = preview_rows(words(), found, "5764", day)
    claim, clock = "claim for a lost, damaged or late parcel", "next step of the claim"
    assert (claim, "next: cancel the order in Seller Center", "next: tell the buyer") in rows
    assert (f"{clock} (cancel the order in Seller Center)", "running, due 2 Mar", "done in time, due 2 Mar") in rows
    assert (f"{clock} (tell the buyer)", "-", "running, due 2 Mar") in rows
    assert [what for what, _, then in rows if then.startswith("to do")] == [
        words().text("todos.tell_buyer.title", order_no="5764")
    ]
