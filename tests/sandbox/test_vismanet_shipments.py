"""From order to invoice in the imitated Visma.net ERP: shipments of what is there, confirmed once, invoiced once."""

import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.sandbox.vismanet_caller import Caller, read
from tests.sandbox.vismanet_warehouse import SHIPMENTS, details, message, on_hand, stocked

SKUS = itertools.count(1)


@pytest.fixture
def debtor(vismanet: Caller) -> str:
    """A debtor that nothing is mailed to."""
    return vismanet.new_customer()


@pytest.fixture
def some(vismanet: Caller) -> Callable[[int], str]:
    """Make an item of this test's own with so many in stock; gives its number."""
    name = f"SH-{next(SKUS)}"
    return lambda quantity: stocked(vismanet, name, quantity)


def line(number: str, quantity: int, **fields: Any) -> dict[str, Any]:
    """Give an order line at 10.00 each."""
    return {"inventoryId": number, "quantity": quantity, "unitPrice": 10, "hasManualPrice": True, **fields}


def ship(vismanet: Caller, path: str, **asked: Any) -> httpx.Response:
    """Ask for a shipment of an order."""
    body = {"orderType": path.split("/")[1], "shipmentDate": "2026-11-20", "shipmentWarehouse": "1", **asked}
    return vismanet.call("POST", f"/vismanet/v2/salesorder/{path.rpartition('/')[2]}/action/createShipment", body)


def confirm(vismanet: Caller, shipment: str) -> httpx.Response:
    """Confirm a shipment."""
    return vismanet.call("POST", f"{SHIPMENTS}/{shipment}/action/confirmShipment")


def invoice(vismanet: Caller, path: str) -> httpx.Response:
    """Ask for the invoice of an order."""
    return vismanet.call("POST", f"/vismanet/v2/salesorder{path}/action/prepareInvoice")


def shipped(vismanet: Caller, path: str, **asked: Any) -> str:
    """Make a shipment and confirm it; gives its number."""
    made = ship(vismanet, path, **asked)
    assert made.status_code == 200, made.text
    number: str = made.json()["referenceNumber"]
    assert confirm(vismanet, number).json()["actionResult"] == "Done"
    return number


def status(vismanet: Caller, path: str) -> str:
    """Give the state of an order."""
    text: str = vismanet.order(path)["status"]["description"]
    return text


def shipments(vismanet: Caller, path: str) -> list[dict[str, Any]]:
    """Give the shipments of an order, as the SalesOrders API lists them."""
    rows: list[dict[str, Any]] = read(vismanet.orders("GET", f"{path}/shipment"))
    return rows


def test_an_order_that_is_all_there_is_shipped_completed_and_invoiced_for_its_own_total(
    vismanet: Caller, debtor: str, some: Callable[[int], str]
) -> None:
    freight = {"premiumAmount": Decimal("6.95"), "taxCategoryId": "NL21"}
    lines = [
        line(some(5), 3, discountAmount=Decimal("1.01"), hasManualDiscount=True),
        line("ROUNDING", 1, unitPrice=-0.5),
    ]
    path = vismanet.new_order(debtor, lines, freight=freight, taxZoneId="DOMESTIC", date="2026-11-20")
    number = shipped(vismanet, path)
    assert status(vismanet, path) == "Completed"
    answer = invoice(vismanet, path)
    assert answer.status_code == 200, answer.text
    made = next(row for row in vismanet.state("invoices") if row["referenceNumber"] == answer.json()["referenceNumber"])
    totals = vismanet.order(path)["totals"]
    assert (made["amountInCurrency"], made["vatTotalInCurrency"]) == (totals["orderTotal"], totals["taxTotal"])
    assert totals["unbilledAmount"] == 0
    assert [row.get("soShipmentNbr") for row in made["invoiceLines"]] == [number, None, None]
    assert {(row["soOrderType"], row["soOrderNbr"]) for row in made["invoiceLines"]} == {
        ("SO", path.rpartition("/")[2])
    }
    assert shipments(vismanet, path)[0] == {
        "id": number,
        "type": "Issue",
        "date": "2026-11-20T00:00:00Z",
        "quantity": 3,
        "volume": 0,
        "weight": 0,
        "inventoryDocumentType": "Issue",
        "inventoryReferenceId": shipments(vismanet, path)[0]["inventoryReferenceId"],
        "invoiceId": made["referenceNumber"],
        "invoiceType": "Invoice",
    }


