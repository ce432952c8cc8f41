"""Which of several shops in one mailbox a mail is for: name, then address, then currency, each rule by a real mail.

The mails are those of the corpus with their shop's name or receiving address changed; nobody else's shop is there.
"""

from __future__ import annotations

import pytest

from ingest.labelled import Findings
from ingest.message import Message, parse_message
from ingest.reader import read_body, read_mail
from ingest.shop_of import Sign, SignKind, sign_in, whose_mail, with_signs
from ingest.vocabulary import Field
from models.notification import Notification, Quarantined, Reading
from models.settings import ShopSettings
from tests.ingest.corpus import FOLDER, receiver, vocabulary
from tests.ingest.three_shops import BIRCH, CEDAR, LOTUS, THREE, USER, a_shop, mail

DONG = "003_vi_table_qp.eml"  # names Lotus Lane Home under a label, amounts with "₫"


def read(raw: bytes, *shops: ShopSettings) -> Reading:
    entry: dict[str, object] = {}
    return read_mail(raw, receiver(entry), shops or THREE, vocabulary())


def shop_of(raw: bytes, *shops: ShopSettings) -> str | None:
    """The shop that the mail is read for; None when it waits because that is not clear."""
    reading = read(raw, *shops)
    if isinstance(reading, Notification):
        return reading.shop
    assert isinstance(reading, Quarantined)
    assert reading.reason == "unknown_shop"
    return None


def whose(message: Message, *shops: ShopSettings, **values: list[str]) -> str | None:
    """By the rules alone: labelled values as `shop=[...]`, unlabelled lines as `notes=[...]`."""
    findings = Findings(
        notes=values.pop("notes", []), values={Field(name): list(text) for name, text in values.items()}
    )
    found = whose_mail(message, findings, "en", shops).shop
    return found.name if found else None


def test_the_name_that_the_mail_states_decides():
    assert shop_of(mail(name="Cedar Shed")) == "Cedar Shed"
    assert shop_of((FOLDER / DONG).read_bytes()) == "Lotus Lane Home"


def test_capitals_and_a_remark_behind_the_name_do_not_matter():
    assert shop_of(mail(name="CEDAR SHED (US)")) == "Cedar Shed"


def test_another_name_from_the_settings_is_as_good():
    assert (
        shop_of(mail(name="Cedar Official"), BIRCH, a_shop("Cedar Shed", also_named=["Cedar Official"])) == "Cedar Shed"
    )


def test_a_stated_name_that_no_shop_has_waits_although_address_or_currency_would_tell():
    cedar = a_shop("Cedar Shed", addresses=[USER])
    assert shop_of(mail(name="Elm Attic"), BIRCH, cedar) is None
    assert shop_of(mail(name="Elm Attic"), BIRCH, LOTUS) is None
    assert shop_of(mail(name="Elm Attic"), BIRCH) is None


def test_the_name_wins_over_the_address_of_another_shop():
    birch = a_shop("Birch Barn", addresses=[USER])
    assert shop_of(mail(name="Cedar Shed"), birch, CEDAR) == "Cedar Shed"


def test_two_own_shops_under_labels_are_a_question():
    assert whose(Message(), *THREE, shop=["Cedar Shed", "Birch Barn"]) is None
    assert whose(Message(), *THREE, shop=["Cedar Shed", "CEDAR SHED"]) == "Cedar Shed"


def test_a_name_in_the_running_text_decides_where_no_label_states_one():
    assert whose(Message(subject="New order for Cedar Shed"), *THREE) == "Cedar Shed"
    assert whose(Message(), *THREE, notes=["Cedar Shed and Birch Barn"]) is None


@pytest.mark.parametrize("text", ["Cedar Shedding mats", "Red-Cedar Sheds", "2Cedar Shed"])
def test_a_name_within_a_longer_word_is_none(text):
    assert whose(Message(subject=text), *THREE) is None


def test_a_name_within_a_longer_name_is_that_of_the_longer():
    lotus, home = a_shop("Lotus", "VND"), a_shop("Lotus Lane Home", "VND")
    assert whose(Message(subject="New order, Lotus Lane Home"), lotus, home) == "Lotus Lane Home"
    assert whose(Message(subject="Lotus Lane Home, Lotus"), lotus, home) is None


def test_a_name_is_found_in_a_script_without_blanks_between_words():
    assert whose(Message(subject="注文が星空文具に届きました"), a_shop("星空文具"), BIRCH) == "星空文具"
    assert whose(Message(subject="注文がCedar Shedに届きました"), *THREE) == "Cedar Shed"


def test_without_a_name_the_address_decides():
    cedar = a_shop("Cedar Shed", addresses=["orders+cedar@seller-inbox.example"])
    assert shop_of(mail(to="orders+cedar@seller-inbox.example"), BIRCH, cedar) == "Cedar Shed"
    assert shop_of(mail(to='"Cedar, Inc." <Orders+Cedar@Seller-Inbox.example>'), BIRCH, cedar) == "Cedar Shed"
    assert shop_of(mail(), BIRCH, cedar) is None


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "Cc"])
def test_where_to_tells_nothing_another_receiving_header_does(header):
    cedar = a_shop("Cedar Shed", addresses=["cedar@shops.example"])
    assert shop_of(mail(more=f"{header}: <cedar@shops.example>\r\n"), BIRCH, cedar) == "Cedar Shed"


