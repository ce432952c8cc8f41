"""What happened to an order comes back whole from a status mail of every layout and language."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.reader import read_mail
from ingest.sender import Receiver
from models.notification import Notification, NotificationKind, Quarantined
from tests.ingest.corpus import vocabulary
from tests.ingest.markets import MARKETS, STEP, a_shop
from tests.ingest.renderings import AUTHSERV_ID, HEADERS
from tests.ingest.status_renderings import LAYOUTS, TOLD, WORDS, Event, Hand, render, render_prose

RECEIVER = Receiver(authserv_id=AUTHSERV_ID, allowed_from_domains=("shop.tiktok.com",))
KNOWN = {
    "en": "Royal Mail", "vi": "Giao Hàng Nhanh", "id": "SiCepat", "ms": "Pos Laju", "th": "Flash Express", "es": "SEUR",
    "de": "Hermes", "fr": "Colissimo", "it": "Poste Italiane", "pt": "Jadlog", "zh": "Ninja Van", "ja": "佐川急便",
}  # fmt: skip


def an_event(choice, told, language):
    at = datetime(2026, 3, choice.randrange(1, 13), choice.randrange(24), choice.randrange(60))  # noqa: DTZ001  printed in the shop's zone
    step = STEP.get(MARKETS[language][1], Decimal("0.05"))
    return Event(
        told=told,
        order_no=f"57{choice.randrange(10**16):016}",
        shop="Juniper & Pine",
        at=at,
        due=at + timedelta(hours=48),
        amount=step * choice.randrange(20, 4000),
        carrier=KNOWN[language],
        tracking_no=f"{choice.choice(('JX', 'TH', '1Z', '00'))}{choice.randrange(10**10):010}",
        return_no=f"40{choice.randrange(10**14):014}",
    )


def read(raw, language):
    return read_mail(raw, RECEIVER, [a_shop(language)], vocabulary())


def as_told(event, language):
    """Return what a reading of the event must hold."""
    kind, cause, attempt = TOLD[event.told]
    zone = ZoneInfo(MARKETS[language][2])
    return {
        "kind": kind,
        "order_nos": (event.order_no,),
        "language": language,
        "cancel_cause": cause,
        "attempt": attempt,
        "event_at": None if event.is_to_ship else event.at.replace(tzinfo=zone),
        "respond_by": event.due.replace(tzinfo=zone) if event.is_to_answer else None,
        "ship_by": event.due.replace(tzinfo=zone) if event.is_to_ship else None,
        "carrier": event.carrier if event.is_on_the_way else None,
        "tracking_no": event.tracking_no if event.is_on_the_way else None,
        "amounts": {"refund": event.amount} if event.is_about_money else {},
    }


def held(reading, names):
    assert isinstance(reading, Notification), reading
    return {name: getattr(reading, name) for name in names}


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize("language", WORDS)
@settings(max_examples=settings().max_examples // 33)  # of each kind in each language
@given(seed=st.integers(0, 10**6))
def test_what_happened_comes_back_from_every_layout_and_language(language, told, seed):
    choice = Random(seed)
    event = an_event(choice, told, language)
    hand = Hand(language=language, currency=MARKETS[language][1], choice=choice)
    expected = as_told(event, language)
    assert held(read(render(event, hand, choice.choice(list(LAYOUTS))), language), expected) == expected


@pytest.mark.parametrize("told", ["delivered", "cancel_requested", "refund_completed"])
@pytest.mark.parametrize("language", WORDS)
@settings(max_examples=settings().max_examples // 33)
@given(seed=st.integers(0, 10**6))
def test_what_sentences_alone_tell_comes_back_too(language, told, seed):
    choice = Random(seed)
    event = an_event(choice, told, language)
    hand = Hand(language=language, currency=MARKETS[language][1], choice=choice)
    expected = as_told(event, language)
    assert held(read(render_prose(event, hand), language), expected) == expected


@pytest.mark.parametrize("language", WORDS)
def test_no_title_of_a_status_mail_starts_an_order(language):
    for told in TOLD:
        for title in WORDS[language][told]:
            raw = f"{HEADERS}Subject: {title.format(no='570000000000000001')}\n\n{title.format(no='')}\n".encode()
            reading = read(raw, language)
            assert not (isinstance(reading, Notification) and reading.kind is NotificationKind.NEW_ORDER), title


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("pair", [("delivered", "delivery_failed_2"), ("cancel_approved", "cancel_rejected")])
def test_a_subject_that_contradicts_the_title_is_left_to_a_person(language, pair):
    subject, title = (WORDS[language][told] for told in pair)
    label = WORDS[language]["labels"]["order_no"]
    body = f"<html><body><h1>{title[0].format(no='')}</h1><p>{label}: 570000000000000001</p></body></html>"
    raw = f"{HEADERS}Subject: {subject[0].format(no='')}\nContent-Type: text/html; charset=utf-8\n\n{body}".encode()
    assert isinstance(read(raw, language), Quarantined)
