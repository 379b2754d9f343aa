"""The stock flow: levels are states, so every run reads all of them, whatever its window."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from visma_sync.domain.stock import StockLevel
from visma_sync.errors import PartialReadError
from visma_sync.sync.flow import RecordFlow
from visma_sync.sync.ports import Lists, Source, SourceRecord
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import Run
from visma_sync.sync.stock.difference import TargetStock

# A list that moved while it was read is read once more before anybody is asked.
_READINGS = 2
# Up to this many products are asked for one by one, because the whole list is larger than that many answers.
_SINGLE_LOOKS = 10
_SOURCE_LIST, _TARGET_LIST = "articles of the source", "items of the target"


class StockSource(Source, Protocol):
    """Where stock levels come from."""

    def all_articles(self) -> AsyncIterator[list[Any]]: ...


class Levels(Protocol):
    """Where the target's stock is read."""

    def levels(self) -> AsyncIterator[list[Any]]: ...
    async def level_of(self, sku: str) -> Any | None: ...


class AdjustmentRow(Protocol):
    """An inventory adjustment of the target; `state` is hold, balanced or released."""

    @property
    def number(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def dated_on(self) -> date: ...
    @property
    def lines(self) -> Sequence[Any]: ...


class Adjustments(Protocol):
    """Where the target's stock is changed."""

    async def dated(self, day: date) -> list[Any]: ...
    async def unreleased(self) -> list[Any]: ...
    async def get(self, number: str) -> Any | None: ...
    async def create(self, body: dict[str, Any]) -> str: ...
    async def release(self, number: str) -> bool: ...
    def together(self, bodies: Sequence[dict[str, Any]]) -> dict[str, Any]: ...


class StockTarget(Lists, Protocol):
    """Where stock levels go."""

    @property
    def stock(self) -> Levels: ...
    @property
    def adjustments(self) -> Adjustments: ...


class StockFlow(RecordFlow[StockLevel]):
    """Stock levels of the source become stock levels of the target.

    `incomplete` names the lists that could not be read whole.
    """

    source: StockSource
    target: StockTarget

    kind = "stock"

    def __init__(self, run: Run, source: Any, target: Any) -> None:
        super().__init__(run, source, target)
        self.incomplete: list[str] = []

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        """All levels as they are now: nothing tells what a level was at another time, or when it changed."""
        for _ in range(_READINGS):
            try:
                async for page in self.source.all_articles():
                    yield page
            except PartialReadError:
                continue
            return
        self.incomplete.append(_SOURCE_LIST)

    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        return await self.source.articles(numbers)

    async def by_key(self, keys: Collection[str]) -> list[Any]:
        return await self.source.articles(keys)

    def key_of(self, record: SourceRecord) -> str:
        return record.number or record.key

    def reference_of(self, record: StockLevel) -> Reference:
        return plain_reference(record.key, record.number)

    def facts_of(self, record: StockLevel) -> Mapping[str, Any]:
        return record.model_dump(mode="json", exclude={"key", "number", "free"})

    @property
    def target_is_incomplete(self) -> bool:
        """Whether a product that was not found in the target may be there all the same."""
        return _TARGET_LIST in self.incomplete

    async def target_levels(self, skus: Collection[str] | None) -> dict[str, TargetStock]:
        """The target's stock by SKU in small letters, because it takes SKUs that differ in case only for one.

        Of these products, or of all.
        """
        rows: dict[str, TargetStock] = {}
        if skus is not None and len(skus) <= _SINGLE_LOOKS:
            for sku in sorted(skus):
                if (row := await self.target.stock.level_of(sku)) is not None:
                    rows[sku.casefold()] = row
            return rows
        for _ in range(_READINGS):
            try:
                async for page in self.target.stock.levels():
                    rows |= {row.sku.casefold(): row for row in page}
            except PartialReadError:
                continue
            return rows
        self.incomplete.append(_TARGET_LIST)
        return rows


def held_level(key: str, number: str, facts: Mapping[str, Any]) -> StockLevel:
    """A level as it was read in this run, from what is kept of it in plain sight."""
    kept = {name: value for name, value in facts.items() if name in StockLevel.model_fields}
    return StockLevel(key=key, number=number, **kept)
