"""A scanned number says one word: go, or stop and why; what to fetch is added up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.answer import Refused
from models.command_name import CommandName
from models.packing_verdict import NO_ORDER, OTHER_SHOP, SEVERAL_SHOPS, Verdict, Word, pick_list, stopped

PACK, SHIP = CommandName.MARK_PACKED, CommandName.MARK_SHIPPED
NUMBER = "577094156662650001"


def test_nothing_that_stands_against_packing_is_a_go_and_anything_a_stop():
    assert Verdict(order_no=NUMBER).word is Word.GO
    assert Verdict(order_no=NUMBER, against=Refused(code="on_hold")).word is Word.STOP


def test_an_order_is_packed_on_a_go_alone_and_set_to_shipped_alone_when_that_is_possible():
    packed = Verdict(order_no=NUMBER, against=Refused(code="already_packed", already=True), may_ship=True)
    new = Verdict(order_no=NUMBER)
    assert [new.allows(deeds) for deeds in ((PACK,), (PACK, SHIP), (SHIP,))] == [True, True, False]
    assert [packed.allows(deeds) for deeds in ((PACK,), (PACK, SHIP), (SHIP,))] == [False, False, True]


def test_a_number_that_is_not_to_be_found_in_the_shop_packed_for_stops():
    cases = (((), "", NO_ORDER), (("A",), "B", OTHER_SHOP), (("A", "B"), "", SEVERAL_SHOPS))
    for shops, chosen, code in cases:
        found = stopped(NUMBER, shops, chosen)
        assert found is not None
        assert found.against is not None
        assert found.against.code == code
    assert stopped(NUMBER, ("A",), "") is stopped(NUMBER, ("A", "B"), "B") is None


ITEMS = st.lists(
    st.fixed_dictionaries(
        {
            "sku": st.sampled_from(("", "A-1", "B-2")),
            "title": st.sampled_from(("Tray", "Soap")),
            "quantity": st.integers(1, 9),
        }
    ),
    max_size=4,
)


@given(st.lists(ITEMS, max_size=6))
def test_every_piece_of_every_order_is_fetched_once(orders):
    picks = pick_list(orders)
    assert sum(pick.pieces for pick in picks) == sum(item["quantity"] for items in orders for item in items)
    assert len({(pick.sku, pick.sku or pick.title) for pick in picks}) == len(picks)
    assert all(0 < pick.orders <= len(orders) for pick in picks)
    assert picks == sorted(picks, key=lambda pick: (pick.sku, pick.title))
