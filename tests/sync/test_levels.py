"""What becomes of shipments and invoices that the imitated company never has: shared, on hold, or not done at once."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

import pytest

from visma_sync.domain.totals import Totals
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError, RetryableError
from visma_sync.settings.orders import FulfilmentSettings
from visma_sync.sync.orders.levels import Fulfilling
from visma_sync.sync.orders.ports import FulfilmentTarget

OURS, OTHER = ("SO", "000101"), ("SO", "000102")
EXPECTED = Totals(Decimal("121.00"), Decimal("21.00"))
AS_USUAL = FulfilmentSettings(shipment_date="today", invoices_may_be_sent=False)


@dataclass(frozen=True)
class Row:
    number: str = "S-1"
    invoice: str = ""


@dataclass(frozen=True)
class Line:
    warehouse: str = "1"
    ships_on: date | None = None
    waiting: Decimal = Decimal(2)
    unassigned: Decimal = Decimal(0)


@dataclass(frozen=True)
class Shipment:
    number: str = "S-1"
    state: str = "open"
    orders: tuple[tuple[str, str], ...] = (OURS,)


@dataclass(frozen=True)
class Invoice:
    number: str = "I-1"
    state: str = "balanced"
    total: Decimal = EXPECTED.total
    vat: Decimal = EXPECTED.vat
    version: str = "1"
    orders: tuple[tuple[str, str], ...] = (OURS,)
    sent_by: tuple[str, ...] = ()


@dataclass
class Shipments:
    """The shipments of one order; everything waits until a shipment is confirmed."""

    rows: list[Row]
    shipment: Shipment
    left: bool = False
    refusal: RecordRejectedError | None = None
    prepared: str = "I-1"

    async def of_order(self, *order: str) -> list[Row]:
        assert order == OURS
        return list(self.rows)

    async def lines(self, *order: str) -> list[Line]:
        return [replace(Line(), waiting=Decimal(0))] if self.left else [Line()]

    async def get(self, number: str) -> Shipment:
        return self.shipment

    async def confirm(self, number: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.left = True

    async def prepare_invoice(self, *order: str) -> str:
        return self.prepared


@dataclass
class Invoices:
    """Invoices by number; one that is released at once is open afterwards."""

    kept: dict[str, Invoice]
    at_once: bool = True
    released: list[str] = field(default_factory=list)

    async def get(self, number: str) -> Invoice | None:
        return self.kept.get(number)

    async def release(self, number: str, version: str) -> None:
        self.released.append(number)
        if self.at_once:
            self.kept[number] = replace(self.kept[number], state="open")


@dataclass
class Target:
    shipments: Shipments
    invoices: Invoices


def target(
    *rows: Row, shipment: Shipment | None = None, invoices: tuple[Invoice, ...] = (Invoice(),), **more: Any
) -> Target:
    """An order whose goods have left, with these shipments and invoices."""
    of_order = Shipments(list(rows), shipment or Shipment(), **{"left": shipment is None, **more})
    return Target(of_order, Invoices({invoice.number: invoice for invoice in invoices}))


def taken(to: Target, *, invoiced: bool = True) -> None:
    """Take the order to its shipment, or to its invoice."""

    async def work() -> None:
        fulfilling = Fulfilling(cast(FulfilmentTarget, to), AS_USUAL, OURS)
        await fulfilling.ship()
        if invoiced:
            await fulfilling.invoice(EXPECTED)

    asyncio.run(work())


def parked(to: Target) -> str:
    """Why the order cannot be taken further."""
    with pytest.raises(RecordParkedError) as error:
        taken(to)
    assert error.value.resolution
    return error.value.code


def test_an_open_shipment_of_this_order_alone_is_confirmed() -> None:
    order = target(Row(), shipment=Shipment())
    taken(order, invoiced=False)
    assert order.shipments.left


def test_a_shipment_on_hold_waits() -> None:
    order = target(Row(), shipment=Shipment(state="hold"))
    assert parked(order) == "shipment_on_hold"
    assert not order.shipments.left


def test_a_shipment_that_serves_other_orders_too_is_not_confirmed_for_one_of_them() -> None:
    order = target(Row(), shipment=Shipment(orders=(OURS, OTHER)))
    assert parked(order) == "shipment_shared"
    assert not order.shipments.left


def test_a_refusal_that_says_why_keeps_its_own_reason_and_cure() -> None:
    refusal = RecordRejectedError([Reason("stock_short", "there is too little in stock")], resolution="Count it.")
    with pytest.raises(RecordRejectedError) as error:
        taken(target(Row(), shipment=Shipment(), refusal=refusal))
    assert (error.value.code, error.value.resolution) == ("stock_short", "Count it.")


def test_an_invoice_that_charges_other_orders_too_is_not_released_for_one_of_them() -> None:
    order = target(Row(invoice="I-1"), invoices=(Invoice(orders=(OURS, OTHER)),))
    assert parked(order) == "invoice_shared"
    assert order.invoices.released == []


@pytest.mark.parametrize("state", ["hold", "credit_hold", "pending_print", "scheduled"])
def test_an_invoice_in_any_state_but_balanced_waits(state: str) -> None:
    order = target(Row(invoice="I-1"), invoices=(Invoice(state=state),))
    assert parked(order) == "invoice_waits"
    assert order.invoices.released == []


@pytest.mark.parametrize(("second_vat", "released"), [("10.50", ["I-2"]), ("10.49", [])])
def test_the_invoices_of_several_shipments_are_released_when_together_they_charge_the_order(
    second_vat: str, released: list[str]
) -> None:
    half = Invoice("I-1", "open", Decimal("60.50"), Decimal("10.50"))
    second = replace(half, number="I-2", state="balanced", vat=Decimal(second_vat))
    rows = (Row("S-1", "I-1"), Row("S-2", "I-2"), Row("S-3", "I-3"))
    order = target(*rows, invoices=(half, second, Invoice("I-3", "voided")))
    if released:
        taken(order)
    else:
        assert parked(order) == "total_mismatch"
    assert order.invoices.released == released


def test_an_invoice_whose_number_is_not_said_is_found_with_the_order_or_waited_for() -> None:
    order = target(Row("", ""), prepared="")
    with pytest.raises(RetryableError, match="the invoice of order 000101"):
        taken(order)
    order.shipments.rows = [Row("", "I-1")]
    taken(order)
    assert order.invoices.released == ["I-1"]


def test_a_release_that_is_done_later_is_waited_for_and_not_asked_for_twice() -> None:
    order = target(Row(invoice="I-1"))
    order.invoices.at_once = False
    with pytest.raises(RetryableError, match="the release of invoice I-1"):
        taken(order)
    order.invoices.kept["I-1"] = Invoice(state="open")
    taken(order)
    assert order.invoices.released == ["I-1"]
