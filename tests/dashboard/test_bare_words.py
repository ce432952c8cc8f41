"""No page has a word that the catalogue does not know: a third language is one folder of texts, and nothing else."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.language import LANGUAGE
from models import catalogue
from models.catalogue import Catalogue, texts_of
from models.fact import FactKind
from models.language import ENGLISH
from models.letter_text import letter_languages, letter_words
from tests.dashboard import seed
from tests.dashboard.test_pages import PAGES, words_of

# What others wrote or nobody translates: shops, zones, mailboxes, folders, carriers, numbers, currencies, languages.
MONTHS_AND_DAYS = ("Thứ", "CN", "thg")  # Vietnamese: whose language is spoken, in its dates is spoken, too
NAMES = (
    *MONTHS_AND_DAYS,
    *(letter_words(code).name for code in letter_languages()),
    *map(str, seed.CARRIER[FactKind.MARKED_SHIPPED].values()),
    *(seed.SHOP, "Asia/Ho_Chi_Minh", "UTC", "main", "INBOX", "Junk", "VND", "VN", "shipclock.toml"),
)


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak a language whose every text stands between marks; it takes Vietnamese's place."""
    own = {key: f"⟦{text}⟧" for key, text in texts_of(ENGLISH).items()}
    monkeypatch.setattr(catalogue, "_catalogue", lambda language: Catalogue(language, own))
    monkeypatch.setenv("SHIPCLOCK_LANGUAGE", "vi")


def all_words(page: AppTest) -> str:
    """Give every word of a page: its text, its tables, and what stands at its fields."""
    fields = (page.selectbox, page.text_input, page.text_area, page.toggle, page.checkbox, page.radio)
    labels = [field.label for kind in fields for field in kind]
    chosen = [option for field in page.selectbox for option in field.options if field.key != LANGUAGE]
    cells = [str(cell) for one in page.table for row in one.value.to_numpy().tolist() for cell in row]
    heads = [str(name) for one in page.table for name in one.value.columns]
    folded = [one.label for one in page.expander]
    return "\n".join((words_of(page), *labels, *chosen, *cells, *heads, *folded))


def unmarked(text: str) -> str:
    """Give what of a page's words stands between no marks, without names, numbers and Markdown's own signs."""
    count = 1
    while count:
        text, count = re.subn(r"⟦[^⟦⟧]*⟧", "", text)
    text = re.sub(r":material/\w+:|:\w+-badge|:(?:blue|red|gray|green|orange|violet|yellow)(?=\[)", "", text)
    text = text.replace("\\", "")
    for name in NAMES:
        text = text.replace(name, "")
    return " ".join(re.findall(r"[^\W\d_]{2,}", text))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("home", "marked")
def test_no_page_has_a_bare_word(open_page, name):
    assert unmarked(all_words(open_page(name))) == ""


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("empty_home", "marked")
def test_no_page_of_an_empty_shop_has_a_bare_word(open_page, name):
    assert unmarked(all_words(open_page(name))) == ""


@pytest.mark.usefixtures("home", "marked")
def test_the_page_of_an_order_has_no_bare_word(open_page):
    page = open_page("order", order=seed.CARRIER_LATE.order_no, shop=seed.SHOP)
    assert unmarked(all_words(page)) == ""
