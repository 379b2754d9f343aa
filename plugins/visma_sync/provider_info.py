"""The two connection types that Airflow offers under Admin, Connections.

Read by Airflow through the `apache_airflow_provider` entry point of pyproject.toml.
"""

from typing import Any

EACCOUNTING_SCOPES = "ea:api offline_access ea:sales ea:accounting_readonly ea:purchase_readonly"


def get_provider_info() -> dict[str, Any]:
    """Describe the connection forms of both systems, in the shape of Airflow's provider_info schema."""
    return {
        "package-name": "visma-sync",
        "name": "Visma sync",
        "description": "Keeps Visma eAccounting and Visma.net ERP in step.",
        "connection-types": [_eaccounting(), _vismanet()],
    }


def _eaccounting() -> dict[str, Any]:
    return {
        "connection-type": "eaccounting",
        "hook-name": "Visma eAccounting",
        "hook-class-name": "visma_sync.hooks.eaccounting.EAccountingHook",
        "ui-field-behaviour": _client_credentials(),
        "conn-fields": {
            "refresh_token": _field(
                "Refresh token",
                "From `make authorize`. The ledger uses its own rotated token until a new one is here.",
                secret=True,
            ),
            "api_url": _field("API address", "Empty: https://eaccountingapi.vismaonline.com"),
            "identity_url": _field("Sign-in address", "Empty: https://identity.vismaonline.com"),
            "scopes": _field("Scopes", f"Empty: {EACCOUNTING_SCOPES}"),
        },
    }


def _vismanet() -> dict[str, Any]:
    return {
        "connection-type": "vismanet",
        "hook-name": "Visma.net ERP",
        "hook-class-name": "visma_sync.hooks.vismanet.VismaNetHook",
        "ui-field-behaviour": _client_credentials(),
        "conn-fields": {
            "tenant_id": _field("Tenant", "The company's tenant id in Visma Connect."),
            "company_id": _field("Company", "Only where one tenant holds several companies."),
            "branch": _field("Branch", "Only where the company has several branches."),
            "api_url": _field("API address", "Empty: https://api.finance.visma.net"),
            "salesorder_url": _field("SalesOrders address", "Empty: https://salesorder.visma.net"),
            "identity_url": _field("Sign-in address", "Empty: https://connect.visma.com"),
        },
    }


def _client_credentials() -> dict[str, Any]:
    origin = "from the Visma Developer Portal"
    return {
        "hidden-fields": ["host", "schema", "port"],
        "relabeling": {"login": "Client id", "password": "Client secret"},
        "placeholders": {"login": origin, "password": origin},
    }


def _field(label: str, description: str, *, secret: bool = False) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": ["string", "null"]}
    if secret:
        schema["format"] = "password"
    return {"label": label, "description": description, "schema": schema}
