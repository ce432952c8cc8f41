"""The calls that write to a buyer. The text of a message is never kept, only that it was the same as another."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Final

from flows.shop.simulator.buyer import person_of
from flows.shop.simulator.store import seconds
from flows.shop.simulator.web.ask import Ask
from flows.shop.simulator.web.refusal import Refusal
from flows.shop.simulator.wire import Wire

RECENT: Final = timedelta(days=60)  # an order this young allows a conversation
LONGEST: Final = 2000  # characters of a text
KINDS: Final = frozenset(
    {"TEXT", "IMAGE", "PRODUCT_CARD", "ORDER_CARD", "RETURN_REFUND_CARD", "COUPON_CARD", "VIDEO", "LOGISTICS_CARD"}
)


def open_conversation(ask: Ask) -> Wire:
    """Open the conversation with a buyer, or give the one that is open."""
    buyer = ask.text("buyer_user_id")
    since = seconds(ask.now - RECENT)
    recent = ask.play.sql("select order_no from orders where shop = ? and create_time >= ?", ask.cast.name, since)
    if not any(person_of(ask.script.by_no[order_no]).user_id == buyer for (order_no,) in recent):
        raise Refusal("no_conversation")
    return {"conversation_id": f"71{buyer[2:]}"}


def send_message(ask: Ask) -> Wire:
    """Send a message; the same one again is sent again."""
    kind, content = ask.text("type"), ask.text("content")
    if kind not in KINDS:
        raise Refusal("parameter", "'type'")
    try:
        said = json.loads(content)
    except ValueError:
        raise Refusal("parameter", "'content' must be JSON in a string") from None
    if not isinstance(said, dict) or (kind == "TEXT" and not 0 < len(str(said.get("content", ""))) <= LONGEST):
        raise Refusal("message_text")
    conversation = ask.ids[0]
    number = ask.play.sql("select count(*) from sent_message").fetchone()[0]
    message_id = f"75{conversation[-8:]}{number + 1:08}"
    digest = sha256(f"{kind}/{content}".encode()).hexdigest()
    ask.play.sql("insert into sent_message values (?, ?, ?, ?)", message_id, conversation, digest, ask.unix)
    ask.done(message_id, "")
    return {"message_id": message_id}
