"""The stock in the imitated Visma.net ERP: one set of numbers everywhere, changed by adjustments that are released."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.vismanet_caller import Caller, read, wrapped
from tests.sandbox.vismanet_warehouse import (
    ADJUSTMENTS,
    adjustment,
    counted,
    details,
    key_of,
    message,
    on_hand,
    stocked,
)


def enter(vismanet: Caller, body: dict[str, Any]) -> str:
    """Enter an adjustment; gives its address."""
    return f"{ADJUSTMENTS}/{key_of(vismanet.call('POST', ADJUSTMENTS, body))}"


def test_items_known_from_the_start_have_a_stock_that_is_the_same_after_a_reset(vismanet: Caller) -> None:
    vismanet.call("POST", "/_sandbox/reset")
    before = vismanet.state("stock")
    vismanet.by_hand("stock", {"inventoryNumber": before[0]["sku"], "quantityOnHand": 9999})
    assert vismanet.state("stock") != before
    vismanet.call("POST", "/_sandbox/reset")
    assert vismanet.state("stock") == before
    assert {row["warehouse"] for row in before} == {"1", "2"}
    units = {item["inventoryNumber"]: item["baseUnit"] for item in vismanet.state("items")}
    pieces = [Decimal(row["quantityOnHand"]) for row in before if units[row["sku"]] in ("STK", "PCS")]
    assert pieces
    assert all(quantity % 1 == 0 for quantity in pieces)


def test_a_new_item_has_nothing_in_stock_and_no_cost(vismanet: Caller) -> None:
    number = vismanet.new_item("S-NEW")
    assert details(vismanet, number) == (0, 0, 0)
    assert read(vismanet.core("GET", f"inventory/{number}"))["currentCost"] == 0


def test_an_open_order_makes_less_available_and_one_on_hold_does_not(vismanet: Caller) -> None:
    number, debtor = stocked(vismanet, "S-ORDER", 10), vismanet.new_customer()
    line = {"inventoryId": number, "quantity": 3, "unitPrice": 1}
    vismanet.new_order(debtor, [line])
    vismanet.new_order(debtor, [line], status="Hold")
    assert details(vismanet, number) == (10, 7, 10)


def test_the_three_ways_to_ask_for_the_stock_agree(vismanet: Caller) -> None:
    number, debtor = stocked(vismanet, "S-AGREE", 10), vismanet.new_customer()
    path = vismanet.new_order(debtor, [{"inventoryId": number, "quantity": 4, "unitPrice": 1}])
    vismanet.by_hand(f"orders{path}/ship", {"confirm": False})
    summary = read(vismanet.core("GET", f"inventorysummary/{number}", params={"warehouse": "1"}))[0]
    view = read(vismanet.call("GET", "/salesorder/api/v3/Inventory", params={"inventoryId": number}))["value"][0]
    row = next(row for row in view["availability"] if row["warehouseId"] == "1")
    assert details(vismanet, number) == (10, 6, 6)
    assert (summary["onHand"], summary["available"], summary["availableForShipment"]) == (10, 6, 6)
    names = ("quantityOnHand", "quantityAvailable", "quantityAvailableForShipment")
    assert tuple(row[name] for name in names) == (10, 6, 6)


def test_an_item_without_stock_has_no_stock_summary(vismanet: Caller) -> None:
    assert (
        vismanet.core("GET", f"inventorysummary/{vismanet.new_item('S-SERVICE', itemClass='SERVICE')}").status_code
        == 404
    )


def test_the_availability_view_shows_what_changed_since(vismanet: Caller) -> None:
    number = stocked(vismanet, "S-SINCE", 1)
    path = "/salesorder/api/v3/Inventory"
    for since, found in (("2026-01-01T00:00:00Z", [number]), ("2999-01-01T00:00:00Z", [])):
        rows = read(vismanet.call("GET", path, params={"inventoryId": number, "modifiedSince": since}))["value"]
        assert [row["inventoryId"] for row in rows] == found


def test_an_adjustment_moves_the_stock_when_it_is_released_and_not_before(vismanet: Caller) -> None:
    up, down = stocked(vismanet, "S-UP", 5), stocked(vismanet, "S-DOWN", 5)
    body = adjustment(counted(up, 7, unitCost=10), counted(down, -2), externalReference="run 7", hold=True)
    path = enter(vismanet, body)
    assert "status is Hold" in message(vismanet.call("POST", f"{path}/action/release"))
    assert vismanet.call("PUT", path, wrapped({"hold": False})).status_code == 204
    assert (on_hand(vismanet, up), on_hand(vismanet, down)) == (5, 5)
    assert vismanet.call("POST", f"{path}/action/release").json()["actionResult"] == "Done"
    assert (on_hand(vismanet, up), on_hand(vismanet, down)) == (12, 3)
    shown = read(vismanet.call("GET", path))
    assert (shown["status"], shown["externalReference"], shown["totalQuantity"]) == ("Released", "run 7", 5)
    assert [(line["inventoryItem"]["number"], line["quantity"]) for line in shown["adjusmentLines"]] == [
        (up, 7),
        (down, -2),
    ]
    assert shown in vismanet.state("adjustments")


def test_a_released_adjustment_can_be_neither_released_again_nor_changed(vismanet: Caller) -> None:
    number = stocked(vismanet, "S-TWICE", 5)
    path = enter(vismanet, adjustment(counted(number, 1)))
    vismanet.call("POST", f"{path}/action/release")
    assert "status is Released" in message(vismanet.call("POST", f"{path}/action/release"))
    assert "is released" in message(vismanet.call("PUT", path, wrapped({"description": "later"})))
    assert on_hand(vismanet, number) == 6


def test_an_increase_takes_the_cost_of_the_item_and_moves_its_average(vismanet: Caller) -> None:
    number = stocked(vismanet, "S-COST", 5)
    for quantity, cost, average in ((5, 8, 6), (10, None, 6)):
        fields = {} if cost is None else {"unitCost": cost}
        path = enter(vismanet, adjustment(counted(number, quantity, **fields)))
        vismanet.call("POST", f"{path}/action/release")
        assert read(vismanet.core("GET", f"inventory/{number}"))["currentCost"] == average


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"inventoryNumber": "S-NOWHERE"}, "'Inventory ID' 'S-NOWHERE' cannot be found"),
        ({"inventoryNumber": "S-HOURS"}, "not a stock item in use"),
        ({"inventoryNumber": "S-OUT"}, "not a stock item in use"),
        ({"warehouseId": "9"}, "'Warehouse' '9' cannot be found"),
        ({"locationId": "ATTIC"}, "'Location' 'ATTIC' cannot be found"),
        ({"uom": "KG"}, "'UOM' 'KG' cannot be found"),
        ({"reasonCode": "BECAUSE"}, "'Reason Code' 'BECAUSE' cannot be found"),
        ({"reasonCode": ""}, "'Reason Code' '' cannot be found"),
        ({"quantity": 0}, "'Quantity' cannot be empty or 0"),
        ({"inventoryNumber": "S-FREE"}, "has no unit cost"),
        ({"unitCost": 0}, "has no unit cost"),
    ],
)
def test_a_line_that_the_erp_would_not_have_refuses_the_adjustment(
    vismanet: Caller, fields: dict[str, Any], words: str
) -> None:
    if vismanet.core("GET", "inventory/S-LINE").status_code == 404:
        stocked(vismanet, "S-LINE", 5)
        vismanet.new_item("S-FREE")
        vismanet.new_item("S-HOURS", itemClass="SERVICE")
        vismanet.by_hand(f"items/{stocked(vismanet, 'S-OUT', 5)}", {"status": "Inactive"})
    line = counted("S-LINE", 1)
    line |= {name: {"value": value} for name, value in fields.items()}
    before = len(vismanet.state("adjustments"))
    assert words in message(vismanet.call("POST", ADJUSTMENTS, adjustment(line)))
    assert len(vismanet.state("adjustments")) == before


def test_an_adjustment_that_would_take_the_stock_below_zero_is_not_released(vismanet: Caller) -> None:
    plenty, short = stocked(vismanet, "S-PLENTY", 5), stocked(vismanet, "S-SHORT", 2)
    path = enter(vismanet, adjustment(counted(plenty, -1), counted(short, -2), counted(short, -1)))
    refused = message(vismanet.call("POST", f"{path}/action/release"))
    assert "'S-SHORT'" in refused
    assert "go negative" in refused
    assert (on_hand(vismanet, plenty), on_hand(vismanet, short)) == (5, 2)
    assert read(vismanet.call("GET", path))["status"] == "Balanced"


def test_a_control_quantity_is_compared_unless_it_is_zero(vismanet: Caller) -> None:
    lines = [counted(stocked(vismanet, "S-CONTROL", 5), 3), counted("S-CONTROL", -1)]
    wrong = vismanet.call("POST", ADJUSTMENTS, adjustment(*lines, controlQuantity=3))
    assert "control quantity 3, total quantity 2" in message(wrong)
    for control in (0, 2):
        enter(vismanet, adjustment(*lines, controlQuantity=control))


def test_a_closed_period_takes_no_adjustment_and_releases_none(vismanet: Caller) -> None:
    number = stocked(vismanet, "S-CLOSED", 5)
    late = adjustment(counted(number, 1), date="2025-12-31")
    assert "'12-2025' is closed in Inventory" in message(vismanet.call("POST", ADJUSTMENTS, late))
    path = enter(vismanet, adjustment(counted(number, 1), date="2027-03-01"))
    vismanet.by_hand("periods/202703", {"closedInInventoryManagement": True})
    assert "'03-2027' is closed" in message(vismanet.call("POST", f"{path}/action/release"))
    assert on_hand(vismanet, number) == 5


def test_lines_of_an_adjustment_are_added_changed_and_deleted_by_their_numbers(vismanet: Caller) -> None:
    number = stocked(vismanet, "S-EDIT", 5)
    path = enter(vismanet, adjustment(counted(number, 1), counted(number, 2)))
    rows = [
        {"operation": "Update", **wrapped({"lineNumber": 1, "quantity": 4})},
        {"operation": "Delete", **wrapped({"lineNumber": 2})},
        counted(number, 8),
    ]
    assert vismanet.call("PUT", path, {"adjustmentLines": rows}).status_code == 204
    lines = read(vismanet.call("GET", path))["adjusmentLines"]
    assert [(line["lineNumber"], line["quantity"]) for line in lines] == [(1, 4), (3, 8)]
    gone = [{"operation": "Delete", **wrapped({"lineNumber": 2})}]
    assert "Line 2 cannot be found" in message(vismanet.call("PUT", path, {"adjustmentLines": gone}))


def test_adjustments_are_listed_by_status_and_date(vismanet: Caller) -> None:
    number = stocked(vismanet, "S-LIST", 5)
    path = enter(vismanet, adjustment(counted(number, 1), date="2027-05-03", hold=True))
    key = path.rpartition("/")[2]

    def found(**asked: str) -> bool:
        return key in [row["referenceNumber"] for row in vismanet.call("GET", ADJUSTMENTS, params=asked).json()]

    assert found(status="Hold")
    assert not found(status="Balanced")
    assert found(date="2027-05-03", dateCondition=">=")
    assert not found(date="2027-05-03", dateCondition="<")
    assert found(date="2027-05-04")  # a date without its condition is ignored
    page = vismanet.call("GET", ADJUSTMENTS, params={"pageSize": 100_000}).json()
    assert page[0]["metadata"]["maxPageSize"] == 500
