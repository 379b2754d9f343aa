"""A running pair of imitated companies, and what a test does to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from tests.systems.memory_tokens import EveryKey
from visma_sync.systems.eaccounting.client import EAccountingClient, EAccountingSettings
from visma_sync.systems.vismanet.client import VismaNetClient, VismaNetSettings

Row = TypeVar("Row")
TENANT = "11111111-2222-3333-4444-555555555555"


@dataclass
class Imitation:
    """Where it listens; tokens are kept as long as it runs."""

    url: str
    tokens: EveryKey = field(default_factory=EveryKey)

    def source(self, **settings: Any) -> EAccountingClient:
        known = {
            "client_id": "demo-eaccounting",
            "client_secret": "demo-secret",
            "refresh_token": "sandbox-refresh-token-1",
            "api_url": f"{self.url}/eaccounting",
            "identity_url": f"{self.url}/eaccounting-identity",
        }
        return EAccountingClient(EAccountingSettings(**{**known, **settings}), tokens=self.tokens)

    def target(self, **settings: Any) -> VismaNetClient:
        known = {
            "client_id": "demo-vismanet",
            "client_secret": "demo-secret",
            "tenant_id": TENANT,
            "api_url": f"{self.url}/vismanet",
            "salesorder_url": f"{self.url}/salesorder",
            "identity_url": f"{self.url}/connect",
        }
        return VismaNetClient(VismaNetSettings(**{**known, **settings}), tokens=self.tokens)

    def state(self, system: str, collection: str) -> Any:
        """A collection as stored."""
        return httpx.get(f"{self.url}/_sandbox/state/{system}/{collection}").raise_for_status().json()

    def fault(self, kind: str, **where: Any) -> None:
        """Plant a fault."""
        httpx.post(f"{self.url}/_sandbox/faults", json={"kind": kind, **where}).raise_for_status()

    def by_hand(self, path: str, **fields: Any) -> Any:
        """Do something as a person would."""
        return httpx.post(f"{self.url}/_sandbox/{path}", json=fields).raise_for_status().json()

    def most_in_flight(self) -> int:
        """The most requests that were in work at once since they were last counted anew."""
        peak: int = httpx.get(f"{self.url}/_sandbox/requests").raise_for_status().json()["peak_in_flight"]
        return peak


def with_target(imitation: Imitation, work: Callable[[VismaNetClient], Awaitable[None]], **settings: Any) -> None:
    """Do something with a client of the target."""

    async def inside() -> None:
        async with imitation.target(**settings) as client:
            await work(client)

    asyncio.run(inside())


async def rows_of(pages: AsyncIterator[list[Row]]) -> list[Row]:
    """All rows of a list that comes in pages."""
    return [row async for page in pages for row in page]
