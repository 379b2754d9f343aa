"""The stock flow of a mirrored run: levels are states, so every run reads all of them, whatever its window."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from visma_sync.domain.stock import StockLevel
from visma_sync.errors import PartialReadError
from visma_sync.sync.flow import RecordFlow
from visma_sync.sync.ports import Lists, SourceRecord
from visma_sync.sync.reference import Reference, plain_reference

# A list that moved while it was read is read once more before the try is given up.
_READINGS = 2


class Availability(Protocol):
    """Where the source's stock is read."""

    def all(self) -> AsyncIterator[list[Any]]: ...
    async def of(self, skus: Collection[str]) -> list[Any]: ...


class BalanceSource(Protocol):
    """Where stock levels come from."""

    @property
    def availability(self) -> Availability: ...
    async def mapping_rows(self, name: str) -> list[dict[str, Any]]: ...


class ArticleBalance(Protocol):
    """How much of an article the target has; None where it does not say it.

    `kept_by_module` is whether this article proves that balances cannot be written in this company; None where it
    proves nothing.
    """

    @property
    def key(self) -> str: ...
    @property
    def sku(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def balance(self) -> Decimal | None: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def is_service(self) -> bool: ...
    @property
    def is_stock(self) -> bool: ...
    @property
    def kept_by_module(self) -> bool | None: ...


class Balances(Protocol):
    """Where the target's balances are read and written."""

    def all(self) -> AsyncIterator[list[Any]]: ...
    async def of(self, skus: Collection[str]) -> list[Any]: ...
    async def read(self, key: str) -> Any | None: ...
    async def write(self, before: Any, changes: dict[str, Any]) -> Any: ...


class BalanceTarget(Lists, Protocol):
    """Where stock levels go."""

    @property
    def balances(self) -> Balances: ...


class BalanceFlow(RecordFlow[StockLevel]):
    """Stock levels of the source become the balances of the target's articles.

    Lists that were not read whole raise PartialReadError: what is not in them is not there is never concluded.
    """

    source: BalanceSource
    target: BalanceTarget

    kind = "stock"

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        """All levels as they are now: nothing tells what a level was at another time."""
        for reading in range(1, _READINGS + 1):
            try:
                async for page in self.source.availability.all():
                    yield page
            except PartialReadError:
                if reading == _READINGS:
                    raise
            else:
                return

    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        return await self.source.availability.of(numbers)

    async def by_key(self, keys: Collection[str]) -> list[Any]:
        return await self.source.availability.of(keys)

    def echoes(self, records: Mapping[str, SourceRecord]) -> Collection[str]:
        """None: a level is a state, and the two flows of stock are never on for one warehouse."""
        return ()

    def reference_of(self, record: StockLevel) -> Reference:
        return plain_reference(record.key, record.number)

    def facts_of(self, record: StockLevel) -> Mapping[str, Any]:
        return record.model_dump(mode="json", exclude={"key", "number", "free"})

    async def balances(self, skus: Collection[str] | None) -> list[ArticleBalance]:
        """The target's balances, of these articles or of all. Raises PartialReadError where some were missed."""
        if skus is not None:
            return await self.target.balances.of(skus)
        for _ in range(_READINGS - 1):
            try:
                return [one async for page in self.target.balances.all() for one in page]
            except PartialReadError:
                continue
        return [one async for page in self.target.balances.all() for one in page]
