"""`redact`: a copy to show, what became what, and nothing written over."""

from pathlib import Path

import pytest

from tests.flows.cli.conftest import BUYERS, JUNIPER, MAIL


@pytest.fixture
def mail(place, deliver) -> Path:
    deliver("001")
    (file,) = (place / "mail").glob("001_*.eml")
    return Path(file)


def test_a_copy_is_written_beside_the_mail_and_shows_what_became_what(mail, shipclock):
    said = shipclock("redact", str(mail))
    assert said.code == 0
    written = mail.with_suffix(".redacted.eml").read_text(encoding="utf-8")
    assert not [personal for personal in (JUNIPER, "Juniper", *BUYERS) if personal in written]
    assert "Please pack and ship it before the deadline below." in written
    assert f"  {JUNIPER}  ->  57" in said.out
    assert "READ IT ONCE MORE" in said.err
    assert mail.read_bytes() == next(MAIL.glob("001_*.eml")).read_bytes()


def test_words_that_the_user_knows_to_be_harmless_stay(mail, shipclock, place):
    shipclock("redact", str(mail), "-o", str(place / "out.eml"), "--keep", "Cedar Soap")
    assert "Cedar Soap" in (place / "out.eml").read_text(encoding="utf-8")


def test_a_file_that_exists_is_left_alone(mail, shipclock, place):
    (place / "out.eml").write_text("mine", encoding="utf-8")
    assert shipclock("redact", str(mail), "-o", str(place / "out.eml")).code == 4
    assert shipclock("redact", str(mail), "-o", str(mail), "--force").code == 4
    assert (place / "out.eml").read_text(encoding="utf-8") == "mine"