def test_a_shipment_allocates_and_its_confirmation_takes_the_goods(
    vismanet: Caller, debtor: str, some: Callable[[int], str]
) -> None:
    number = some(5)
    path = vismanet.new_order(debtor, [line(number, 3)])
    made = ship(vismanet, path, returnShipmentDto=True).json()
    assert (made["shipmentDto"]["status"], made["shipmentDto"]["shippedQuantity"]) == ("Open", 3)
    assert status(vismanet, path) == "Shipping"
    assert details(vismanet, number) == (5, 2, 2)
    confirm(vismanet, made["referenceNumber"])
    assert details(vismanet, number) == (2, 2, 2)
    shown = read(vismanet.orders("GET", f"{path}/lines/1"))
    assert (shown["quantityOnShipments"], shown["openQuantity"], shown["completed"]) == (3, 0, True)
    kept = read(vismanet.call("GET", f"{SHIPMENTS}/{made['referenceNumber']}"))
    assert kept["status"] == "Confirmed"
    assert [(row["orderNbr"], row["shippedQty"]) for row in kept["shipmentOrderLines"]] == [
        (path.rpartition("/")[2], 3)
    ]
    assert kept in vismanet.state("shipments")


def test_none_of_the_actions_is_done_twice(vismanet: Caller, debtor: str, some: Callable[[int], str]) -> None:
    number = some(5)
    path = vismanet.new_order(debtor, [line(number, 3), line("ROUNDING", 1)])
    assert "nothing to invoice" in message(invoice(vismanet, path))
    made = ship(vismanet, path).json()["referenceNumber"]
    assert ship(vismanet, path).status_code == 409
    confirm(vismanet, made)
    assert ship(vismanet, path).status_code == 409
    assert "cannot be confirmed in status Confirmed" in message(confirm(vismanet, made))
    assert invoice(vismanet, path).status_code == 200
    assert "nothing to invoice" in message(invoice(vismanet, path))
    assert on_hand(vismanet, number) == 2
    assert len(shipments(vismanet, path)) == 1


def test_what_is_not_there_waits_as_a_back_order(vismanet: Caller, debtor: str, some: Callable[[int], str]) -> None:
    number = some(2)
    path = vismanet.new_order(debtor, [line(number, 3)], taxZoneId="NOVAT")
    shipped(vismanet, path)
    assert (status(vismanet, path), on_hand(vismanet, number)) == ("Back Order", 0)
    first = invoice(vismanet, path).json()["referenceNumber"]
    vismanet.by_hand("stock", {"inventoryNumber": number, "quantityOnHand": 4})
    shipped(vismanet, path)
    second = invoice(vismanet, path).json()["referenceNumber"]
    assert (status(vismanet, path), on_hand(vismanet, number)) == ("Completed", 3)
    amounts = {row["referenceNumber"]: row["amountInCurrency"] for row in vismanet.state("invoices")}
    assert (amounts[first], amounts[second]) == (20, 10)


def test_a_line_that_cancels_its_remainder_leaves_nothing_open(
    vismanet: Caller, debtor: str, some: Callable[[int], str]
) -> None:
    path = vismanet.new_order(debtor, [line(some(2), 3, shippingRule="CancelRemainder")])
    shipped(vismanet, path)
    assert status(vismanet, path) == "Completed"


