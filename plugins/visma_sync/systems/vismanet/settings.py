"""How to reach a company in Visma.net ERP: what a Connection holds."""

from dataclasses import dataclass, field

API_URL = "https://api.finance.visma.net"
SALESORDER_URL = "https://salesorder.visma.net"
IDENTITY_URL = "https://connect.visma.com"


@dataclass(frozen=True)
class VismaNetSettings:
    """Client, company and addresses; `branch` is the one that orders get where the settings name none.

    `company_id` is needed only where one tenant holds several companies.
    """

    client_id: str
    client_secret: str = field(repr=False)
    tenant_id: str = ""
    api_url: str = API_URL
    salesorder_url: str = SALESORDER_URL
    identity_url: str = IDENTITY_URL
    company_id: str = ""
    branch: str = ""
    max_concurrency: int = 16
    timeout_seconds: float = 60.0
