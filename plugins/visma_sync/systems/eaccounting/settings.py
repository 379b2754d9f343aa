"""How to reach a company in eAccounting: what a Connection holds."""

from dataclasses import dataclass, field

API_URL = "https://eaccountingapi.vismaonline.com"
IDENTITY_URL = "https://identity.vismaonline.com"
SCOPES = "ea:api offline_access ea:sales ea:accounting_readonly ea:purchase_readonly"


@dataclass(frozen=True)
class EAccountingSettings:
    """Client, sign-in and addresses; `refresh_token` is the first one, later ones are kept elsewhere."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    api_url: str = API_URL
    identity_url: str = IDENTITY_URL
    scopes: str = SCOPES
    max_concurrency: int = 16
    timeout_seconds: float = 60.0