@pytest.mark.parametrize("where", ["line", "order"])
def test_an_order_that_must_ship_complete_waits_until_all_is_there(
    vismanet: Caller, debtor: str, some: Callable[[int], str], where: str
) -> None:
    number = some(2)
    rule = {"shippingRule": "ShipComplete" if where == "line" else "BackOrderAllowed"}
    head = {"shipping": {"rule": "ShipComplete"}} if where == "order" else {}
    path = vismanet.new_order(debtor, [line(number, 3, **rule)], **head)
    refused = ship(vismanet, path)
    assert (refused.status_code, "must ship complete" in refused.json()["message"]) == (409, True)
    assert status(vismanet, path) == "Open"
    vismanet.by_hand("stock", {"inventoryNumber": number, "quantityOnHand": 3})
    shipped(vismanet, path)


def test_with_nothing_in_stock_there_is_nothing_to_ship(
    vismanet: Caller, debtor: str, some: Callable[[int], str]
) -> None:
    path = vismanet.new_order(debtor, [line(some(0), 1)])
    assert ship(vismanet, path).status_code == 409
    assert shipments(vismanet, path) == []


def test_two_orders_do_not_ship_the_same_goods(vismanet: Caller, debtor: str, some: Callable[[int], str]) -> None:
    number = some(3)
    first, second = (vismanet.new_order(debtor, [line(number, 2)]) for _ in range(2))
    ship(vismanet, first)
    made = ship(vismanet, second, returnShipmentDto=True).json()
    assert made["shipmentDto"]["shippedQuantity"] == 1


def test_an_order_on_hold_or_credit_hold_is_neither_shipped_nor_invoiced(
    vismanet: Caller, some: Callable[[int], str]
) -> None:
    number = some(5)
    held = vismanet.new_order(vismanet.new_customer(), [line(number, 1)], status="Hold")
    blocked = vismanet.new_order(vismanet.new_customer(status="CreditHold"), [line(number, 1)])
    for path, state in ((held, "Hold"), (blocked, "Credit Hold")):
        assert f"in status {state}" in message(ship(vismanet, path))
        assert f"in status {state}" in message(invoice(vismanet, path))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"shipmentWarehouse": "9"}, "'Warehouse' '9' cannot be found"),
        ({"shipmentWarehouse": ""}, "'shipmentWarehouse' is required"),
        ({"shipmentDate": "soon"}, "not recognized as a valid DateTime"),
        ({"operation": "R"}, "operation 'R'"),
        ({"shipmentDate": {"value": "2026-11-20"}}, "not recognized as CreateShipmentActionDto"),
        ({"colour": "red"}, "not recognized as CreateShipmentActionDto"),
    ],
)
def test_a_shipment_that_is_asked_for_wrongly_is_refused(
    vismanet: Caller, debtor: str, some: Callable[[int], str], asked: dict[str, Any], words: str
) -> None:
    assert words in message(ship(vismanet, vismanet.new_order(debtor, [line(some(5), 1)]), **asked))


def test_each_warehouse_ships_its_own_lines(vismanet: Caller, debtor: str, some: Callable[[int], str]) -> None:
    number = some(5)
    vismanet.by_hand("stock", {"inventoryNumber": number, "warehouse": "2", "quantityOnHand": 5})
    path = vismanet.new_order(debtor, [line(number, 1), line(number, 2, warehouseId="2")])
    shipped(vismanet, path)
    assert status(vismanet, path) == "Back Order"
    shipped(vismanet, path, shipmentWarehouse="2")
    assert status(vismanet, path) == "Completed"
    assert (on_hand(vismanet, number), on_hand(vismanet, number, "2")) == (4, 3)


def test_an_order_of_services_needs_no_shipment(vismanet: Caller, debtor: str) -> None:
    path = vismanet.new_order(debtor, [line("ROUNDING", 2)], taxZoneId="NOVAT")
    assert ship(vismanet, path).status_code == 409
    number = invoice(vismanet, path).json()["referenceNumber"]
    assert status(vismanet, path) == "Invoiced"
    assert [(row["id"], row["invoiceId"]) for row in shipments(vismanet, path)] == [(None, number)]
    assert "nothing to invoice" in message(invoice(vismanet, path))


