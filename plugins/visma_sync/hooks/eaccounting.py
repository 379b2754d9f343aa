"""The Connection type `eaccounting`."""

import asyncio

from airflow.sdk import BaseHook

from visma_sync.errors import VismaSyncError
from visma_sync.hooks.connection import connection_of, extra_of, required
from visma_sync.hooks.ledger import airflow_ledger
from visma_sync.ledger.ledger import Ledger
from visma_sync.systems.eaccounting.answers import Company
from visma_sync.systems.eaccounting.client import EAccountingClient, EAccountingSettings

API_URL = "https://eaccountingapi.vismaonline.com"
IDENTITY_URL = "https://identity.vismaonline.com"
SCOPES = "ea:api offline_access ea:sales ea:accounting_readonly ea:purchase_readonly"


class EAccountingHook(BaseHook):
    """Gives a client for a Connection of type `eaccounting`."""

    conn_name_attr = "eaccounting_conn_id"
    default_conn_name = "eaccounting_default"
    conn_type = "eaccounting"
    hook_name = "Visma eAccounting"

    def __init__(self, eaccounting_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.eaccounting_conn_id = eaccounting_conn_id

    def settings(self, *, max_concurrency: int = 16, timeout_seconds: int = 60) -> EAccountingSettings:
        """The client's settings from the Connection; addresses default to production."""
        connection = connection_of(self.eaccounting_conn_id, self.conn_type)
        extra = extra_of(connection)
        required(connection, client_id=connection.login, client_secret=connection.password)
        return EAccountingSettings(
            client_id=connection.login or "",
            client_secret=connection.password or "",
            refresh_token=str(extra.get("refresh_token", "")),
            api_url=str(extra.get("api_url", API_URL)),
            identity_url=str(extra.get("identity_url", IDENTITY_URL)),
            scopes=str(extra.get("scopes", SCOPES)),
            max_concurrency=max_concurrency,
            timeout_seconds=timeout_seconds,
        )

    def client(self, ledger: Ledger, *, max_concurrency: int = 16, timeout_seconds: int = 60) -> EAccountingClient:
        """A client whose tokens and call budget are shared over all processes through the ledger."""
        settings = self.settings(max_concurrency=max_concurrency, timeout_seconds=timeout_seconds)
        return EAccountingClient(settings, tokens=ledger, budget=ledger)

    def test_connection(self) -> tuple[bool, str]:
        """Name the company that the Connection reaches."""
        try:
            company = asyncio.run(self._company())
        except VismaSyncError as error:
            return False, str(error)
        return (
            True,
            f"Connected to {company.name} ({company.identifier}), {company.currency}, {company.status}.",
        )

    async def _company(self) -> Company:
        async with self.client(airflow_ledger()) as client:
            return await client.company()
