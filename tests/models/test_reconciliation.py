"""What Seller Center says and what we say are compared order by order, within what the export could hold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.reconciliation import LIVE, OURS, Count, Difference, Group, Standing, reconcile
from models.stage import Stage
from tests.models.makers import t

TO_SHIP, AWAY, DELIVERED, CANCELLED = Group.TO_SHIP, Group.ON_THE_WAY, Group.DELIVERED, Group.CANCELLED


def standing(group=TO_SHIP, hours=0.0):
    return Standing(group=group, placed_at=t(hours))


def test_every_stage_of_ours_has_its_group():
    assert set(OURS) == set(Stage)


def test_both_sides_agree_when_they_say_the_same():
    orders = {"1": standing(), "2": standing(AWAY, 5)}
    found = reconcile(orders, orders)
    assert found.agrees
    assert (found.compared, found.differences) == (2, ())


def test_an_order_that_we_lack_is_missing_here():
    found = reconcile({"1": standing(), "2": standing()}, {"1": standing()})
    assert found.counts == (Count(group=TO_SHIP, said=2, ours=1, missing_here=("2",)),)
    assert not found.agrees


def test_an_order_that_the_export_lacks_is_missing_there():
    found = reconcile({"1": standing(hours=0), "3": standing(hours=9)}, {"1": standing(), "2": standing(hours=4)})
    assert found.counts[0].missing_there == ("2",)


def test_what_lies_outside_the_time_of_the_export_is_not_missing_there():
    said = {"1": standing(hours=1), "2": standing(hours=9)}
    ours = {**said, "0": standing(hours=0.5), "3": standing(hours=9.5), "4": Standing(group=TO_SHIP, placed_at=None)}
    assert reconcile(said, ours).agrees


def test_a_group_that_the_export_has_nothing_of_is_not_missing_there():
    said = {"1": standing(hours=1), "2": standing(hours=9)}
    assert reconcile(said, {**said, "3": standing(AWAY, 5)}).agrees


def test_what_is_over_may_be_history_and_is_not_missing():
    said = {"1": standing(hours=0), "2": standing(CANCELLED, 1), "3": standing(DELIVERED, 9)}
    ours = {"1": standing(hours=0), "4": standing(CANCELLED, 2), "5": standing(DELIVERED, 3)}
    assert reconcile(said, ours).agrees


def test_an_order_in_another_group_is_a_difference():
    found = reconcile({"1": standing(AWAY)}, {"1": standing()})
    assert found.differences == (Difference(order_no="1", said=AWAY, ours=TO_SHIP),)
    assert [(count.group, count.said, count.ours) for count in found.counts] == [(TO_SHIP, 0, 1), (AWAY, 1, 0)]


STANDINGS = st.builds(standing, st.sampled_from(Group), st.integers(0, 20))
ORDERS = st.dictionaries(st.integers(1, 12).map(str), STANDINGS)


@given(said=ORDERS, ours=ORDERS)
def test_every_live_order_of_the_export_is_accounted_for_and_counts_add_up(said, ours):
    found = reconcile(said, ours)
    missing = {number for count in found.counts for number in count.missing_here}
    assert missing == {number for number, one in said.items() if number not in ours and one.group in LIVE}
    for count in found.counts:
        moved_in = sum(one.said is count.group for one in found.differences)
        moved_out = sum(one.ours is count.group for one in found.differences)
        lacking = len(count.missing_here) - len(count.missing_there)
        assert count.said - count.ours == lacking + moved_in - moved_out
    assert found.agrees == (not missing and not found.differences and not any(c.missing_there for c in found.counts))


def test_an_export_without_orders_says_nothing_of_ours():
    found = reconcile({}, {"1": standing(), "2": standing(CANCELLED)})
    assert (found.agrees, found.compared, found.counts) == (True, 0, ())


def test_an_export_that_names_no_times_says_nothing_of_what_it_lacks():
    said = {"1": Standing(group=TO_SHIP, placed_at=None)}
    assert reconcile(said, {"1": standing(), "2": standing()}).agrees


def test_the_first_and_the_last_moment_of_an_export_belong_to_it():
    said = {"1": standing(hours=1), "2": standing(hours=9)}
    found = reconcile(said, {**said, "3": standing(hours=1), "4": standing(hours=9)})
    assert [count.missing_there for count in found.counts] == [("3", "4")]


def test_what_was_looked_at_and_what_each_side_has_are_counted():
    """Both know three orders, one of them in different groups; each lacks one of the other's."""
    both = {"1": standing(hours=0), "2": standing(AWAY, 9)}
    said = {**both, "3": standing(AWAY, 5), "4": standing(hours=6), "5": standing(CANCELLED, 7)}
    ours = {**both, "3": standing(hours=5), "6": standing(AWAY, 4), "7": standing(hours=3)}
    found = reconcile(said, ours)
    assert found.compared == 6
    assert found.differences == (Difference(order_no="3", said=AWAY, ours=TO_SHIP),)
    assert found.counts == (
        Count(group=TO_SHIP, said=2, ours=3, missing_here=("4",), missing_there=("7",)),
        Count(group=AWAY, said=2, ours=2, missing_there=("6",)),
    )
