"""Signing in at Microsoft by msal: a code that a person types on any device (device flow), then refreshed by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from ingest.errors import SignInNeededError
from ingest.oauth import App, Tokens, asking, now, tokens_from

Told = Callable[[str, str], None]  # hears the address to open and the code to type there


def sign_in(app: App, tell: Told) -> Tokens:
    """Let a person sign in on any device, and wait for it (a quarter of an hour at most). Raises MailboxError."""
    with asking(app) as client:
        msal_app = _msal(app, client)
        flow = msal_app.initiate_device_flow(scopes=[app.scope])
        if "user_code" not in flow:
            raise SignInNeededError(
                f"Mailbox {app.mailbox}: Microsoft does not know this app, or its app may not sign in like this. "
                'Check client_id, and in Entra under Authentication "Allow public client flows".'
            )
        tell(str(flow["verification_uri"]), str(flow["user_code"]))
        answer: Mapping[str, Any] = msal_app.acquire_token_by_device_flow(flow)
    if answer.get("error") in {"authorization_pending", "expired_token", "authorization_declined", "access_denied"}:
        raise SignInNeededError(f"Mailbox {app.mailbox}: nobody agreed in time. Start again when you are ready.")
    return tokens_from(answer, app, now())


def refreshed(app: App, refresh_token: str) -> Tokens:
    """Give new tokens for a refresh token. Raises MailboxError."""
    asked_at = now()
    with asking(app) as client:
        answer = _msal(app, client).acquire_token_by_refresh_token(refresh_token, scopes=[app.scope])
    return tokens_from(answer, app, asked_at, kept=refresh_token)


def _msal(app: App, client: httpx.Client) -> Any:  # noqa: ANN401  # msal says no types
    """Give msal's app, without a cache of its own (ours is the database) and with our way to the network."""
    from msal import PublicClientApplication  # noqa: PLC0415  # 0.3 s, once an hour and for these mailboxes alone

    return PublicClientApplication(app.client_id, authority=app.authority, http_client=client, instance_discovery=False)
