"""The Connection type `vismanet`."""

import asyncio

from airflow.sdk import BaseHook

from visma_sync.errors import VismaSyncError
from visma_sync.hooks.connection import connection_of, extra_of, required
from visma_sync.hooks.ledger import airflow_ledger
from visma_sync.ledger.ledger import Ledger
from visma_sync.systems.vismanet.answers import Branch
from visma_sync.systems.vismanet.client import VismaNetClient, VismaNetSettings

API_URL = "https://api.finance.visma.net"
SALESORDER_URL = "https://salesorder.visma.net"
IDENTITY_URL = "https://connect.visma.com"


class VismaNetHook(BaseHook):
    """Gives a client for a Connection of type `vismanet`."""

    conn_name_attr = "vismanet_conn_id"
    default_conn_name = "vismanet_default"
    conn_type = "vismanet"
    hook_name = "Visma.net ERP"

    def __init__(self, vismanet_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.vismanet_conn_id = vismanet_conn_id

    def settings(self, *, max_concurrency: int = 16, timeout_seconds: int = 60) -> VismaNetSettings:
        """The client's settings from the Connection; addresses default to production."""
        connection = connection_of(self.vismanet_conn_id, self.conn_type)
        extra = extra_of(connection)
        tenant = str(extra.get("tenant_id", ""))
        required(connection, client_id=connection.login, client_secret=connection.password, tenant=tenant)
        return VismaNetSettings(
            client_id=connection.login or "",
            client_secret=connection.password or "",
            tenant_id=tenant,
            api_url=str(extra.get("api_url", API_URL)),
            salesorder_url=str(extra.get("salesorder_url", SALESORDER_URL)),
            identity_url=str(extra.get("identity_url", IDENTITY_URL)),
            company_id=str(extra.get("company_id", "")),
            branch=str(extra.get("branch", "")),
            max_concurrency=max_concurrency,
            timeout_seconds=timeout_seconds,
        )

    def client(self, ledger: Ledger, *, max_concurrency: int = 16, timeout_seconds: int = 60) -> VismaNetClient:
        """A client whose tokens and call budget are shared over all processes through the ledger."""
        settings = self.settings(max_concurrency=max_concurrency, timeout_seconds=timeout_seconds)
        return VismaNetClient(settings, tokens=ledger, budget=ledger)

    def test_connection(self) -> tuple[bool, str]:
        """Name the branches that the Connection reaches; an empty answer is a wrong company."""
        try:
            branches = asyncio.run(self._branches())
        except VismaSyncError as error:
            return False, str(error)
        if not branches:
            return (
                False,
                "Visma.net answered with no branch at all: the company id or tenant is that of another company.",
            )
        names = ", ".join(f"{branch.name} ({branch.id})" for branch in branches[:5])
        return True, f"Connected to {names}."

    async def _branches(self) -> list[Branch]:
        async with self.client(airflow_ledger()) as client:
            return await client.branches()