def test_a_shipment_follows_its_invoice(vismanet: Caller, debtor: str, some: Callable[[int], str]) -> None:
    path = vismanet.new_order(debtor, [line(some(5), 1)])
    shipment = shipped(vismanet, path)

    def state() -> str:
        text: str = vismanet.call("GET", f"{SHIPMENTS}/{shipment}").json()["status"]
        return text

    first = invoice(vismanet, path).json()["referenceNumber"]
    assert state() == "Invoiced"
    assert vismanet.call("DELETE", f"/vismanet/v1/customerinvoice/{first}").status_code == 204
    assert (state(), shipments(vismanet, path)[0]["invoiceId"]) == ("Confirmed", None)
    second = invoice(vismanet, path).json()["referenceNumber"]
    assert vismanet.call("POST", f"/vismanet/v1/customerinvoice/{second}/action/release").status_code == 200
    assert state() == "Completed"


def test_goods_that_are_gone_or_a_closed_period_keep_a_shipment_from_being_confirmed(
    vismanet: Caller, debtor: str, some: Callable[[int], str]
) -> None:
    number = some(2)
    path = vismanet.new_order(debtor, [line(number, 2)])
    shipment = ship(vismanet, path, shipmentDate="2027-09-01").json()["referenceNumber"]
    vismanet.by_hand("stock", {"inventoryNumber": number, "quantityOnHand": 1})
    assert f"'{number}' in warehouse '1' will go negative" in message(confirm(vismanet, shipment))
    vismanet.by_hand("periods/202709", {"closedInInventoryManagement": True})
    assert "'09-2027' is closed" in message(confirm(vismanet, shipment))
    assert on_hand(vismanet, number) == 1


def test_an_order_with_shipped_lines_cannot_be_deleted(
    vismanet: Caller, debtor: str, some: Callable[[int], str]
) -> None:
    path = vismanet.new_order(debtor, [line(some(1), 2)])
    shipped(vismanet, path)
    refused = vismanet.orders("DELETE", path, headers=vismanet.version(path))
    assert refused.json()["details"][0]["code"] == "1825-DeleteSalesOrderWithShippedLines"


def test_a_person_sends_the_goods_of_an_order(vismanet: Caller, debtor: str, some: Callable[[int], str]) -> None:
    path = vismanet.new_order(debtor, [line(some(5), 1)])
    assert vismanet.by_hand(f"orders{path}/ship", {})["status"] == "Confirmed"
    assert status(vismanet, path) == "Completed"


def test_shipments_are_listed_by_debtor_status_and_date(
    vismanet: Caller, debtor: str, some: Callable[[int], str]
) -> None:
    shipment = ship(vismanet, vismanet.new_order(debtor, [line(some(5), 1)]), shipmentDate="2027-10-05").json()
    number = shipment["referenceNumber"]

    def found(**asked: str) -> bool:
        return number in [row["shipmentNumber"] for row in vismanet.call("GET", SHIPMENTS, params=asked).json()]

    assert found(customerNumber=debtor, status="Open", shipmentType="Issue")
    assert not found(customerNumber=debtor, status="Confirmed")
    assert not found(customerNumber="99999")
    assert found(shipmentDate="2027-10-05", shipmentDateCondition=">=")
    assert not found(shipmentDate="2027-10-05", shipmentDateCondition=">")


def test_a_shipment_or_an_order_that_is_not_there_is_not_found(vismanet: Caller) -> None:
    assert vismanet.call("GET", f"{SHIPMENTS}/999999").status_code == 404
    assert confirm(vismanet, "999999").status_code == 404
    assert invoice(vismanet, "/SO/999999").status_code == 404
    assert ship(vismanet, "/SO/999999").status_code == 404
