"""Items in the imitated core API: class defaults, awkward numbers, cross-references, and what a list shows."""

import base64
from decimal import Decimal
from urllib.parse import quote

import pytest

from tests.sandbox.vismanet_caller import Caller, read, wrapped


def test_a_new_item_takes_the_rest_from_its_class(vismanet: Caller) -> None:
    item = read(vismanet.core("GET", f"inventory/{vismanet.new_item('N-1', itemClass='NONSTOCK')}"))
    assert (item["type"], item["baseUnit"], item["vatCode"]["id"]) == ("NonStockItem", "STK", "NL21")
    assert (item["stockItem"], item["defaultPrice"]) == (False, Decimal("10.00"))


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"description": "Ding", "itemClass": "STOCK"}, 400, "'Inventory ID' cannot be empty."),
        ({"inventoryNumber": "R-1", "itemClass": "STOCK"}, 400, "'Description' cannot be empty."),
        ({"inventoryNumber": "R-1", "description": "Ding"}, 400, "'Item Class' cannot be empty."),
        ({"inventoryNumber": "R-1", "description": "Ding", "itemClass": "MAGIC"}, 400, "'Base Unit' cannot be empty."),
        (
            {"inventoryNumber": "R-1", "description": "Ding", "itemClass": "MAGIC", "baseUnit": "STK"},
            500,
            "'Item Class' cannot be found",
        ),
        (
            {"inventoryNumber": "R-1", "description": "Ding", "itemClass": "STOCK", "vatCode": "NL99"},
            500,
            "'Tax Category' cannot be found",
        ),
        (
            {"inventoryNumber": "R-1", "description": "Ding", "itemClass": "STOCK", "baseUnit": "BAG"},
            500,
            "'Unit' cannot be found",
        ),
        (
            {"inventoryNumber": "R-1", "description": "Ding", "itemClass": "STOCK", "salesAccount": "1"},
            500,
            "'Account' cannot be found",
        ),
        (
            {"inventoryNumber": "R-1", "description": "Ding", "itemClass": "STOCK", "type": "ServiceItem"},
            400,
            "'Type' does not belong to the item class.",
        ),
        ({"inventoryNumber": "x" * 31, "description": "Ding", "itemClass": "STOCK"}, 400, "longer than 30"),
    ],
)
def test_an_item_that_the_erp_would_not_have_is_refused_in_its_words(
    vismanet: Caller, fields: dict[str, object], status: int, sentence: str
) -> None:
    answer = vismanet.core("POST", "inventory", wrapped(fields))
    assert (answer.status_code, sentence in answer.json()["message"]) == (status, True), answer.text


def test_numbers_differing_only_in_case_are_the_same_item(vismanet: Caller) -> None:
    vismanet.new_item("Kleur-a")
    again = wrapped({"inventoryNumber": "kLEUR-a ", "description": "Ding", "itemClass": "STOCK"})
    assert "already exists" in vismanet.core("POST", "inventory", again).json()["message"]
    assert vismanet.core("GET", "inventory/kleur-A").json()["inventoryNumber"] == "Kleur-a"


@pytest.mark.parametrize("number", ["X/Y #1", "X?=&", "ÅÄÖ X"])
def test_an_item_with_reserved_signs_is_addressed_in_base64(vismanet: Caller, number: str) -> None:
    vismanet.new_item(number)
    key = base64.urlsafe_b64encode(number.encode()).decode().rstrip("=")
    assert vismanet.core("GET", f"inventory/b64({key})").json()["inventoryNumber"] == number


def test_a_slash_in_the_path_does_not_find_the_item(vismanet: Caller) -> None:
    vismanet.new_item("S/1")
    assert vismanet.core("GET", f"inventory/{quote('S/1', safe='')}").status_code == 404


def test_the_address_of_a_new_item_quotes_its_number(vismanet: Caller) -> None:
    body = wrapped({"inventoryNumber": "Q #1/2", "description": "Ding", "itemClass": "STOCK"})
    assert vismanet.core("POST", "inventory", body).headers["Location"].endswith("/v1/inventory/Q%20%231%2F2")


def test_an_item_is_found_by_number_and_by_barcode(vismanet: Caller) -> None:
    reference = {"operation": "Insert", **wrapped({"alternateType": "Barcode", "alternateID": "8712345678906"})}
    body = {**wrapped({"inventoryNumber": "B-1", "description": "Ding", "itemClass": "STOCK"})}
    assert vismanet.core("POST", "inventory", {**body, "crossReferences": [reference]}).status_code == 201
    for asked in ({"inventoryNumber": "b-1"}, {"alternateID": "8712345678906"}):
        found = vismanet.core("GET", "inventory", params=asked).json()
        assert [row["inventoryNumber"] for row in found] == ["B-1"]


def test_cross_references_are_added_and_changed_one_by_one(vismanet: Caller) -> None:
    path = f"inventory/{vismanet.new_item('C-1')}/crossReferences"
    reference = wrapped({"alternateType": "Barcode", "alternateID": "123", "uom": "STK"})
    assert vismanet.core("POST", path, reference).status_code == 200
    assert vismanet.core("PUT", f"{path}/Barcode/123", wrapped({"description": "doos"})).status_code == 200
    assert vismanet.core("PUT", f"{path}/Barcode/999", wrapped({"description": "doos"})).status_code == 404
    rows = vismanet.core("GET", path).json()
    assert [(row["alternateID"], row["description"], row["uom"]) for row in rows] == [("123", "doos", "STK")]


