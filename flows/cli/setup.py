"""`init`: from an address and an app password, or a sign-in, to settings that work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from models.stage import HandoverMode, ShippingMode


def init(
    address: Annotated[str | None, typer.Option(help="The address TikTok Shop writes to.")] = None,
    host: Annotated[str | None, typer.Option(help="The mail server (IMAP); known for the large providers.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Its port.")] = 993,
    user: Annotated[str | None, typer.Option(help="The user name there, if it is not the address.")] = None,
    ca_file: Annotated[Path | None, typer.Option(help="Certificates to trust, for a server of your own.")] = None,
    authserv_id: Annotated[
        str | None, typer.Option(help="The name your mail server writes in Authentication-Results.")
    ] = None,
    verdict: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE",
            help="Where it puts them: above its own Received header, or below (only if it removes such headers that "
            "come from outside).",
        ),
    ] = None,
    client_id: Annotated[
        str | None, typer.Option(help="Your app registration, for Microsoft; see `shipclock auth microsoft --help`.")
    ] = None,
    maildir: Annotated[Path | None, typer.Option(help="Read a Maildir instead of a mail server.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Read a folder of .eml files instead.")] = None,
    shop: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Your shop's name as the mails write it; repeatable.")
    ] = None,
    market: Annotated[str | None, typer.Option(help="Its country, for example VN or GB.")] = None,
    currency: Annotated[str | None, typer.Option(help="Its currency, for example VND.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Its time zone, for example Asia/Ho_Chi_Minh.")] = None,
    handover: Annotated[HandoverMode | None, typer.Option(help="How parcels leave your shop.")] = None,
    shipping: Annotated[ShippingMode | None, typer.Option(help="Who books the carrier.")] = None,
    orders_from: Annotated[
        str | None, typer.Option(metavar="DATE", help="Orders placed before this day are silent history.")
    ] = None,
    days: Annotated[int, typer.Option(min=0, max=365, help="How far back the dry run looks; 0: no dry run.")] = 30,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take options and defaults.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace settings that exist.")] = False,
) -> None:
    """Set up your mailbox and shops: asks, tries the login, looks at the last 30 days, writes shipclock.toml.

    The password is asked for hidden and kept in `.env` beside the settings, readable by you alone (with --yes
    it is taken from SHIPCLOCK_PASSWORD_MAIN). Your mailbox is not changed, and nothing is stored of the dry run.
    """
    from flows.cli.interview import Given, interview

    interview(
        Given(
            address=address,
            host=host,
            port=port,
            user=user,
            ca_file=ca_file,
            authserv_id=authserv_id,
            verdict=verdict,
            client_id=client_id,
            maildir=maildir,
            folder=folder,
            shops=tuple(shop or ()),
            market=market,
            currency=currency,
            timezone=timezone,
            handover=handover,
            shipping=shipping,
            orders_from=orders_from,
            days=days,
            yes=yes,
            force=force,
        )
    )
