"""What is kept in mind of a line: nothing of the mail that it stood in, and nothing that another mail changes."""

from __future__ import annotations

from ingest.labelled import Findings
from ingest.meaning import Meaning, meaning_of
from ingest.telling import read_line, told_in
from models.notification import NotificationKind as Kind
from tests.ingest.corpus import vocabulary

ENGLISH = vocabulary().languages["en"]
TITLE = "You have a new order"
FIRST, SECOND = "576461413038785752", "576461413038785999"


def a_meaning(subject: str, *headings: str) -> Meaning:
    findings = Findings(order_nos=[FIRST], headings=list(headings))
    return meaning_of(subject, findings, [ENGLISH], own_shop_named=True, bulk=False)


def test_what_one_mail_forgets_of_a_line_the_next_still_hears():
    assert a_meaning(TITLE).kind is Kind.NEW_ORDER
    assert a_meaning(f"Cancellation request for order {FIRST}", TITLE).kind is not Kind.NEW_ORDER
    assert a_meaning(TITLE).kind is Kind.NEW_ORDER


def test_lines_that_differ_in_a_long_number_alone_tell_the_same():
    lines = [read_line(f"New order {number}", ENGLISH, seller_side=True) for number in (FIRST, SECOND)]
    assert lines[0] == lines[1]
    assert Kind.NEW_ORDER in lines[0].told


def test_a_phrase_in_running_text_may_go_on_in_the_next_line():
    notes = ["Good news: a buyer has placed an", "order with you."]
    assert Kind.NEW_ORDER in told_in(notes, ENGLISH, seller_side=True)
    assert not any(told_in([line], ENGLISH, seller_side=True) for line in notes)


def test_a_phrase_does_not_go_on_behind_the_mark_that_ends_a_line():
    notes = ["Good news: a buyer has placed an.", "order with you."]
    assert not told_in(notes, ENGLISH, seller_side=True)


def test_nothing_is_told_by_running_text_that_may_happen():
    notes = ["Thank you.", "If the order has been delivered, nothing is to be done."]
    assert Kind.DELIVERED not in told_in(notes, ENGLISH, seller_side=True)
