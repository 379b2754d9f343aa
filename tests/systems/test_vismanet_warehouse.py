"""Stock, inventory adjustments and shipments in the imitated company."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.systems.imitation import Imitation, rows_of, with_target
from tests.systems.scripted_server import Line, scripted_server
from visma_sync.errors import RecordRejectedError, RetryableError, UncertainWriteError
from visma_sync.systems.vismanet.answers import OrderLine, OrderShipment, StockRow, WarehouseLevel
from visma_sync.systems.vismanet.answers.adjustments import AdjustmentLine
from visma_sync.systems.vismanet.client import VismaNetClient

DAY = date(2026, 11, 20)
IN_A_CLOSED_YEAR = date(2025, 6, 1)
PRODUCT = {
    "description": "A lamp",
    "itemClass": "STOCK",
    "postingClass": "1",
    "vatCode": "NL21",
    "baseUnit": "STK",
    "salesUnit": "STK",
    "purchaseUnit": "STK",
    "defaultPrice": Decimal("20.00"),
    "defaultWarehouse": "1",
}
SERVICE = {**PRODUCT, "itemClass": "SERVICE"}


async def stocked(imitation: Imitation, client: VismaNetClient, sku: str, on_hand: int) -> str:
    """A new product of which so many lie in the first warehouse, at 4.00 each."""
    await client.create_item({**PRODUCT, "inventoryNumber": sku})
    imitation.by_hand("vismanet/stock", inventoryNumber=sku, quantityOnHand=on_hand, unitCost=4)
    return sku


async def on_hand(client: VismaNetClient, sku: str) -> Decimal:
    row = await client.stock.level_of(sku)
    assert row is not None
    return row.warehouses["1"].on_hand


async def ordered(client: VismaNetClient, sku: str, quantity: int) -> tuple[str, str]:
    """An open order for a product."""
    debtor = next(one.number for one in await rows_of(client.customers_changed(None)) if one.status == "Active")
    line = {"inventoryId": sku, "quantity": quantity, "unitPrice": 20, "hasManualPrice": True, "warehouseId": "1"}
    return await client.create_order(
        {"type": "SO", "status": "Open", "customer": {"id": debtor}, "taxZoneId": "DOMESTIC", "orderLines": [line]}
    )


def adjustment(sku: str, quantity: int, reference: str = "", day: date = DAY) -> dict[str, Any]:
    line = {
        "operation": "Insert",
        "inventoryNumber": sku,
        "warehouseId": "1",
        "quantity": quantity,
        "uom": "STK",
        "unitCost": Decimal("5.00"),
        "reasonCode": "COUNT",
    }
    return {"date": day.isoformat(), "externalReference": reference, "adjustmentLines": [line]}


def test_the_stock_of_every_item_is_read_with_its_cost(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        sku = await stocked(imitation, client, "LAMP/1", 7)
        await ordered(client, sku, 2)
        client.calls.clear()
        rows = {row.sku: row for row in await rows_of(client.stock.levels())}
        assert client.calls == {"GET /v1/inventory": 1}
        cost = Decimal(4)
        level = WarehouseLevel(Decimal(7), Decimal(5), Decimal(7))
        assert rows[sku] == StockRow(sku, True, "Active", "STK", cost, cost, cost, {"1": level})
        assert await client.stock.level_of(sku) == rows[sku]
        assert await client.stock.level_of("nowhere") is None
        assert len(rows) == await client.item_count()
        assert not any(row.warehouses for row in rows.values() if not row.is_stock)

    with_target(imitation, work)


def item_page(*skus: str, of: int) -> Line:
    rows = [{"inventoryNumber": sku, "metadata": {"totalCount": of, "maxPageSize": 2}} for sku in skus]
    return Line(200, json.dumps(rows))


@pytest.mark.parametrize(
    "pages",
    [
        (item_page("A", "B", of=4), item_page("C", of=4), item_page(of=4)),
        (item_page("A", "B", of=4), item_page("B", "C", of=4)),
        (item_page("A", "B", of=3), item_page("C", of=4), item_page(of=4)),
    ],
)
def test_a_list_of_stock_that_moved_while_it_was_read_is_not_trusted(
    imitation: Imitation, pages: tuple[Line, ...]
) -> None:
    with scripted_server(*pages) as server:

        async def work(client: VismaNetClient) -> None:
            with pytest.raises(RetryableError, match="partial"):
                await rows_of(client.stock.levels())

        with_target(imitation, work, api_url=server.url)


def test_an_adjustment_is_found_by_its_day_and_moves_the_stock_when_released(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        sku = await stocked(imitation, client, "LAMP-2", 7)
        number = await client.adjustments.create(adjustment(sku, -3, "ST-1"))
        await client.adjustments.create(adjustment(sku, 1, "ST-2", DAY + timedelta(days=1)))
        (made,) = [one for one in await client.adjustments.dated(DAY) if one.reference == "ST-1"]
        assert (made.number, made.state, made.dated_on, made.quantity) == (number, "balanced", DAY, Decimal(-3))
        assert made.lines == (AdjustmentLine(sku, "1", Decimal(-3), Decimal(5), "COUNT"),)
        assert {one.dated_on for one in await client.adjustments.dated(DAY)} == {DAY}
        assert await on_hand(client, sku) == 7
        await client.adjustments.release(number)
        released = await client.adjustments.get(number)
        assert released is not None
        assert (released.state, await on_hand(client, sku)) == ("released", Decimal(4))
        assert await client.adjustments.get("nowhere") is None

    with_target(imitation, work)


def test_an_adjustment_below_zero_or_in_a_closed_period_says_why_it_is_refused(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        sku = await stocked(imitation, client, "LAMP-3", 2)
        number = await client.adjustments.create(adjustment(sku, -3))
        with pytest.raises(RecordRejectedError) as error:
            await client.adjustments.release(number)
        assert error.value.code == "stock_short"
        assert await on_hand(client, sku) == 2
        with pytest.raises(RecordRejectedError) as error:
            await client.adjustments.create(adjustment(sku, 1, "ST-4", IN_A_CLOSED_YEAR))
        assert (error.value.code, error.value.key) == ("period_closed", "ST-4")

    with_target(imitation, work)


def test_a_release_whose_answer_was_lost_is_uncertain_and_moves_the_stock_once(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        sku = await stocked(imitation, client, "LAMP-5", 7)
        number = await client.adjustments.create(adjustment(sku, 3))
        imitation.fault("cut", method="POST", path="/action/release$")
        with pytest.raises(UncertainWriteError):
            await client.adjustments.release(number)
        assert await on_hand(client, sku) == 10

    with_target(imitation, work)


def test_an_order_is_shipped_confirmed_and_invoiced(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        order = await ordered(client, await stocked(imitation, client, "LAMP-6", 7), 3)
        assert await client.shipments.of_order(*order) == []
        number = await client.shipments.create(*order, DAY, "1")
        assert await client.shipments.of_order(*order) == [OrderShipment(number, "", "")]
        made = await client.shipments.get(number)
        assert made is not None
        assert (made.number, made.state, made.shipped_on, made.warehouse) == (number, "open", DAY, "1")
        assert made.orders == (order,)
        await client.shipments.confirm(number)
        confirmed = await client.shipments.get(number)
        assert confirmed is not None
        assert (confirmed.state, await on_hand(client, "LAMP-6")) == ("confirmed", Decimal(4))
        invoice = await client.shipments.prepare_invoice(*order)
        assert await client.shipments.of_order(*order) == [OrderShipment(number, "invoice", invoice)]
        charged, sold = await client.invoices.get(invoice), await client.order(*order)
        assert charged is not None
        assert sold is not None
        assert (charged.orders, charged.total, charged.vat) == ((order,), sold.total, sold.vat)

    with_target(imitation, work)


def test_the_rows_of_an_order_say_what_of_them_has_still_to_leave(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        order = await ordered(client, await stocked(imitation, client, "LAMP-9", 2), 3)
        (line,) = await client.shipments.lines(*order)
        assert (line.warehouse, line.waiting, line.unassigned) == ("1", Decimal(3), Decimal(3))
        assert line.ships_on is not None
        number = await client.shipments.create(*order, DAY, "1")
        assert await client.shipments.lines(*order) == [OrderLine("1", line.ships_on, Decimal(3), Decimal(1))]
        await client.shipments.confirm(number)
        assert await client.shipments.lines(*order) == [OrderLine("1", line.ships_on, Decimal(1), Decimal(1))]
        await client.create_item({**SERVICE, "inventoryNumber": "ADVICE-2"})
        (charged,) = await client.shipments.lines(*await ordered(client, "ADVICE-2", 1))
        assert (charged.waiting, charged.unassigned) == (Decimal(0), Decimal(0))

    with_target(imitation, work)


def test_the_rows_of_a_long_order_are_read_to_the_last_page(imitation: Imitation) -> None:
    def page(quantity: int, following: str | None) -> Line:
        row = {"lineType": "GoodsForInventory", "quantity": quantity, "openQuantity": quantity, "warehouseId": "1"}
        return Line(200, json.dumps({"value": [row], "totalCount": 2, "nextPage": following}))

    with scripted_server(page(1, "/api/v3/SalesOrders/SO/1/lines?pageIndex=1"), page(2, None)) as server:

        async def work(client: VismaNetClient) -> None:
            lines = await client.shipments.lines("SO", "1")
            assert [(line.ships_on, line.unassigned) for line in lines] == [(None, Decimal(1)), (None, Decimal(2))]

        with_target(imitation, work, salesorder_url=server.url)
    assert [asked[1].partition("pageIndex=")[2] for asked in server.asked] == ["0", "1"]


def test_what_needs_no_shipment_is_invoiced_without_one(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        await client.create_item({**SERVICE, "inventoryNumber": "ADVICE"})
        order = await ordered(client, "ADVICE", 1)
        invoice = await client.shipments.prepare_invoice(*order)
        assert await client.shipments.of_order(*order) == [OrderShipment("", "invoice", invoice)]

    with_target(imitation, work)


def test_nothing_to_ship_is_a_conflict_and_nothing_is_shipped_or_invoiced_twice(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        order = await ordered(client, await stocked(imitation, client, "LAMP-7", 7), 1)
        number = await client.shipments.create(*order, DAY, "1")
        with pytest.raises(RecordRejectedError) as error:
            await client.shipments.create(*order, DAY, "1")
        assert (error.value.code, error.value.key) == ("conflict", order[1])
        await client.shipments.confirm(number)
        with pytest.raises(RecordRejectedError):
            await client.shipments.confirm(number)
        await client.shipments.prepare_invoice(*order)
        with pytest.raises(RecordRejectedError):
            await client.shipments.prepare_invoice(*order)
        assert len(await client.shipments.of_order(*order)) == 1
        assert await client.shipments.of_order("SO", "nowhere") == []
        assert await client.shipments.get("nowhere") is None

    with_target(imitation, work)


def test_a_shipment_whose_answer_was_lost_is_found_with_its_order(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        order = await ordered(client, await stocked(imitation, client, "LAMP-8", 7), 1)
        imitation.fault("cut", method="POST", path="/action/createShipment$")
        with pytest.raises(UncertainWriteError):
            await client.shipments.create(*order, DAY, "1")
        assert len(await client.shipments.of_order(*order)) == 1

    with_target(imitation, work)


def test_a_shipment_whose_number_is_not_said_is_uncertain(imitation: Imitation) -> None:
    with scripted_server(Line(200, '{"actionResult": "InProcess"}')) as server:

        async def work(client: VismaNetClient) -> None:
            with pytest.raises(UncertainWriteError) as error:
                await client.shipments.create("SO", "000101", DAY, "1")
            assert error.value.key == "000101"
            assert await client.shipments.prepare_invoice("SO", "000101") == ""

        with_target(imitation, work, api_url=server.url)
    assert json.loads(server.asked[0][3]) == {
        "orderType": "SO",
        "shipmentDate": "2026-11-20",
        "shipmentWarehouse": "1",
    }
