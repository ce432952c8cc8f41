"""Who is told of what: the loudest level of a message decides, and a channel without a list hears all."""

from __future__ import annotations

import pytest

from models.alert_level import AlertLevel, hearers, level_of, unheard

BREACH, URGENT, WARNING, NOTICE, DIGEST = AlertLevel
PHONE, MAIL = 0, 1
BOTH = (PHONE, MAIL)


@pytest.mark.parametrize(
    ("text_key", "critical", "level"),
    [
        ("breached", True, BREACH),
        ("breached", False, BREACH),  # our own aim, not the platform's clock
        ("warned", False, WARNING),
        ("blind", True, URGENT),
        ("conflict.X05", True, URGENT),
        ("quarantine", False, NOTICE),
        ("seeing", False, NOTICE),
        ("digest", False, DIGEST),
    ],
)
def test_each_alert_has_a_level_that_settings_can_name(text_key, critical, level):
    assert level_of(text_key, critical=critical) is level


@pytest.mark.parametrize("level", AlertLevel)
def test_without_lists_every_channel_hears_everything(level):
    assert hearers({}, BOTH, {level}) == [PHONE, MAIL]
    assert unheard({}, BOTH) == []


def test_a_channel_with_a_list_hears_that_alone_and_one_without_hears_all():
    hears = {PHONE: (BREACH, URGENT)}
    assert {level: hearers(hears, BOTH, {level}) for level in AlertLevel} == {
        BREACH: [PHONE, MAIL], URGENT: [PHONE, MAIL], WARNING: [MAIL], NOTICE: [MAIL], DIGEST: [MAIL]
    }  # fmt: skip


def test_the_loudest_of_a_message_decides_who_is_told_all_of_it():
    hears = {PHONE: (BREACH,), MAIL: (WARNING,)}
    assert hearers(hears, BOTH, {WARNING, BREACH}) == [PHONE]


def test_where_nobody_hears_the_loudest_the_next_one_decides():
    assert hearers({PHONE: (WARNING,)}, [PHONE], {BREACH, WARNING, DIGEST}) == [PHONE]


def test_what_no_channel_hears_is_named_the_loudest_first():
    assert unheard({PHONE: (DIGEST,), MAIL: (URGENT,)}, BOTH) == [BREACH, WARNING, NOTICE]
    assert hearers({PHONE: (DIGEST,)}, [PHONE], {NOTICE}) == []
