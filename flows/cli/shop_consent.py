"""A seller's consent on the terminal: the link shown, the answer taken, the shops it opens found and kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from secrets import token_urlsafe

import httpx
import typer

from flows.cli.opening import local, opened
from flows.cli.output import EXIT_FAULT, fail, note, say
from flows.office import Office
from flows.shop.api_error import ApiError
from flows.shop.client import limiter_of
from flows.shop.consent import App, ConsentError, Tokens, app_of, code_from, consent_link, exchanged
from flows.shop.grant import FreshGrant, Grant, store
from flows.shop.reading import ShopReader
from flows.shop.schema import AuthorisedShop
from flows.shop.transport import Transport
from flows.shop.wire import open_http
from models.catalogue import words
from models.settings import ShopSettings


def consent_for(name: str | None) -> None:
    """Ask for the consent for a shop of the settings, and keep it for each shop of ours that it opens."""
    office = opened()
    app = app_of(office.home, office.settings)
    shop = _shop(office, name)
    if not office.settings.tiktok.service_id:
        fail(words().text("cli.consent.no_service_id", file=office.home.config))
    with closing(open_http()) as http:
        tokens = _bought(office, http, app, _agreed(office, shop))
        found = _opened_shops(office, http, app, shop, tokens)
    ours = {one.name: match(one, found) for one in office.settings.shop if one.api or one is shop}
    if ours[shop.name] is None:
        fail(_not_opened(office, shop, found), EXIT_FAULT)
    for one in office.settings.shop:
        if (theirs := ours.get(one.name)) is not None:
            _keep(office, one, theirs, tokens)
    say(
        words().text(
            "cli.consent.check" if shop.api else "cli.consent.set_api", shop=shop.name, file=office.home.config
        )
    )


def match(shop: ShopSettings, found: Sequence[AuthorisedShop]) -> AuthorisedShop | None:
    """Give the shop at the platform that is meant: by its id, else by its name and market, and only if it is clear."""
    if shop.platform_id:
        return next((one for one in found if one.id == shop.platform_id), None)
    names = {name.casefold() for name in (shop.name, *shop.also_named)}
    named = [one for one in found if one.name.casefold() in names]
    here = [one for one in named if one.region == shop.market] or named
    return here[0] if len(here) == 1 else None


def _shop(office: Office, name: str | None) -> ShopSettings:
    """Give the shop that is meant: the one that is named, else the only one that is set to it, else the only one."""
    if name:
        return office.settings.shop_named(name) or office.shop(name)
    shops = [shop for shop in office.settings.shop if shop.api] or list(office.settings.shop)
    if len(shops) != 1:
        fail(words().text("cli.consent.which", known=", ".join(shop.name for shop in office.settings.shop)))
    return shops[0]


def _agreed(office: Office, shop: ShopSettings) -> str:
    """Let the seller agree in a browser; give the code that came of it."""
    state = token_urlsafe(24)
    address = consent_link(office.settings.tiktok, shop, state)
    note(words().text("cli.consent.open", shop=shop.name, address=address))
    try:
        return code_from(str(typer.prompt(words().text("cli.consent.pasted"), err=True)), state)
    except ConsentError as fault:
        fail(words().text("cli.consent.denied" if fault.denied else "cli.consent.not_the_answer"), EXIT_FAULT)


def _bought(office: Office, http: httpx.Client, app: App, code: str) -> Tokens:
    try:
        return exchanged(http, app, code)
    except ApiError as fault:
        why = "unreachable" if fault.transient else "code_refused"
        fail(words().text(f"cli.consent.{why}", code=fault.code, file=office.home.config), EXIT_FAULT)


def _opened_shops(
    office: Office, http: httpx.Client, app: App, shop: ShopSettings, tokens: Tokens
) -> list[AuthorisedShop]:
    """List what the consent opens. Raises ApiError."""
    source = FreshGrant(shop.name, Grant(tokens=tokens, cipher="", platform_id=""))
    with closing(limiter_of(office.home)) as limiter:
        transport = Transport(app=app, grants=source, limiter=limiter, http=http, now=office.now)
        return ShopReader(transport).authorised_shops()


def _keep(office: Office, shop: ShopSettings, theirs: AuthorisedShop, tokens: Tokens) -> None:
    store(office.engine, office.home, shop.name, Grant(tokens=tokens, cipher=theirs.cipher, platform_id=theirs.id))
    ends = local(tokens.ends_at, shop.zone) or words().text("cli.consent.no_end")
    say(words().text("cli.consent.done", shop=shop.name, platform_id=theirs.id, region=theirs.region, ends=ends))


def _not_opened(office: Office, shop: ShopSettings, found: Sequence[AuthorisedShop]) -> str:
    if not found:
        return words().text("cli.consent.opens_none")
    told = ", ".join(
        words().text("cli.consent.one", name=one.name, platform_id=one.id, region=one.region) for one in found
    )
    return words().text("cli.consent.not_opened", found=told, shop=shop.name, file=office.home.config)
