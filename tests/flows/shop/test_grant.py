"""A grant is sealed, refreshed early and once, replaced by compare-and-set, and left in peace once it is refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.shop.api_error import ApiError, ErrorKind
from flows.shop.grant import SECOND_LOOKS, grant_row
from tests.flows.shop.clients import NOW, SHOP, Place, a_place
from tests.flows.shop.wire_server import LOST, SECRET, Answer, done, failed
from tests.planted import search_files

REFRESH = "/token/refresh"


@pytest.fixture
def place(tmp_path: Path, database: str) -> Iterator[Place]:
    with a_place(tmp_path, database) as made:
        yield made


def tokens(number: int, *, lasts: timedelta = timedelta(days=7), **more: object) -> Answer:
    told = {
        "access_token": f"ROW_access_{number}",
        "refresh_token": f"ROW_refresh_{number}",
        "access_token_expire_in": int((NOW + lasts).timestamp()),
        "refresh_token_expire_in": int((NOW + timedelta(days=300)).timestamp()),
        "granted_scopes": ["seller.order.info", "seller.fulfillment.basic"],
    }
    return done({**told, **more})


def test_a_token_that_lasts_is_not_refreshed(place):
    assert place.grants().current().tokens.access == "ROW_access_1"
    assert place.server.requests == []


def test_a_token_is_refreshed_before_it_ends_and_the_new_refresh_token_is_kept(place):
    place.consent(lasts=timedelta(minutes=9))
    place.server.script(REFRESH, tokens(2, lasts=timedelta(minutes=9)), tokens(3))
    assert place.grants().current().tokens.access == "ROW_access_2"
    assert place.grants().current().tokens.access == "ROW_access_3"
    asked = [request.query["refresh_token"] for request in place.server.requests]
    assert asked == ["ROW_refresh_1", "ROW_refresh_2"]
    row = grant_row(place.engine, SHOP)
    assert row is not None
    assert row.ends_at == NOW + timedelta(days=300)
    assert row.scopes == ["seller.order.info", "seller.fulfillment.basic"]


def test_what_a_refresh_does_not_say_stays(place):
    place.consent(lasts=timedelta(0))
    place.server.script(REFRESH, tokens(2, refresh_token_expire_in=None, granted_scopes=None))
    place.grants().current()
    row = grant_row(place.engine, SHOP)
    assert row is not None
    assert (row.ends_at, row.scopes) == (NOW + timedelta(days=365), ["seller.order.info"])


def test_while_the_token_server_is_away_a_token_that_still_lasts_is_used(place):
    place.consent(lasts=timedelta(minutes=5))
    place.server.script(REFRESH, LOST)
    assert place.grants().current().tokens.access == "ROW_access_1"


@pytest.mark.parametrize(
    "answer", [LOST, Answer(b"<html>login to this network", 200), Answer(b"", 403), failed(36009002)]
)
def test_what_is_no_answer_of_the_platform_is_no_refusal(place, answer):
    place.consent(lasts=timedelta(0))
    place.server.script(REFRESH, answer, tokens(2))
    with pytest.raises(ApiError):
        place.grants().current()
    assert place.grants().current().tokens.access == "ROW_access_2"


def test_a_refused_refresh_is_told_with_what_to_do_and_nobody_asks_again(place):
    place.consent(lasts=timedelta(0))
    place.server.script(REFRESH, failed(36004001, "refresh_token is invalid"))
    for _ in range(3):
        with pytest.raises(ApiError, match=f'shipclock auth tiktok "{SHOP}"') as told:
            place.grants().current()
        assert (told.value.kind, told.value.transient) == (ErrorKind.TOKEN_EXPIRED, False)
    assert len(place.server.requests) == 1
    row = grant_row(place.engine, SHOP)
    assert row is not None
    assert row.refused_at == NOW
    place.consent()
    assert place.grants().current().tokens.access == "ROW_access_1"


def test_whoever_is_refused_because_another_was_quicker_takes_what_that_one_stored(place):
    place.consent(lasts=timedelta(0))
    slow, quick = place.grants(), place.grants()
    place.server.script(REFRESH, failed(36004001), tokens(2))

    def meanwhile(_seconds: float) -> None:
        quick.current()

    slow.sleep = meanwhile
    assert slow.current().tokens.access == "ROW_access_2"
    assert len(place.server.requests) == 2


def test_a_refusal_is_final_after_some_looks(place):
    place.consent(lasts=timedelta(0))
    place.server.script(REFRESH, failed(36004001))
    with pytest.raises(ApiError):
        place.grants().current()
    assert len(place.slept) == SECOND_LOOKS


def test_the_answer_that_is_stored_first_stays(place):
    place.consent(lasts=timedelta(0))
    slow, quick = place.grants(), place.grants()
    place.server.script(REFRESH, tokens(2), tokens(3))
    row = slow._row()  # noqa: SLF001  # as far as a slow process had come
    seen = slow._opened(row)  # noqa: SLF001  # the same
    quick.current()
    slow._replace(row, replace(seen, cipher="late"))  # its answer comes last
    assert place.grants().current().tokens.access == "ROW_access_2"


def test_threads_that_meet_an_ended_token_refresh_it_once(place):
    place.consent(lasts=timedelta(0))
    place.server.script(REFRESH, tokens(2))
    grants, got = place.grants(), []
    threads = [threading.Thread(target=lambda: got.append(grants.current().tokens.access)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["ROW_access_2"] * 8
    assert len(place.server.requests) == 1


def test_shops_of_one_consent_get_the_new_tokens_together(place):
    place.consent(lasts=timedelta(0))
    place.consent(lasts=timedelta(0), shop="Second Store")
    place.server.script(REFRESH, tokens(2))
    place.grants().current()
    second = replace(place.grants(), shop="Second Store")
    assert second.current().tokens.access == "ROW_access_2"
    assert len(place.server.requests) == 1


def test_a_shop_that_nobody_consented_for_is_told_the_command_to_type(place):
    stranger = replace(place.grants(), shop="Third Store")
    with pytest.raises(ApiError, match='shipclock auth tiktok "Third Store"'):
        stranger.current()


def test_a_grant_under_another_key_is_told_so(place):
    grants = place.grants()
    grants.current()
    (place.home.path / "key").unlink()
    with pytest.raises(ApiError, match="SHIPCLOCK_KEY"):
        place.grants().current()


def test_tokens_and_cipher_are_in_no_file_and_no_repr(place, tmp_path):
    place.consent(lasts=timedelta(0))
    place.server.script(REFRESH, tokens(2))
    grant = place.grants().current()
    secrets = ["ROW_access_1", "ROW_refresh_1", "ROW_access_2", "ROW_refresh_2", grant.cipher, SECRET]
    assert search_files(tmp_path, secrets) == []
    assert not any(secret in repr(grant) + repr(place.grants()) for secret in secrets)


def test_a_row_without_an_end_is_refreshed(place):
    with place.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE shop_grant SET expires_at = NULL")
    place.server.script(REFRESH, tokens(2))
    assert place.grants().current().tokens.access == "ROW_access_2"
