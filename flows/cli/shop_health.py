"""What `check` looks at for a shop that Shipclock acts in: app, consent, clock, what may be asked, carriers.

Asks only what changes nothing, one row at a time, and keeps none of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, TypeAlias

from flows.cli.finding import Finding, bad, good
from flows.cli.opening import local
from flows.office import Office
from flows.shop.api_error import ApiError, ErrorKind
from flows.shop.client import open_client
from flows.shop.endpoint import endpoints
from flows.shop.grant import grant_row
from flows.shop.reading import ShopReader
from flows.shop.schema import ApiOrder, ShippingType, raw_list, taken
from models.catalogue import words
from models.settings import ShopSettings
from models.stage import ShippingMode

MOST_SKEW: Final = timedelta(seconds=30)  # the platform takes no request from further ahead (section 1)
SOON: Final = timedelta(days=30)  # so long before its end TikTok Shop itself begins to warn
LOOK_BACK: Final = timedelta(days=30)  # for orders that show by which ways the shop ships
MOST_WAYS: Final = 3
NEWEST: Final = {"page_size": "10", "sort_field": "update_time", "sort_order": "DESC"}  # 10: the least that all take
SEARCHES: Final = ("search_orders", "search_packages", "search_cancellations", "search_returns")
NOT_ANSWERED: Final = frozenset({ErrorKind.VERSION, ErrorKind.PERMISSION, ErrorKind.SIGNATURE})

Question: TypeAlias = tuple[str, dict[str, Any]]


def shop_findings(office: Office, shop: ShopSettings, *, offline: bool) -> Iterator[Finding]:
    """Look at one thing after the other; what cannot be looked at for want of another is left out."""
    try:
        client = open_client(office.home, office.settings, office.engine, shop, office.now)
    except ApiError as fault:
        yield bad("shop", f"{shop.name}: {fault}")
        return
    consent = _consent(office, shop)
    yield consent
    if offline or not consent.ok:
        return
    try:
        client.authorised_shops()
    except ApiError as fault:
        yield _refused(shop, fault)
        return
    yield _clock(shop, client.transport.skew)
    orders = _newest(client, office.now())
    yield from _versions(shop, client, list(_questions(orders, office.now())))
    if shop.shipping is ShippingMode.SELLER:
        yield from _carriers(shop, client, orders)


def _consent(office: Office, shop: ShopSettings) -> Finding:
    """Whether there is a consent, with what it permits, and when it ends."""
    row = grant_row(office.engine, shop.name)
    if row is None or row.refused_at is not None:
        why = "no_consent" if row is None else "consent_refused"
        return bad("shop", words().text(f"cli.check.{why}", shop=shop.name), "consent_advice", shop=shop.name)
    ends = local(row.ends_at, shop.zone)
    if row.ends_at is not None and row.ends_at - office.now() < SOON:
        told = words().text("cli.check.consent_ends", shop=shop.name, ends=ends)
        return bad("shop", told, "consent_advice", shop=shop.name)
    told = words().text("cli.check.consent", shop=shop.name, ends=ends or words().text("cli.consent.no_end"))
    scopes = words().text("cli.check.scopes", scopes=", ".join(row.scopes)) if row.scopes else ""
    return Finding(name=words().text("cli.check.names.shop"), ok=True, told="\n".join(filter(None, [told, scopes])))


def _clock(shop: ShopSettings, skew: timedelta | None) -> Finding:
    """How far this machine's clock is from the platform's, as the Date of its answer says."""
    seconds = round(skew.total_seconds()) if skew is not None else 0
    if skew is None or abs(skew) <= MOST_SKEW:
        return good("shop_clock", shop=shop.name, seconds=abs(seconds))
    told = words().text(
        f"cli.check.shop_clock_{'slow' if seconds > 0 else 'fast'}", shop=shop.name, seconds=abs(seconds)
    )
    return bad("shop", told, "shop_clock_advice")


def _versions(shop: ShopSettings, client: ShopReader, asked: Sequence[Question]) -> Iterator[Finding]:
    """Ask each call that changes nothing, and tell those that the platform does not answer."""
    answered = 0
    for call, question in asked:
        try:
            client.transport.call(call, **question)
        except ApiError as fault:
            if call in SEARCHES or fault.kind in NOT_ANSWERED:
                yield _refused(shop, fault)
                continue
        answered += 1
    yield good("shop_calls", shop=shop.name, count=answered)


def _refused(shop: ShopSettings, fault: ApiError) -> Finding:
    told = words().text("cli.check.shop_refused", shop=shop.name, fault=fault)
    advice = f"api_advice.{fault.kind}"
    known = f"cli.check.{advice}" in words()
    return bad("shop", told, advice if known else "api_advice.other", shop=shop.name, version=_version(fault.call))


def _version(call: str) -> str:
    return endpoints()[call].version if call in endpoints() else ""


def _questions(orders: Sequence[ApiOrder], now: datetime) -> Iterator[Question]:
    """What to ask: each search, and what may be asked of an order and of its package, if there is one."""
    for call in SEARCHES:
        yield call, {"query": NEWEST, "body": {"update_time_ge": int((now - LOOK_BACK).timestamp())}}
    for order in orders[:1]:
        yield "get_orders", {"query": {"ids": order.id}}
        yield "tracking", {"places": {"order_id": order.id}}
        yield "cancel_eligibility", {"places": {"order_id": order.id}, "query": {"initiate_aftersale_user": "SELLER"}}
        for package in order.packages[:1]:
            yield "get_package", {"places": {"package_id": package.id}}
            yield "handover_slots", {"places": {"package_id": package.id}}


def _newest(client: ShopReader, now: datetime) -> list[ApiOrder]:
    """Some orders of late, to ask about; none where they may not be read, which another finding tells."""
    body = {"update_time_ge": int((now - LOOK_BACK).timestamp())}
    try:
        return taken(ApiOrder, raw_list(client.transport.call("search_orders", query=NEWEST, body=body).data, "orders"))
    except ApiError:
        return []


def _carriers(shop: ShopSettings, client: ShopReader, orders: Sequence[ApiOrder]) -> Iterator[Finding]:
    """The carriers that the shop may name, with their ids; they hang on the way that an order is shipped by."""
    ways = dict.fromkeys(order.delivery_option_id for order in orders if order.shipping_type is ShippingType.SELLER)
    try:
        found = [one for way in islice(filter(None, ways), MOST_WAYS) for one in client.providers(way)]
    except ApiError as fault:
        yield _refused(shop, fault)
        return
    listed = "\n".join(sorted({words().text("cli.check.carrier", id=one.id, name=one.name) for one in found}))
    chosen = next((one for one in found if one.id == shop.carrier_id), None)
    if chosen is not None:
        yield good("shop_carrier", shop=shop.name, id=chosen.id, carrier=chosen.name)
    elif not found:
        yield good("shop_no_carriers", shop=shop.name, days=LOOK_BACK.days)
    else:
        why = "carrier_unknown" if shop.carrier_id else "carrier_not_set"
        told = words().text(f"cli.check.{why}", shop=shop.name, given=shop.carrier_id)
        yield bad("shop", f"{told}\n{listed}", "carrier_advice", shop=shop.name)
