"""What following the status of orders needs of a source and a target."""

from collections.abc import AsyncIterator, Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from visma_sync.sync.ports import Source


class StatesOfSource(Protocol):
    """Where the states of orders are read; the key of a record is that of the document there."""

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]: ...
    async def single(self, documents: Collection[str]) -> list[Any]: ...
    async def with_departures(self, records: Iterable[Any], *, charges: bool) -> list[Any]: ...


class OrderState(Protocol):
    """An order as it stands; `stage` is draft, ongoing, shipped or invoiced, or empty; `notes` are keys of notes."""

    @property
    def stage(self) -> str: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    def comes_to(self, total: Decimal, vat: Decimal) -> bool: ...


class StatesOfTarget(Protocol):
    """Where orders are taken further."""

    async def read_all(self, keys: Collection[str]) -> dict[str, Any]: ...
    async def read(self, key: str) -> Any | None: ...
    async def take(self, key: str, before: str, after: str) -> None: ...
    async def note(self, body: dict[str, Any]) -> None: ...
    async def notes(self, key: str) -> list[str]: ...


class OrderStatusSource(Source, Protocol):
    """The system in which orders are shipped and invoiced."""

    @property
    def order_states(self) -> StatesOfSource: ...


class OrderStatusTarget(Protocol):
    """The system that sold them."""

    @property
    def order_states(self) -> StatesOfTarget: ...
