"""The invented buyer behind an order, with everything that is a person's own: address, phone, nickname, words.

Pure: the same order has the same buyer. All of it is made to be found: tests search our side for `secrets_of`,
where none of it may turn up.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from flows.shop.simulator.script import OrderPlan, chance

MESSAGES: Final = (
    "",
    "",
    "Please leave it with {name} next door, gate code {number}.",
    "It is a surprise for {name}, no invoice please ({number}).",
    "Gọi {phone} trước khi giao, hỏi {name}.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One buyer of one order, as the platform knows them."""

    user_id: str
    name: str
    first_name: str
    last_name: str
    nickname: str
    email: str
    phone: str
    street: str
    place: str
    postal_code: str
    message: str

    @property
    def full_address(self) -> str:
        """Street and place in one line."""
        return f"{self.street}, {self.place}"


def person_of(plan: OrderPlan) -> Person:
    """Invent the buyer of an order; the same buyer has the same user id in each order."""
    rng = chance(0, "buyer", plan.order_no)
    number = str(rng.randint(100, 999))
    name = plan.buyer.name
    first, _, last = name.partition(" ")
    phone = plan.cast.phone.format(number=number)
    digest = sha256(f"{plan.cast.key}/{name}".encode()).hexdigest()
    return Person(
        user_id=f"749{int(digest[:14], 16) % 10**16:016}",
        name=name,
        first_name=first,
        last_name=last,
        nickname=f"{first.lower()}_{digest[:5]}",
        email=f"v0{digest[:26]}@scs3.tiktokw.example",
        phone=phone,
        street=rng.choice(plan.cast.streets).format(number=number),
        place=rng.choice(plan.cast.places).format(number=number[0]),
        postal_code=f"Q{number}7",
        message=rng.choice(MESSAGES).format(name=name, number=number, phone=phone),
    )


def secrets_of(plan: OrderPlan) -> tuple[str, ...]:
    """Give every text of a buyer that must not turn up on our side."""
    person = person_of(plan)
    found = (person.name, person.nickname, person.email, person.phone, person.street, person.message, person.user_id)
    return tuple(text for text in found if text)


def masked(text: str) -> str:
    """Give a text as the platform shows it to those who need not know it: `1*** ...`."""
    return f"{text[:1]}***" if text else ""


def masked_phone(phone: str) -> str:
    """Give a phone number as `(+44)770***123`."""
    return f"{phone[:8]}***{phone[-3:]}"