def test_what_it_was_written_to_counts_more_than_where_it_was_passed_on_to():
    birch = a_shop("Birch Barn", addresses=["birch@shops.example"])
    cedar = a_shop("Cedar Shed", addresses=["cedar@shops.example"])
    passed_on = mail(to="cedar@shops.example", more="Delivered-To: birch@shops.example\r\n")
    assert shop_of(passed_on, birch, cedar) == "Cedar Shed"


def test_of_a_mail_written_to_two_shops_the_delivered_copy_tells():
    birch = a_shop("Birch Barn", addresses=["birch@shops.example"])
    cedar = a_shop("Cedar Shed", addresses=["cedar@shops.example"])
    both = "birch@shops.example, cedar@shops.example"
    assert shop_of(mail(to=both), birch, cedar) is None
    assert shop_of(mail(to=both, more="Delivered-To: cedar@shops.example\r\n"), birch, cedar) == "Cedar Shed"


def test_without_name_and_address_the_only_shop_with_that_currency_gets_it():
    assert shop_of(mail(), BIRCH, LOTUS) == "Birch Barn"
    assert shop_of(mail(), *THREE) is None  # two shops share it


def test_a_dollar_sign_is_of_several_currencies():
    assert shop_of(mail(), BIRCH, a_shop("Merlion Mart", "SGD")) is None


def test_no_amount_tells_no_currency():
    assert whose(Message(), BIRCH, LOTUS, total=["15.00"]) is None
    assert whose(Message(), BIRCH, LOTUS, total=["US$15.00"]) == "Birch Barn"


def test_amounts_of_two_currencies_are_of_no_shop():
    assert whose(Message(), BIRCH, LOTUS, total=["US$15.00"], shipping=["9.000₫"]) is None


def test_a_seller_abroad_who_is_written_to_in_chinese_may_be_paid_in_dollars():
    findings = Findings(values={Field.TOTAL: ["US$15.00"]})
    assert whose_mail(Message(), findings, "zh", (BIRCH, LOTUS)).shop is None


def test_the_only_shop_of_a_mailbox_gets_what_names_none():
    assert shop_of(mail(), BIRCH) == "Birch Barn"


def test_what_was_taught_is_as_good_as_the_settings_and_never_better():
    taught = [(Sign(kind=SignKind.NAME, value="Elm Attic"), "Cedar Shed"), (a_name("Birch Barn"), "Cedar Shed")]
    shops = with_signs(THREE, taught)
    assert shop_of(mail(name="elm attic"), *shops) == "Cedar Shed"
    assert shop_of(mail(name="Birch Barn"), *shops) == "Birch Barn"


def test_a_taught_address_that_the_settings_give_to_another_shop_is_that_shops():
    birch = a_shop("Birch Barn", addresses=["a+b@shops.example"])
    sign = Sign(kind=SignKind.ADDRESS, value="a+b@shops.example")
    assert shop_of(mail(to="a+b@shops.example"), *with_signs((birch, CEDAR), [(sign, "Cedar Shed")])) == "Birch Barn"


def a_name(value: str) -> Sign:
    return Sign(kind=SignKind.NAME, value=value)


def sign(raw: bytes, user: str = USER) -> Sign | None:
    message = parse_message(raw)
    return sign_in(message, read_body(message, vocabulary(), THREE).findings, user)


def test_a_mail_that_states_a_name_teaches_the_name():
    assert sign(mail(name="Elm Attic (US)", to="orders+elm@seller-inbox.example")) == a_name("Elm Attic")


def test_a_mail_without_a_name_teaches_the_mailboxs_own_plus_address():
    expected = Sign(kind=SignKind.ADDRESS, value="orders+elm@seller-inbox.example")
    assert sign(mail(to="Orders+Elm@seller-inbox.example, buyer@mail.example")) == expected


@pytest.mark.parametrize(
    "to",
    [
        USER,  # the mailbox itself: mail of every shop
        "buyer+elm@seller-inbox.example",
        "orders+elm@elsewhere.example",
        "orders+@seller-inbox.example",
        "orders+a@seller-inbox.example, orders+b@seller-inbox.example",
    ],
)
def test_no_other_address_is_ever_kept(to):
    assert sign(mail(to=to)) is None


def test_of_a_mailbox_whose_user_is_no_address_no_address_is_kept():
    assert sign(mail(to="orders+elm@seller-inbox.example"), user="") is None
    assert sign(mail(to="orders+elm@seller-inbox.example"), user="orders") is None


@pytest.mark.parametrize("name", ["TikTok Shop", "an@mail.example", "call 0912 345 678"])
def test_what_may_be_a_persons_or_is_the_marketplaces_own_is_never_kept_as_a_name(name):
    findings = Findings(values={Field.SHOP: [name]})
    assert sign_in(Message(), findings, USER) is None


def test_two_names_in_one_mail_teach_nothing():
    assert sign_in(Message(), Findings(values={Field.SHOP: ["Elm Attic", "Oak Office"]}), USER) is None