def reference(operation: str, code: str, **more: str) -> dict[str, object]:
    """Write the body of a change that inserts, updates or deletes a barcode."""
    row = {"operation": operation, **wrapped({"alternateType": "Barcode", "alternateID": code, **more})}
    return {"crossReferences": [row]}


def barcodes(vismanet: Caller, number: str) -> list[tuple[str, str | None]]:
    """Read the barcodes of an item with their descriptions."""
    rows = vismanet.core("GET", f"inventory/{number}/crossReferences").json()
    return [(row["alternateID"], row.get("description")) for row in rows]


def test_barcodes_are_inserted_updated_and_deleted_with_the_item(vismanet: Caller) -> None:
    path = f"inventory/{vismanet.new_item('BC-1')}"
    assert vismanet.core("PUT", path, reference("Insert", "111")).status_code == 204
    assert vismanet.core("PUT", path, reference("Insert", "222")).status_code == 204
    assert vismanet.core("PUT", path, reference("Update", "111", description="doos")).status_code == 204
    assert barcodes(vismanet, "BC-1") == [("111", "doos"), ("222", None)]
    assert vismanet.core("PUT", path, reference("Delete", "222")).status_code == 204
    assert barcodes(vismanet, "BC-1") == [("111", "doos")]
    for refused in (("Insert", "111"), ("Update", "222"), ("Delete", "222")):
        assert vismanet.core("PUT", path, reference(*refused)).status_code == 400
    assert barcodes(vismanet, "BC-1") == [("111", "doos")]


def test_a_barcode_of_another_item_is_refused_until_that_item_gives_it_up(vismanet: Caller) -> None:
    for number in ("BC-2", "BC-3"):
        vismanet.new_item(number)
    assert vismanet.core("PUT", "inventory/BC-2", reference("Insert", "333")).status_code == 204
    refused = vismanet.core("PUT", "inventory/BC-3", reference("Insert", "333"))
    assert (refused.status_code, "already defined for the item 'BC-2'" in refused.json()["message"]) == (400, True)
    body = wrapped({"inventoryNumber": "BC-4", "description": "Ding", "itemClass": "STOCK"})
    assert vismanet.core("POST", "inventory", body | reference("Insert", "333")).status_code == 400
    one_by_one = wrapped({"alternateType": "Barcode", "alternateID": "333"})
    assert vismanet.core("POST", "inventory/BC-3/crossReferences", one_by_one).status_code == 400
    global_reference = wrapped({"alternateType": "Global", "alternateID": "333"})
    assert vismanet.core("POST", "inventory/BC-3/crossReferences", global_reference).status_code == 200
    assert vismanet.core("PUT", "inventory/BC-2", reference("Delete", "333")).status_code == 204
    assert vismanet.core("PUT", "inventory/BC-3", reference("Insert", "333")).status_code == 204


def test_a_change_touches_only_what_is_sent_and_asks_for_no_version(vismanet: Caller) -> None:
    number = vismanet.new_item("P-1")
    answer = vismanet.core(
        "PUT", f"inventory/{number}", wrapped({"defaultPrice": Decimal("12.5")}), headers={"If-Match": '"old"'}
    )
    item = read(vismanet.core("GET", f"inventory/{number}"))
    assert answer.status_code == 204
    assert (item["defaultPrice"], item["description"]) == (Decimal("12.5"), "Ding")


def test_a_page_of_items_is_capped_at_five_thousand(vismanet: Caller) -> None:
    page = vismanet.core("GET", "inventory", params={"pageNumber": 1, "pageSize": 100_000}).json()
    assert page[0]["metadata"] == {"totalCount": len(vismanet.state("items")), "maxPageSize": 5000}


def test_parts_of_an_item_are_left_out_when_they_are_not_wanted(vismanet: Caller) -> None:
    number = vismanet.new_item("E-1")
    asked = {"inventoryNumber": number, "expandCrossReference": "false", "expandWarehouseDetail": "false"}
    short, full = (
        vismanet.core("GET", "inventory", params=params).json()[0] for params in (asked, {"inventoryNumber": number})
    )
    assert {"crossReferences", "warehouseDetails"} & set(short) == set()
    assert {"crossReferences", "warehouseDetails"} <= set(full)


def test_items_are_filtered_by_status_and_type(vismanet: Caller) -> None:
    number = vismanet.new_item("F-1", itemClass="SERVICE")
    vismanet.by_hand(f"items/{number}", {"status": "Inactive"})
    asked = [("status", "Inactive"), ("inventoryTypes", "ServiceItem"), ("inventoryTypes", "LaborItem")]
    found = vismanet.core("GET", "inventory", params=asked).json()
    assert [row["inventoryNumber"] for row in found] == [number]


def test_the_availability_view_of_the_sales_orders_api_lacks_items_without_stock(vismanet: Caller) -> None:
    vismanet.new_item("V-1")
    vismanet.new_item("V-2", itemClass="NONSTOCK")
    path = "/salesorder/api/v3/Inventory"
    rows = vismanet.call("GET", path, params=[("inventoryId", "V-1"), ("inventoryId", "V-2")]).json()["value"]
    assert [row["inventoryId"] for row in rows] == ["V-1"]
    assert vismanet.core("GET", "inventory/V-2").status_code == 200
