"""Signing in to Visma.net ERP as an application: no person, and no refresh tokens.

Source: "Visma.net API docs, service integrations". Each of the two APIs has scopes, and so tokens, of its own.
"""

import hashlib

from visma_sync.errors import ConfigurationError
from visma_sync.systems.addresses import checked_address
from visma_sync.systems.sign_in import ask_for_grant
from visma_sync.systems.tokens import Grant, GrantRefusedError, TokenKeeper, TokenStore
from visma_sync.systems.vismanet.answers import SYSTEM
from visma_sync.systems.vismanet.settings import VismaNetSettings

CORE_SCOPES = "vismanet_erp_service_api:create vismanet_erp_service_api:read vismanet_erp_service_api:update"
ORDER_SCOPES = "visma.net.erp.salesorder:read visma.net.erp.salesorder:write"


def token_keeper(settings: VismaNetSettings, store: TokenStore, scopes: str) -> TokenKeeper:
    """Who hands out the access tokens of a Connection for one of the two APIs."""
    secret = hashlib.sha256(settings.client_secret.encode()).hexdigest()[:16]
    return TokenKeeper(
        store,
        # All that decides about a token belongs to it: a corrected tenant must not get the tokens of the wrong one,
        # nor a wrong secret under test those of the right one.
        key=f"{SYSTEM} {settings.client_id} {secret} {settings.tenant_id} {scopes}",
        system=SYSTEM,
        ask=lambda _: ask(settings, scopes),
    )


def ask(settings: VismaNetSettings, scopes: str) -> Grant:
    """An access token for the company of the tenant.

    A wrong tenant is not noticed here: its tokens are refused later. Raises AnswerLostError, RetryableError or
    ConfigurationError.
    """
    form = {
        "grant_type": "client_credentials",
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "tenant_id": settings.tenant_id,
        "scope": scopes,
    }
    url = f"{checked_address(settings.identity_url, SYSTEM)}/connect/token"
    try:
        return ask_for_grant(SYSTEM, url, form)
    except GrantRefusedError as error:
        raise ConfigurationError(
            "the sign-in server refused the application (invalid_grant)",
            resolution="Check client id, secret and tenant of the Connection.",
            system=SYSTEM,
            operation="sign in",
        ) from error
