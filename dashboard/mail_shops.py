"""Parts of the Mail page about shops: whose a mail is, and which mails each shop gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard import actions, parts, queries
from dashboard.words import capital, catalogue, plain, say
from ingest.quarantine import Waiting
from ingest.shop_mail import KIND_CAP, KindCount
from models.db.reading import up_to_cap
from models.notification import NotificationKind, QuarantineReason

SIDE_BY_SIDE: Final = 4  # shops in one table


def shop_buttons(mail: Waiting) -> None:
    """Offer a button for each shop that a mail may be for, where that is what is not clear."""
    if mail.reason is not QuarantineReason.UNKNOWN_SHOP or not mail.readable:
        return
    st.markdown(say("mail_shops.whose"))
    with st.container(horizontal=True, gap="small"):
        for place, shop in enumerate(queries.shops_of_mailbox(mail.mailbox)):
            st.button(
                say("mail_shops.is_of", shop=plain(shop)),
                key=f"shop-{mail.message_id}-{place}",
                icon=":material/storefront:",
                on_click=_teach,
                args=(mail.message_id, shop),
            )


def _teach(message_id: int, shop: str) -> None:
    parts.tell(actions.teach_shop(message_id, shop))


def which_mails() -> None:
    """Draw how many mails of each kind each shop gets, and what a kind that never came means."""
    counts = queries.mail_of_shops()
    if not any(count.total for of_shop in counts.values() for count in of_shop):
        return
    texts = catalogue()
    st.header(texts.text(f"mail.by_shop.{'title_all' if len(counts) > 1 else 'title'}"))
    st.markdown(plain(texts.text("mail.by_shop.meaning")))
    shops = list(counts)
    for first in range(0, len(shops), SIDE_BY_SIDE):
        st.table(_table({shop: counts[shop] for shop in shops[first : first + SIDE_BY_SIDE]}))


def _table(counts: Mapping[str, Sequence[KindCount]]) -> dict[str, list[str]]:
    """Give columns: the kinds that any of the shops got or is asked about, and each shop's counts of them."""
    texts = catalogue()
    rows: Mapping[NotificationKind, list[KindCount]] = {
        kinds[0].kind: list(kinds)
        for kinds in zip(*counts.values(), strict=True)
        if any(count.total or count.asks for count in kinds)
    }
    names = [capital(texts.text(f"mail.kinds.{kind}")) for kind in rows]
    columns = {plain(shop): [_cell(row[place]) for row in rows.values()] for place, shop in enumerate(counts)}
    return {texts.text("mail.by_shop.kind"): names, **columns}


def _cell(count: KindCount) -> str:
    key = "count" if count.total else "never_asks" if count.asks else "never"
    return catalogue().text(
        f"mail.by_shop.{key}", total=up_to_cap(count.total, KIND_CAP), lately=up_to_cap(count.lately, KIND_CAP)
    )
