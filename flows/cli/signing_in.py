"""`auth`: signing in for mailboxes that take no password, and a seller's consent that Shipclock acts in a shop."""

from __future__ import annotations

from typing import Annotated

import typer

Mailbox = Annotated[
    str | None, typer.Argument(metavar="[MAILBOX]", help="Its name in shipclock.toml; not needed for one.")
]


def auth() -> None:
    """Sign in at your mail provider instead of keeping a password, or let Shipclock act in your shop.

    Signing in is needed for Outlook and Microsoft 365. Gmail, Yahoo, iCloud and Fastmail take an app password, which
    is simpler: see `shipclock init`. `tiktok` is for sellers with an app of their own at TikTok Shop's Partner
    Center; without one Shipclock works from the mails and tells you what to click.
    """


def microsoft(mailbox: Mailbox = None) -> None:
    r"""Sign in for a mailbox at Outlook.com or Microsoft 365: you type a code on any device, the rest goes by itself.

    Microsoft lets in only apps that it knows, and Shipclock has none of its own there. So make one once, free,
    for yourself (pieced together from public guides in November 2026, not tried; names move now and then):

    \b
    1. Open https://entra.microsoft.com and sign in. An outlook.com address
       may first have to make a (free) directory, as Microsoft will tell.
    2. Entra ID > App registrations > New registration.
    3. Name: Shipclock. Supported account types: the one that ends in "and
       personal Microsoft accounts" for outlook.com; for a company's mailbox
       "this organizational directory only" is enough. No redirect URI.
       Register.
    4. Copy "Application (client) ID" from the Overview.
    5. Authentication > Advanced settings > "Allow public client flows": Yes.
       Save.
    6. API permissions > Add a permission > Microsoft Graph > Delegated
       permissions > IMAP.AccessAsUser.All and offline_access > Add. In a
       company an administrator may have to press "Grant admin consent".

    Then put two lines under your [[mailbox]] in shipclock.toml, and run this command:

    \b
      auth = "microsoft"
      client_id = "the Application (client) ID"

    With "this organizational directory only" a third one, with the Directory (tenant) ID of the Overview:

    \b
      authority = "https://login.microsoftonline.com/the-tenant-id"

    What you get is kept encrypted in Shipclock's database and renewed by itself. It ends when you change your
    password or take it back; then you are told, and run this again.
    """
    from flows.cli.sign_in import sign_in_for

    sign_in_for("microsoft", mailbox)


def google(
    mailbox: Mailbox = None,
    paste: Annotated[
        bool, typer.Option("--paste", help="This machine has no browser: agree elsewhere, paste the address back.")
    ] = False,
) -> None:
    r"""Sign in for a mailbox at Gmail with an app of your own.

    An app password is the normal way at Gmail, and simpler (`shipclock init` tells where to get one). Take this
    where app passwords are switched off. Google lets in only apps that it knows, and Shipclock has none of its
    own there. So make one once (pieced together from public guides in November 2026, not tried; names move):

    \b
    1. Open https://console.cloud.google.com, make a project, and there
       APIs & Services > Library > Gmail API > Enable.
    2. Google Auth Platform > Get started. Audience: Internal in a company's
       Google Workspace, else External.
    3. External: Audience > Publish app. While it is "Testing", Google ends
       each sign-in after 7 days. It need not be verified for yourself;
       Google warns of an unverified app when you sign in.
    4. Clients > Create client > Desktop app. Copy client ID and secret.

    Then put two lines under your [[mailbox]] in shipclock.toml, the secret into `.env` beside it (for a mailbox
    that is called main: SHIPCLOCK_CLIENT_SECRET_MAIN), and run this command:

    \b
      auth = "google"
      client_id = "the client ID"

    A browser opens; agree there. Google's way with a code for other devices does not give access to mail, so on a
    machine without a browser use --paste.
    """
    from flows.cli.sign_in import sign_in_for

    sign_in_for("google", mailbox, paste=paste)


def tiktok(
    shop: Annotated[
        str | None, typer.Argument(metavar="[SHOP]", help="Its name in shipclock.toml; not needed for one.")
    ] = None,
) -> None:
    r"""Let Shipclock read orders and act in your shop by TikTok Shop's API.

    TikTok Shop lets in only apps that it knows, and Shipclock has none of its own there. So make one once, for
    yourself (pieced together from TikTok Shop's and others' guides in November 2026, not tried; names move):

    \b
    1. Open https://partner.tiktokshop.com, or for a shop in the United
       States https://partner.us.tiktokshop.com, and register as a
       developer. TikTok Shop may take some days to let you in.
    2. App & Service > Create app & service > Custom app. Choose the
       markets of your shops. Enable API. Redirect URL: any https address
       of yours; the page need not exist.
    3. In the app, Manage API: ask for Shop Authorized Information, Order
       Information, Fulfillment, Logistics, Return and Refund. Customer
       Service, for messages to buyers, needs an approval of its own;
       without it you write them yourself.
    4. Copy app key, app secret and service ID from the app's page.

    Then put these lines into shipclock.toml, the secret into `.env` beside it, and run this command:

    \b
      [tiktok]
      app_key = "the app key"
      service_id = "the service ID"

    \b
      SHIPCLOCK_TIKTOK_SECRET=the app secret

    You get an address where you agree, and paste back the address that the browser ends at. With `api = true` below
    its [[shop]] Shipclock then acts in the shop. The consent is kept encrypted in Shipclock's database and renewed by
    itself; it ends on the day that TikTok Shop says, or when you take it back in Seller Center. Then you are told.
    """
    from flows.cli.shop_consent import consent_for

    consent_for(shop)
