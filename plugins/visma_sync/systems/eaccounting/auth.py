"""Signing in to eAccounting: a person consents once for a company, then refresh tokens follow each other.

Source: "eAccounting docs, authentication" and "change to our new identity server".
"""

import hashlib
from collections.abc import Mapping
from urllib.parse import urlencode

from visma_sync.errors import ConfigurationError
from visma_sync.systems.addresses import checked_address
from visma_sync.systems.eaccounting.answers import SYSTEM
from visma_sync.systems.eaccounting.settings import EAccountingSettings
from visma_sync.systems.sign_in import ask_for_grant
from visma_sync.systems.tokens import Grant, TokenKeeper, TokenStore


def token_key(settings: EAccountingSettings) -> str:
    """Under which name the tokens that follow a sign-in are kept.

    Not by the Connection's id: Airflow tests a Connection under another one, and the refresh token it would use up is
    the same. Not by the client either: one client signs in for many companies.
    """
    seed = settings.refresh_token
    sign_in = hashlib.sha256(seed.encode()).hexdigest()[:16] if seed else "make authorize"
    return f"{SYSTEM} {settings.client_id} {sign_in} {settings.scopes}"


def token_keeper(settings: EAccountingSettings, store: TokenStore) -> TokenKeeper:
    """Who hands out the access tokens of a Connection."""
    return TokenKeeper(
        store,
        key=token_key(settings),
        system=SYSTEM,
        ask=lambda refresh_token: refresh(settings, refresh_token),
        seed=settings.refresh_token,
    )


def authorize_url(settings: EAccountingSettings, redirect_uri: str, state: str) -> str:
    """The page on which a person signs in and picks the company.

    `redirect_uri` must be one that is registered for the application, letter by letter.
    """
    asked = {
        "client_id": settings.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": settings.scopes,
        "state": state,
        # Without it the company of the last time is taken without asking.
        "prompt": "select_account",
    }
    return f"{checked_address(settings.identity_url, SYSTEM)}/connect/authorize?{urlencode(asked)}"


def exchange_code(settings: EAccountingSettings, code: str, redirect_uri: str) -> Grant:
    """Turn the code that the sign-in page sent back into tokens; it works once, and only for some minutes.

    Raises GrantRefusedError, AnswerLostError, RetryableError or ConfigurationError.
    """
    return _ask(settings, {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri})


def refresh(settings: EAccountingSettings, refresh_token: str) -> Grant:
    """New tokens for a refresh token, which is used up by it. Raises as `exchange_code` does."""
    if not refresh_token:
        raise ConfigurationError("nobody has signed in yet", resolution="Sign in: run make authorize.", system=SYSTEM)
    return _ask(settings, {"grant_type": "refresh_token", "refresh_token": refresh_token})


def _ask(settings: EAccountingSettings, form: Mapping[str, str]) -> Grant:
    url = f"{checked_address(settings.identity_url, SYSTEM)}/connect/token"
    return ask_for_grant(SYSTEM, url, form, basic=(settings.client_id, settings.client_secret))
