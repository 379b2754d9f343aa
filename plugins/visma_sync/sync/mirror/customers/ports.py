"""What customers of a mirrored run need of the systems."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from visma_sync.sync.ports import Lists, Source


class SourceCustomers(Protocol):
    """The customers of the source."""

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]: ...
    async def read(self, numbers: Collection[str]) -> list[Any]: ...
    def as_written(self, body: Mapping[str, Any]) -> dict[str, Any]: ...


class CustomerSource(Source, Protocol):
    """Where customers come from."""

    @property
    def customer_records(self) -> SourceCustomers: ...


class KnownCustomer(Protocol):
    """By what a customer of the target can be recognised."""

    @property
    def key(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def is_company(self) -> bool: ...
    @property
    def country(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def vat_number(self) -> str: ...
    @property
    def corporate_id(self) -> str: ...
    @property
    def active(self) -> bool: ...
    @property
    def who(self) -> str: ...


class KnownCustomers(Protocol):
    """All customers of the target, to be recognised."""

    def changed(self, since: datetime | None) -> AsyncIterator[list[Any]]: ...
    def who(self, body: Mapping[str, Any]) -> str: ...


class TargetCustomers(Protocol):
    """The customers of the target, one by one; a change leaves alone what it does not name."""

    async def read(self, key: str) -> Any | None: ...
    async def create(self, body: dict[str, Any], marker: str = "") -> Any: ...
    async def change(self, key: str, changes: dict[str, Any], *, unless_changed_since: datetime | None) -> Any: ...


class CustomerTarget(Lists, Protocol):
    """Where customers go."""

    @property
    def customer_records(self) -> TargetCustomers: ...
    @property
    def known_customers(self) -> KnownCustomers: ...
    async def customers(self, keys: Collection[str]) -> list[Any]: ...
