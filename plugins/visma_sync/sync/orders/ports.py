"""What taking orders further than open needs of a target."""

from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from visma_sync.sync.ports import OrderTarget


class OrderLine(Protocol):
    """What of a row of an order has still to leave: `waiting` has not left, `unassigned` of it is on no shipment yet.

    Both are 0 for what is never shipped. `ships_on` is the day on which it is to leave.
    """

    @property
    def warehouse(self) -> str: ...
    @property
    def ships_on(self) -> date | None: ...
    @property
    def waiting(self) -> Decimal: ...
    @property
    def unassigned(self) -> Decimal: ...


class OrderShipment(Protocol):
    """A shipment of an order and the invoice that charges it; either number is empty where there is none."""

    @property
    def number(self) -> str: ...
    @property
    def invoice(self) -> str: ...


class Shipment(Protocol):
    """A shipment; `state` is open, hold or the vendor's further word, `orders` are those (type, number) it serves."""

    @property
    def number(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def orders(self) -> tuple[tuple[str, str], ...]: ...


class Invoice(Protocol):
    """An invoice of the target; `state` is balanced where it waits for its release.

    `orders` are those (type, number) it charges, `sent_by` the ways in which its release would send it to the customer.
    """

    @property
    def number(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def vat(self) -> Decimal: ...
    @property
    def version(self) -> str: ...
    @property
    def orders(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def sent_by(self) -> tuple[str, ...]: ...


class Shipments(Protocol):
    """Where orders are shipped and invoiced."""

    async def of_order(self, order_type: str, order_id: str) -> list[Any]: ...
    async def lines(self, order_type: str, order_id: str) -> list[Any]: ...
    async def create(self, order_type: str, order_id: str, shipped_on: date, warehouse: str) -> str: ...
    async def get(self, number: str) -> Any | None: ...
    async def confirm(self, number: str) -> None: ...
    async def prepare_invoice(self, order_type: str, order_id: str) -> str: ...


class Invoices(Protocol):
    """Where invoices are read and released."""

    async def get(self, number: str) -> Any | None: ...
    async def release(self, number: str, version: str) -> None: ...


class FulfilmentTarget(OrderTarget, Protocol):
    """Where orders go, are shipped and are invoiced."""

    @property
    def shipments(self) -> Shipments: ...
    @property
    def invoices(self) -> Invoices: ...
