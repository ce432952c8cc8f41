"""People of the dashboard: which names and PINs are good, who may do what, how long a door stays shut."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.person import (
    FREE_TRIES,
    FREE_TRIES_FROM,
    LONGEST_WAIT,
    NEEDED,
    NameFault,
    Person,
    PinFault,
    Right,
    name_fault,
    person_key,
    pin_fault,
    wait_after,
)
from models.stage import ROLE_RANK, Role


@pytest.mark.parametrize("name", ["Lan", "Trần Thị Lan", "O'Neill", "Anh-Thư 2", "สมชาย", "王小明", "J. R."])
def test_names_of_any_script_are_good(name):
    assert name_fault(name) is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", NameFault.EMPTY),
        ("   ", NameFault.EMPTY),
        ("L" * 41, NameFault.LONG),
        ("<b>Lan</b>", NameFault.SIGNS),
        ("Lan\n", NameFault.SIGNS),
        ("lan@example.com", NameFault.SIGNS),
        ("=HYPERLINK()", NameFault.SIGNS),
    ],
)
def test_a_name_that_could_be_taken_for_something_else_is_refused(name, fault):
    assert name_fault(name) is fault


@pytest.mark.parametrize(("one", "other"), [("Lan", "LAN"), ("Trần  Lan", " trần lan "), ("\uff2c\uff41\uff4e", "lan")])
def test_capitals_spaces_and_widths_tell_no_two_people_apart(one, other):
    assert person_key(one) == person_key(other)


@pytest.mark.parametrize(
    ("pin", "fault"),
    [
        ("482913", None),
        ("482913482913", None),
        ("48291", PinFault.LENGTH),
        ("4829134829134", PinFault.LENGTH),
        ("48291a", PinFault.NO_DIGITS),
        ("", PinFault.NO_DIGITS),
        ("٤٨٢٩١٣", PinFault.NO_DIGITS),
        ("111111", PinFault.GUESSABLE),
        ("123456", PinFault.GUESSABLE),
        ("987654", PinFault.GUESSABLE),
    ],
)
def test_a_pin_has_digits_that_nobody_guesses(pin, fault):
    assert pin_fault(pin) is fault


@given(st.integers(0, 10_000), st.sampled_from([FREE_TRIES, FREE_TRIES_FROM]))
def test_a_door_never_stays_shut_for_less_after_more_wrong_pins(failures, free):
    wait = wait_after(failures, free)
    assert (wait > timedelta(0)) is (failures >= free)
    assert wait <= wait_after(failures + 1, free) <= LONGEST_WAIT


def test_a_year_of_guessing_one_name_finds_no_pin_in_a_hundred_tries_of_a_guesser():
    tries, spent = 0, timedelta(0)
    while spent < timedelta(days=365):
        tries += 1
        spent += wait_after(tries)
    assert tries < 10**6 / 100


@pytest.mark.parametrize("right", Right)
def test_what_a_role_may_do_every_role_above_it_may_do(right):
    able = {role for role in Role if Person(name="Lan", role=role).may(right)}
    assert able == {role for role in Role if ROLE_RANK[role] >= ROLE_RANK[NEEDED[right]]}
    assert Role.VIEWER not in able
    assert Role.MANAGER in able
