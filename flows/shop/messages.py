"""What Shipclock writes to a buyer: texts of ours, by topic and language (`messages.toml`), never a person's words.

Whether a message arrived cannot be read back: one whose answer was lost is never sent again, a person looks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from flows.shop.desk import Desk
from flows.shop.effect import Effect, Sent
from flows.shop.handing_over import refused

ENGLISH: Final = "en"
ANY: Final = "other"


def message(desk: Desk, order_no: str, topic: str, key: str) -> Effect:
    """Make the effect of writing to the buyer of an order."""
    text = text_about(topic, desk.shop.market).format(order_no=order_no)
    return Effect(
        intent=desk.intent("message_buyer", order_no, key),
        look=lambda: None,
        send=lambda: Sent(request_id=desk.client.message_buyer(order_no, text)),
        unseen=refused("message_unsure"),
    )


def text_about(topic: str, market: str) -> str:
    """Give the text about a topic in the language of a market's buyers, else in English."""
    texts = _texts()
    language = str(texts["languages"].get(market, ENGLISH))
    spoken = texts.get(language, texts[ENGLISH])
    return str(spoken.get(topic, spoken[ANY]))


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("flows.shop") / "messages.toml").read_text(encoding="utf-8"))
