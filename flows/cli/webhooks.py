"""`webhooks`: a small receiver for what TikTok Shop tells by itself, beside the regular look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.settings import ShopSettings


def webhooks(
    port: Annotated[int, typer.Option("--port", metavar="P", min=1, max=65535, help="Listen on this port.")] = 8765,
    host: Annotated[str, typer.Option(help="Listen on this address; the default is this machine alone.")] = "127.0.0.1",
) -> None:
    """Receive TikTok Shop's webhooks, until Ctrl-C. Optional: without it news come some minutes later.

    It speaks plain HTTP and belongs behind your own web server (nginx, Caddy, ...): that has a domain and a
    certificate (TLS 1.2 or newer, port 443), and passes the path of your choice on to this port with the body and the
    header Authorization as they came. Enter the address, https://YOUR.DOMAIN/PATH, at Partner Center for your app:
    order status, package, cancellation, return and authorization events. Nothing else listens here, and nothing
    starts it by itself: run it beside `shipclock up`.

    What does not bear your app's signature is refused (401). Needs app_key in [tiktok] and SHIPCLOCK_TIKTOK_SECRET.
    """
    import uvicorn

    from flows.cli.opening import opened
    from flows.cli.output import fail, say
    from flows.shop.api_error import ApiError
    from flows.shop.consent import app_of
    from flows.shop.webhook import Receiver
    from models.catalogue import words

    office = opened()
    try:
        own = app_of(office.home, office.settings)
    except ApiError as fault:
        fail(str(fault))
    shops = shops_by_id([shop for shop in office.settings.shop if shop.api])
    if not shops:
        fail(words().text("cli.webhooks.no_shop"))
    receiver = Receiver(engine=office.engine, app_key=own.key, secret=own.secret, shops=shops, now=office.now)
    say(words().text("cli.webhooks.listening", host=host, port=port))
    uvicorn.run(receiver.app(), host=host, port=port, log_level="warning", access_log=False)


def shops_by_id(shops: Sequence[ShopSettings]) -> Mapping[str, ShopSettings]:
    """Give the shops by their id at the platform; a single shop needs none. None where one of several has no id."""
    if len(shops) == 1:
        return {shops[0].platform_id: shops[0]}
    named = {shop.platform_id: shop for shop in shops if shop.platform_id}
    return named if len(named) == len(shops) else {}
