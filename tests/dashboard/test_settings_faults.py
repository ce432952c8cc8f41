"""What is wrong with the settings stands on the page in the language of whoever looks at it."""

from __future__ import annotations

import pytest

from models.home import Home


@pytest.mark.parametrize(
    ("language", "told"), [("en", "is not one of pickup, drop\\_off"), ("vi", "cần là một trong pickup, drop\\_off")]
)
def test_a_page_tells_what_is_wrong_with_the_settings_in_its_own_language(
    empty_home: Home, open_page, language: str, told: str
) -> None:
    text = empty_home.config.read_text(encoding="utf-8")
    assert "handover" not in text
    empty_home.config.write_text(text.replace("[[shop]]", '[[shop]]\nhandover = "pikup"', 1), encoding="utf-8")
    page = open_page("today", language=language)
    assert [told in error.value for error in page.error] == [True]
